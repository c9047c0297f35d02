//! Finishes the response: hooks, then the session. Flask: `Flask.finalize_request`, `Flask.process_response`.

use carafe_sessions::{ResponseHead, SessionContext};

use crate::app::FinishedResponse;
use crate::context::Lent;
use crate::error::{Error, Result};
use crate::lifecycle::errors;
use crate::lifecycle::push::{guarded, open_session};
use crate::maybe_ready::{MaybeReady, call_user};
use crate::request::Request;
use crate::response::{Keeper, Response};

/// Runs the hooks on a response and saves the session into it.
pub(crate) async fn finalize_request(request: &Request, response: Response) -> Result<Response> {
    let mut response = Some(response);
    process_response(request, &mut response).await?;
    response.ok_or_else(|| Error::msg("an after_request function kept the response"))
}

/// The same for the answer to an unhandled error: what fails now is logged, and that answer is sent all the
/// same, as it is by then.
pub(crate) async fn finalize_after_error(request: &Request, mut response: Response) -> Response {
    let keeper = Keeper::default();
    response.lend(&keeper);
    let mut response = Some(response);
    let outcome = process_response(request, &mut response).await;
    if let Err(error) = &outcome {
        tracing::error!(
            target: "carafe::app",
            %error,
            "Request finalizing failed with an error while handling an error"
        );
    }
    // A function may have made another response, which is not sent when something fails after it.
    if let Some(mut response) = response
        && (response.reclaim() || outcome.is_ok())
    {
        return response;
    }
    keeper
        .take()
        .unwrap_or_else(errors::bare_internal_server_error)
}

/// Runs after_this_request and after_request functions, saves the session, and sends `request_finished`.
async fn process_response(request: &Request, slot: &mut Option<Response>) -> Result<()> {
    let ctx = request.context();
    let mut place = 0;
    while let Some(function) = ctx.after_request_at(place) {
        place += 1;
        run(slot, &*function).await?;
    }
    for hooks in ctx.app().scopes_outwards(request.rule_entry()) {
        for function in hooks.after_request.iter().rev() {
            run(slot, &**function).await?;
        }
    }
    let Some(response) = slot else {
        return Ok(());
    };
    save_session(request, response).await?;
    let finished = &ctx.app().signals().request_finished;
    if finished.has_receivers() {
        Box::pin(finished.emit(&FinishedResponse::of(response))).await?;
    }
    Ok(())
}

/// Gives the response to a function and takes what it makes of it.
async fn run(
    slot: &mut Option<Response>,
    function: impl FnOnce(Response) -> MaybeReady<Result<Response>>,
) -> Result<()> {
    if let Some(response) = slot.take() {
        *slot = Some(call_user(|| function(response)).await?);
    }
    Ok(())
}

/// Saves the session into the response, unless it is a null session.
async fn save_session(request: &Request, response: &mut Response) -> Result<()> {
    let (ctx, app) = (request.context(), request.app());
    let interface = app.session_interface();
    let cx = SessionContext::new(app, request);
    let mut lent = match Lent::take(ctx) {
        Some(lent) => lent,
        // What failed before it was open is answered with a session all the same.
        None => {
            Box::pin(open_session(request)).await?;
            match Lent::take(ctx) {
                Some(lent) => lent,
                None => return Ok(()),
            }
        }
    };
    let Some(session) = lent.session.as_deref_mut() else {
        return Ok(());
    };
    if interface.is_null_session(session) {
        return Ok(());
    }
    let mut head = ResponseHead::new(response.status(), response.headers_mut());
    Ok(guarded(|| interface.save(&cx, session, &mut head))?.await??)
}
