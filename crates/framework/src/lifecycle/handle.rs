//! From the request that the server read to the response that it sends. Flask: `Flask.wsgi_app` towards its server.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Method;
use http_body::Body;

use crate::context::{AppContext, Arrival};
use crate::error::Result;
use crate::lifecycle::{Journey, Place, errors};
use crate::request::{Request, RequestBody};
use crate::response::Response;

/// Answers a request, whose body is read in some way: makes its context and runs the journey in it.
///
/// *Flask:* `Flask.wsgi_app`.
#[inline(always)] // so that a request is copied once: to where it stays
pub(crate) fn handle<B: Body>(
    place: Place,
    arrival: &Arrival,
    request: http::Request<B>,
    read: impl FnOnce(B) -> RequestBody,
) -> Handling {
    let Place { journey, context } = place;
    // The context is made before the future begins, which would be as large as the request otherwise.
    let request = Request::new(context.filled(arrival, request, read));
    Handling {
        journey: Some(journey.with(request)),
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

/// Begins a stream, which can still be answered with an error if it fails at once.
#[cold]
fn begin_stream(ctx: &AppContext, response: &mut Response, cx: &mut Context<'_>) -> Result<()> {
    let sends_body = |request: Request| *request.method() != Method::HEAD;
    match ctx.request().is_none_or(sends_body) {
        true => response.begin(cx),
        false => Ok(()),
    }
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
        let finished = answer.and_then(|mut response| {
            response.finish()?;
            match response.is_streamed() {
                // It may still read the body while it is sent.
                true => begin_stream(ctx, &mut response, cx)?,
                false => ctx.discard_body(cx),
            }
            Ok(response)
        });
        Poll::Ready(match finished {
            Ok(response) => response,
            // An error that leaves the app is the server's to answer: with nothing that the app had prepared.
            Err(error) => {
                ctx.discard_body(cx);
                errors::answer_of_server(ctx, &error)
            }
        })
    }
}
