//! Finishes the response: hooks, then the session. Flask: `Flask.finalize_request`, `Flask.process_response`.

use carafe_sessions::{ResponseHead, SessionContext};

use crate::app::FinishedResponse;
use crate::context::{AppContext, Lent};
use crate::error::{Error, Result};
use crate::lifecycle::push::{guarded, open_session};
use crate::maybe_ready::{MaybeReady, call_user};
use crate::request::Request;
use crate::response::Response;

/// Runs the hooks on a response and saves the session into it.
pub(crate) async fn finalize_request(ctx: &AppContext, response: Response) -> Result<Response> {
    let mut passing = Passing {
        response: Some(response),
        spare: None,
    };
    process_response(ctx, &mut passing).await?;
    match passing.response {
        Some(response) => Ok(response),
        None => Err(Error::msg("an after_request function kept the response")),
    }
}

/// The same for the answer to an unhandled error: what fails now is logged, and what it was given is answered
/// with all the same.
pub(crate) async fn finalize_after_error(ctx: &AppContext, response: Response) -> Response {
    let mut passing = Passing {
        spare: Some(response.duplicate()),
        response: Some(response.followed()),
    };
    let outcome = process_response(ctx, &mut passing).await;
    if let Err(error) = &outcome {
        tracing::error!(
            target: "carafe::app",
            %error,
            "Request finalizing failed with an error while handling an error"
        );
    }
    let own = |response: &Response| outcome.is_ok() || response.is_followed();
    let answer = passing.response.filter(own).or(passing.spare);
    answer.unwrap_or_else(crate::lifecycle::errors::bare_internal_server_error)
}

/// A response on its way through the hooks.
struct Passing {
    /// None while a function has it, and after one failed, which takes it along.
    response: Option<Response>,
    /// A copy of the response that the functions were given first, with what they changed in it. In Flask
    /// they share it with the app: what they changed before one of them failed is sent.
    spare: Option<Response>,
}

impl Passing {
    /// Gives the response to a function and takes what it makes of it.
    async fn through(
        &mut self,
        function: impl FnOnce(Response) -> MaybeReady<Result<Response>>,
    ) -> Result<()> {
        let Some(response) = self.response.take() else {
            return Ok(());
        };
        if let Some(spare) = &mut self.spare
            && response.is_followed()
        {
            *spare = response.duplicate();
        }
        self.response = Some(call_user(|| function(response)).await?);
        Ok(())
    }
}

/// Runs after_this_request and after_request functions, saves the session, and sends `request_finished`.
async fn process_response(ctx: &AppContext, passing: &mut Passing) -> Result<()> {
    let Some(request) = Request::of(ctx) else {
        return Ok(());
    };
    let mut place = 0;
    while let Some(function) = ctx.after_request_at(place) {
        place += 1;
        passing.through(|response| function(response)).await?;
    }
    for hooks in ctx.app().scopes_outwards(request.rule_entry()) {
        for function in hooks.after_request.iter().rev() {
            passing.through(|response| function(response)).await?;
        }
    }
    let Some(response) = &mut passing.response else {
        return Ok(());
    };
    save_session(ctx, &request, response).await?;
    let finished = &ctx.app().signals().request_finished;
    if finished.has_receivers() {
        finished.emit(&FinishedResponse::of(response)).await?;
    }
    Ok(())
}

/// Saves the session into the response, unless it is a null session.
async fn save_session(ctx: &AppContext, request: &Request, response: &mut Response) -> Result<()> {
    open_session(ctx, request).await?;
    let app = ctx.app();
    let interface = app.session_interface();
    let cx = SessionContext::new(app, request);
    let Some(mut lent) = Lent::take(ctx) else {
        return Ok(());
    };
    let Some(session) = lent.session.as_deref_mut() else {
        return Ok(());
    };
    if interface.is_null_session(session) {
        return Ok(());
    }
    let mut head = ResponseHead::new(response.status(), response.headers_mut());
    guarded(|| interface.save(&cx, session, &mut head)).await
}
