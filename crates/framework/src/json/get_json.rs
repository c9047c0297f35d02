//! The JSON of a request's body. Flask: `Request.get_json`, `Request.on_json_loading_failed`.

use carafe_sessions::Value;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::error::{HttpError, Result};
use crate::headers::content_type::{is_json, parse_content_type};
use crate::json::{JsonError, JsonErrorKind};
use crate::request::{GetData, Request};

/// How [`Request::get_json`] takes a body that is not announced to be JSON, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetJson {
    /// Whether to read the body whatever its content type says.
    pub force: bool,
    /// Whether to answer null instead of failing.
    pub silent: bool,
    /// Whether to keep the body for whoever asks again; it is by default.
    pub cache: bool,
}

impl Default for GetJson {
    fn default() -> Self {
        Self {
            force: false,
            silent: false,
            cache: true,
        }
    }
}

impl Request {
    /// Whether the body is announced to be JSON.
    ///
    /// *Flask:* `request.is_json`.
    pub fn is_json(&self) -> bool {
        match self
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
        {
            // Nearly every client sends this and nothing else.
            Some("application/json") => true,
            Some(content_type) => is_json(&parse_content_type(content_type).0),
            None => false,
        }
    }

    /// Reads the body as JSON, without loss: integers of any size, lone surrogates, `NaN`.
    ///
    /// *Flask:* `request.get_json(force, silent, cache)`.
    ///
    /// ```
    /// use carafe::json::GetJson;
    /// use carafe::prelude::*;
    ///
    /// async fn echo(request: Request) -> Result<Json<carafe::sessions::Value>> {
    ///     request.get_json(GetJson { silent: true, ..GetJson::default() }).await.map(Json)
    /// }
    ///
    /// let mut app = App::new("docs");
    /// app.post("/", echo);
    /// let client = app.test_client();
    /// let post = |body: &'static str| client.post("/").header("Content-Type", "application/json").body(body).send();
    /// assert_eq!(post("[1e1]").text(), "[10.0]\n");
    /// assert_eq!(post("{").text(), "null\n");
    /// ```
    ///
    /// # Errors
    /// 415 when the body is not announced to be JSON, and 400 when it is not; the client is told why in
    /// debug mode. As [`get_data`](Request::get_data) when there is no whole body.
    pub async fn get_json(&self, options: GetJson) -> Result<Value> {
        let loaded = match self.expect_json(options.force) {
            Ok(()) => {
                let kept = GetData {
                    cache: options.cache,
                    ..GetData::default()
                };
                let body = self.get_data(kept).await?;
                self.app()
                    .json()
                    .loads(&body)
                    .map_err(|error| self.refusal(error))
            }
            Err(refusal) => Err(refusal),
        };
        match loaded {
            Err(_) if options.silent => Ok(Value::Null),
            loaded => Ok(loaded?),
        }
    }

    /// Reads the body as JSON into a type of the program.
    ///
    /// *Flask:* `request.get_json()`, and Beyond Flask the type.
    ///
    /// # Errors
    /// As [`get_json`](Request::get_json), and 400 when the JSON does not fit the type; the client is told
    /// which field does not.
    pub async fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.expect_json(false)?;
        let body = self.get_data(GetData::default()).await?;
        Ok(self
            .app()
            .json()
            .read(&body)
            .map_err(|error| self.refusal(error))?)
    }

    fn expect_json(&self, force: bool) -> Result<(), HttpError> {
        if force || self.is_json() {
            return Ok(());
        }
        Err(HttpError::unsupported_media_type().with_description(
            "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
        ))
    }

    fn refusal(&self, error: JsonError) -> HttpError {
        let refused = HttpError::bad_request();
        // What is wrong with a text is told while debugging; what a type lacks, always.
        let refused = match error.kind() {
            JsonErrorKind::Mismatch => {
                refused.with_description(format!("The JSON object does not fit: {error}"))
            }
            _ if self.app().config().debug => {
                refused.with_description(format!("Failed to decode JSON object: {error}"))
            }
            _ => refused,
        };
        refused.with_source(error)
    }
}
