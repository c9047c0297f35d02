//! The app as a tower service, for programs with servers of their own.

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower_service::Service;

use crate::app::ReadyApp;
use crate::context::Arrival;
use crate::lifecycle::{self, Place};
use crate::maybe_ready::BoxFuture;
use crate::request::{Connection, RequestBody};
use crate::response::Body;

/// The app answers every request and is always ready; errors are responses.
///
/// A [`Connection`] among the request's extensions tells where it came from.
///
/// *Beyond Flask:* the counterpart of being a WSGI application.
impl<B> Service<http::Request<B>> for ReadyApp
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        let connection = request
            .extensions_mut()
            .remove::<Connection>()
            .unwrap_or_default();
        let arrival = Arrival::new(self.clone(), connection);
        let place = Place::take(&arrival);
        let handling = lifecycle::handle(place, &arrival, request, RequestBody::new);
        Box::pin(async move { Ok(handling.await.into_http()) })
    }
}
