//! How long an answer may be kept, and by what it is told from others. Werkzeug: `Response.cache_control`,
//! `Response.set_etag`, `Response.expires`, ….

use std::time::{Duration, SystemTime};

use http::header::{AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, LAST_MODIFIED, RETRY_AFTER, VARY};

use crate::error::Result;
use crate::error::http_error::RetryAfter;
use crate::headers::cache_control::ResponseCacheControl;
use crate::headers::date::{HttpDate, dump_age, http_date, parse_age, parse_date};
use crate::headers::edited::{self, Edited};
use crate::headers::etag::{quote_etag, unquote_etag};
use crate::headers::header_set::HeaderSet;
use crate::headers::python_text::parse_int;
use crate::response::Response;

impl Response {
    /// The directives of `Cache-Control`.
    ///
    /// *Werkzeug:* `Response.cache_control`.
    pub fn cache_control(&self) -> ResponseCacheControl {
        edited::read(self.headers(), &CACHE_CONTROL)
    }

    /// The directives of `Cache-Control`, to change.
    ///
    /// *Werkzeug:* `Response.cache_control`.
    ///
    /// ```
    /// let mut response = carafe::Response::new("");
    /// response.cache_control_mut().set_public(true);
    /// response.cache_control_mut().set_max_age(Some(60));
    /// assert_eq!(response.headers()["cache-control"], "public, max-age=60");
    /// ```
    pub fn cache_control_mut(&mut self) -> Edited<'_, ResponseCacheControl> {
        Edited::new(self.headers_mut(), CACHE_CONTROL)
    }

    /// The names of the request's headers that the answer depends on.
    ///
    /// *Werkzeug:* `Response.vary`.
    pub fn vary(&self) -> HeaderSet {
        edited::read(self.headers(), &VARY)
    }

    /// The names of the request's headers that the answer depends on, to change.
    ///
    /// *Werkzeug:* `Response.vary`.
    pub fn vary_mut(&mut self) -> Edited<'_, HeaderSet> {
        Edited::new(self.headers_mut(), VARY)
    }

    /// The entity tag without its quotes, and whether it is weak.
    ///
    /// *Werkzeug:* `Response.get_etag`.
    pub fn etag(&self) -> Option<(String, bool)> {
        let header = self.text(&ETAG)?;
        unquote_etag(&header).map(|(tag, weak)| (tag.to_owned(), weak))
    }

    /// Sets the entity tag, given without quotes.
    ///
    /// *Werkzeug:* `Response.set_etag`.
    ///
    /// # Errors
    /// When the tag holds a quote, or a character that cannot stand in a header.
    pub fn set_etag(&mut self, tag: &str, weak: bool) -> Result<()> {
        self.set_text(ETAG, &quote_etag(tag, weak)?)
    }

    /// When the content was last changed.
    ///
    /// *Werkzeug:* `Response.last_modified`.
    pub fn last_modified(&self) -> Option<HttpDate> {
        self.moment(&LAST_MODIFIED)
    }

    /// Says when the content was last changed; `None` removes the header.
    ///
    /// *Werkzeug:* `Response.last_modified`.
    pub fn set_last_modified(&mut self, moment: impl Into<Option<SystemTime>>) {
        self.set_moment(LAST_MODIFIED, moment.into());
    }

    /// When the answer is no longer fresh.
    ///
    /// *Werkzeug:* `Response.expires`.
    pub fn expires(&self) -> Option<HttpDate> {
        self.moment(&EXPIRES)
    }

    /// Says when the answer is no longer fresh; `None` removes the header.
    ///
    /// *Werkzeug:* `Response.expires`.
    pub fn set_expires(&mut self, moment: impl Into<Option<SystemTime>>) {
        self.set_moment(EXPIRES, moment.into());
    }

    /// When the answer was made.
    ///
    /// *Werkzeug:* `Response.date`.
    pub fn date(&self) -> Option<HttpDate> {
        self.moment(&DATE)
    }

    /// Says when the answer was made; `None` leaves it to the server.
    ///
    /// *Werkzeug:* `Response.date`.
    pub fn set_date(&mut self, moment: impl Into<Option<SystemTime>>) {
        self.set_moment(DATE, moment.into());
    }

    /// How long the answer has been in caches.
    ///
    /// *Werkzeug:* `Response.age`.
    pub fn age(&self) -> Option<Duration> {
        parse_age(&self.text(&AGE)?)
    }

    /// Says how long the answer has been in caches; `None` removes the header.
    ///
    /// *Werkzeug:* `Response.age`.
    pub fn set_age(&mut self, age: impl Into<Option<Duration>>) {
        self.set_plain(AGE, age.into().map(dump_age));
    }

    /// When the client may try again; seconds count from now.
    ///
    /// *Werkzeug:* `Response.retry_after`.
    pub fn retry_after(&self) -> Option<SystemTime> {
        let header = self.text(&RETRY_AFTER)?;
        let Some(seconds) = parse_int(&header) else {
            return parse_date(&header)?.system_time();
        };
        let (now, distance) = (
            SystemTime::now(),
            Duration::from_secs(seconds.unsigned_abs()),
        );
        match seconds {
            0.. => now.checked_add(distance),
            _ => now.checked_sub(distance),
        }
    }

    /// Says after how many seconds, or when, the client may try again.
    ///
    /// *Werkzeug:* `Response.retry_after`.
    pub fn set_retry_after(&mut self, retry_after: impl Into<RetryAfter>) {
        let text = match retry_after.into() {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::At(moment) => http_date(moment),
        };
        self.set_plain(RETRY_AFTER, Some(text));
    }
}
