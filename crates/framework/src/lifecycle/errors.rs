//! Who answers an error. Flask: `Flask.handle_user_exception`, `handle_http_exception`, `handle_exception`.

use crate::context::AppContext;
use crate::error::handlers::{OriginalError, find_error_handler};
use crate::error::{Error, HttpError, Result};
use crate::lifecycle::finalize;
use crate::maybe_ready::call_user;
use crate::request::Request;
use crate::response::{IntoResponse, Response};

/// Answers an error of a hook or a view, or gives it on to become a 500.
///
/// *Flask:* `Flask.handle_user_exception`, `Flask.handle_http_exception`.
pub(crate) async fn handle_user_exception(ctx: &AppContext, error: Error) -> Result<Response> {
    if error.is_response() {
        return own_response(&error);
    }
    let config = ctx.app().config();
    if (config.debug || config.trap_bad_request_errors == Some(true))
        && let Some(http) = error.as_http()
    {
        http.show_key();
    }
    if let Some(handler) = find_handler(ctx, &error) {
        return call_user(|| handler(&error)).await;
    }
    match error.as_http() {
        Some(http) if !traps(ctx, http) => own_response(&error),
        _ => Err(error),
    }
}

/// Whether the app wants to see an HTTP error as an error that nobody handled.
///
/// *Flask:* `Flask.trap_http_exception`.
fn traps(ctx: &AppContext, error: &HttpError) -> bool {
    let config = ctx.app().config();
    let trap_bad_requests = config.trap_bad_request_errors.unwrap_or(config.debug);
    config.trap_http_exceptions
        || (error.missing_key().is_some() && trap_bad_requests)
        || (config.trap_bad_request_errors == Some(true) && error.code() == 400)
}

/// The response that an error brings along, or its default page.
fn own_response(error: &Error) -> Result<Response> {
    match (error.take_response(), error.as_http()) {
        (Some(response), _) => Ok(response),
        (None, Some(http)) => http_response(http),
        (None, None) => Err(Error::msg("the response of this error was sent already")),
    }
}

fn http_response(error: &HttpError) -> Result<Response> {
    let mut response = Response::new(error.body());
    response.set_status(error.code())?;
    crate::response::replace_headers(response.headers_mut(), error.headers());
    Ok(response)
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

/// Answers an error that nobody handled: the signal, the log, a 500.
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
    let internal = Error::from(HttpError::new(500).with_source(OriginalError(error.clone())));
    let response = match find_handler(ctx, &internal) {
        Some(handler) => call_user(|| handler(&internal)).await?,
        None => own_response(&internal)?,
    };
    Ok(finalize::finalize_after_error(ctx, response).await)
}

/// *Flask:* `Flask.log_exception`.
fn log_exception(ctx: &AppContext, error: &Error) {
    let Some(request) = Request::of(ctx) else {
        return;
    };
    let causes: Vec<String> = std::iter::successors(
        error.as_std().and_then(std::error::Error::source),
        |cause| cause.source(),
    )
    .map(ToString::to_string)
    .collect();
    tracing::error!(
        target: "carafe::app",
        %error,
        ?causes,
        "Exception on {} [{}]",
        request.path(),
        request.method()
    );
}

/// The answer to an error that left the app.
pub(crate) fn bare_internal_server_error() -> Response {
    HttpError::new(500)
        .into_response()
        .unwrap_or_else(|_| Response::empty(http::StatusCode::INTERNAL_SERVER_ERROR))
}
