//! Headers that go along with an error. Flask: what the classes of `werkzeug.exceptions` take besides a text.

use std::fmt::Display;
use std::time::SystemTime;

use http::header::{ALLOW, CONTENT_RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue};

use crate::error::HttpError;
use crate::headers::{date, latin1};

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

    /// Text that no header may hold (control characters) leaves the header out.
    fn with_text_header(self, name: HeaderName, text: &str) -> Self {
        match latin1::header_value(text) {
            Some(value) => self.with_header(name, value),
            None => self,
        }
    }
}
