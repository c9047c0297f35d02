//! The text of a session's values.

use std::fmt;

use crate::error::SessionError;
use crate::value::Value;

/// How the app's JSON provider writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonStyle {
    /// Whether the keys of dictionaries are sorted.
    pub sort_keys: bool,
    /// Whether everything outside ASCII is escaped.
    pub ensure_ascii: bool,
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

/// Flask's tagged JSON.
#[derive(Debug, Default)]
pub struct TaggedJson;

impl TaggedJson {
    /// Returns the serializer that every app shares.
    pub fn shared() -> &'static Self {
        &Self
    }
}

impl SessionSerializer for TaggedJson {
    fn dumps(&self, value: &Value, _style: JsonStyle) -> Result<String, SessionError> {
        serde_json::to_string(value).map_err(SessionError::other)
    }

    fn loads(&self, text: &str) -> Result<Value, SessionError> {
        serde_json::from_str(text).map_err(SessionError::other)
    }
}
