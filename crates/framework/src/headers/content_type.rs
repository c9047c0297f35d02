//! Media types with their charset. Werkzeug: `get_content_type`, `Request.mimetype`, `Request.is_json`.

use crate::headers::options::parse_options_header;
use crate::headers::params::Params;
use crate::headers::python_text::strip;

/// The media types beyond `text/…` and `…+xml` that are text, so that a charset belongs to them.
const TEXT_TYPES: [&str; 6] = [
    "application/ecmascript",
    "application/javascript",
    "application/sql",
    "application/xml",
    "application/xml-dtd",
    "application/xml-external-parsed-entity",
];

/// Adds the charset to a media type that is text.
///
/// *Werkzeug:* `get_content_type`.
///
/// ```
/// use carafe::headers::content_type::get_content_type;
///
/// assert_eq!(get_content_type("text/html", "utf-8"), "text/html; charset=utf-8");
/// assert_eq!(get_content_type("image/png", "utf-8"), "image/png");
/// ```
pub fn get_content_type(mimetype: &str, charset: &str) -> String {
    let is_text = mimetype.starts_with("text/")
        || TEXT_TYPES.contains(&mimetype)
        || mimetype.ends_with("+xml");
    if is_text {
        format!("{mimetype}; charset={charset}")
    } else {
        mimetype.to_owned()
    }
}

/// Splits a request's content type into media type, in lower case, and parameters.
///
/// *Werkzeug:* `Request.mimetype`, `Request.mimetype_params`.
pub fn parse_content_type(content_type: &str) -> (String, Params) {
    let (mimetype, params) = parse_options_header(content_type);
    (mimetype.to_lowercase(), params)
}

/// Returns the media type of a response's content type; `None` when that is empty.
///
/// *Werkzeug:* `Response.mimetype`.
pub fn response_mimetype(content_type: &str) -> Option<&str> {
    (!content_type.is_empty()).then(|| strip(content_type.split(';').next().unwrap_or_default()))
}

/// Tells whether a media type is JSON: `application/json` or `application/…+json`.
///
/// *Werkzeug:* `Request.is_json`.
pub fn is_json(mimetype: &str) -> bool {
    mimetype == "application/json"
        || mimetype.starts_with("application/") && mimetype.ends_with("+json")
}
