//! What a body is and where it is. Werkzeug: `Response.mimetype`, `Response.content_length`, `Response.location`, ….

use std::borrow::Cow;

use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_RANGE, CONTENT_TYPE, LOCATION,
};
use serde::de::DeserializeOwned;

use crate::context::try_current_app;
use crate::error::{Error, Result};
use crate::headers::content_type::{get_content_type, is_json, response_mimetype};
use crate::headers::edited::{self, Edited};
use crate::headers::header_set::HeaderSet;
use crate::headers::options::{dump_options_header, parse_options_header};
use crate::headers::params::Params;
use crate::headers::python_text::parse_int;
use crate::headers::range::ContentRange;
use crate::json::{DefaultJsonProvider, JsonProvider};
use crate::response::Response;

impl Response {
    /// The media type with its parameters.
    ///
    /// *Werkzeug:* `Response.content_type`.
    pub fn content_type(&self) -> Option<Cow<'_, str>> {
        self.text(&CONTENT_TYPE)
    }

    /// Sets the media type with its parameters, as it is.
    ///
    /// *Werkzeug:* `Response.content_type`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_content_type(&mut self, content_type: &str) -> Result<()> {
        self.set_text(CONTENT_TYPE, content_type)
    }

    /// The media type alone.
    ///
    /// *Werkzeug:* `Response.mimetype`; here [`mimetype`](Self::mimetype) sets it.
    pub fn media_type(&self) -> Option<String> {
        response_mimetype(&self.content_type()?).map(str::to_owned)
    }

    /// Sets the media type; text gets `; charset=utf-8`.
    ///
    /// *Werkzeug:* `Response.mimetype`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_mimetype(&mut self, mimetype: &str) -> Result<()> {
        self.set_text(CONTENT_TYPE, &get_content_type(mimetype, "utf-8"))
    }

    /// The parameters of the media type, as `charset`.
    ///
    /// *Werkzeug:* `Response.mimetype_params`.
    pub fn mimetype_params(&self) -> Params {
        parse_options_header(&self.content_type().unwrap_or_default()).1
    }

    /// Sets the parameters of the media type.
    ///
    /// *Werkzeug:* `Response.mimetype_params`.
    ///
    /// # Errors
    /// When a parameter cannot stand in a header.
    pub fn set_mimetype_params(&mut self, params: &Params) -> Result<()> {
        let mimetype = self.media_type().unwrap_or_default();
        let params = params
            .iter()
            .map(|(name, value)| (name, Some(value.as_str())));
        self.set_text(CONTENT_TYPE, &dump_options_header(Some(&mimetype), params))
    }

    /// The length that the client is told, which also answers to `HEAD` have.
    ///
    /// The server tells the length of a body that has bytes by itself.
    ///
    /// *Werkzeug:* `Response.content_length`.
    pub fn content_length(&self) -> Option<u64> {
        u64::try_from(parse_int(&self.text(&CONTENT_LENGTH)?)?).ok()
    }

    /// Sets the length that the client is told; `None` removes it.
    ///
    /// *Werkzeug:* `Response.content_length`.
    pub fn set_content_length(&mut self, length: impl Into<Option<u64>>) {
        self.set_plain(
            CONTENT_LENGTH,
            length.into().map(|length| length.to_string()),
        );
    }

    /// How the body is encoded, as `gzip`.
    ///
    /// *Werkzeug:* `Response.content_encoding`.
    pub fn content_encoding(&self) -> Option<Cow<'_, str>> {
        self.text(&CONTENT_ENCODING)
    }

    /// Says how the body is encoded; it is sent as it is.
    ///
    /// *Werkzeug:* `Response.content_encoding`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_content_encoding(&mut self, encoding: &str) -> Result<()> {
        self.set_text(CONTENT_ENCODING, encoding)
    }

    /// The languages that the body is for.
    ///
    /// *Werkzeug:* `Response.content_language`.
    pub fn content_language(&self) -> HeaderSet {
        edited::read(self.headers(), &CONTENT_LANGUAGE)
    }

    /// The languages that the body is for, to change.
    ///
    /// *Werkzeug:* `Response.content_language`.
    pub fn content_language_mut(&mut self) -> Edited<'_, HeaderSet> {
        Edited::new(self.headers_mut(), CONTENT_LANGUAGE)
    }

    /// Which part of the whole the body is.
    ///
    /// *Werkzeug:* `Response.content_range`.
    pub fn content_range(&self) -> Option<ContentRange> {
        ContentRange::from_header(&self.text(&CONTENT_RANGE)?)
    }

    /// Says which part of the whole the body is; `None` removes the header.
    ///
    /// *Werkzeug:* `Response.content_range`.
    pub fn set_content_range(&mut self, range: impl Into<Option<ContentRange>>) {
        self.set_plain(CONTENT_RANGE, range.into().map(|range| range.to_string()));
    }

    /// The units that ranges may be asked for in: `bytes` or `none`.
    ///
    /// *Werkzeug:* `Response.accept_ranges`.
    pub fn accept_ranges(&self) -> Option<Cow<'_, str>> {
        self.text(&ACCEPT_RANGES)
    }

    /// Sets the units that ranges may be asked for in.
    ///
    /// *Werkzeug:* `Response.accept_ranges`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_accept_ranges(&mut self, units: &str) -> Result<()> {
        self.set_text(ACCEPT_RANGES, units)
    }

    /// Where the client is to go, or what was made.
    ///
    /// *Werkzeug:* `Response.location`.
    pub fn location(&self) -> Option<Cow<'_, str>> {
        self.text(&LOCATION)
    }

    /// Says where the client is to go, or what was made; it is sent in ASCII.
    ///
    /// *Werkzeug:* `Response.location`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_location(&mut self, location: &str) -> Result<()> {
        self.set_text(LOCATION, location)
    }

    /// Where the content of the body is found besides.
    ///
    /// *Werkzeug:* `Response.content_location`.
    pub fn content_location(&self) -> Option<Cow<'_, str>> {
        self.text(&CONTENT_LOCATION)
    }

    /// Says where the content of the body is found besides; it is sent in ASCII.
    ///
    /// *Werkzeug:* `Response.content_location`.
    ///
    /// # Errors
    /// When the text cannot be a header's value.
    pub fn set_content_location(&mut self, location: &str) -> Result<()> {
        self.set_text(CONTENT_LOCATION, location)
    }

    /// Whether the media type is JSON.
    ///
    /// *Werkzeug:* `Response.is_json`.
    pub fn is_json(&self) -> bool {
        self.media_type().is_some_and(|mimetype| is_json(&mimetype))
    }

    /// Reads the body as JSON.
    ///
    /// *Flask:* `Response.json`, which is `None` where this fails for another media type.
    ///
    /// ```
    /// let response = carafe::jsonify([1, 2])?;
    /// assert_eq!(response.json::<Vec<u8>>()?, [1, 2]);
    /// # Ok::<(), carafe::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the media type is not JSON, the body comes as a stream, or it does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if !self.is_json() {
            return Err(Error::msg("the response's media type is not JSON"));
        }
        let body = self.body().as_bytes().ok_or_else(|| {
            Error::msg("the response's body comes as a stream; read it with `data` first")
        })?;
        Ok(match try_current_app() {
            Ok(app) => app.json().read(body)?,
            Err(_) => (&DefaultJsonProvider::default() as &dyn JsonProvider).read(body)?,
        })
    }
}
