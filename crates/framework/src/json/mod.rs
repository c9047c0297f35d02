//! JSON in and out. Flask: `flask.json.provider`.

mod bodies; // the bodies of responses
mod body; // JSON as a body
mod decode; // bytes as text, and text as values
mod entries; // the entries of a mapping that is being written
mod dumps; // Flask's functions of JSON
mod error; // what can go wrong
mod exact; // Carafe's own values without loss
mod get_json; // the JSON of a request's body
mod provider; // what an app writes and reads JSON with
mod writer; // any serde type as text

pub(crate) use crate::json::bodies::JsonBodies;
pub use crate::json::body::{Json, jsonify};
pub use crate::json::dumps::{dump, dumps, load, loads};
pub use crate::json::error::{JsonError, JsonErrorKind};
pub use crate::json::get_json::GetJson;
pub use crate::json::provider::{DefaultJsonProvider, JsonBody, JsonProvider};
#[cfg(feature = "templates")]
pub(crate) use crate::json::writer::{Layout, Style, write};

pub(crate) use crate::json::decode::read;

#[cfg(test)]
mod tests;
