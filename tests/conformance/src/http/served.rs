//! A request to an app, as a server hands it on, and what is sent back.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use carafe::{App, RequestBody};
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use tower_service::Service;

use super::Failure;

/// Answers a request with an app; a length that is known is told, as a server does.
pub(super) fn answer(app: App, request: Request<RequestBody>) -> Result<Response<Bytes>, Failure> {
    let is_head = request.method() == Method::HEAD;
    let mut app = app.build().map_err(|_| Failure::default())?;
    let Ok(response) = ready(app.call(request));
    let (mut parts, mut body) = response.into_parts();
    let length = http_body::Body::size_hint(&body).exact();
    let may_have_body = !matches!(parts.status.as_u16(), 100..200 | 204 | 304);
    if let (Some(length), true) = (length, may_have_body) {
        parts.headers.entry(CONTENT_LENGTH).or_insert(length.into());
    }
    let mut sent = Vec::new();
    while let Some(frame) = ready(body.frame()) {
        let data = frame?.into_data().unwrap_or_default();
        sent.extend_from_slice(&data);
    }
    if is_head || !may_have_body {
        sent.clear();
    }
    Ok(Response::from_parts(parts, sent.into()))
}

/// Where a view puts what is to be looked at besides the answer.
pub(super) struct Kept<T>(Arc<Mutex<Option<T>>>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Kept<T> {
    pub(super) fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The body of a request, in pieces as they come from a connection.
pub(super) struct Pieces<I>(pub(super) I);

impl<I, E> http_body::Body for Pieces<I>
where
    I: Iterator<Item = Result<Bytes, E>> + Unpin,
{
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, E>>> {
        let piece = self.0.next();
        Poll::Ready(piece.map(|piece| piece.map(http_body::Frame::data)))
    }
}

/// Returns what a future gives that never has to wait for long.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}
