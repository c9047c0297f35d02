//! Tags of a user's own. Flask: `JSONTag`.

use std::fmt;

use crate::error::SessionError;
use crate::json::TaggedJson;
use crate::value::Value;

/// Writes a kind of value that JSON does not know, under a key of its own.
///
/// *Flask:* `JSONTag`. Values that Rust has and a session has not are kept as
/// [`Custom`](crate::Custom) ones, which name the tag that they belong to.
///
/// ```
/// use carafe_sessions::{
///     Custom, JsonStyle, JsonTag, SessionError, SessionSerializer, TaggedJson, Value,
/// };
///
/// #[derive(Debug)]
/// struct Decimal;
///
/// impl JsonTag for Decimal {
///     fn key(&self) -> &str {
///         " dec"
///     }
///
///     fn check(&self, value: &Value) -> bool {
///         matches!(value, Value::Custom(custom) if *custom.tag() == " dec")
///     }
///
///     fn to_json(&self, value: &Value, _: &TaggedJson) -> Result<Value, SessionError> {
///         match value {
///             Value::Custom(custom) => Ok(custom.value().clone()),
///             other => Ok(other.clone()),
///         }
///     }
///
///     fn to_value(&self, json: Value) -> Result<Value, SessionError> {
///         Ok(Custom::new(" dec", json).into())
///     }
/// }
///
/// let serializer = TaggedJson::new().with_tag(Decimal)?;
/// let price = Value::from(Custom::new(" dec", "1.10".into()));
/// let text = serializer.dumps(&price, JsonStyle::default())?;
/// assert_eq!(text, r#"{" dec":"1.10"}"#);
/// assert_eq!(serializer.loads(&text)?, price);
/// # Ok::<(), SessionError>(())
/// ```
pub trait JsonTag: fmt::Debug + Send + Sync {
    /// Returns the key that marks the value; an empty one tags nothing and only converts.
    fn key(&self) -> &str;

    /// Returns whether the tag is for this value.
    fn check(&self, value: &Value) -> bool;

    /// Turns the value into plain JSON; parts of it go through [`TaggedJson::tag`].
    ///
    /// # Errors
    ///
    /// The value has no form in JSON.
    fn to_json(&self, value: &Value, serializer: &TaggedJson) -> Result<Value, SessionError>;

    /// Turns plain JSON back into the value.
    ///
    /// # Errors
    ///
    /// The JSON is not what [`to_json`](Self::to_json) writes.
    fn to_value(&self, json: Value) -> Result<Value, SessionError>;
}
