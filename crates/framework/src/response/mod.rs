//! What a request is answered with. Flask: `flask.Response`, `werkzeug.wrappers.Response`.

mod body; // the bytes, or the stream of them
mod conditional; // answers that a client has already
mod into_response; // what a view may return
mod keeper; // a response that is lent
mod redirect; // answers that send the client elsewhere
mod spare; // places that are used again
mod sse; // events that pages listen to
mod status_line; // statuses with words of their own
mod typed; // the headers by what they hold
mod writer; // a body that is written piece by piece

use std::fmt;
use std::task::Context;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::context::current_context;
use crate::error::Result;
use crate::headers::finish::{finish_headers, sends_body};

pub use self::body::{Body, BoxStream};
pub use self::into_response::{IntoHeaders, IntoResponse, make_response};
pub(crate) use self::keeper::Keeper;
pub use self::redirect::{Redirect, append_slash_redirect, redirect};
pub(crate) use self::spare::use_headers_again;
pub use self::sse::{Event, EventStream};
pub use self::typed::{EmbedderPolicy, OpenerPolicy, ResourcePolicy};
pub use self::writer::ResponseWriter;

pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// An answer: status, headers and body.
///
/// Views rarely make one; whatever [`IntoResponse`] is implemented for will do.
///
/// *Flask:* `flask.Response`.
///
/// ```
/// use carafe::Response;
///
/// let mut response = Response::new("<p>hello</p>");
/// response.set_status(201)?;
/// response.set_header("x-kind", "greeting")?;
/// assert_eq!(response.status().as_u16(), 201);
/// # Ok::<(), carafe::Error>(())
/// ```
pub struct Response {
    // Behind a pointer, since a response changes hands a dozen times on its way out; none is left behind when
    // the server takes it apart.
    inner: Option<Box<Inner>>,
}

#[derive(Default)]
struct Inner {
    http: http::Response<Body>,
    /// What few responses have.
    rare: Option<Box<Rare>>,
}

impl Inner {
    /// Puts what few responses have into one that is sent.
    #[cold]
    fn add_rare(&mut self, http: &mut http::Response<Body>) {
        let rare = self.rare.take();
        let own = rare.as_ref().and_then(|rare| rare.reason.as_deref());
        if let Some(reason) = status_line::reason_to_send(http.status(), own) {
            http.extensions_mut().insert(reason);
        }
        if let Some(rare) = rare
            && !rare.on_close.is_empty()
        {
            let body = std::mem::take(http.body_mut());
            *http.body_mut() = body.on_close(rare.on_close);
        }
    }
}

#[derive(Default)]
struct Rare {
    /// The words after the code, where they are not the usual ones.
    reason: Option<Box<str>>,
    on_close: Vec<Box<dyn FnOnce() + Send>>,
    /// Where the response goes when it is dropped; only that to an unhandled error goes anywhere.
    keeper: Option<Keeper>,
}

impl Response {
    /// Makes a response of a body: 200, `text/html; charset=utf-8`.
    pub fn new(body: impl Into<Body>) -> Self {
        Self::with_content_type(body, HTML)
    }

    /// Makes a response of a body and its content type.
    pub(crate) fn with_content_type(body: impl Into<Body>, content_type: HeaderValue) -> Self {
        // Processors wait for what was written a moment ago piece by piece, and is read as a whole: so the body
        // moves last.
        let body = body.into();
        let mut response = Self::blank();
        let headers = response.headers_mut();
        // The map is empty: to insert would be the same, by more code.
        headers.append(CONTENT_TYPE, content_type);
        response.put_body(body);
        response
    }

    /// A response with nothing in it: 200.
    fn blank() -> Self {
        Self {
            inner: Some(spare::take()),
        }
    }

    fn inner(&self) -> &Inner {
        self.inner.as_deref().expect(WHOLE)
    }

    fn inner_mut(&mut self) -> &mut Inner {
        self.inner.as_deref_mut().expect(WHOLE)
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.inner_mut().rare.get_or_insert_default()
    }

    /// Makes a response without a content type, for those that have no content.
    pub fn empty(status: StatusCode) -> Self {
        let mut response = Self::blank();
        response.set_status_code(status);
        response
    }

    /// Sets the media type; text gets `; charset=utf-8`.
    ///
    /// *Flask:* the `mimetype` argument of `Response`.
    ///
    /// # Errors
    /// When the text cannot be a header value.
    pub fn mimetype(mut self, mimetype: &str) -> Result<Self> {
        let text = crate::headers::content_type::get_content_type(mimetype, "utf-8");
        let value = HeaderValue::from_str(&text)?;
        self.headers_mut().insert(CONTENT_TYPE, value);
        Ok(self)
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.inner().http.status()
    }

    /// Sets the status code.
    ///
    /// # Errors
    /// When the number is not a status code (100 to 999).
    pub fn set_status(&mut self, code: u16) -> Result<()> {
        self.set_status_code(StatusCode::from_u16(code)?);
        Ok(())
    }

    /// Sets a status that is known to be one.
    pub(crate) fn set_status_code(&mut self, status: StatusCode) {
        let inner = self.inner_mut();
        *inner.http.status_mut() = status;
        if let Some(rare) = &mut inner.rare {
            rare.reason = None;
        }
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner().http.headers()
    }

    /// The headers, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.inner_mut().http.headers_mut()
    }

    /// Sets a header, in place of all of that name.
    ///
    /// # Errors
    /// When the name or the value cannot stand in a header: line breaks never reach the wire.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (HeaderName::try_from(name)?, HeaderValue::from_str(value)?);
        self.headers_mut().insert(name, value);
        Ok(())
    }

    /// Adds a header beside those of that name.
    ///
    /// # Errors
    /// When the name or the value cannot stand in a header.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (HeaderName::try_from(name)?, HeaderValue::from_str(value)?);
        self.headers_mut().append(name, value);
        Ok(())
    }

    /// Sets a cookie.
    ///
    /// One that is larger than the app's `MAX_COOKIE_SIZE` is told in the log.
    ///
    /// *Flask:* `Response.set_cookie`, `Response.max_cookie_size`.
    ///
    /// # Errors
    /// When the cookie cannot be written as a header.
    pub fn set_cookie(&mut self, cookie: &carafe_sessions::cookie::SetCookie<'_>) -> Result<()> {
        let header = match current_context("set_cookie") {
            Ok(ctx) => {
                let most = ctx.app().config().max_cookie_size;
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                cookie.clone().max_size(most).to_header_value()?
            }
            Err(_) => cookie.to_header_value()?,
        };
        self.headers_mut().append(SET_COOKIE, header);
        Ok(())
    }

    /// Removes a cookie of the path `/` from the client.
    ///
    /// One that was set with a path, a domain or other attributes is removed by
    /// [`removal`](carafe_sessions::cookie::SetCookie::removal) with the same.
    ///
    /// *Flask:* `Response.delete_cookie`.
    ///
    /// ```
    /// use carafe::Response;
    /// use carafe::sessions::cookie::SetCookie;
    ///
    /// let mut response = Response::new("");
    /// response.delete_cookie("theme")?;
    /// response.set_cookie(&SetCookie::new("seen", "").path(Some("/news")).removal())?;
    /// # Ok::<(), carafe::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the name cannot stand in a header.
    pub fn delete_cookie(&mut self, name: &str) -> Result<()> {
        self.set_cookie(&carafe_sessions::cookie::SetCookie::new(name, "").removal())
    }

    /// Adds a header name to `Vary`, once.
    pub fn add_vary(&mut self, name: HeaderName) {
        let present = self.headers().get_all(VARY).iter().any(|value| {
            value.to_str().is_ok_and(|text| {
                text.split(',')
                    .any(|item| item.trim().eq_ignore_ascii_case(name.as_str()))
            })
        });
        if !present {
            let value = HeaderValue::from_str(name.as_str());
            if let Ok(value) = value {
                self.headers_mut().append(VARY, value);
            }
        }
    }

    /// The body.
    pub fn body(&self) -> &Body {
        self.inner().http.body()
    }

    /// Whether the body comes as a stream.
    pub(crate) fn is_streamed(&self) -> bool {
        self.body().is_streamed()
    }

    fn body_mut(&mut self) -> &mut Body {
        self.inner_mut().http.body_mut()
    }

    /// Replaces the body; a `Content-Length` that was set for the old one goes.
    ///
    /// *Flask:* `Response.data = …`.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        *self.body_mut() = body.into();
        self.headers_mut().remove(CONTENT_LENGTH);
    }

    /// Sets the body of a response whose headers tell of it already.
    pub(crate) fn put_body(&mut self, body: Body) {
        *self.body_mut() = body;
    }

    /// Takes the body out, leaving an empty one.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(self.body_mut())
    }

    /// The body as text: what a template made, for a mail say. What is not UTF-8 becomes U+FFFD, and a body that
    /// comes as a stream gives none.
    ///
    /// *Flask:* `Response.get_data(as_text=True)`.
    pub fn into_text(self) -> String {
        String::from_utf8_lossy(self.body().as_bytes().unwrap_or_default()).into_owned()
    }

    /// Runs a function once the response has been sent, or the client has gone.
    ///
    /// *Flask:* `Response.call_on_close`.
    pub fn call_on_close(&mut self, function: impl FnOnce() + Send + 'static) {
        self.rare_mut().on_close.push(Box::new(function));
    }

    /// Has the response go to a keeper when it is dropped.
    pub(crate) fn lend(&mut self, keeper: &Keeper) {
        self.rare_mut().keeper = Some(keeper.clone());
    }

    /// Ends that; tells whether it was so.
    pub(crate) fn reclaim(&mut self) -> bool {
        let rare = self.inner_mut().rare.as_mut();
        rare.is_some_and(|rare| rare.keeper.take().is_some())
    }

    /// Brings the headers into the form that is sent: URLs in ASCII, and nothing of a body where there is none.
    ///
    /// *Werkzeug:* `Response.get_wsgi_headers`.
    ///
    /// # Errors
    /// When a URL among the headers is none.
    #[inline]
    pub(crate) fn finish(&mut self) -> Result<()> {
        // The server tells the length of a body that has bytes; of an empty one it is silent in answers to HEAD.
        let empty = matches!(self.body().as_bytes(), Some(b""));
        finish_headers(self.status(), self.headers_mut(), empty.then_some(0))?;
        Ok(())
    }

    /// Begins the body, as a server does before it sends the first byte of the head.
    ///
    /// # Errors
    /// When the body is a stream that fails at once.
    pub(crate) fn begin(&mut self, cx: &mut Context<'_>) -> Result<()> {
        match sends_body(&Method::GET, self.status()) {
            true => self.body_mut().begin(cx),
            false => Ok(()),
        }
    }

    /// The response as hyper sends it.
    pub(crate) fn into_http(mut self) -> http::Response<Body> {
        let Some(mut inner) = self.inner.take() else {
            return http::Response::default();
        };
        let body = std::mem::take(inner.http.body_mut());
        // Taken apart and put together it moves once; taken as a whole, twice.
        let mut http = http::Response::new(body);
        *http.status_mut() = std::mem::take(inner.http.status_mut());
        std::mem::swap(http.headers_mut(), inner.http.headers_mut());
        if inner.rare.is_some() || http.status() != StatusCode::OK {
            inner.add_rare(&mut http);
        }
        spare::keep(inner);
        http
    }
}

/// What is taken apart is gone: no response can be seen without what it is made of.
const WHOLE: &str = "a response is whole until it is sent";

impl Drop for Response {
    fn drop(&mut self) {
        let rare = self.inner.as_mut().and_then(|inner| inner.rare.as_mut());
        if let Some(keeper) = rare.and_then(|rare| rare.keeper.take()) {
            let inner = self.inner.take();
            keeper.put(Self { inner });
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("headers", self.headers())
            .field("body", self.body())
            .finish_non_exhaustive()
    }
}
