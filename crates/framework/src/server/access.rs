//! A line in the log for each request. Werkzeug: `WSGIRequestHandler.log_request`.

use std::net::SocketAddr;

use http::StatusCode;
use tracing::Level;

/// The target of these events, which a subscriber may leave out.
pub(crate) const TARGET: &str = "carafe::access";

/// Whether anybody wants to know of requests. They pay for no more than this question otherwise.
pub(crate) fn is_wanted() -> bool {
    tracing::enabled!(target: TARGET, Level::INFO)
}

/// What is known of a request before it is answered.
pub(crate) struct Entry {
    remote: SocketAddr,
    /// `GET / HTTP/1.1`
    line: String,
}

impl Entry {
    /// Notes a request; none when nobody wants to know.
    pub(crate) fn of<B>(request: &http::Request<B>, remote: SocketAddr) -> Option<Box<Self>> {
        if !is_wanted() {
            return None;
        }
        let (method, uri, version) = (request.method(), request.uri(), request.version());
        let line = format!("{method} {uri} {version:?}");
        Some(Box::new(Self { remote, line }))
    }

    /// Tells how the request was answered.
    pub(crate) fn log(&self, status: StatusCode) {
        let (remote, status) = (self.remote.ip(), status.as_u16());
        tracing::info!(target: TARGET, %remote, status, "{}", self.line);
    }
}
