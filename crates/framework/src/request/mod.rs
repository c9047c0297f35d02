//! The request that a context is for. Flask: `flask.Request`.

mod accept; // what the client would rather have
mod body; // the bytes that the client sends
mod client; // who asks
mod conditional; // on which conditions
mod connection; // where the request came from
mod content; // what the body is said to be
mod fetch_metadata; // why a browser asks
mod fields; // the fields and files of forms
pub mod form; // forms in bodies
mod limits; // how much of the body is read
mod session_view; // the request as session interfaces see it
mod url; // the URL and its parts
mod view_args; // the endpoint and the URL's variables

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use carafe_routing::{LazyMatch, Match, MatchError, Values};
use http::header::{COOKIE, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Version};
use http_body::Body;
use tokio::sync::OnceCell;

use crate::app::ReadyApp;
use crate::context::{AppContext, Arrival, EmptyContext};
use crate::error::HttpError;
use crate::headers::{cookie, latin1};
use crate::multi_dict::MultiDict;
use crate::request::form::FormData;
use crate::response::use_headers_again;
use crate::uri::query::parse_query;

pub use self::body::{GetData, RequestBody};
pub use self::connection::Connection;
pub use self::fetch_metadata::{FetchDest, FetchMode, FetchSite};
pub(crate) use self::url::NoAdapter;

/// What a context holds of its request.
#[derive(Default)]
pub(crate) struct RequestData {
    /// None in a context without a request of its own.
    parts: Option<Parts>,
    rare: Option<Box<Rare>>,
    pub(crate) body: Mutex<body::Reading>,
    matched: LazyMatch,
    has_cookies: bool,
    /// Whether the client has sent a body.
    has_body: bool,
    /// What somebody has asked for; most requests are answered without.
    read: OnceLock<Box<Read>>,
}

/// What few requests have.
#[derive(Default)]
struct Rare {
    /// The connection as trusted proxies tell of it, where that is another one.
    forwarded: Option<Connection>,
    /// The path as routing sees it, when it differs from the one on the wire.
    decoded_path: Option<String>,
    /// Why the URL was not matched: the host is not one to answer to.
    host_refused: Option<Box<str>>,
}

impl Rare {
    fn of(parts: &mut Parts, arrival: &Arrival) -> Box<Self> {
        let mut rare = Box::<Self>::default();
        let config = arrival.app().config();
        if config.proxy_fix.is_on() {
            rare.forwarded = Some(config.proxy_fix.apply(parts, arrival.connection().clone()));
        }
        if let Some(trusted) = &config.trusted_hosts {
            let connection = rare.forwarded.as_ref().unwrap_or(arrival.connection());
            rare.host_refused = url::distrust(parts, connection, trusted);
        }
        let raw = parts.uri.path();
        if url::is_encoded(raw) {
            rare.decoded_path = Some(url::decoded_path(raw));
        }
        rare
    }
}

/// What is read of a request on demand.
#[derive(Default)]
pub(crate) struct Read {
    /// The URL's variables as url_value_preprocessors left them.
    view_args: OnceLock<Values<'static>>,
    args: OnceLock<MultiDict>,
    form: OnceCell<FormData>,
    cookies: OnceLock<MultiDict>,
    /// How much of the body may be read, where the request has limits of its own.
    limits: Mutex<limits::OwnLimits>,
}

impl RequestData {
    /// Takes in a request, in a place where none is.
    #[inline(always)] // so that a request is copied once: to where it stays
    pub(crate) fn begin<B: Body>(
        &mut self,
        arrival: &Arrival,
        request: http::Request<B>,
        read: impl FnOnce(B) -> RequestBody,
    ) {
        let (parts, body) = request.into_parts();
        self.parts = Some(parts);
        self.has_body = !body.is_end_stream();
        if self.has_body {
            self.body = Mutex::new(body::Reading::Waiting(read(body)));
        }
        self.prepare(arrival);
    }

    /// Works out what is known of a request before anything is done with it.
    fn prepare(&mut self, arrival: &Arrival) {
        let Some(parts) = &mut self.parts else {
            return;
        };
        method_in_upper_case(&mut parts.method);
        let mut asks_for_upgrade = false;
        for name in parts.headers.keys() {
            self.has_cookies |= name == COOKIE;
            asks_for_upgrade |= name == UPGRADE;
        }
        let websocket = asks_for_upgrade && url::asks_for_websocket(&parts.headers);
        let (app, path) = (arrival.app(), parts.uri.path());
        if app.inner().looks_at_origin || url::is_encoded(path) {
            return self.prepare_rare(arrival, websocket);
        }
        let method = parts.method.as_str();
        url::match_directly(&mut self.matched, app, method, path, websocket);
    }

    /// The same for a request of which more is known than it says itself, or whose path is not the one on the wire.
    #[cold]
    fn prepare_rare(&mut self, arrival: &Arrival, websocket: bool) {
        let Some(parts) = &mut self.parts else {
            return;
        };
        let rare = self.rare.insert(Rare::of(parts, arrival));
        if rare.host_refused.is_none() {
            let (app, method) = (arrival.app(), parts.method.as_str());
            let path = rare.decoded_path.as_deref().unwrap_or(parts.uri.path());
            url::match_directly(&mut self.matched, app, method, path, websocket);
        }
    }

    /// Drops the request, so that the place is as new.
    pub(crate) fn clear(&mut self) {
        self.give_headers_back();
        self.parts = None;
        self.rare = None;
        self.has_body = false;
        // Reading leaves its mark also where there was nothing to read.
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !body.is_untouched() {
            *body = body::Reading::default();
        }
        self.matched = LazyMatch::new();
        self.has_cookies = false;
        if self.read.get().is_some() {
            self.read.take();
        }
    }

    fn give_headers_back(&mut self) {
        if let Some(parts) = &mut self.parts {
            use_headers_again(&mut parts.headers);
        }
    }

    /// Whether there is a request.
    #[inline]
    pub(crate) fn is_there(&self) -> bool {
        self.parts.is_some()
    }

    /// The head of the request, which whoever has the data has seen to be there.
    #[inline]
    pub(crate) fn parts(&self) -> &Parts {
        let parts = self.parts.as_ref();
        parts.expect("only contexts with a request show its data")
    }

    /// Has the match show if it is known, as matching does; tells whether it was.
    pub(crate) fn show_match(&self) -> bool {
        self.matched.show()
    }

    /// Whether the client has sent any cookies.
    pub(crate) fn has_cookies(&self) -> bool {
        self.has_cookies
    }

    /// The connection as trusted proxies tell of it.
    fn connection<'a>(&'a self, arrival: &'a Arrival) -> &'a Connection {
        let forwarded = self.rare.as_ref().and_then(|rare| rare.forwarded.as_ref());
        forwarded.unwrap_or(arrival.connection())
    }

    /// Why the app does not answer to the host, if it does not.
    fn host_refused(&self) -> Option<&str> {
        self.rare.as_ref()?.host_refused.as_deref()
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(Box::default)
    }

    /// The URL's variables, if url_value_preprocessors have changed them.
    fn changed_view_args(&self) -> Option<&Values<'static>> {
        self.read.get()?.view_args.get()
    }

    /// The path with all slashes at its start: the URL's variables are places in it.
    pub(crate) fn path(&self) -> &str {
        let decoded = self
            .rare
            .as_ref()
            .and_then(|rare| rare.decoded_path.as_deref());
        decoded.unwrap_or_else(|| self.parts().uri.path())
    }
}

impl Drop for RequestData {
    fn drop(&mut self) {
        self.give_headers_back();
    }
}

/// Methods are compared in upper case, also those that a client wrote otherwise.
#[inline]
fn method_in_upper_case(method: &mut Method) {
    if *method != Method::GET && *method != Method::POST {
        rare_method_in_upper_case(method);
    }
}

#[cold]
fn rare_method_in_upper_case(method: &mut Method) {
    if method
        .as_str()
        .bytes()
        .any(|byte| byte.is_ascii_lowercase())
    {
        let upper = Method::from_bytes(method.as_str().to_ascii_uppercase().as_bytes());
        if let Ok(upper) = upper {
            *method = upper;
        }
    }
}

/// The request of the current context.
///
/// It is a handle: cloning it counts a reference. [`request()`](crate::request) gives it anywhere below a
/// view, and a view can take it as an argument.
///
/// *Flask:* `flask.request`.
#[derive(Clone)]
pub struct Request(AppContext);

impl Request {
    /// The request of a context, if it has one.
    pub(crate) fn of(ctx: &AppContext) -> Option<Self> {
        ctx.has_request().then(|| Self(ctx.clone()))
    }

    /// The request of a context that was made with one.
    pub(crate) fn new(ctx: AppContext) -> Self {
        Self(ctx)
    }

    /// The data, which the constructor has seen to be there.
    pub(crate) fn inner(&self) -> &RequestData {
        self.0
            .request_data()
            .expect("a `Request` is made of contexts with a request only")
    }

    /// Gives the context up with the request.
    #[inline]
    pub(crate) fn give_up(self) -> Option<EmptyContext> {
        self.0.give_up()
    }

    /// The context that the request is of.
    pub fn context(&self) -> &AppContext {
        &self.0
    }

    /// The app that handles the request.
    pub fn app(&self) -> &ReadyApp {
        self.0.app()
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.inner().parts().method
    }

    /// The version of HTTP.
    pub fn version(&self) -> Version {
        self.inner().parts().version
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.inner().parts().headers
    }

    /// A header as text; none when it is missing. Several of one name are a list, with a comma between them;
    /// bytes beyond ASCII are read as Latin-1.
    ///
    /// *Flask:* `request.headers.get(name)`.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        latin1::text(self.headers(), name)
    }

    fn text(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        latin1::text(self.headers(), name)
    }

    /// The arguments of the query string.
    ///
    /// *Flask:* `request.args`.
    pub fn args(&self) -> &MultiDict {
        let read = self.inner().read();
        read.args
            .get_or_init(|| parse_query(self.query_string().as_bytes()))
    }

    /// The cookies.
    ///
    /// *Flask:* `request.cookies`.
    pub fn cookies(&self) -> &MultiDict {
        self.inner()
            .read()
            .cookies
            .get_or_init(|| cookie::parse_cookie(&self.cookie_header()))
    }

    /// The first cookie of a name, without reading the others.
    pub fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        if !self.inner().has_cookies {
            return None;
        }
        let mut headers = self.headers().get_all(COOKIE).iter();
        match (headers.next(), headers.next()) {
            (None, _) => None,
            (Some(only), None) => cookie::find(only.as_bytes(), name),
            _ => self
                .cookies()
                .get(name)
                .map(|value| Cow::Borrowed(value.as_str())),
        }
    }

    /// All `Cookie` headers as one; HTTP/2 clients may send several.
    fn cookie_header(&self) -> Vec<u8> {
        let values: Vec<_> = self
            .headers()
            .get_all(COOKIE)
            .iter()
            .map(|value| value.as_bytes())
            .collect();
        values.join(&b"; "[..])
    }

    /// Where the request came from.
    pub fn connection(&self) -> &Connection {
        self.inner().connection(self.0.arrival())
    }

    /// The address of the client.
    ///
    /// *Flask:* `request.remote_addr`.
    pub fn remote_addr(&self) -> Option<std::net::SocketAddr> {
        self.connection().remote_addr()
    }
}

/// Matching.
impl Request {
    /// Matches the URL, once, and gives the answer.
    ///
    /// # Errors
    /// The reason why no rule matched.
    pub(crate) fn match_request(&self) -> Result<&Match, RoutingError<'_>> {
        let data = self.inner();
        if let Some(reason) = data.host_refused() {
            return Err(RoutingError::HostRefused(reason));
        }
        let matched = data.matched.get_or_match(|| self.match_now());
        match matched {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(RoutingError::NoMatch(error)),
            Err(_) => Err(RoutingError::Matching),
        }
    }

    /// Why an earlier match found no rule.
    fn routing_error(&self) -> Option<RoutingError<'_>> {
        let data = self.inner();
        if let Some(reason) = data.host_refused() {
            return Some(RoutingError::HostRefused(reason));
        }
        data.matched
            .get()?
            .as_ref()
            .err()
            .map(RoutingError::NoMatch)
    }

    /// The answer of an earlier match; none before it.
    pub(crate) fn matched(&self) -> Option<&Match> {
        self.inner().matched.get()?.as_ref().ok()
    }
}

/// Why a request has no rule.
#[derive(Debug)]
pub(crate) enum RoutingError<'a> {
    NoMatch(&'a MatchError),
    /// The host is not one that the app answers to; with the reason.
    HostRefused(&'a str),
    /// A converter asked for the match that it is part of.
    Matching,
}

impl RoutingError<'_> {
    /// The error that dispatch answers with; a redirect is no error for handlers.
    pub(crate) fn to_http_error(&self) -> HttpError {
        match self {
            Self::NoMatch(MatchError::MethodNotAllowed { allowed }) => {
                HttpError::new(405).with_valid_methods(allowed)
            }
            Self::NoMatch(MatchError::WebsocketMismatch) => HttpError::new(400),
            Self::HostRefused(reason) => HttpError::new(400).with_description((*reason).to_owned()),
            Self::NoMatch(_) => HttpError::new(404),
            Self::Matching => HttpError::new(500)
                .with_source("the match was asked for by a converter that is part of it"),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Request {} {:?}>", self.method(), self.url())
    }
}
