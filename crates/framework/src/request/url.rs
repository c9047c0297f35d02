//! The URL of a request and its parts. Flask: `request.url`, `request.path`, `request.host`, ….

use std::borrow::Cow;

use carafe_routing::{BindRequest, LazyMatch, Match, MatchError, UrlAdapter};
use http::HeaderMap;
use http::header::{HOST, UPGRADE};
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::app::ReadyApp;
use crate::error::HttpError;
use crate::headers::host::get_host;
use crate::request::{Connection, Request};
use crate::uri::current::get_current_url;

/// Whether routing sees another path than the one on the wire.
#[inline]
pub(crate) fn is_encoded(raw: &str) -> bool {
    // Most paths are so short that a search by vectors takes longer to begin.
    raw.bytes().any(|byte| byte == b'%')
}

/// The path as routing sees it.
#[cold]
pub(crate) fn decoded_path(raw: &str) -> String {
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

/// Whether a host is its own answer: plain characters, and a port only if it has no meaning for a scheme.
fn is_plain(host: &str) -> bool {
    let plain = |text: &str| {
        text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-'
        })
    };
    match host.split_once(':') {
        None => plain(host) && !host.is_empty(),
        Some((name, port)) => {
            let is_port = !port.is_empty()
                && port.len() <= 5
                && port.bytes().all(|byte| byte.is_ascii_digit());
            plain(name) && !name.is_empty() && is_port && port != "80" && port != "443"
        }
    }
}

/// The host as the client named it.
fn raw_host(parts: &Parts) -> Option<Cow<'_, str>> {
    let named = parts.headers.get(HOST);
    let named = named.map(|host| String::from_utf8_lossy(host.as_bytes()));
    named.or_else(|| {
        let authority = parts.uri.authority();
        authority.map(|authority| Cow::Borrowed(authority.as_str()))
    })
}

/// A host, if it is one and the app answers to it.
fn checked_host(
    connection: &Connection,
    host: Option<&str>,
    trusted: &[&str],
) -> Result<String, HttpError> {
    let server = connection
        .local_addr()
        .map(|address| (address.ip().to_string(), Some(address.port())));
    let server = server.as_ref().map(|(name, port)| (name.as_str(), *port));
    get_host(connection.scheme(), host, server, trusted)
}

/// Why the app does not answer to the host, if it does not.
#[cold]
pub(super) fn distrust(
    parts: &Parts,
    connection: &Connection,
    trusted: &[String],
) -> Option<Box<str>> {
    let trusted: Vec<&str> = trusted.iter().map(String::as_str).collect();
    let checked = checked_host(connection, raw_host(parts).as_deref(), &trusted);
    checked.err().map(|error| error.description().into())
}

/// Whether the client asks to speak WebSocket.
#[cold]
pub(super) fn asks_for_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Matches the URL where neither the host nor any code of the app has a say in it: whether it is done before
/// the session is opened or after, nobody can tell.
#[inline]
pub(super) fn match_directly(
    matched: &mut LazyMatch,
    app: &ReadyApp,
    method: &str,
    path: &str,
    websocket: bool,
) {
    if !app.subdomain_matching() {
        let map = app.url_map();
        let subdomain = &map.options().default_subdomain;
        matched.match_direct(map, subdomain, path, method, websocket);
    }
}

impl Request {
    /// The path, percent-decoded, without the prefix that the app is mounted at.
    ///
    /// Of several slashes at its start it has one.
    pub fn path(&self) -> &str {
        let path = self.inner().path();
        let slashes = path.len() - path.trim_start_matches('/').len();
        path.get(slashes.saturating_sub(1)..).unwrap_or(path)
    }

    /// The query string as it came.
    pub fn query_string(&self) -> &str {
        self.inner().parts().uri.query().unwrap_or_default()
    }

    /// The path and the query: `/search?q=x`; with a question mark even if there is no query.
    pub fn full_path(&self) -> String {
        format!("{}?{}", self.path(), self.query_string())
    }

    /// The scheme: `http` or `https`.
    pub fn scheme(&self) -> &str {
        self.connection().scheme()
    }

    /// Whether the client speaks HTTPS.
    pub fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    /// The host that the client asked for, with its port unless that is the scheme's own.
    pub fn host(&self) -> Cow<'_, str> {
        match raw_host(self.inner().parts()) {
            // Nearly every request names a host of plain characters, which is its own answer.
            Some(Cow::Borrowed(host)) if is_plain(host) => Cow::Borrowed(host),
            // What is none is empty.
            host => {
                let checked = checked_host(self.connection(), host.as_deref(), &[]);
                Cow::Owned(checked.unwrap_or_default())
            }
        }
    }

    /// The path under which the app is mounted, without a slash at its end.
    ///
    /// *Flask:* `request.script_root`, `request.root_path`.
    pub fn script_root(&self) -> &str {
        self.connection().script_name().trim_end_matches('/')
    }

    /// The whole URL.
    pub fn url(&self) -> String {
        self.current_url(
            Some(self.script_root()),
            Some(self.path()),
            Some(self.query_string().as_bytes()),
        )
    }

    /// The URL without the query.
    pub fn base_url(&self) -> String {
        self.current_url(Some(self.script_root()), Some(self.path()), None)
    }

    /// The URL of the app's root.
    pub fn root_url(&self) -> String {
        self.current_url(Some(self.script_root()), None, None)
    }

    /// The URL of the host.
    pub fn host_url(&self) -> String {
        self.current_url(None, None, None)
    }

    /// A URL of the request; empty where the port of its host is none.
    fn current_url(&self, root: Option<&str>, path: Option<&str>, query: Option<&[u8]>) -> String {
        get_current_url(self.scheme(), &self.host(), root, path, query).unwrap_or_default()
    }

    /// Matches the URL.
    pub(crate) fn match_now(&self) -> Result<Match, MatchError> {
        self.with_url_adapter(|urls| urls.match_request())
    }

    /// The map bound to the request, ready to match and to build.
    ///
    /// *Flask:* `AppContext.url_adapter`.
    pub(crate) fn with_url_adapter<T>(&self, work: impl FnOnce(UrlAdapter<'_>) -> T) -> T
    where
        T: NoAdapter,
    {
        let (app, data) = (self.app(), self.inner());
        let host = self.host();
        let config = app.config();
        // Flask turns subdomains off by forcing the default one.
        let forced = (!app.subdomain_matching() && !app.url_map().options().host_matching)
            .then(|| app.url_map().options().default_subdomain.as_str());
        let bound = app.url_map().bind_to_request(BindRequest {
            scheme: self.scheme(),
            host: &host,
            server_name: config.server_name.as_deref(),
            subdomain: forced,
            script_name: self.connection().script_name(),
            path_info: data.path(),
            method: data.parts().method.as_str(),
            query_string: self.query_string(),
            websocket: asks_for_websocket(&data.parts().headers),
        });
        match bound {
            Ok(urls) => work(urls),
            Err(_) => T::no_adapter(),
        }
    }
}

/// What to answer when the map cannot be bound to the request's host.
pub(crate) trait NoAdapter {
    fn no_adapter() -> Self;
}

impl NoAdapter for Result<Match, MatchError> {
    fn no_adapter() -> Self {
        Err(MatchError::NotFound)
    }
}

impl NoAdapter for Option<Result<String, carafe_routing::BuildError>> {
    fn no_adapter() -> Self {
        None
    }
}
