//! What can answer the requests of a connection: an app, or a tower service around one.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use tower_service::Service;

use crate::app::ReadyApp;
use crate::context::Arrival;
use crate::lifecycle::{self, Handling};
use crate::maybe_ready::BoxFuture;
use crate::request::{Connection, RequestBody};
use crate::response::Body;
use crate::server::activity::Activity;
use crate::server::idle::{Watch, Watched};

/// Answers the requests of connections.
pub(crate) trait Answer: Clone + Send + 'static {
    type Body: Watch<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>
        + Default
        + Send
        + 'static;
    type Future: Future<Output = http::Response<Self::Body>> + Watchable + Send;

    /// What answers the requests of one connection, which the server watches.
    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self;

    fn answer(&self, parts: Parts, body: RequestBody) -> Self::Future;
}

/// An answer on its way through a connection that is watched.
pub(crate) trait Watchable {
    /// What the connection is watched by. A reference of its own would be counted for every request.
    fn activity(&self) -> Option<&Arc<Activity>>;
}

impl Watchable for Handling {
    fn activity(&self) -> Option<&Arc<Activity>> {
        self.arrival().activity()
    }
}

/// An answer of something else than an app.
pub(crate) struct Boxed<B> {
    answer: BoxFuture<'static, http::Response<B>>,
    activity: Option<Arc<Activity>>,
}

impl<B> Boxed<B> {
    pub(crate) fn new(
        answer: impl Future<Output = http::Response<B>> + Send + 'static,
        activity: Option<&Arc<Activity>>,
    ) -> Self {
        Self {
            answer: Box::pin(answer),
            activity: activity.cloned(),
        }
    }
}

impl<B> Future for Boxed<B> {
    type Output = http::Response<B>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<http::Response<B>> {
        self.answer.as_mut().poll(cx)
    }
}

impl<B> Watchable for Boxed<B> {
    fn activity(&self) -> Option<&Arc<Activity>> {
        self.activity.as_ref()
    }
}

/// An app: straight to the journey, since the future of a tower service would have to be boxed.
#[derive(Clone)]
pub(crate) struct Served(Arc<Arrival>);

impl Served {
    pub(crate) fn new(app: &ReadyApp) -> Self {
        Self(Arrival::new(app.clone(), Connection::default()))
    }

    pub(crate) fn arrival(&self) -> &Arc<Arrival> {
        &self.0
    }
}

impl Answer for Served {
    type Body = Body;
    type Future = Handling;

    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self {
        let app = self.0.app().clone();
        Self(Arrival::watched(app, connection, activity))
    }

    fn answer(&self, parts: Parts, body: RequestBody) -> Handling {
        lifecycle::handle(self.0.clone(), parts, body)
    }
}

/// A tower service that answers.
#[derive(Clone)]
pub(crate) struct Tower<S> {
    service: S,
    connection: Connection,
    activity: Option<Arc<Activity>>,
}

impl<S> Tower<S> {
    pub(crate) fn new(service: S) -> Self {
        let connection = Connection::default();
        Self {
            service,
            connection,
            activity: None,
        }
    }
}

impl<S, B> Answer for Tower<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    type Body = Watched<B>;
    type Future = Boxed<Watched<B>>;

    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self {
        Self {
            service: self.service.clone(),
            connection,
            activity: Some(activity),
        }
    }

    fn answer(&self, mut parts: Parts, body: RequestBody) -> Self::Future {
        parts.extensions.insert(self.connection.clone());
        let request = http::Request::from_parts(parts, body);
        let mut service = self.service.clone();
        let answer = async move {
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            let Ok(response) = service.call(request).await;
            response.map(Watched::from)
        };
        Boxed::new(answer, self.activity.as_ref())
    }
}
