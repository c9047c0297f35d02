//! Answers that a client has already, and parts of answers. Werkzeug: `Response.make_conditional`,
//! `Response.add_etag`, `Response.freeze`.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, ETAG};

use crate::error::{Error, Result};
use crate::headers::conditional::{self, BodyLength, BodyPart};
use crate::headers::etag::generate_etag;
use crate::request::Request;
use crate::response::Response;

impl Response {
    /// Answers 304 or 412 if the client has this content, or will not have it.
    ///
    /// What tells of the content is the [entity tag](Self::set_etag) and [when it was last
    /// modified](Self::set_last_modified). Only `GET` and `HEAD` are conditional.
    ///
    /// *Werkzeug:* `Response.make_conditional`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// fn page(request: Request) -> Result {
    ///     let mut response = Response::new("a long page");
    ///     response.add_etag(false)?;
    ///     response.make_conditional(&request)
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.route("/", page);
    /// let client = app.test_client();
    /// let first = client.get("/").send();
    /// let tag = first.header("etag").unwrap_or_default();
    /// assert_eq!(client.get("/").header("If-None-Match", tag).send().status(), 304);
    /// ```
    ///
    /// # Errors
    /// As [`make_conditional_with_ranges`](Self::make_conditional_with_ranges), whose 416 does not come up here:
    /// what the request says of ranges is not looked at.
    pub fn make_conditional(self, request: &Request) -> Result<Self> {
        self.conditional(request, None, None)
    }

    /// Answers also with the part of the body that the request asks for.
    ///
    /// The whole has the length that is given. The units are `bytes`, or `none` to say that there are no parts. Without a length no part is served.
    ///
    /// *Werkzeug:* `Response.make_conditional(request, accept_ranges, complete_length)`.
    ///
    /// # Errors
    /// 416 when the range that is asked for cannot be served.
    pub fn make_conditional_with_ranges(
        self,
        request: &Request,
        units: &str,
        complete_length: impl Into<Option<u64>>,
    ) -> Result<Self> {
        self.conditional(request, Some(units), complete_length.into())
    }

    fn conditional(
        mut self,
        request: &Request,
        units: Option<&str>,
        complete: Option<u64>,
    ) -> Result<Self> {
        let length = BodyLength {
            complete,
            actual: self.body().as_bytes().map(|bytes| bytes.len() as u64),
        };
        let mut status = self.status();
        let part = conditional::make_conditional(
            (request.method(), request.headers()),
            &mut status,
            self.headers_mut(),
            units,
            length,
        )?;
        if status != self.status() {
            self.set_status_code(status);
        }
        if let BodyPart::Range(start, stop) = part {
            let part = self.take_body().part(start, stop);
            self.put_body(part);
        }
        Ok(self)
    }

    /// Adds an entity tag made of the body, unless there is one.
    ///
    /// *Werkzeug:* `Response.add_etag`.
    ///
    /// # Errors
    /// When the body comes as a stream: [`freeze`](Self::freeze) reads it first.
    pub fn add_etag(&mut self, weak: bool) -> Result<()> {
        if self.headers().contains_key(ETAG) {
            return Ok(());
        }
        let Some(body) = self.body().as_bytes() else {
            return Err(Error::msg(
                "a body that comes as a stream has no entity tag yet",
            ));
        };
        let tag = generate_etag(body);
        self.set_etag(&tag, weak)
    }

    /// The whole body; one that comes as a stream is read to its end and kept.
    ///
    /// *Werkzeug:* `Response.get_data`, `Response.make_sequence`.
    ///
    /// # Errors
    /// That of the stream.
    ///
    /// # Cancel safety
    /// A stream whose reading was dropped is lost.
    pub async fn data(&mut self) -> Result<Bytes> {
        if let Some(bytes) = self.body().bytes() {
            return Ok(bytes);
        }
        let whole = self.take_body().whole().await?;
        let bytes = whole.bytes().unwrap_or_default();
        self.put_body(whole);
        Ok(bytes)
    }

    /// Makes the response ready to be kept: whole, with its length and a tag.
    ///
    /// *Werkzeug:* `Response.freeze`.
    ///
    /// # Errors
    /// That of a stream which fails.
    pub async fn freeze(&mut self) -> Result<()> {
        let length = self.data().await?.len();
        self.headers_mut().insert(CONTENT_LENGTH, length.into());
        self.add_etag(false)
    }
}
