//! Templates in an app: context, escaping, functions, folders, signals and errors.

#![cfg(feature = "templates")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod context; // what templates may use: given names, processors, the globals of the context
mod errors;
mod escaping; // HTML, JSON and what values print
mod flashing; // flashed messages on pages
mod functions; // filters, tests, globals and macros
mod loading; // where templates come from, and when they are read again
mod signals; // what receivers learn and change // where templates fail, and what of it the app sees

use carafe::TemplateError;
use carafe::prelude::*;

/// An app whose templates are those beside the tests.
fn new_app() -> App {
    let mut app = App::with_root_path("tests", concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    app.config.testing(true).secret_key("tests");
    app
}

/// Renders a string in a context without a request.
fn rendered(app: App, source: &str) -> Result<String> {
    let ctx = app.build()?.app_context();
    let _guard = ctx.push()?;
    Ok(render_template_string(source, ())?.into_text())
}

/// What a client gets for a template given as a string.
fn page(mut app: App, source: &'static str) -> String {
    app.route("/", move || render_template_string(source, ()))
        .endpoint("index");
    app.test_client().get("/").send().text()
}

fn template_error(error: &Error) -> &TemplateError {
    error.downcast_ref().unwrap()
}
