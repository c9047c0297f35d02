//! Where a request came from, as the server knows it.

use std::net::SocketAddr;
use std::sync::Arc;

/// What the server knows of a request besides its head and body.
///
/// *Flask:* `wsgi.url_scheme`, `REMOTE_ADDR`, `SERVER_NAME`, `SERVER_PORT` and `SCRIPT_NAME` of the WSGI environment.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    remote_addr: Option<SocketAddr>,
    local_addr: Option<SocketAddr>,
    https: bool,
    script_name: Option<Arc<str>>,
}

impl Connection {
    /// Makes a connection of its two ends.
    pub fn new(remote_addr: Option<SocketAddr>, local_addr: Option<SocketAddr>) -> Self {
        Self {
            remote_addr,
            local_addr,
            https: false,
            script_name: None,
        }
    }

    /// Says whether the client speaks HTTPS.
    #[must_use]
    pub fn https(mut self, https: bool) -> Self {
        self.https = https;
        self
    }

    /// Says under which path the app is mounted, as seen from outside; without a slash at its end.
    #[must_use]
    pub fn mounted_at(mut self, script_name: impl Into<Arc<str>>) -> Self {
        let script_name = script_name.into();
        self.script_name = (!script_name.is_empty()).then_some(script_name);
        self
    }

    pub(crate) fn coming_from(mut self, remote_addr: Option<SocketAddr>) -> Self {
        self.remote_addr = remote_addr;
        self
    }

    pub(crate) fn served_at_port(mut self, port: u16) -> Self {
        if let Some(address) = &mut self.local_addr {
            address.set_port(port);
        }
        self
    }

    /// The address of the client.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.remote_addr
    }

    /// The address that the client connected to.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.local_addr
    }

    /// The scheme: `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The path under which the app is mounted, as it came.
    pub fn script_name(&self) -> &str {
        self.script_name.as_deref().unwrap_or_default()
    }
}
