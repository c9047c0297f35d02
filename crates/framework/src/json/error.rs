//! Why something cannot be written as JSON, or read from it.

use std::error::Error as StdError;
use std::fmt;

/// Why a value cannot be written as JSON, or a text cannot be read as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    kind: JsonErrorKind,
    message: String,
}

/// The kinds of [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The value has no form in JSON. *Flask:* the `TypeError` of `json.dumps`.
    Serialize,
    /// The text is not JSON. *Flask:* `json.JSONDecodeError`.
    Syntax,
    /// The text is JSON but does not fit the type that was asked for.
    Mismatch,
}

impl JsonError {
    /// Creates an error, as a provider of one's own needs it.
    pub fn new(kind: JsonErrorKind, message: impl Into<String>) -> JsonError {
        JsonError {
            kind,
            message: message.into(),
        }
    }

    /// Returns what kind of error this is.
    pub fn kind(&self) -> JsonErrorKind {
        self.kind
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for JsonError {}

impl serde::ser::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> JsonError {
        JsonError::new(JsonErrorKind::Serialize, message.to_string())
    }
}
