//! From the request that the server read to the response that it sends. Flask: `Flask.wsgi_app` towards its server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::Method;
use http_body::Body;

use crate::context::{AppContext, Arrival};
use crate::error::Result;
use crate::lifecycle::{Journey, errors};
use crate::request::{Request, RequestBody};
use crate::response::Response;

/// Answers a request, whose body is read in some way: makes its context and runs the journey in it.
///
/// *Flask:* `Flask.wsgi_app`.
#[inline(always)] // so that a request is copied once: to where it stays
pub(crate) fn handle<B: Body>(
    arrival: &Arc<Arrival>,
    request: http::Request<B>,
    read: impl FnOnce(B) -> RequestBody,
) -> Handling {
    // The context is made before the future begins, which would be as large as the request otherwise.
    let request = Request::new(AppContext::new(arrival, request, read));
    Handling {
        journey: Some(Journey::of_new(request)),
    }
}

/// The answer to a request, on its way to the server.
pub(crate) struct Handling {
    /// None where there is no request, and once it is dropped.
    journey: Option<Box<Journey>>,
}

impl Handling {
    /// Stands for a request that the app does not see; it is not to be polled.
    pub(crate) fn of_no_request() -> Self {
        Self { journey: None }
    }

    pub(crate) fn is_of_no_request(&self) -> bool {
        self.journey.is_none()
    }

    /// The context of the request.
    pub(crate) fn context(&self) -> &AppContext {
        self.journey.as_deref().expect(LASTS).context()
    }
}

/// Brings a response into the form that is sent, and begins a stream, which can still be answered with an error if
/// it fails at once.
fn finished(ctx: &AppContext, response: Response, cx: &mut Context<'_>) -> Result<Response> {
    let mut response = response.finished()?;
    let sends_body = |request: Request| *request.method() != Method::HEAD;
    if response.is_streamed() && ctx.request().is_none_or(sends_body) {
        response.begin(cx)?;
    }
    Ok(response)
}

const LASTS: &str = "a journey lasts as long as what waits for it";

impl Drop for Handling {
    fn drop(&mut self) {
        if let Some(journey) = self.journey.take() {
            journey.give_up();
        }
    }
}

impl Future for Handling {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let journey = self.journey.as_deref_mut().expect(LASTS);
        let answer = ready!(Pin::new(journey).poll(cx));
        let ctx = self.context();
        let answer = answer.and_then(|response| finished(ctx, response, cx));
        // A stream may still read the body while it is sent.
        if !answer.as_ref().is_ok_and(Response::is_streamed) {
            ctx.discard_body(cx);
        }
        // An error that leaves the app is the server's to answer: with nothing that the app had prepared.
        Poll::Ready(answer.unwrap_or_else(|error| errors::answer_of_server(ctx, &error)))
    }
}
