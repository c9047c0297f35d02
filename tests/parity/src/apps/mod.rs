//! The reference apps, ported one to one.

mod appctx_g; // contexts, g, copies of a context, async views and streams
mod blueprints; // nesting, prefixes, names, handlers, folders
mod config_json; // JSON, configuration and trusted hosts
mod errors; // error handlers and errors
mod lifecycle; // every hook, signal and session call, in order, and what still runs when one fails
mod requests; // what a view sees of the request
mod responses; // what a view may return, cookies, conditional and file responses
mod routing; // matching, redirects, methods and building
mod session_interfaces; // interfaces of the app's own
mod sessions; // the cookie session and flashed messages
mod templates; // pages of templates: escaping, context, functions, streams, errors and signals
mod views; // class-based views

use carafe::ReadyApp;

use crate::support::Setup;

type CreateApp = fn(&Setup) -> carafe::Result<ReadyApp>;

/// Finds an app by its name.
pub(crate) fn find(name: &str) -> Option<CreateApp> {
    Some(match name {
        "appctx_g" => appctx_g::create_app,
        "blueprints" => blueprints::create_app,
        "config_json" => config_json::create_app,
        "errors" => errors::create_app,
        "lifecycle" => lifecycle::create_app,
        "requests" => requests::create_app,
        "responses" => responses::create_app,
        "routing" => routing::create_app,
        "session_interfaces" => session_interfaces::create_app,
        "sessions" => sessions::create_app,
        "templates" => templates::create_app,
        "views" => views::create_app,
        _ => return None,
    })
}
