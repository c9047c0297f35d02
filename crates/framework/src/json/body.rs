//! JSON as a body: what a view returns and what it takes.

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::try_current_app;
use crate::error::{Error, HttpError, Result};
use crate::headers::content_type::{is_json, parse_content_type};
use crate::json::{DefaultJsonProvider, JsonErrorKind, JsonProvider};
use crate::maybe_ready::MaybeReady;
use crate::request::Request;
use crate::response::{IntoResponse, Response};
use crate::view::{Argument, Arguments, Takes};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A value as a JSON body: returned from a view, or taken as an argument.
///
/// *Flask:* `jsonify`, or a dict or list that a view returns; `request.get_json()`.
///
/// ```
/// use carafe::prelude::*;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Point {
///     x: i64,
///     y: i64,
/// }
///
/// let mut app = App::new("docs");
/// app.post("/mirror", |Json(point): Json<Point>| Json(Point { x: point.y, y: point.x })).endpoint("mirror");
/// let client = app.test_client();
/// let response = client.post("/mirror").json(&Point { x: 1, y: 2 }).send();
/// assert_eq!(response.text(), "{\"x\":2,\"y\":1}\n");
/// assert_eq!(client.post("/mirror").body("{").send().status(), 415);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// Makes a JSON response of a value.
///
/// *Flask:* `flask.jsonify`.
///
/// # Errors
/// When the value has no form in JSON.
pub fn jsonify<T: Serialize>(value: T) -> Result<Response> {
    Json(value).into_response()
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response> {
        let body = match try_current_app() {
            Ok(app) => app.json().to_response(&self.0, app.config().debug)?,
            Err(_) => (&DefaultJsonProvider::default() as &dyn JsonProvider)
                .to_response(&self.0, false)?,
        };
        let content_type = match body.mimetype.as_ref() {
            "application/json" => JSON,
            other => HeaderValue::from_str(other)?,
        };
        Ok(Response::with_content_type(body.text, content_type))
    }
}

impl<T: DeserializeOwned + Send + 'static> Argument for Json<T> {
    fn takes() -> Takes {
        Takes::Request
    }

    fn take(arguments: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        let request = arguments.request().clone();
        MaybeReady::waiting(async move { request.json().await.map(Json) })
    }
}

impl Request {
    /// Whether the body is announced to be JSON.
    ///
    /// *Flask:* `request.is_json`.
    pub fn is_json(&self) -> bool {
        let content_type = self
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        content_type.is_some_and(|text| is_json(&parse_content_type(text).0))
    }

    /// Reads the body as JSON.
    ///
    /// *Flask:* `request.get_json()`.
    ///
    /// # Errors
    /// 415 when the body is not announced to be JSON, and 400 when it is not or does not fit the type.
    pub async fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if !self.is_json() {
            return Err(HttpError::new(415)
                .with_description(
                    "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
                )
                .into());
        }
        self.parse_json(&self.data().await?)
    }

    fn parse_json<T: DeserializeOwned>(&self, body: &Bytes) -> Result<T> {
        self.app().json().read(body).map_err(|error| {
            let http = HttpError::new(400);
            // What is wrong with a text is told while debugging; what a type lacks, always.
            let http = match error.kind() {
                JsonErrorKind::Mismatch => {
                    http.with_description(format!("The JSON object does not fit: {error}"))
                }
                _ if self.app().config().debug => {
                    http.with_description(format!("Failed to decode JSON object: {error}"))
                }
                _ => http,
            };
            Error::from(http.with_source(error))
        })
    }
}
