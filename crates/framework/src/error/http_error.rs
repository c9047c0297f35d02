//! Errors that are HTTP responses. Flask: `werkzeug.exceptions`, `flask.abort`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Display, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Result;
use crate::headers::{date, latin1, reason};
use crate::response::Response;

/// An error with a status code, which is answered with a page of its own.
///
/// A view returns it, or gets it from `?`; an error handler registered for the code (or for this type)
/// sees it before it is sent. Without a handler the answer is [`body`](HttpError::body) with
/// [`headers`](HttpError::headers).
///
/// *Flask:* `werkzeug.exceptions.HTTPException` and its subclasses.
///
/// ```
/// use carafe::error::http_error::HttpError;
///
/// let error = HttpError::not_found().with_description("no such user");
/// assert_eq!(error.code(), 404);
/// assert_eq!(error.to_string(), "404 Not Found: no such user");
/// ```
#[derive(Debug)]
pub struct HttpError {
    code: u16,
    description: Option<Cow<'static, str>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<String>,
    class: Class,
    missing_key: Option<Box<BadRequestKeyError>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    /// What the client gets in place of the error's own page; taken by the first who answers.
    response: Mutex<Option<Box<Response>>>,
}

/// Which of Werkzeug's classes an error would be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The class of the code.
    OfCode,
    /// A class of the application's own, which the handlers of the codes of other classes are not for.
    Own,
    /// What routing answers with by itself, which handlers do not see.
    Routing,
}

/// A key that was asked for in vain, told to the client only while debugging.
///
/// It is the source of the 400 that [`HttpError::bad_request_key`] makes, so that an error handler may be
/// registered for it.
///
/// *Werkzeug:* `BadRequestKeyError`.
#[derive(Debug)]
pub struct BadRequestKeyError {
    key: String,
    shown: AtomicBool,
}

impl BadRequestKeyError {
    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Display for BadRequestKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request has no {:?}", self.key)
    }
}

impl StdError for BadRequestKeyError {}

/// When a client may try again: the value of `Retry-After`.
///
/// *Werkzeug:* the `retry_after` argument of `TooManyRequests` and `ServiceUnavailable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// After this many seconds.
    Seconds(i64),
    /// At this moment.
    At(SystemTime),
}

impl From<i64> for RetryAfter {
    fn from(seconds: i64) -> Self {
        Self::Seconds(seconds)
    }
}

impl From<SystemTime> for RetryAfter {
    fn from(moment: SystemTime) -> Self {
        Self::At(moment)
    }
}

impl HttpError {
    /// Makes the error of a status code that Werkzeug has a class for.
    ///
    /// Any other code is a mistake of the caller, which Flask answers with a 500; so does this: the
    /// result then is a 500 whose [`source`](StdError::source) says which code was asked for. Use
    /// [`custom`](HttpError::custom) for a code of your own.
    ///
    /// *Flask:* `abort(code)`.
    ///
    /// ```
    /// use carafe::error::http_error::HttpError;
    ///
    /// assert_eq!(HttpError::new(410).name(), "Gone");
    /// assert_eq!(HttpError::new(430).code(), 500);
    /// ```
    pub fn new(code: u16) -> Self {
        Self::checked(code).unwrap_or_else(|error| Self::bare(500).with_source(error))
    }

    pub(crate) fn checked(code: u16) -> std::result::Result<Self, NoErrorForCode> {
        Self::try_new(code).ok_or(NoErrorForCode::of(code))
    }

    /// Makes the error of a status code, or `None` when Werkzeug has no class for the code.
    pub fn try_new(code: u16) -> Option<Self> {
        default_description(code).map(|_| Self::bare(code))
    }

    /// Makes an error of a kind of your own, with any status code.
    ///
    /// It stands apart from Werkzeug's error of the same code: handlers that are registered for that code do
    /// not answer it. They are for [`new`](HttpError::new), whose description can be changed as well.
    ///
    /// *Flask:* a subclass of `HTTPException` with its own `code` and `description`.
    pub fn custom(code: u16, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            class: Class::Own,
            ..Self::bare(code).with_description(description)
        }
    }

    /// Makes what routing answers with by itself.
    pub(crate) fn routing(code: u16, response: Response) -> Self {
        Self {
            class: Class::Routing,
            ..Self::bare(code).with_response(response)
        }
    }

    /// Makes the 400 of a key that the request does not have.
    ///
    /// The key is told to the client only after [`show_key`](HttpError::show_key).
    ///
    /// *Werkzeug:* `BadRequestKeyError`.
    pub fn bad_request_key(key: impl Into<String>) -> Self {
        let missing = BadRequestKeyError {
            key: key.into(),
            shown: AtomicBool::new(false),
        };
        Self {
            missing_key: Some(Box::new(missing)),
            ..Self::bare(400)
        }
    }

    /// Makes the 400 for a host that the app does not answer to.
    ///
    /// *Werkzeug:* `SecurityError`.
    pub(crate) fn untrusted_host(host: &str) -> Self {
        let host = PythonRepr(host);
        Self::bad_request().with_description(format!("Host {host} is not trusted."))
    }

    fn bare(code: u16) -> Self {
        Self {
            code,
            description: None,
            headers: Vec::new(),
            body: None,
            class: Class::OfCode,
            missing_key: None,
            source: None,
            response: Mutex::new(None),
        }
    }

    /// Replaces the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Replaces the page that is sent when no error handler answers.
    ///
    /// *Flask:* overriding `HTTPException.get_body`.
    #[must_use]
    pub fn with_body(mut self, html: impl Into<String>) -> Self {
        self.body = Some(html.into());
        self
    }

    /// Gives the error a ready response, which is sent in place of its page.
    ///
    /// *Flask:* the `response` argument of an HTTP exception.
    #[must_use]
    pub fn with_response(mut self, response: Response) -> Self {
        self.response = Mutex::new(Some(Box::new(response)));
        self
    }

    /// Adds a header to the answer.
    ///
    /// *Flask:* overriding `HTTPException.get_headers`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets `Allow` to the methods that are allowed; without any, the header is left out.
    ///
    /// *Werkzeug:* `MethodNotAllowed(valid_methods=…)`.
    #[must_use]
    pub fn with_valid_methods<M: AsRef<str>>(self, methods: impl IntoIterator<Item = M>) -> Self {
        let mut joined = String::new();
        for method in methods {
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(method.as_ref());
        }
        if joined.is_empty() {
            self
        } else {
            self.with_text_header(ALLOW, &joined)
        }
    }

    /// Sets `Content-Range` to the length of what was asked for a range of.
    ///
    /// *Werkzeug:* `RequestedRangeNotSatisfiable(length=…, units=…)`.
    #[must_use]
    pub fn with_content_length(self, length: u64, units: &str) -> Self {
        self.with_text_header(CONTENT_RANGE, &format!("{units} */{length}"))
    }

    /// Sets `Retry-After`; zero seconds leave the header out, as in Werkzeug.
    ///
    /// *Werkzeug:* `TooManyRequests(retry_after=…)`, `ServiceUnavailable(retry_after=…)`.
    #[must_use]
    pub fn with_retry_after(self, retry_after: impl Into<RetryAfter>) -> Self {
        match retry_after.into() {
            RetryAfter::Seconds(0) => self,
            RetryAfter::Seconds(seconds) => {
                self.with_text_header(RETRY_AFTER, &seconds.to_string())
            }
            RetryAfter::At(moment) => self.with_text_header(RETRY_AFTER, &date::http_date(moment)),
        }
    }

    /// Adds a `WWW-Authenticate` header; several challenges are several headers.
    ///
    /// *Werkzeug:* `Unauthorized(www_authenticate=…)`.
    #[must_use]
    pub fn with_www_authenticate(self, challenge: impl Display) -> Self {
        self.with_text_header(WWW_AUTHENTICATE, &challenge.to_string())
    }

    /// Keeps the error that led to this one, for handlers and logs; clients never see it.
    ///
    /// *Werkzeug:* `InternalServerError.original_exception`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Text that no header may hold (control characters) leaves the header out.
    fn with_text_header(self, name: HeaderName, text: &str) -> Self {
        match latin1::header_value(text) {
            Some(value) => self.with_header(name, value),
            None => self,
        }
    }

    /// Tells the missing key in the description; nothing changes for any other error.
    ///
    /// *Werkzeug:* `BadRequestKeyError.show_exception`, which Flask sets while debugging.
    pub fn show_key(&self) {
        if let Some(missing) = &self.missing_key {
            missing.shown.store(true, Ordering::Relaxed);
        }
    }

    /// Returns the key that the request does not have, when that is what the error is about.
    pub fn missing_key(&self) -> Option<&str> {
        self.missing_key
            .as_ref()
            .map(|missing| missing.key.as_str())
    }

    /// Returns the status code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Returns the reason phrase of the code, or `Unknown`.
    ///
    /// *Werkzeug:* `HTTPException.name`.
    pub fn name(&self) -> &'static str {
        reason::phrase(self.code).unwrap_or("Unknown")
    }

    /// Returns what the page says, as plain text.
    ///
    /// *Werkzeug:* `HTTPException.description`.
    pub fn description(&self) -> Cow<'_, str> {
        let text = match &self.description {
            Some(description) => description.as_ref(),
            None => default_description(self.code).unwrap_or_default(),
        };
        match &self.missing_key {
            Some(missing) if missing.shown.load(Ordering::Relaxed) => {
                format!("{text}\nKeyError: {}", PythonRepr(&missing.key)).into()
            }
            _ => text.into(),
        }
    }

    /// Returns the headers of the answer: the content type, and what was added.
    ///
    /// *Werkzeug:* `HTTPException.get_headers`.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(1 + self.headers.len());
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        headers
    }

    /// Returns the page that is sent when no error handler answers: HTML, everything in it escaped.
    ///
    /// *Werkzeug:* `HTTPException.get_body`.
    pub fn body(&self) -> String {
        if let Some(body) = &self.body {
            return body.clone();
        }
        let (code, name) = (
            self.code,
            Escaped {
                text: self.name(),
                line_break: "\n",
            },
        );
        let description = self.description();
        let description = Escaped {
            text: &description,
            line_break: "<br>",
        };
        format!(
            "<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n\
             <p>{description}</p>\n"
        )
    }
}

/// Responses.
impl HttpError {
    /// Makes the response that is sent when no error handler answers: the page, or the ready response, which
    /// only the first caller gets.
    ///
    /// *Werkzeug:* `HTTPException.get_response`.
    ///
    /// # Errors
    /// When the code is none that a response can have.
    pub fn get_response(&self) -> Result<Response> {
        let ready = self
            .response
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(response) = ready {
            return Ok(*response);
        }
        let mut response = Response::new(self.body());
        response.set_status(self.code)?;
        *response.headers_mut() = self.headers();
        Ok(response)
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }
}

impl Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code, self.name(), self.description())
    }
}

impl StdError for HttpError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let missing_key = self.missing_key.as_deref();
        match &self.source {
            Some(source) => Some(&**source),
            None => missing_key.map(|missing| missing as &(dyn StdError + 'static)),
        }
    }
}

/// A code was asked for that no error stands for.
#[derive(Debug)]
pub(crate) struct NoErrorForCode {
    code: u16,
}

impl NoErrorForCode {
    pub(crate) fn of(code: u16) -> Self {
        Self { code }
    }
}

impl Display for NoErrorForCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no error for the status code {}", self.code)
    }
}

impl StdError for NoErrorForCode {}

/// Text for HTML, escaped as MarkupSafe does, with line feeds turned into something else.
struct Escaped<'a> {
    text: &'a str,
    line_break: &'static str,
}

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.text.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '\'' => f.write_str("&#39;")?,
                '"' => f.write_str("&#34;")?,
                '\n' => f.write_str(self.line_break)?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Text as Python's `repr` shows it, which is what the page of a missing key holds in Flask.
struct PythonRepr<'a>(&'a str);

impl Display for PythonRepr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('\'') && !self.0.contains('"') {
            '"'
        } else {
            '\''
        };
        f.write_char(quote)?;
        for character in self.0.chars() {
            match character {
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\\' => f.write_str("\\\\")?,
                _ if character == quote => write!(f, "\\{character}")?,
                '"' | '\'' => f.write_char(character)?,
                _ if is_printable(character) => f.write_char(character)?,
                _ => match u32::from(character) {
                    point @ ..0x100 => write!(f, "\\x{point:02x}")?,
                    point @ ..0x1_0000 => write!(f, "\\u{point:04x}")?,
                    point => write!(f, "\\U{point:08x}")?,
                },
            }
        }
        f.write_char(quote)
    }
}

/// Tells whether Python shows a character as itself (`str.isprintable`).
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Rust's own debug form escapes the same classes of characters, and also combining marks, but
    // those only at the beginning of a string.
    let mut pair = String::from("a");
    pair.push(character);
    pair.escape_debug().count() == 2
}

/// Declares the errors: code, constructor, Werkzeug's class, and Werkzeug's description.
macro_rules! errors {
    ($($code:literal $constructor:ident $class:ident $description:literal;)*) => {
        impl HttpError {
            $(
                #[doc = concat!("Makes a ", $code, " error.")]
                #[doc = ""]
                #[doc = concat!("*Werkzeug:* `", stringify!($class), "`.")]
                pub fn $constructor() -> Self {
                    Self::bare($code)
                }
            )*
        }

        /// Returns the description of a code that Werkzeug has a class for.
        fn default_description(code: u16) -> Option<&'static str> {
            Some(match code {
                $($code => $description,)*
                _ => return None,
            })
        }
    };
}

errors! {
    400 bad_request BadRequest
        "The browser (or proxy) sent a request that this server could not understand.";
    401 unauthorized Unauthorized
        "The server could not verify that you are authorized to access the URL requested. You \
         either supplied the wrong credentials (e.g. a bad password), or your browser doesn't \
         understand how to supply the credentials required.";
    403 forbidden Forbidden
        "You don't have the permission to access the requested resource. It is either \
         read-protected or not readable by the server.";
    404 not_found NotFound
        "The requested URL was not found on the server. If you entered the URL manually \
         please check your spelling and try again.";
    405 method_not_allowed MethodNotAllowed
        "The method is not allowed for the requested URL.";
    406 not_acceptable NotAcceptable
        "The resource identified by the request is only capable of generating response \
         entities which have content characteristics not acceptable according to the accept \
         headers sent in the request.";
    408 request_timeout RequestTimeout
        "The server closed the network connection because the browser didn't finish the \
         request within the specified time.";
    409 conflict Conflict
        "A conflict happened while processing the request. The resource might have been \
         modified while the request was being processed.";
    410 gone Gone
        "The requested URL is no longer available on this server and there is no forwarding \
         address. If you followed a link from a foreign page, please contact the author of \
         this page.";
    411 length_required LengthRequired
        "A request with this method requires a valid <code>Content-Length</code> header.";
    412 precondition_failed PreconditionFailed
        "The precondition on the request for the URL failed positive evaluation.";
    413 request_entity_too_large RequestEntityTooLarge
        "The data value transmitted exceeds the capacity limit.";
    414 request_uri_too_large RequestURITooLarge
        "The length of the requested URL exceeds the capacity limit for this server. The \
         request cannot be processed.";
    415 unsupported_media_type UnsupportedMediaType
        "The server does not support the media type transmitted in the request.";
    416 requested_range_not_satisfiable RequestedRangeNotSatisfiable
        "The server cannot provide the requested range.";
    417 expectation_failed ExpectationFailed
        "The server could not meet the requirements of the Expect header";
    418 im_a_teapot ImATeapot
        "This server is a teapot, not a coffee machine";
    421 misdirected_request MisdirectedRequest
        "The server is not able to produce a response.";
    422 unprocessable_entity UnprocessableEntity
        "The request was well-formed but was unable to be followed due to semantic errors.";
    423 locked Locked
        "The resource that is being accessed is locked.";
    424 failed_dependency FailedDependency
        "The method could not be performed on the resource because the requested action \
         depended on another action and that action failed.";
    428 precondition_required PreconditionRequired
        "This request is required to be conditional; try using \"If-Match\" or \
         \"If-Unmodified-Since\".";
    429 too_many_requests TooManyRequests
        "This user has exceeded an allotted request count. Try again later.";
    431 request_header_fields_too_large RequestHeaderFieldsTooLarge
        "One or more header fields exceeds the maximum size.";
    451 unavailable_for_legal_reasons UnavailableForLegalReasons
        "Unavailable for legal reasons.";
    500 internal_server_error InternalServerError
        "The server encountered an internal error and was unable to complete your request. \
         Either the server is overloaded or there is an error in the application.";
    501 not_implemented NotImplemented
        "The server does not support the action requested by the browser.";
    502 bad_gateway BadGateway
        "The proxy server received an invalid response from an upstream server.";
    503 service_unavailable ServiceUnavailable
        "The server is temporarily unable to service your request due to maintenance downtime \
         or capacity problems. Please try again later.";
    504 gateway_timeout GatewayTimeout
        "The connection to an upstream server timed out.";
    505 http_version_not_supported HTTPVersionNotSupported
        "The server does not support the HTTP protocol version used in the request.";
}

#[cfg(test)]
mod tests;
