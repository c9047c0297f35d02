//! What can answer the requests of a connection: an app, or a tower service around one.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::{Future, poll_fn};

use bytes::Bytes;
use tower_service::Service;

use crate::app::ReadyApp;
use crate::lifecycle;
use crate::request::{Connection, RequestBody};
use crate::response::Body;

/// Answers the requests of connections.
pub(crate) trait Answer: Clone + Send + 'static {
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>
        + Send
        + 'static;

    fn answer(
        self,
        request: http::Request<RequestBody>,
        connection: Connection,
    ) -> impl Future<Output = http::Response<Self::Body>> + Send;
}

/// Straight to the journey: the future of a tower service would have to be boxed.
impl Answer for ReadyApp {
    type Body = Body;

    fn answer(
        self,
        request: http::Request<RequestBody>,
        connection: Connection,
    ) -> impl Future<Output = http::Response<Body>> + Send {
        lifecycle::handle(self, request, connection)
    }
}

/// A tower service that answers.
#[derive(Clone)]
pub(crate) struct Tower<S>(pub(crate) S);

impl<S, B> Answer for Tower<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    type Body = B;

    fn answer(
        mut self,
        mut request: http::Request<RequestBody>,
        connection: Connection,
    ) -> impl Future<Output = http::Response<B>> + Send {
        request.extensions_mut().insert(connection);
        async move {
            let Ok(()) = poll_fn(|cx| self.0.poll_ready(cx)).await;
            let Ok(response) = self.0.call(request).await;
            response
        }
    }
}
