//! The reference apps, ported one to one.

mod lifecycle; // every hook, signal and session call, in order, and what still runs when one fails
mod routing; // matching, redirects, methods and building

use carafe::ReadyApp;

use crate::support::Setup;

type CreateApp = fn(&Setup) -> carafe::Result<ReadyApp>;

/// Finds an app by its name.
pub(crate) fn find(name: &str) -> Option<CreateApp> {
    Some(match name {
        "lifecycle" => lifecycle::create_app,
        "routing" => routing::create_app,
        _ => return None,
    })
}
