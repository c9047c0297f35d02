//! Finishes the response: hooks, then the session. Flask: `Flask.finalize_request`, `Flask.process_response`.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Poll, ready};

use carafe_sessions::{ResponseHead, SessionContext};

use crate::app::{FinishedResponse, RequestHooks};
use crate::context::Lent;
use crate::error::{Error, Result, panicked};
use crate::hook::AfterRequest;
use crate::lifecycle::errors;
use crate::lifecycle::push::{guarded, open_session};
use crate::lifecycle::waiting::{For, Step, Waiting};
use crate::maybe_ready::{Called, call_user};
use crate::request::Request;
use crate::response::{Keeper, Response};

/// Runs after_this_request and after_request functions on a response, saves the session into it, and sends
/// `request_finished`.
///
/// *Flask:* `Flask.process_response`.
#[derive(Default)]
pub(super) struct Finalizing {
    /// The response, unless a function has it.
    response: Option<Response>,
    next: Next,
}

#[derive(Clone, Copy)]
enum Next {
    AfterThisRequest(u32),
    AfterRequest(u32),
    SaveSession,
    RequestFinished,
    Nothing,
}

impl Default for Next {
    fn default() -> Self {
        Self::AfterThisRequest(0)
    }
}

impl Finalizing {
    /// Gives the response that is to be finished.
    pub(super) fn give(&mut self, response: Response) {
        self.response = Some(response);
    }

    /// Takes the response when all is done.
    ///
    /// # Errors
    /// When none was given.
    pub(super) fn response(&mut self) -> Result<Response> {
        let response = self.response.take();
        response.ok_or_else(|| Error::msg("there is no response to send"))
    }

    #[inline]
    pub(super) fn go_on(
        &mut self,
        request: &Request,
        hooks: &RequestHooks,
        waiting: &mut Waiting,
    ) -> Result<Step> {
        let ctx = request.context();
        while let Next::AfterThisRequest(place) = self.next {
            let Some(function) = ctx.after_request_at(place as usize) else {
                self.next = Next::AfterRequest(0);
                break;
            };
            self.next = Next::AfterThisRequest(place + 1);
            if let Step::Waits = self.call(&function, waiting)? {
                return Ok(Step::Waits);
            }
        }
        while let Next::AfterRequest(place) = self.next {
            let Some(function) = hooks.after_request.get(place as usize) else {
                self.next = Next::SaveSession;
                break;
            };
            self.next = Next::AfterRequest(place + 1);
            if let Step::Waits = self.call(function, waiting)? {
                return Ok(Step::Waits);
            }
        }
        if let Next::SaveSession = self.next {
            self.next = Next::RequestFinished;
            if !ctx.leaves_session()
                && let Step::Waits = self.save_session(request, waiting)?
            {
                return Ok(Step::Waits);
            }
        }
        if let Next::RequestFinished = self.next {
            self.next = Next::Nothing;
            if ctx.app().signals().request_finished.has_receivers() {
                return Ok(self.tell(request, waiting));
            }
        }
        Ok(Step::Done)
    }

    /// Gives the response to a function, to take what it makes of it.
    #[inline(never)] // most requests have no such functions
    fn call(&mut self, function: &AfterRequest, waiting: &mut Waiting) -> Result<Step> {
        if let Some(response) = self.response.take() {
            match call_user(|| function(response)) {
                Called::Ready(response) => self.response = Some(response?),
                Called::Waiting(response) => {
                    waiting.start(For::Response(response));
                    return Ok(Step::Waits);
                }
            }
        }
        Ok(Step::Done)
    }

    #[inline(never)] // most requests leave the session alone
    fn save_session(&mut self, request: &Request, waiting: &mut Waiting) -> Result<Step> {
        let Some(response) = &mut self.response else {
            return Ok(Step::Done);
        };
        if let Some(saved) = save_session_now(request, response) {
            return saved.map(|()| Step::Done);
        }
        if let Some(mut response) = self.response.take() {
            let request = request.clone();
            waiting.start(For::Saved(Box::pin(async move {
                let saved = save_session(&request, &mut response).await;
                (response, saved)
            })));
        }
        Ok(Step::Waits)
    }

    #[cold]
    fn tell(&self, request: &Request, waiting: &mut Waiting) -> Step {
        let Some(response) = &self.response else {
            return Step::Done;
        };
        let (app, told) = (request.app().clone(), FinishedResponse::of(response));
        waiting.start(For::Nothing(Box::pin(async move {
            app.signals().request_finished.emit(&told).await
        })));
        Step::Waits
    }
}

/// The same for the answer to an unhandled error: what fails now is logged, and that answer is sent all the
/// same, as it is by then.
pub(crate) async fn finalize_after_error(request: &Request, mut response: Response) -> Response {
    let keeper = Keeper::default();
    response.lend(&keeper);
    let mut finalizing = Finalizing::default();
    finalizing.give(response);
    let mut waiting = Waiting::default();
    let outcome = poll_fn(|cx| {
        loop {
            let (response, outcome) = ready!(waiting.poll(cx));
            if let Some(response) = response {
                finalizing.give(response);
            }
            outcome?;
            if let Step::Done = finalizing.go_on(request, request.hooks(), &mut waiting)? {
                return Poll::Ready(Ok(()));
            }
        }
    })
    .await;
    if let Err(error) = &outcome {
        let error: &Error = error;
        tracing::error!(
            target: "carafe::app",
            %error,
            "Request finalizing failed with an error while handling an error"
        );
    }
    // A function may have made another response, which is not sent when something fails after it.
    if let Some(mut response) = finalizing.response.take()
        && (response.reclaim() || outcome.is_ok())
    {
        return response;
    }
    keeper
        .take()
        .unwrap_or_else(errors::bare_internal_server_error)
}

/// Saves the session into the response, unless it is a null session; none when that has to be waited for, and
/// nothing has been done.
fn save_session_now(request: &Request, response: &mut Response) -> Option<Result<()>> {
    let (ctx, app) = (request.context(), request.app());
    let interface = app.session_interface();
    let mut lent = Lent::take(ctx)?;
    let session = lent.session.as_deref_mut()?;
    if interface.is_null_session(session) {
        return Some(Ok(()));
    }
    let cx = SessionContext::new(app, request);
    let mut head = ResponseHead::new(response.status(), response.headers_mut());
    let save = || interface.save_now(&cx, session, &mut head);
    match catch_unwind(AssertUnwindSafe(save)) {
        Ok(saved) => saved.map(|saved| saved.map_err(Error::from)),
        Err(payload) => Some(Err(panicked(payload))),
    }
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
            open_session(request).await?;
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
