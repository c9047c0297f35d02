//! What the client would rather have. Werkzeug: `Request.accept_mimetypes` and its like.

use http::header::{ACCEPT, ACCEPT_CHARSET, ACCEPT_ENCODING, ACCEPT_LANGUAGE};

use crate::headers::accept::{CharsetAccept, EncodingAccept, LanguageAccept, MimeAccept};
use crate::request::Request;

impl Request {
    /// The media types that the client accepts.
    ///
    /// *Flask:* `request.accept_mimetypes`.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// fn show(request: Request) -> Result {
    ///     match request.accept_mimetypes().best_match(["text/html", "application/json"])? {
    ///         Some("application/json") => jsonify(["one", "two"]),
    ///         _ => "one, two".into_response(),
    ///     }
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.route("/", show);
    /// let response = app.test_client().get("/").header("Accept", "application/json").send();
    /// assert_eq!(response.text(), "[\"one\",\"two\"]\n");
    /// ```
    pub fn accept_mimetypes(&self) -> MimeAccept {
        MimeAccept::from_header(self.text(&ACCEPT).as_deref())
    }

    /// The charsets that the client accepts; nearly no client says so.
    ///
    /// *Flask:* `request.accept_charsets`.
    pub fn accept_charsets(&self) -> CharsetAccept {
        CharsetAccept::from_header(self.text(&ACCEPT_CHARSET).as_deref())
    }

    /// The encodings of bodies, as `gzip`, that the client accepts.
    ///
    /// *Flask:* `request.accept_encodings`.
    pub fn accept_encodings(&self) -> EncodingAccept {
        EncodingAccept::from_header(self.text(&ACCEPT_ENCODING).as_deref())
    }

    /// The languages that the client accepts.
    ///
    /// *Flask:* `request.accept_languages`.
    pub fn accept_languages(&self) -> LanguageAccept {
        LanguageAccept::from_header(self.text(&ACCEPT_LANGUAGE).as_deref())
    }
}
