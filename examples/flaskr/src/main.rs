//! Runs the blog, or one of its commands.

use flaskr::{create_app, instance_config};

fn main() -> carafe::Result<()> {
    create_app(instance_config)?.run()
}
