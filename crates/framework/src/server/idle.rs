//! Closes connections that ask for nothing: one clock a worker, in place of a timer a request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tokio::task::AbortHandle;

use crate::error::{Error, HttpError};
use crate::request::RequestBody;
use crate::response::Response;
use crate::server::activity::Activity;

/// How often idle connections are looked for, which is how exact the timeout is.
pub(crate) const SWEEP: Duration = Duration::from_secs(1);

/// The connections of a worker.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    now: Arc<AtomicU32>,
    connections: Vec<(Arc<Activity>, AbortHandle)>,
}

impl Connections {
    pub(crate) fn activity(&self) -> Arc<Activity> {
        Arc::new(Activity::new(self.now.clone()))
    }

    pub(crate) fn add(&mut self, activity: Arc<Activity>, connection: AbortHandle) {
        self.connections.push((activity, connection));
    }

    /// Counts a sweep, forgets connections that ended, and closes those that were idle for too long.
    pub(crate) fn sweep(&mut self, timeout: Duration) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        let timeout = u32::try_from(timeout.as_secs()).unwrap_or(u32::MAX);
        self.connections.retain(|(activity, connection)| {
            let is_late = activity.is_late(now, timeout);
            if is_late {
                connection.abort();
            }
            !is_late && !connection.is_finished()
        });
    }
}

/// The body of a request as an app reads it.
pub(super) fn awaited(body: Incoming, activity: Option<&Arc<Activity>>) -> RequestBody {
    match activity {
        Some(activity) if !body.is_end_stream() => RequestBody::boxed(Awaited {
            body,
            activity: activity.clone(),
        }),
        _ => body.into(),
    }
}

/// The body of a request: the time until more of it comes is the client's.
struct Awaited {
    body: Incoming,
    activity: Arc<Activity>,
}

impl Body for Awaited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            self.activity.awaits_client();
            return Poll::Pending;
        };
        self.activity.goes_on();
        if frame.is_none() || self.body.is_end_stream() {
            self.activity.has_read_body();
        }
        if matches!(frame, Some(Err(_))) {
            self.activity.breaks_off();
        }
        // A body that breaks off, or whose framing is wrong, is the client's mistake.
        let refused = |error| HttpError::new(400).with_source(error).into();
        Poll::Ready(frame.map(|frame| frame.map_err(refused)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Response {
    /// Has an activity know when nothing more comes of the body. One that is there is as good as sent.
    #[inline]
    pub(super) fn watch(&mut self, activity: &Arc<Activity>) {
        match self.is_streamed() {
            false => activity.idle(),
            true => self.watch_stream(activity),
        }
    }

    #[cold]
    fn watch_stream(&mut self, activity: &Arc<Activity>) {
        let streaming = Streaming(activity.clone());
        self.call_on_close(move || drop(streaming));
    }
}

struct Streaming(Arc<Activity>);

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.idle();
    }
}

pin_project! {
    /// The body of an answer of something else than an app, which is watched as well.
    pub(crate) struct Watched<B> {
        #[pin]
        body: Option<B>,
        // Only for a body that comes in its own time.
        streaming: Option<Streaming>,
    }
}

impl<B: Body> Watched<B> {
    pub(crate) fn new(body: B, activity: Option<&Arc<Activity>>) -> Self {
        let is_there = body.size_hint().exact().is_some();
        if is_there && let Some(activity) = activity {
            activity.idle();
        }
        Self {
            body: Some(body),
            streaming: activity
                .filter(|_| !is_there)
                .map(|activity| Streaming(activity.clone())),
        }
    }
}

impl<B> Default for Watched<B> {
    fn default() -> Self {
        Self {
            body: None,
            streaming: None,
        }
    }
}

impl<B: Body> Body for Watched<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().body.as_pin_mut() {
            Some(body) => body.poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let empty = SizeHint::with_exact(0);
        self.body.as_ref().map_or(empty, Body::size_hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection that would go on for ever.
    fn connection() -> (Arc<Activity>, Connections, tokio::task::JoinHandle<()>) {
        let mut watch = Connections::default();
        let activity = watch.activity();
        let task = tokio::spawn(std::future::pending());
        watch.add(activity.clone(), task.abort_handle());
        (activity, watch, task)
    }

    #[tokio::test]
    async fn a_connection_that_asks_for_nothing_is_closed() {
        let (_activity, mut watch, task) = connection();
        (0..3).for_each(|_| watch.sweep(Duration::from_secs(2)));
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
    }

    #[tokio::test]
    async fn a_request_under_way_may_take_its_time() {
        let (activity, mut watch, task) = connection();
        activity.busy(false);
        (0..100).for_each(|_| watch.sweep(Duration::from_secs(2)));
        assert_eq!(watch.connections.len(), 1);
        activity.idle();
        (0..3).for_each(|_| watch.sweep(Duration::from_secs(2)));
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
    }

    #[tokio::test]
    async fn a_client_that_is_waited_for_may_not_take_its_time() {
        let (activity, mut watch, task) = connection();
        activity.busy(true);
        activity.awaits_client();
        (0..2).for_each(|_| watch.sweep(Duration::from_secs(2)));
        activity.goes_on();
        (0..100).for_each(|_| watch.sweep(Duration::from_secs(2)));
        assert_eq!(watch.connections.len(), 1);
        activity.awaits_client();
        (0..3).for_each(|_| watch.sweep(Duration::from_secs(2)));
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
    }

    #[tokio::test]
    async fn connections_that_ended_are_forgotten() {
        let (_activity, mut watch, task) = connection();
        task.abort();
        assert!(task.await.is_err());
        watch.sweep(Duration::from_secs(2));
        assert!(watch.connections.is_empty());
    }
}
