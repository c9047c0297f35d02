//! JSON in and out. Flask: `flask.json.provider`.

mod body; // JSON as a body
mod entries; // the entries of a mapping that is being written
mod error; // what can go wrong
mod exact; // Carafe's own values without loss
mod scalar; // texts and numbers in Python's spelling
mod writer; // any serde type as text

pub use crate::json::body::{Json, jsonify};
#[cfg(feature = "templates")]
pub(crate) use crate::json::writer::{Layout, Style, write};
pub use crate::json::error::{JsonError, JsonErrorKind};

#[cfg(test)]
mod tests;
