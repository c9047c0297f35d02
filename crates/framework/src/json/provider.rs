//! What an app writes and reads JSON with. Flask: `flask.json.provider`.

use std::borrow::Cow;
use std::fmt;

use carafe_sessions::{Value, to_value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::headers::content_type::get_content_type;
use crate::json::decode::read;
use crate::json::writer::{Layout, Style, write};
use crate::json::{JsonError, JsonErrorKind};

/// Writes and reads the JSON of an app. *Flask:* `flask.json.provider.JSONProvider`.
///
/// An app has one, [`DefaultJsonProvider`] unless it is replaced. A provider of one's own sees values
/// after serde and [`Value`] have made plain data of them, with dates, UUIDs, HTML and integers of any
/// size still apart, and may hand what it does not change to the default one:
///
/// ```
/// use std::sync::Arc;
///
/// use carafe::json::{DefaultJsonProvider, JsonError, JsonProvider};
/// use carafe_sessions::{DateTime, Value};
///
/// /// Shows dates as ISO text.
/// #[derive(Debug, Default)]
/// struct IsoDates(DefaultJsonProvider);
///
/// impl JsonProvider for IsoDates {
///     fn dumps(&self, value: &Value) -> Result<String, JsonError> {
///         match value {
///             Value::DateTime(date) => self.0.dumps(&date.to_string().into()),
///             other => self.0.dumps(other),
///         }
///     }
///
///     fn loads(&self, text: &[u8]) -> Result<Value, JsonError> {
///         self.0.loads(text)
///     }
/// }
///
/// let provider: Arc<dyn JsonProvider> = Arc::new(IsoDates::default());
/// assert_eq!(provider.dumps(&DateTime::from_unix(0, 0).into())?, "\"1970-01-01T00:00:00+00:00\"");
/// # Ok::<(), JsonError>(())
/// ```
pub trait JsonProvider: fmt::Debug + Send + Sync + 'static {
    /// Writes a value as JSON text. *Flask:* `JSONProvider.dumps`.
    ///
    /// # Errors
    /// The value has no form in JSON.
    fn dumps(&self, value: &Value) -> Result<String, JsonError>;

    /// Reads a JSON text, given as the bytes of a body. *Flask:* `JSONProvider.loads`.
    ///
    /// # Errors
    /// The bytes are not JSON; the message is shown to the client in debug mode.
    fn loads(&self, text: &[u8]) -> Result<Value, JsonError>;

    /// Writes a value as the body of a response. *Flask:* `JSONProvider.response`.
    ///
    /// # Errors
    /// As [`dumps`](JsonProvider::dumps).
    fn response(&self, value: &Value, _debug: bool) -> Result<JsonBody, JsonError> {
        Ok(JsonBody {
            text: self.dumps(value)?,
            content_type: "application/json".into(),
        })
    }

    /// Returns the default provider if it is this one, which needs no [`Value`] in between.
    #[doc(hidden)]
    fn as_default(&self) -> Option<&DefaultJsonProvider> {
        None
    }
}

/// The body of a JSON response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonBody {
    /// The text.
    pub text: String,
    /// The value of the `Content-Type` header.
    pub content_type: Cow<'static, str>,
}

impl dyn JsonProvider {
    /// Writes anything that serde knows as JSON text. *Flask:* `app.json.dumps`.
    ///
    /// # Errors
    /// The value has no form in JSON.
    pub fn to_text<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, JsonError> {
        match self.as_default() {
            Some(default) => default.write(value, Layout::Spaced),
            None => self.dumps(&value_of(value)?),
        }
    }

    /// Writes anything that serde knows as the body of a response. *Flask:* `app.json.response`.
    ///
    /// # Errors
    /// The value has no form in JSON.
    pub fn to_response<T: Serialize + ?Sized>(
        &self,
        value: &T,
        debug: bool,
    ) -> Result<JsonBody, JsonError> {
        match self.as_default() {
            Some(default) => default.write_response(value, debug),
            None => self.response(&value_of(value)?, debug),
        }
    }

    /// Reads a JSON text as a type of the program. Beyond Flask: Python has no types to fill.
    ///
    /// What Python reads is read: other encodings than UTF-8, `NaN`, keys that come twice. Integers
    /// beyond 64 bits stay whole in a [`Value`].
    ///
    /// # Errors
    /// The bytes are not JSON ([`JsonErrorKind::Syntax`]) or do not fit the type
    /// ([`JsonErrorKind::Mismatch`]).
    pub fn read<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T, JsonError> {
        let plain = self.as_default().is_some() && !has_long_number(text);
        if plain && let Ok(value) = serde_json::from_slice(text) {
            return Ok(value);
        }
        let value = self.loads(text)?;
        serde_path_to_error::deserialize(&value).or_else(|mismatch| {
            // A type that knows no integers of such a size may still take the nearest float.
            let near = if self.as_default().is_some() {
                serde_json::from_slice(text).ok()
            } else {
                None
            };
            near.ok_or_else(|| JsonError::new(JsonErrorKind::Mismatch, mismatch.to_string()))
        })
    }
}

/// Writes and reads JSON as Python does. *Flask:* `flask.json.provider.DefaultJSONProvider`.
///
/// Dates are written as HTTP dates, UUIDs and HTML as text; bytes are refused. Types of other crates are
/// written as their `Serialize` says.
///
/// ```
/// use std::sync::Arc;
///
/// use carafe::json::{DefaultJsonProvider, JsonProvider};
///
/// let json = DefaultJsonProvider { sort_keys: false, ..DefaultJsonProvider::default() };
/// let provider: Arc<dyn JsonProvider> = Arc::new(json);
/// assert_eq!(provider.to_text(&[("é", 1.0)])?, r#"[["\u00e9", 1.0]]"#);
/// # Ok::<(), carafe::json::JsonError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultJsonProvider {
    /// Whether keys are sorted; on.
    pub sort_keys: bool,
    /// Whether everything outside ASCII is escaped; on.
    pub ensure_ascii: bool,
    /// Whether responses have no spaces and lines; none: unless in debug mode.
    pub compact: Option<bool>,
    /// The mimetype of responses; `application/json`.
    pub mimetype: Cow<'static, str>,
}

impl Default for DefaultJsonProvider {
    fn default() -> DefaultJsonProvider {
        DefaultJsonProvider {
            sort_keys: true,
            ensure_ascii: true,
            compact: None,
            mimetype: "application/json".into(),
        }
    }
}

impl DefaultJsonProvider {
    fn write<T: Serialize + ?Sized>(&self, value: &T, layout: Layout) -> Result<String, JsonError> {
        write(
            value,
            Style {
                sort_keys: self.sort_keys,
                ensure_ascii: self.ensure_ascii,
                layout,
            },
        )
    }

    fn write_response<T: Serialize + ?Sized>(
        &self,
        value: &T,
        debug: bool,
    ) -> Result<JsonBody, JsonError> {
        let layout = if self.compact.unwrap_or(!debug) {
            Layout::Compact
        } else {
            Layout::Indented
        };
        let mut text = self.write(value, layout)?;
        text.push('\n');
        let content_type = match self.mimetype.as_ref() {
            "application/json" => "application/json".into(),
            other => get_content_type(other, "utf-8").into(),
        };
        Ok(JsonBody { text, content_type })
    }
}

impl JsonProvider for DefaultJsonProvider {
    fn dumps(&self, value: &Value) -> Result<String, JsonError> {
        self.write(value, Layout::Spaced)
    }

    fn loads(&self, text: &[u8]) -> Result<Value, JsonError> {
        read(text)
    }

    fn response(&self, value: &Value, debug: bool) -> Result<JsonBody, JsonError> {
        self.write_response(value, debug)
    }

    fn as_default(&self) -> Option<&DefaultJsonProvider> {
        Some(self)
    }
}

fn value_of<T: Serialize + ?Sized>(value: &T) -> Result<Value, JsonError> {
    to_value(value).map_err(|error| JsonError::new(JsonErrorKind::Serialize, error.to_string()))
}

/// Says whether some number may not fit in 64 bits: serde_json would make a float of it.
fn has_long_number(text: &[u8]) -> bool {
    const DIGITS: usize = 19;
    // A run of that many digits has one at a multiple of their number.
    let mut places = (DIGITS - 1..text.len()).step_by(DIGITS);
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    places.any(|place| {
        let before = (0..place)
            .rev()
            .take_while(|at| is_digit(*at))
            .take(DIGITS)
            .count();
        let from = (place..text.len())
            .take_while(|at| is_digit(*at))
            .take(DIGITS)
            .count();
        is_digit(place) && before + from >= DIGITS
    })
}
