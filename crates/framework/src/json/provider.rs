//! What an app writes and reads JSON with. Flask: `flask.json.provider`.

use std::borrow::Cow;
use std::fmt;

use carafe_sessions::{Value, to_value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::headers::content_type::get_content_type;
use crate::json::bodies::{JsonBodies, USUAL_TYPE};
use crate::json::decode::read;
use crate::json::writer::{Layout, Style, USUAL, write};
use crate::json::{JsonError, JsonErrorKind};

/// How deep a value may nest when a function looks through it.
const MAX_DEPTH: usize = 400;

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
/// use carafe::sessions::Value;
///
/// /// Reads null where there is nothing.
/// #[derive(Debug, Default)]
/// struct Lenient(DefaultJsonProvider);
///
/// impl JsonProvider for Lenient {
///     fn dumps(&self, value: &Value) -> Result<String, JsonError> {
///         self.0.dumps(value)
///     }
///
///     fn loads(&self, text: &[u8]) -> Result<Value, JsonError> {
///         if text.is_empty() { Ok(Value::Null) } else { self.0.loads(text) }
///     }
/// }
///
/// let mut app = carafe::App::new("docs");
/// app.json = Arc::new(Lenient::default());
/// assert_eq!(app.json.read::<Option<i64>>(b"")?, None);
/// # Ok::<(), JsonError>(())
/// ```
///
/// For another form of dates and the like, [`DefaultJsonProvider::default`] is enough.
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
            Some(default) => default.bodies(debug).body(value),
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
        if plain && let Some(value) = read_plain(text) {
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
#[derive(Debug, Clone)]
pub struct DefaultJsonProvider {
    /// Whether keys are sorted; on.
    pub sort_keys: bool,
    /// Whether everything outside ASCII is escaped; on.
    pub ensure_ascii: bool,
    /// Whether responses have no spaces and lines; none: unless in debug mode.
    pub compact: Option<bool>,
    /// The mimetype of responses; `application/json`.
    pub mimetype: Cow<'static, str>,
    /// What is written for a value that JSON lacks: a date, a UUID, bytes or a custom value.
    ///
    /// `None`, from the function or in its place: what is written without it. The answer is looked
    /// through in turn. *Flask:* `DefaultJSONProvider.default`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use carafe::json::{DefaultJsonProvider, JsonProvider};
    /// use carafe::sessions::{DateTime, Value};
    ///
    /// fn iso_dates(value: &Value) -> Option<Value> {
    ///     match value {
    ///         Value::DateTime(date) => Some(date.to_string().into()),
    ///         _ => None,
    ///     }
    /// }
    ///
    /// let json = DefaultJsonProvider { default: Some(iso_dates), ..DefaultJsonProvider::default() };
    /// let json: Arc<dyn JsonProvider> = Arc::new(json);
    /// let dates = [DateTime::from_unix(0, 0)];
    /// assert_eq!(json.to_text(&dates)?, r#"["1970-01-01T00:00:00+00:00"]"#);
    /// # Ok::<(), carafe::json::JsonError>(())
    /// ```
    pub default: Option<fn(&Value) -> Option<Value>>,
}

impl Default for DefaultJsonProvider {
    fn default() -> DefaultJsonProvider {
        DefaultJsonProvider {
            sort_keys: true,
            ensure_ascii: true,
            compact: None,
            mimetype: "application/json".into(),
            default: None,
        }
    }
}

impl DefaultJsonProvider {
    pub(crate) fn write<T: Serialize + ?Sized>(
        &self,
        value: &T,
        layout: Layout,
    ) -> Result<String, JsonError> {
        let mut text = String::with_capacity(USUAL);
        write_with(&mut text, value, self.style(layout), self.default)?;
        Ok(text)
    }

    fn style(&self, layout: Layout) -> Style {
        Style {
            sort_keys: self.sort_keys,
            ensure_ascii: self.ensure_ascii,
            layout,
        }
    }

    /// How the bodies of responses are written.
    pub(crate) fn bodies(&self, debug: bool) -> JsonBodies {
        let layout = match self.compact.unwrap_or(!debug) {
            true => Layout::Compact,
            false => Layout::Indented,
        };
        let mimetype = &*self.mimetype;
        JsonBodies {
            style: self.style(layout),
            default: self.default,
            content_type: (mimetype != USUAL_TYPE).then(|| get_content_type(mimetype, "utf-8")),
        }
    }
}

/// Writes a value after a function had its say about what JSON lacks.
pub(super) fn write_with<T: Serialize + ?Sized>(
    text: &mut String,
    value: &T,
    style: Style,
    default: Option<fn(&Value) -> Option<Value>>,
) -> Result<(), JsonError> {
    match default {
        Some(default) => write(text, &replace(value_of(value)?, default, 0)?, style),
        None => write(text, value, style),
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
        self.bodies(debug).body(value)
    }

    fn as_default(&self) -> Option<&DefaultJsonProvider> {
        Some(self)
    }
}

/// Reads text as serde does; none when it does not fit.
///
/// What is known to be UTF-8 as a whole is not looked at again in each of its strings.
fn read_plain<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text).ok(),
        Err(_) => serde_json::from_slice(text).ok(),
    }
}

/// Asks for another form of whatever JSON lacks.
fn replace(
    value: Value,
    default: fn(&Value) -> Option<Value>,
    depth: usize,
) -> Result<Value, JsonError> {
    // An answer that asks again and again would never end.
    if depth > MAX_DEPTH {
        return Err(JsonError::new(
            JsonErrorKind::Serialize,
            "the value nests too deeply",
        ));
    }
    let again = |value| replace(value, default, depth + 1);
    Ok(match value {
        Value::List(items) => Value::List(items.into_iter().map(again).collect::<Result<_, _>>()?),
        Value::Tuple(items) => {
            Value::Tuple(items.into_iter().map(again).collect::<Result<_, _>>()?)
        }
        Value::Dict(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| Ok((key, again(value)?)));
            Value::Dict(entries.collect::<Result<_, JsonError>>()?)
        }
        Value::Bytes(_) | Value::Uuid(_) | Value::DateTime(_) | Value::Custom(_) => {
            match default(&value) {
                Some(answer) => again(answer)?,
                None => value,
            }
        }
        plain => plain,
    })
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
