//! From the request that the server read to the response that it sends. Flask: `Flask.wsgi_app` towards its server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::Method;
use http::request::Parts;
use http_body::Body as _;

use crate::context::{AppContext, Arrival};
use crate::error::Result;
use crate::lifecycle::{Journey, errors};
use crate::request::{Request, RequestBody};
use crate::response::Response;

/// Answers a request: makes its context and runs the journey in it.
///
/// *Flask:* `Flask.wsgi_app`.
pub(crate) fn handle(arrival: Arc<Arrival>, parts: Parts, body: RequestBody) -> Handling {
    let sends_body = parts.method != Method::HEAD;
    let has_body = !body.is_end_stream();
    // The context is made before the future begins, which would be as large as the request otherwise.
    let request = Request::new(AppContext::new(arrival, parts, body));
    Handling {
        journey: Journey::of_new(request),
        sends_body,
        has_body,
    }
}

/// The answer to a request, on its way to the server.
pub(crate) struct Handling {
    journey: Journey,
    /// Whether the body of the answer is sent.
    sends_body: bool,
    /// Whether the client has sent a body.
    has_body: bool,
}

impl Handling {
    pub(crate) fn arrival(&self) -> &Arrival {
        self.journey.request().context().arrival()
    }

    /// Brings a response into the form that is sent, and begins a stream, which can still be answered with an
    /// error if it fails at once.
    fn finished(&self, response: Response, cx: &mut Context<'_>) -> Result<Response> {
        let mut response = response.finished()?;
        if self.sends_body && response.is_streamed() {
            response.begin(cx)?;
        }
        Ok(response)
    }
}

impl Future for Handling {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let answer = ready!(Pin::new(&mut self.journey).poll(cx));
        let answer = answer.and_then(|response| self.finished(response, cx));
        let request = self.journey.request();
        // A stream may still read the body while it is sent.
        if self.has_body && !answer.as_ref().is_ok_and(Response::is_streamed) {
            request.inner().discard_body(cx);
        }
        // An error that leaves the app is the server's to answer: with nothing that the app had prepared.
        let ctx = request.context();
        Poll::Ready(answer.unwrap_or_else(|error| errors::answer_of_server(ctx, &error)))
    }
}
