//! A request in the making. Flask: `werkzeug.test.EnvironBuilder`, `flask.testing.EnvironBuilder`.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::app::ReadyApp;
use crate::context::AppContext;
use crate::error::{Error, Result};
use crate::request::{Connection, RequestBody};

/// What cannot stand in a request line as it is; everything else is sent as written.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'#');

/// A request in the making: method, URL, headers and body.
///
/// Scheme, host and root path are the configuration's (`PREFERRED_URL_SCHEME`, `SERVER_NAME`,
/// `APPLICATION_ROOT`) unless [`base_url`](Self::base_url) says otherwise.
///
/// *Flask:* the arguments of `test_request_context` and of a test client's methods.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent or pushed"]
pub struct RequestBuilder {
    app: ReadyApp,
    pub(crate) method: Method,
    remote_addr: SocketAddr,
    scheme: String,
    host: String,
    script_name: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: Bytes,
    /// The first mistake, told when the request is made.
    mistake: Option<String>,
}

impl RequestBuilder {
    pub(crate) fn new(app: &ReadyApp, method: Method, target: &str) -> Self {
        let config = app.config();
        let mut builder = Self {
            app: app.clone(),
            method,
            remote_addr: ([127, 0, 0, 1], 0).into(),
            scheme: config.preferred_url_scheme.clone(),
            host: config
                .server_name
                .clone()
                .unwrap_or_else(|| "localhost".to_owned()),
            script_name: config.application_root.trim_end_matches('/').to_owned(),
            path: String::new(),
            query: None,
            headers: Vec::new(),
            body: Bytes::new(),
            mistake: None,
        };
        builder.target(target);
        builder
    }

    /// Reads a path with a query, or a whole URL.
    fn target(&mut self, target: &str) {
        let target = target.split('#').next().unwrap_or_default();
        let rest = match target.split_once("://") {
            Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                let at = rest.find('/').unwrap_or(rest.len());
                let (host, path) = rest.split_at(at);
                (self.scheme, self.host) = (scheme.to_owned(), host.to_owned());
                path
            }
            _ => target,
        };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (rest, None),
        };
        self.path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        self.query = query;
    }

    /// Sets the method.
    pub fn method(mut self, method: &str) -> Self {
        match Method::from_bytes(method.as_bytes()) {
            Ok(method) => self.method = method,
            Err(_) => self.mistake = Some(format!("{method:?} is not a method")),
        }
        self
    }

    /// Sets scheme, host and the path under which the app is mounted: `https://example.com/app`.
    pub fn base_url(mut self, url: &str) -> Self {
        match url.split_once("://") {
            Some((scheme, rest)) => {
                let (host, root) = rest.split_once('/').unwrap_or((rest, ""));
                self.scheme = scheme.to_owned();
                self.host = host.to_owned();
                self.script_name = match root.trim_end_matches('/') {
                    "" => String::new(),
                    root => format!("/{root}"),
                };
            }
            None => self.mistake = Some(format!("{url:?} is not a base URL")),
        }
        self
    }

    /// Sets where the request comes from; this machine unless given.
    ///
    /// *Werkzeug:* `environ_base["REMOTE_ADDR"]`.
    pub fn remote_addr(mut self, address: impl Into<SocketAddr>) -> Self {
        self.remote_addr = address.into();
        self
    }

    /// Puts a subdomain before the host.
    pub fn subdomain(mut self, subdomain: &str) -> Self {
        self.host = format!("{subdomain}.{}", self.host);
        self
    }

    /// Adds an argument to the query.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        let mut query = self.query.unwrap_or_default();
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(
            &form_urlencoded::Serializer::new(String::new())
                .append_pair(name, &value.to_string())
                .finish(),
        );
        self.query = Some(query);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to fields of a form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.content(text, "application/x-www-form-urlencoded")
    }

    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(mut self, value: &T) -> Self {
        match self.app.json().to_text(value) {
            Ok(text) => self.content(text, "application/json"),
            Err(error) => {
                self.mistake = Some(format!("the body has no form in JSON: {error}"));
                self
            }
        }
    }

    fn content(self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.header(CONTENT_TYPE.as_str(), content_type).body(body)
    }

    /// The host and the path that cookies go by.
    pub(crate) fn place(&self) -> (&str, String) {
        (&self.host, format!("{}{}", self.script_name, self.path))
    }

    /// The whole URL, without the query.
    pub(crate) fn location(&self) -> String {
        format!(
            "{}://{}{}{}",
            self.scheme, self.host, self.script_name, self.path
        )
    }

    /// The request that follows a redirect of this one.
    ///
    /// *Werkzeug:* `Client.resolve_redirect`.
    pub(crate) fn following(&self, url: &str, keeps_method: bool) -> Self {
        let mut next = self.clone();
        next.target(url);
        match next.path.strip_prefix(next.script_name.as_str()) {
            Some("") => next.path = "/".to_owned(),
            Some(rest) if rest.starts_with('/') => next.path = rest.to_owned(),
            // The redirect leads out of the app's root.
            _ => next.script_name.clear(),
        }
        if !keeps_method {
            if next.method != Method::HEAD {
                next.method = Method::GET;
            }
            next.body = Bytes::new();
            let describes_body = |name: &str| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str());
            next.headers.retain(|(name, _)| !describes_body(name));
        }
        next
    }

    pub(crate) fn finish(self) -> Result<(http::Request<RequestBody>, Connection)> {
        if let Some(mistake) = self.mistake {
            return Err(Error::msg(mistake));
        }
        let mut target = utf8_percent_encode(&self.path, PATH).to_string();
        if let Some(query) = &self.query {
            target.push('?');
            target.extend(utf8_percent_encode(query, PATH));
        }
        let length = self.body.len();
        let mut request = http::Request::new(RequestBody::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = target.parse::<Uri>()?;
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_str(&self.host)?);
        if length > 0 {
            headers.insert(http::header::CONTENT_LENGTH, length.into());
        }
        for (name, value) in self.headers {
            headers.append(HeaderName::try_from(name)?, HeaderValue::from_str(&value)?);
        }
        let connection = Connection::new(Some(self.remote_addr), None)
            .https(self.scheme == "https")
            .mounted_at(self.script_name);
        Ok((request, connection))
    }
}

/// A context of a made-up request, in the making.
///
/// *Flask:* `Flask.test_request_context`.
///
/// ```
/// use carafe::prelude::*;
///
/// let app = App::new("docs").build()?;
/// let ctx = app.test_request_context("/hello?name=ada").method("POST").build()?;
/// let _guard = ctx.push()?;
/// assert_eq!(request().path(), "/hello");
/// assert_eq!(request().args().get("name").map(String::as_str), Some("ada"));
/// # Ok::<(), carafe::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a context does nothing until it is built and pushed"]
pub struct ContextBuilder {
    app: ReadyApp,
    request: RequestBuilder,
}

impl ContextBuilder {
    pub(crate) fn new(app: ReadyApp, target: &str) -> Self {
        let request = RequestBuilder::new(&app, Method::GET, target);
        Self { app, request }
    }

    /// Changes the request.
    pub fn with(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = change(self.request);
        self
    }

    /// Sets the method.
    pub fn method(self, method: &str) -> Self {
        self.with(|request| request.method(method))
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: impl ToString) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// Sets scheme, host and the path under which the app is mounted.
    pub fn base_url(self, url: &str) -> Self {
        self.with(|request| request.base_url(url))
    }

    /// Sets the body to fields of a form.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.with(|request| request.form(fields))
    }

    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize>(self, value: &T) -> Self {
        self.with(|request| request.json(value))
    }

    /// Makes the context.
    ///
    /// # Errors
    /// When the URL, a header or the method is not one.
    pub fn build(self) -> Result<AppContext> {
        let (request, connection) = self.request.finish()?;
        Ok(AppContext::of_request(self.app, request, connection))
    }
}
