//! The text of a session's values: Python's JSON, and Flask's tags over it.

pub(crate) mod python; // Python's JSON writer
mod reader; // Python's JSON reader
mod scalar; // Python's spelling of texts and numbers
mod tag; // JsonTag and the built-in tags
mod tagged; // TaggedJson
mod untag; // tags back into values

use std::fmt;

pub use crate::json::tag::JsonTag;
pub use crate::json::tagged::TaggedJson;

use crate::error::SessionError;
use crate::value::Value;

/// Python's JSON, for those who write or read it outside of a session.
pub mod python_json {
    pub use crate::json::reader::{SyntaxError, push_point, read};
    pub use crate::json::scalar::{push_float, push_str, push_text};
}

/// How deep lists and dictionaries may nest; Python's own limit is near it.
pub(crate) const MAX_DEPTH: usize = 400;

/// How the app's JSON provider writes.
///
/// *Flask:* `DefaultJSONProvider.sort_keys` and `ensure_ascii`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonStyle {
    /// Whether the keys of dictionaries are sorted, at every depth.
    pub sort_keys: bool,
    /// Whether everything outside ASCII is escaped.
    pub ensure_ascii: bool,
}

impl Default for JsonStyle {
    /// Flask's defaults: sorted and escaped.
    fn default() -> Self {
        Self {
            sort_keys: true,
            ensure_ascii: true,
        }
    }
}

/// Turns a session's values into text and back.
///
/// *Flask:* the `serializer` of a `SecureCookieSessionInterface`.
pub trait SessionSerializer: fmt::Debug + Send + Sync {
    /// Writes a value.
    ///
    /// # Errors
    ///
    /// The value has no form in the text.
    fn dumps(&self, value: &Value, style: JsonStyle) -> Result<String, SessionError>;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// The text does not hold one.
    fn loads(&self, text: &str) -> Result<Value, SessionError>;
}
