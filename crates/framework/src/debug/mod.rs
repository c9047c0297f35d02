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

/// Has an app that is run while it is developed show what led to its errors, unless its configuration says no.
///
/// Other servers of the app are told by its configuration alone. *Flask:* `use_debugger` of `Flask.run`.
#[track_caller]
pub(crate) fn offer_page(config: &mut Config) {
    if cfg!(debug_assertions) && config.debug_error_page.is_none() {
        config.debug_error_page(true);
    }
}

fn is_wanted(config: &Config) -> bool {
    config.debug && config.debug_error_page == Some(true)
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

#[cfg(test)]
mod tests {
    use super::{is_wanted, offer_page};
    use crate::config::Config;

    #[test]
    fn the_page_is_shown_while_an_app_is_developed_or_where_it_is_asked_for() {
        let mut config = Config::new(".");
        config.debug(true);
        assert!(!is_wanted(&config));
        offer_page(&mut config);
        assert_eq!(is_wanted(&config), cfg!(debug_assertions));
        config.debug_error_page(true).debug(false);
        assert!(!is_wanted(&config));
        config.debug_error_page(false).debug(true);
        offer_page(&mut config);
        assert!(!is_wanted(&config));
    }
}
