//! The page that shows what led to an error, in debug mode alone. Flask: Werkzeug's debugger, without its console.
//!
//! It reads without scripts, loads nothing from elsewhere and escapes all it shows. Secrets are masked wherever
//! they turn up: in messages and in lines of source too.

mod page; // the page, section by section
mod html; // text on its way into the page
mod mask; // what is never shown
mod source; // lines of the program's source
mod frames; // the functions that were running
mod facts; // the request, the session and g
mod steps; // the functions that ran for the request

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::app::{RuleEntry, ScopeHooks};
use crate::config::Config;
use crate::context::{AppContext, SlotGuard, peek_current};
use crate::error::Error;
use crate::hook::Teardown;
use crate::response::Response;

pub(crate) use self::steps::Step;

/// Whether an app shows what led to its errors: in debug mode, and in a build for release only if told so.
fn is_wanted(config: &Config) -> bool {
    config.debug && config.debug_error_page.unwrap_or(cfg!(debug_assertions))
}

/// Has an app note which functions run for its requests, if it shows what led to its errors.
pub(crate) fn watch(
    config: &Config,
    scopes: &mut [ScopeHooks],
    rules: &mut [RuleEntry],
    teardown_appcontext: &mut [Teardown],
) {
    if is_wanted(config) {
        steps::watch(scopes, rules, teardown_appcontext);
    }
}

/// Whether a panic of this moment is to keep its backtrace.
pub(crate) fn wants_backtraces() -> bool {
    peek_current(|ctx| ctx.is_some_and(|ctx| is_wanted(ctx.app().config()))).unwrap_or(false)
}

/// The page for an error that left the app; none unless the app shows what led to its errors.
pub(crate) fn error_page(ctx: &AppContext, error: &Error) -> Option<Response> {
    if !is_wanted(ctx.app().config()) {
        return None;
    }
    let _slot = SlotGuard::enter(ctx.clone());
    // Errors and values are shown by the app's own code, which may fail as well.
    let page = catch_unwind(AssertUnwindSafe(|| page::render(ctx, error))).ok()?;
    let mut response = Response::new(page);
    response.set_status_code(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}
