//! Who answers an error. Flask: `Flask.handle_user_exception`, `handle_http_exception`, `handle_exception`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::context::AppContext;
use crate::debug;
use crate::error::handlers::{OriginalError, find_error_handler};
use crate::error::http_error::Class;
use crate::error::{Error, HttpError, Result, panicked};
use crate::lifecycle::finalize;
use crate::lifecycle::push::StoreUnavailable;
use crate::maybe_ready::call_user;
use crate::request::Request;
use crate::response::Response;
use crate::server::Spelled;

/// Answers an error of a hook or a view, or gives it on to become a 500.
///
/// *Flask:* `Flask.handle_user_exception`, `Flask.handle_http_exception`.
pub(crate) async fn handle_user_exception(ctx: &AppContext, error: Error) -> Result<Response> {
    let config = ctx.app().config();
    let http = error.as_http();
    if let Some(http) = http
        && (config.debug || config.trap_bad_request_errors == Some(true))
    {
        http.show_key();
    }
    let trapped = trap_http_exception(ctx, &error);
    let unseen = http.is_some_and(|http| matches!(http.class(), Class::Routing | Class::Response));
    if (trapped || !unseen)
        && let Some(handler) = find_handler(ctx, &error)
    {
        return call_user(|| handler(&error)).answer().await;
    }
    match http {
        Some(http) if !trapped => http.get_response(),
        _ => Err(error),
    }
}

/// Whether the app wants to see an HTTP error as an error that nobody handled.
///
/// *Flask:* `Flask.trap_http_exception`.
fn trap_http_exception(ctx: &AppContext, error: &Error) -> bool {
    let config = ctx.app().config();
    let is_bad_request = |http: &HttpError| http.code() == 400 && http.class() == Class::OfCode;
    let traps = |http: &HttpError| match config.trap_bad_request_errors {
        Some(trap) => trap && is_bad_request(http),
        None => config.debug && http.missing_key().is_some(),
    };
    config.trap_http_exceptions || error.as_http().is_some_and(traps)
}

fn find_handler(ctx: &AppContext, error: &Error) -> Option<crate::error::handlers::ErrorHandler> {
    let request = Request::of(ctx);
    let rule = request.as_ref().and_then(Request::rule_entry);
    let handlers = ctx
        .app()
        .scopes_outwards(rule)
        .map(|hooks| &hooks.error_handlers);
    find_error_handler(error, handlers)
}

/// Answers an error that nobody handled: the signal, the log, a 500; a 503 when the session store is down.
///
/// *Flask:* `Flask.handle_exception`.
///
/// # Errors
/// The error itself when it is to be propagated, and errors of the handler of 500.
pub(crate) async fn handle_exception(ctx: &AppContext, error: &Error) -> Result<Response> {
    let app = ctx.app();
    app.signals().got_request_exception.emit(error).await?;
    let config = app.config();
    if config
        .propagate_exceptions
        .unwrap_or(config.testing || config.debug)
    {
        return Err(error.clone());
    }
    log_exception(ctx, error);
    let code = match error.downcast_ref::<StoreUnavailable>() {
        Some(_) => 503,
        None => 500,
    };
    let internal = Error::from(HttpError::new(code).with_source(OriginalError(error.clone())));
    let response = match find_handler(ctx, &internal) {
        Some(handler) => call_user(|| handler(&internal)).answer().await?,
        None => HttpError::new(code).get_response()?,
    };
    match Request::of(ctx) {
        Some(request) => Ok(finalize::finalize_after_error(&request, response).await),
        None => Ok(response),
    }
}

/// *Flask:* `Flask.log_exception`.
fn log_exception(ctx: &AppContext, error: &Error) {
    let Some(request) = Request::of(ctx) else {
        return;
    };
    if let Some(log) = &ctx.app().inner().exception_log {
        // The error is told already; a log that panics must not take the answer away as well.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| log(error))) {
            tracing::error!(target: "carafe::app", error = %panicked(payload), "the app's log failed");
        }
        return;
    }
    tell(&request, error);
}

fn tell(request: &Request, error: &Error) {
    tracing::error!(
        target: "carafe::app",
        error = error.as_std(),
        "Exception on {} [{}]",
        Spelled(request.path()),
        request.method()
    );
}

/// Answers an error that left the app, and logs it: what led to it is shown if the app is being debugged.
///
/// The app's own log is not asked, as in Flask, where the error is the server's to tell by then.
#[cold]
pub(crate) fn answer_of_server(ctx: &AppContext, error: &Error) -> Response {
    if let Some(request) = Request::of(ctx) {
        tell(&request, error);
    }
    debug::error_page(ctx, error).unwrap_or_else(bare_internal_server_error)
}

/// The answer to an error that left the app, which tells nothing of it.
#[cold]
pub(crate) fn bare_internal_server_error() -> Response {
    HttpError::internal_server_error()
        .get_response()
        .unwrap_or_else(|_| Response::empty(http::StatusCode::INTERNAL_SERVER_ERROR))
}
