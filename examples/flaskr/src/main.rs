//! Runs the blog; `flaskr init-db` makes its tables.

use carafe::Result;
use flaskr::{create_app, instance_config};

fn main() -> Result<()> {
    let app = create_app(instance_config)?;
    if std::env::args().nth(1).as_deref() != Some("init-db") {
        return app.run();
    }
    let ctx = app.build()?.app_context();
    let _guard = ctx.push()?;
    flaskr::db::init_db()
}
