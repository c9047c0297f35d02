//! `routes --hooks URL`: all that runs for a URL, in order. Beyond Flask.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::app::{ReadyApp, ScopeHooks};
use crate::cli::output::{Output, Stream};
use crate::cli::table::table;
use crate::context::SlotGuard;
use crate::error::{Error, Result, panicked};
use crate::hook::{CLOSURE, readable};
use crate::request::Request;

/// Shows what runs for a URL. Nothing of the app runs for it but the converters of its rules.
pub(super) fn show(app: &ReadyApp, url: &str, method: &str, output: &Output) -> Result<()> {
    let ctx = app.test_request_context(url).method(method).build()?;
    let request = Request::of(&ctx).ok_or_else(|| Error::msg("there is no request"))?;
    let outcome = {
        let _slot = SlotGuard::enter(ctx.clone());
        let matching = || match request.match_request() {
            Ok(_) => String::new(),
            Err(error) => error.to_http_error().to_string(),
        };
        catch_unwind(AssertUnwindSafe(matching)).map_err(panicked)?
    };
    let title = match request.endpoint() {
        Some(endpoint) => format!("{method} {url} is for the endpoint {endpoint:?}."),
        None => format!("{method} {url} is for no endpoint: {outcome}."),
    };
    let rows = steps(app, &request);
    let text = format!("{title}\n\n{}", table(&["Step", "Of", "Function"], &rows));
    output.text(Stream::Output, text);
    Ok(())
}

fn steps(app: &ReadyApp, request: &Request) -> Vec<Vec<String>> {
    let entry = request.rule_entry();
    let places = entry.map_or(&[][..], |entry| &entry.blueprints);
    let inwards: Vec<&ScopeHooks> = std::iter::once(0)
        .chain(places.iter().copied())
        .filter_map(|place| app.inner().scopes.get(place))
        .collect();
    let mut rows = Vec::new();
    let mut add = |step: &str, of: &str, function: &str| {
        let of = if of.is_empty() { "the app" } else { of };
        rows.push(vec![step.to_owned(), of.to_owned(), readable(function)]);
    };
    for scope in &inwards {
        for hook in &scope.hooks.url_value_preprocessors {
            add("url_value_preprocessor", &scope.name, hook.name());
        }
    }
    for scope in &inwards {
        for hook in &scope.hooks.before_request {
            add("before_request", &scope.name, hook.name());
        }
    }
    if let Some(view) = entry.and_then(|entry| entry.view.as_ref()) {
        let of = inwards.last().map_or("", |scope| scope.name.as_str());
        add("view", of, view.name.unwrap_or(CLOSURE));
    }
    for scope in inwards.iter().rev() {
        for hook in scope.hooks.after_request.iter().rev() {
            add("after_request", &scope.name, hook.name());
        }
    }
    for scope in inwards.iter().rev() {
        for hook in scope.hooks.teardown_request.iter().rev() {
            add("teardown_request", &scope.name, hook.name());
        }
    }
    for hook in app.inner().teardown_appcontext.iter().rev() {
        add("teardown_appcontext", "", hook.name());
    }
    rows
}
