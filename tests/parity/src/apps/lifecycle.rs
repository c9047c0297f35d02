//! Order of every hook, signal and session call, and what still runs when one of them fails.

use carafe::ReadyApp;

use crate::support::{Setup, Trace, new_app};

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("lifecycle", setup)?;
    Trace::of(&mut app);
    app.build()
}
