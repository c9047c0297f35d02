//! Errors that are HTTP responses. Flask: `werkzeug.exceptions`, `flask.abort`.

mod codes; // each code with its text
mod headers; // what is told besides the text
mod missing_key; // keys that a request does not have
mod answer; // the page, or a ready response

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Display};
use std::sync::Mutex;

use http::{HeaderName, HeaderValue};

use crate::headers::reason;
use crate::response::Response;

use self::codes::default_description;
pub use self::headers::RetryAfter;
pub use self::missing_key::BadRequestKeyError;
use self::missing_key::PythonRepr;

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
    /// A ready response that ends the request, which handlers see when it is trapped.
    Response,
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

    /// Makes what ends a request with a ready response.
    pub(crate) fn of_response(response: Response) -> Self {
        Self {
            class: Class::Response,
            ..Self::bare(response.status().as_u16()).with_response(response)
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

    /// Keeps the error that led to this one, for handlers and logs; clients never see it.
    ///
    /// *Werkzeug:* `InternalServerError.original_exception`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
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
        let shown = self.missing_key.as_ref().and_then(|key| key.shown());
        match shown {
            Some(shown) => format!("{text}\n{shown}").into(),
            None => text.into(),
        }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }
}

impl Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.class == Class::Response {
            return f.write_str("a ready response");
        }
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

#[cfg(test)]
mod tests;
