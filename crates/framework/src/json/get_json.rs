//! The JSON of a request's body. Flask: `Request.get_json`, `Request.on_json_loading_failed`.

use carafe_sessions::Value;
use serde::de::DeserializeOwned;

use crate::error::http_error::HttpError;
use crate::headers::content_type;
use crate::json::{JsonError, JsonErrorKind, JsonProvider};

impl dyn JsonProvider {
    /// Reads the JSON of a request's body, if the body is announced to be that or `force` is given.
    ///
    /// *Flask:* `Request.get_json`; the result of `silent=True` is `.ok()`.
    ///
    /// # Errors
    /// 415 when the content type is not JSON, and 400 when the body is not JSON. The client is told why in
    /// debug mode.
    pub fn get_json(
        &self,
        body: &[u8],
        content_type: Option<&str>,
        force: bool,
        debug: bool,
    ) -> Result<Value, HttpError> {
        expect_json(content_type, force)?;
        self.loads(body).map_err(|error| refusal(error, debug))
    }

    /// Reads the JSON of a request's body as a type of the program.
    ///
    /// # Errors
    /// As [`get_json`](Self::get_json), and 400 when the body does not fit the type; the client is told
    /// which field does not.
    pub fn get_json_as<T: DeserializeOwned>(
        &self,
        body: &[u8],
        content_type: Option<&str>,
        force: bool,
        debug: bool,
    ) -> Result<T, HttpError> {
        expect_json(content_type, force)?;
        self.read(body).map_err(|error| refusal(error, debug))
    }
}

fn expect_json(content_type: Option<&str>, force: bool) -> Result<(), HttpError> {
    if force || is_json(content_type.unwrap_or_default()) {
        return Ok(());
    }
    let why = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.";
    Err(HttpError::unsupported_media_type().with_description(why))
}

fn is_json(content_type: &str) -> bool {
    // Nearly every client sends this and nothing else.
    content_type == "application/json"
        || content_type::is_json(&content_type::parse_content_type(content_type).0)
}

fn refusal(error: JsonError, debug: bool) -> HttpError {
    let refused = HttpError::bad_request();
    let refused = match error.kind() {
        JsonErrorKind::Mismatch => {
            refused.with_description(format!("The JSON does not fit: {error}"))
        }
        _ if debug => refused.with_description(format!("Failed to decode JSON object: {error}")),
        _ => refused,
    };
    refused.with_source(error)
}
