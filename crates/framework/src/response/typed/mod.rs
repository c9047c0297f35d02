//! The headers of a response by what they hold. Werkzeug: the properties of `werkzeug.sansio.Response`.

mod access; // who may use the answer
mod caching; // how long it may be kept
mod content; // what the body is
mod policy; // what other origins may do

use std::borrow::Cow;
use std::time::SystemTime;

use http::{HeaderName, HeaderValue};

use crate::error::Result;
use crate::headers::date::{HttpDate, http_date, parse_date};
use crate::headers::latin1;
use crate::response::Response;

pub use self::policy::{EmbedderPolicy, OpenerPolicy, ResourcePolicy};

impl Response {
    /// A header as text; none when it is missing.
    ///
    /// *Flask:* `response.headers.get(name)`.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers().get(name).map(shown)
    }

    fn text(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        self.headers().get(name).map(shown)
    }

    fn set_text(&mut self, name: HeaderName, text: &str) -> Result<()> {
        self.headers_mut()
            .insert(name, HeaderValue::from_str(text)?);
        Ok(())
    }

    /// Sets a header to text that any header may hold; without one, the header goes.
    fn set_plain(&mut self, name: HeaderName, text: Option<String>) {
        match text.and_then(|text| HeaderValue::try_from(text).ok()) {
            Some(value) => self.headers_mut().insert(name, value),
            None => self.headers_mut().remove(name),
        };
    }

    fn moment(&self, name: &HeaderName) -> Option<HttpDate> {
        parse_date(&self.text(name)?)
    }

    fn set_moment(&mut self, name: HeaderName, moment: Option<SystemTime>) {
        self.set_plain(name, moment.map(http_date));
    }
}

/// The text of a value that the app or this crate has set, which is UTF-8, or of one from elsewhere.
fn shown(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => latin1::decode(value.as_bytes()),
    }
}
