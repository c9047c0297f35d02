//! JSON as a body: what a view returns and what it takes.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::{current_context, with_current};
use crate::error::Result;
use crate::json::{DefaultJsonProvider, JsonBodies};
use crate::maybe_ready::MaybeReady;
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
        match default_bodies() {
            Some(json) => write_now(&self.0, &json),
            None => write_by_provider(&self.0),
        }
    }
}

/// How the default provider writes bodies, if the current app has it.
#[inline(never)] // the same for all types
fn default_bodies() -> Option<JsonBodies> {
    with_current(|ctx| match ctx {
        Some(ctx) => ctx.app().inner().json_bodies.clone(),
        None => Some(DefaultJsonProvider::default().bodies(false)),
    })
}

/// Writes a body as the default provider does.
fn write_now<T: Serialize>(value: &T, json: &JsonBodies) -> Result<Response> {
    let content_type = match &json.content_type {
        None => JSON,
        Some(other) => HeaderValue::from_str(other)?,
    };
    Ok(Response::with_content_type(
        json.content(value)?,
        content_type,
    ))
}

/// Writes a body as the app's own provider does.
fn write_by_provider<T: Serialize>(value: &T) -> Result<Response> {
    let ctx = current_context("jsonify")?;
    let app = ctx.app();
    let body = app.json().to_response(value, app.config().debug)?;
    let content_type = HeaderValue::from_str(&body.content_type)?;
    Ok(Response::with_content_type(body.text, content_type))
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
