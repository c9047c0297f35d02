//! An asynchronous receiver of a signal that synchronous code sends.

use carafe::prelude::*;

fn main() {
    let app = App::new("mistake");
    app.signals
        .message_flashed
        .connect_async(|_| Box::pin(async {}));
}
