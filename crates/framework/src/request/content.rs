//! What the body is said to be. Werkzeug: `Request.content_type`, `Request.mimetype`, ….

use std::borrow::Cow;

use http::HeaderName;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};

use crate::headers::content_length::get_content_length;
use crate::headers::content_type::parse_content_type;
use crate::headers::params::Params;
use crate::request::Request;

impl Request {
    /// The media type of the body with its parameters.
    ///
    /// *Flask:* `request.content_type`.
    pub fn content_type(&self) -> Option<Cow<'_, str>> {
        self.text(&CONTENT_TYPE)
    }

    /// The media type of the body alone, in lower case; empty without one.
    ///
    /// *Flask:* `request.mimetype`.
    pub fn mimetype(&self) -> String {
        parse_content_type(&self.content_type().unwrap_or_default()).0
    }

    /// The parameters of the media type.
    ///
    /// *Flask:* `request.mimetype_params`.
    pub fn mimetype_params(&self) -> Params {
        parse_content_type(&self.content_type().unwrap_or_default()).1
    }

    /// The length of the body that the client announced.
    ///
    /// A body that comes in chunks has none.
    ///
    /// *Flask:* `request.content_length`.
    pub fn content_length(&self) -> Option<u64> {
        get_content_length(
            self.text(&CONTENT_LENGTH).as_deref(),
            self.text(&TRANSFER_ENCODING).as_deref(),
        )
    }

    /// How the body is encoded, as `gzip`; it is not decoded.
    ///
    /// *Flask:* `request.content_encoding`.
    pub fn content_encoding(&self) -> Option<Cow<'_, str>> {
        self.text(&CONTENT_ENCODING)
    }

    /// The MD5 sum of the body, which hardly any client sends.
    ///
    /// *Flask:* `request.content_md5`.
    pub fn content_md5(&self) -> Option<Cow<'_, str>> {
        self.text(&HeaderName::from_static("content-md5"))
    }
}
