//! The guard of a context is held across an `.await` in a spawned task.

use carafe::prelude::*;

async fn work(ctx: AppContext) -> Result<()> {
    let _guard = ctx.push()?;
    std::future::ready(()).await;
    Ok(())
}

fn main() {
    let app = App::new("mistake").build().unwrap();
    tokio::spawn(work(app.app_context()));
}
