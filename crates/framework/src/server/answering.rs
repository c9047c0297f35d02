//! The answer to one request of a connection, on its way.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use pin_project_lite::pin_project;

pub(crate) const CLOSE: HeaderValue = HeaderValue::from_static("close");

pin_project! {
    /// What a connection waits for.
    #[project = Project]
    pub(crate) enum Answering<F> {
        Answer { #[pin] future: F },
        /// The request's head is too long for the app to see it.
        HeadTooLong,
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<http::Response<B>, Infallible>>,
    B: Default,
{
    type Output = Result<http::Response<B>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Project::Answer { future } => future.poll(cx),
            Project::HeadTooLong => Poll::Ready(Ok(head_too_long())),
        }
    }
}

/// The status of such an answer, as hyper has it when it sees by itself that a head is too long.
pub(crate) const TOO_LONG: StatusCode = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;

fn head_too_long<B: Default>() -> http::Response<B> {
    let mut response = http::Response::new(B::default());
    *response.status_mut() = TOO_LONG;
    response.headers_mut().insert(CONNECTION, CLOSE);
    response
}
