//! What can answer the requests of a connection: an app, or a tower service around one.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use tower_service::Service;

use crate::app::ReadyApp;
use crate::context::Arrival;
use crate::lifecycle::{self, Handling};
use crate::maybe_ready::BoxFuture;
use crate::request::{Connection, RequestBody};
use crate::response::Body;
use crate::server::idle::{Watch, Watched};

/// Answers the requests of connections.
pub(crate) trait Answer: Clone + Send + 'static {
    type Body: Watch<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>
        + Default
        + Send
        + 'static;
    type Future: Future<Output = http::Response<Self::Body>> + Send;

    /// What answers the requests of one connection.
    fn of_connection(&self, connection: Connection) -> Self;

    fn answer(&self, parts: Parts, body: RequestBody) -> Self::Future;
}

/// An app: straight to the journey, since the future of a tower service would have to be boxed.
#[derive(Clone)]
pub(crate) struct Served(Arc<Arrival>);

impl Served {
    pub(crate) fn new(app: &ReadyApp) -> Self {
        Self(Arrival::new(app.clone(), Connection::default()))
    }

    pub(crate) fn app(&self) -> &ReadyApp {
        self.0.app()
    }
}

impl Answer for Served {
    type Body = Body;
    type Future = Handling;

    fn of_connection(&self, connection: Connection) -> Self {
        Self(Arrival::new(self.app().clone(), connection))
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
}

impl<S> Tower<S> {
    pub(crate) fn new(service: S) -> Self {
        let connection = Connection::default();
        Self {
            service,
            connection,
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
    type Future = BoxFuture<'static, http::Response<Watched<B>>>;

    fn of_connection(&self, connection: Connection) -> Self {
        Self {
            service: self.service.clone(),
            connection,
        }
    }

    fn answer(&self, mut parts: Parts, body: RequestBody) -> Self::Future {
        parts.extensions.insert(self.connection.clone());
        let request = http::Request::from_parts(parts, body);
        let mut service = self.service.clone();
        Box::pin(async move {
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            let Ok(response) = service.call(request).await;
            response.map(Watched::from)
        })
    }
}
