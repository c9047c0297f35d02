//! The reference apps, ported one to one.

mod lifecycle; // every hook, signal and session call, in order, and what still runs when one fails
mod routing; // matching, redirects, methods and building
mod views; // class-based views
mod templates; // pages of templates: escaping, context, functions, streams, errors and signals

use carafe::ReadyApp;

use crate::support::Setup;

type CreateApp = fn(&Setup) -> carafe::Result<ReadyApp>;

/// Finds an app by its name.
pub(crate) fn find(name: &str) -> Option<CreateApp> {
    Some(match name {
        "lifecycle" => lifecycle::create_app,
        "routing" => routing::create_app,
        "views" => views::create_app,
        "templates" => templates::create_app,
        _ => return None,
    })
}
