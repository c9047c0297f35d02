//! Finishes the response: hooks, then the session. Flask: `Flask.finalize_request`, `Flask.process_response`.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, ready};

use carafe_sessions::{ResponseHead, SessionContext};

use crate::app::FinishedResponse;
use crate::context::Lent;
use crate::error::{Error, Result, panicked};
use crate::hook::AfterRequest;
use crate::lifecycle::errors;
use crate::lifecycle::push::{guarded, open_session};
use crate::maybe_ready::{BoxFuture, Called, call_user, poll_user};
use crate::request::Request;
use crate::response::{Keeper, Response};

/// Runs after_this_request and after_request functions on a response, saves the session into it, and sends
/// `request_finished`.
///
/// *Flask:* `Flask.process_response`.
#[derive(Default)]
pub(super) struct Finalizing {
    /// The response, unless a function has it, or has kept it.
    response: Option<Response>,
    next: Next,
    waiting: Option<Waiting>,
}

#[derive(Clone, Copy)]
enum Next {
    AfterThisRequest(usize),
    AfterRequest(usize),
    SaveSession,
    RequestFinished,
    Nothing,
}

impl Default for Next {
    fn default() -> Self {
        Self::AfterThisRequest(0)
    }
}

enum Waiting {
    Function(BoxFuture<'static, Result<Response>>),
    Session(BoxFuture<'static, (Response, Result<()>)>),
    Signal(BoxFuture<'static, Result<()>>),
}

impl Finalizing {
    /// Gives the response that is to be finished.
    pub(super) fn give(&mut self, response: Response) {
        self.response = Some(response);
    }

    /// Takes the response when all is done.
    ///
    /// # Errors
    /// When a function has kept it.
    pub(super) fn response(&mut self) -> Result<Response> {
        let response = self.response.take();
        response.ok_or_else(|| Error::msg("an after_request function kept the response"))
    }

    pub(super) fn poll(&mut self, request: &Request, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                let outcome = ready!(waiting.poll(&mut self.response, cx));
                self.waiting = None;
                outcome?;
            }
            match self.next {
                Next::AfterThisRequest(place) => match request.context().after_request_at(place) {
                    Some(function) => {
                        self.next = Next::AfterThisRequest(place + 1);
                        self.call(&function)?;
                    }
                    None => self.next = Next::AfterRequest(0),
                },
                Next::AfterRequest(place) => match request.hooks().after_request.get(place) {
                    Some(function) => {
                        self.next = Next::AfterRequest(place + 1);
                        self.call(function)?;
                    }
                    None => self.next = Next::SaveSession,
                },
                Next::SaveSession => {
                    self.next = Next::RequestFinished;
                    if !request.context().leaves_session() {
                        self.save_session(request)?;
                    }
                }
                Next::RequestFinished => {
                    self.next = Next::Nothing;
                    if request.app().signals().request_finished.has_receivers() {
                        self.tell(request);
                    }
                }
                Next::Nothing => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Gives the response to a function, to take what it makes of it.
    fn call(&mut self, function: &AfterRequest) -> Result<()> {
        if let Some(response) = self.response.take() {
            match call_user(|| function(response)) {
                Called::Ready(response) => self.response = Some(response?),
                Called::Waiting(response) => self.waiting = Some(Waiting::Function(response)),
            }
        }
        Ok(())
    }

    fn save_session(&mut self, request: &Request) -> Result<()> {
        let Some(response) = &mut self.response else {
            return Ok(());
        };
        if let Some(saved) = save_session_now(request, response) {
            return saved;
        }
        if let Some(mut response) = self.response.take() {
            let request = request.clone();
            self.waiting = Some(Waiting::Session(Box::pin(async move {
                let saved = save_session(&request, &mut response).await;
                (response, saved)
            })));
        }
        Ok(())
    }

    fn tell(&mut self, request: &Request) {
        if let Some(response) = &self.response {
            let (app, told) = (request.app().clone(), FinishedResponse::of(response));
            self.waiting = Some(Waiting::Signal(Box::pin(async move {
                app.signals().request_finished.emit(&told).await
            })));
        }
    }
}

impl Waiting {
    /// Waits; what comes of it goes to the place of the response.
    fn poll(&mut self, place: &mut Option<Response>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match self {
            Self::Function(function) => {
                *place = Some(ready!(poll_user(function, cx))?);
                Poll::Ready(Ok(()))
            }
            Self::Session(saving) => {
                let (response, saved) = ready!(saving.as_mut().poll(cx));
                *place = Some(response);
                Poll::Ready(saved)
            }
            Self::Signal(signal) => signal.as_mut().poll(cx),
        }
    }
}

/// The same for the answer to an unhandled error: what fails now is logged, and that answer is sent all the
/// same, as it is by then.
pub(crate) async fn finalize_after_error(request: &Request, mut response: Response) -> Response {
    let keeper = Keeper::default();
    response.lend(&keeper);
    let mut finalizing = Finalizing::default();
    finalizing.give(response);
    let outcome = poll_fn(|cx| finalizing.poll(request, cx)).await;
    if let Err(error) = &outcome {
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

/// Saves the session into the response, unless it is a null session; none when that has to be waited for.
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
