//! Python's JSON writer: its separators, escapes, sorting and numbers.

use crate::error::{SessionError, SessionErrorKind};
use crate::json::reader::loads_with;
use crate::json::scalar::{push_float, push_str, push_text};
use crate::json::{JsonStyle, MAX_DEPTH};
use crate::value::{Dict, Text, Value};

/// Reads plain JSON. *Python:* `json.loads`.
pub(crate) fn loads(text: &str) -> Result<Value, SessionError> {
    loads_with(text, None)
}

/// The separators and the style of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    item: &'static str,
    key: &'static str,
    style: JsonStyle,
}

impl Format {
    /// `json.dumps` with its defaults.
    pub(crate) const SPACED: Self = Self {
        item: ", ",
        key: ": ",
        style: JsonStyle {
            sort_keys: false,
            ensure_ascii: true,
        },
    };

    /// What itsdangerous' URL-safe serializers write.
    pub(crate) const COMPACT_UNICODE: Self = Self::compact(JsonStyle {
        sort_keys: false,
        ensure_ascii: false,
    });

    /// No spaces.
    pub(crate) const fn compact(style: JsonStyle) -> Self {
        Self {
            item: ",",
            key: ":",
            style,
        }
    }
}

/// Writes a value as plain JSON. *Python:* `json.dumps`.
pub(crate) fn dumps(value: &Value, format: Format) -> Result<String, SessionError> {
    let mut writer = Writer {
        text: String::with_capacity(128),
        format,
        markup: Other::Refused,
    };
    writer.value(value, 0)?;
    Ok(writer.text)
}

/// Writes a value as Flask's JSON provider does: dates and UUIDs as text too.
pub(crate) fn dumps_provider(value: &Value, format: Format) -> Result<String, SessionError> {
    let mut writer = Writer {
        text: String::with_capacity(128),
        format,
        markup: Other::AsText,
    };
    writer.value(value, 0)?;
    Ok(writer.text)
}

/// What happens to a value that JSON does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Refused,
    AsText,
}

struct Writer {
    text: String,
    format: Format,
    markup: Other,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), SessionError> {
        if depth > MAX_DEPTH {
            return Err(unserializable("values nest too deeply"));
        }
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(true) => self.text.push_str("true"),
            Value::Bool(false) => self.text.push_str("false"),
            Value::Int(number) => self.int(*number),
            Value::BigInt(number) => self.text.push_str(number.as_str()),
            Value::Float(number) => push_float(&mut self.text, *number),
            Value::Str(text) => self.string(text)?,
            // Markup is a kind of text in Python, and a tuple a kind of list.
            Value::Markup(markup) => self.string(markup.text())?,
            Value::List(items) | Value::Tuple(items) => self.list(items, depth)?,
            Value::Dict(dict) => self.dict(dict, depth)?,
            Value::DateTime(date) if self.markup == Other::AsText => {
                self.plain(&date.to_http_date());
            }
            Value::Uuid(uuid) if self.markup == Other::AsText => self.plain(&uuid.to_string()),
            Value::DateTime(_) => return Err(no_json("datetime")),
            Value::Uuid(_) => return Err(no_json("UUID")),
            Value::Bytes(_) => return Err(no_json("bytes")),
            Value::Custom(_) => return Err(no_json("a tag that is not registered")),
        }
        Ok(())
    }

    fn int(&mut self, number: i64) {
        let mut digits = [0_u8; 20];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.text.push('-');
        }
        let digits = std::str::from_utf8(&digits[at..]).expect("digits are ASCII");
        self.text.push_str(digits);
    }

    fn list(&mut self, items: &[Value], depth: usize) -> Result<(), SessionError> {
        self.text.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push_str(self.format.item);
            }
            self.value(item, depth + 1)?;
        }
        self.text.push(']');
        Ok(())
    }

    fn dict(&mut self, dict: &Dict, depth: usize) -> Result<(), SessionError> {
        self.text.push('{');
        if self.format.style.sort_keys && !dict.keys().is_sorted() {
            let mut entries: Vec<_> = dict.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            self.entries(entries.into_iter(), depth)?;
        } else {
            self.entries(dict.iter(), depth)?;
        }
        self.text.push('}');
        Ok(())
    }

    fn entries<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a Text, &'a Value)>,
        depth: usize,
    ) -> Result<(), SessionError> {
        for (index, (key, value)) in entries.enumerate() {
            if index > 0 {
                self.text.push_str(self.format.item);
            }
            self.string(key)?;
            self.text.push_str(self.format.key);
            self.value(value, depth + 1)?;
        }
        Ok(())
    }

    fn string(&mut self, text: &Text) -> Result<(), SessionError> {
        match push_text(&mut self.text, text, self.format.style.ensure_ascii) {
            true => Ok(()),
            false => Err(unserializable("a lone surrogate cannot be encoded")),
        }
    }

    fn plain(&mut self, text: &str) {
        push_str(&mut self.text, text, self.format.style.ensure_ascii);
    }
}

fn no_json(what: &str) -> SessionError {
    unserializable(&format!("{what} is not JSON serializable"))
}

pub(crate) fn unserializable(message: &str) -> SessionError {
    SessionError::new(SessionErrorKind::Value, message)
}
