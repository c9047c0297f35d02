//! Python's JSON writer: its separators, escapes, sorting and numbers.

use crate::error::{SessionError, SessionErrorKind};
use crate::json::float::push_float;
use crate::json::{JsonStyle, MAX_DEPTH};
use crate::value::{Dict, Text, Value};

pub(crate) use crate::json::parse::loads;

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
        self.text
            .extend(digits[at..].iter().map(|digit| char::from(*digit)));
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
        match text.as_str() {
            Some(text) => self.plain(text),
            None if self.format.style.ensure_ascii => {
                self.text.push('"');
                for unit in text.utf16() {
                    match u8::try_from(unit) {
                        Ok(byte) if byte < 0x80 => self.ascii(byte),
                        _ => self.unicode(unit),
                    }
                }
                self.text.push('"');
            }
            None => return Err(unserializable("a lone surrogate cannot be encoded")),
        }
        Ok(())
    }

    fn plain(&mut self, text: &str) {
        self.text.push('"');
        if text.bytes().all(|byte| is_bare(byte) && byte != 0x7f) {
            self.text.push_str(text);
        } else {
            for character in text.chars() {
                match u8::try_from(character) {
                    Ok(byte) if byte < 0x80 => self.ascii(byte),
                    _ if self.format.style.ensure_ascii => {
                        let mut units = [0; 2];
                        for unit in character.encode_utf16(&mut units) {
                            self.unicode(*unit);
                        }
                    }
                    _ => self.text.push(character),
                }
            }
        }
        self.text.push('"');
    }

    fn ascii(&mut self, byte: u8) {
        match byte {
            b'"' => self.text.push_str("\\\""),
            b'\\' => self.text.push_str("\\\\"),
            b'\n' => self.text.push_str("\\n"),
            b'\r' => self.text.push_str("\\r"),
            b'\t' => self.text.push_str("\\t"),
            0x08 => self.text.push_str("\\b"),
            0x0c => self.text.push_str("\\f"),
            0x00..0x20 => self.unicode(u16::from(byte)),
            // Python counts DEL among what is outside ASCII.
            0x7f if self.format.style.ensure_ascii => self.unicode(u16::from(byte)),
            _ => self.text.push(char::from(byte)),
        }
    }

    fn unicode(&mut self, unit: u16) {
        self.text.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            let digit = char::from_digit(u32::from(unit >> shift & 0xf), 16);
            self.text.push(digit.unwrap_or('0'));
        }
    }
}

fn is_bare(byte: u8) -> bool {
    (0x20..0x80).contains(&byte) && byte != b'"' && byte != b'\\'
}

fn no_json(what: &str) -> SessionError {
    unserializable(&format!("{what} is not JSON serializable"))
}

pub(crate) fn unserializable(message: &str) -> SessionError {
    SessionError::new(SessionErrorKind::Value, message)
}
