//! The answer to one request of a connection, on its way.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use pin_project_lite::pin_project;

use crate::server::access::Entry;
use crate::server::answer::Watchable;
use crate::server::idle::Watch;

const CLOSE: HeaderValue = HeaderValue::from_static("close");

pin_project! {
    /// What a connection waits for. It is a type of its own since an `async` block would hold the answer twice:
    /// as what it was given and as what it waits for.
    pub(crate) struct Answering<F> {
        #[pin]
        answer: Option<F>,
        entry: Option<Box<Entry>>,
    }
}

impl<F> Answering<F> {
    /// Begins to answer a request; one whose head is too long has no answer of the app's.
    pub(crate) fn new(answer: Option<F>, entry: Option<Box<Entry>>) -> Self {
        Self { answer, entry }
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = http::Response<B>> + Watchable,
    B: Watch + Default,
{
    type Output = Result<http::Response<B>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = match this.answer.as_pin_mut() {
            Some(mut answer) => {
                let mut response = ready!(answer.as_mut().poll(cx));
                if let Some(activity) = answer.activity() {
                    // A stream may read on while it is sent; any other answer has left the rest of the body
                    // unread, after which the connection is of no use.
                    if activity.leaves_body() && response.body().size_hint().exact().is_some() {
                        response.headers_mut().insert(CONNECTION, CLOSE);
                    }
                    response.body_mut().watch(activity);
                }
                response
            }
            None => head_too_long(),
        };
        if let Some(entry) = this.entry.take() {
            entry.log(response.status());
        }
        Poll::Ready(Ok(response))
    }
}

/// Answers as hyper does when it sees by itself that a head is too long.
fn head_too_long<B: Default>() -> http::Response<B> {
    let mut response = http::Response::new(B::default());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response.headers_mut().insert(CONNECTION, CLOSE);
    response
}
