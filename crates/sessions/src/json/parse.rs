//! Python's JSON reader: `NaN`, lone surrogates, integers of any size, the last of equal keys.

use crate::error::{SessionError, SessionErrorKind};
use crate::json::MAX_DEPTH;
use crate::value::{Dict, Text, Value};

/// The digits beyond which Python refuses to read an integer.
const MAX_DIGITS: usize = 4300;

/// Reads plain JSON. *Python:* `json.loads`.
pub(crate) fn loads(text: &str) -> Result<Value, SessionError> {
    loads_with(text, &mut |value| Ok(value))
}

/// Reads JSON and hands every dictionary to a closure, innermost first.
pub(crate) fn loads_with(
    text: &str,
    untag: &mut dyn FnMut(Value) -> Result<Value, SessionError>,
) -> Result<Value, SessionError> {
    let mut reader = Reader { text, at: 0, untag };
    reader.space();
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.fail("extra data")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    untag: &'a mut dyn FnMut(Value) -> Result<Value, SessionError>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn fail(&self, what: &str) -> SessionError {
        SessionError::new(
            SessionErrorKind::Unreadable,
            format!("the text is not JSON: {what} at byte {}", self.at),
        )
    }

    fn value(&mut self, depth: usize) -> Result<Value, SessionError> {
        if depth > MAX_DEPTH {
            return Err(self.fail("values nest too deeply"));
        }
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string().map(Value::Str)
            }
            Some(b'{') => {
                self.at += 1;
                self.dict(depth)
            }
            Some(b'[') => {
                self.at += 1;
                self.list(depth)
            }
            Some(b'0'..=b'9') => self.number(),
            Some(b'-') if !self.rest().starts_with("-I") => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, SessionError> {
        let words = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        for (word, value) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.fail("expecting a value"))
    }

    fn list(&mut self, depth: usize) -> Result<Value, SessionError> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            if !self.take(b',') {
                return Err(self.fail("expecting a comma"));
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Value, SessionError> {
        let mut dict = Dict::new();
        self.space();
        if self.take(b'}') {
            return (self.untag)(Value::Dict(dict));
        }
        loop {
            self.space();
            if !self.take(b'"') {
                return Err(self.fail("expecting the name of a key"));
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.fail("expecting a colon"));
            }
            self.space();
            let value = self.value(depth + 1)?;
            dict.insert(key, value);
            self.space();
            if self.take(b'}') {
                return (self.untag)(Value::Dict(dict));
            }
            if !self.take(b',') {
                return Err(self.fail("expecting a comma"));
            }
        }
    }

    /// Reads what follows an opening quote.
    fn string(&mut self) -> Result<Text, SessionError> {
        let rest = self.rest();
        let end = rest
            .bytes()
            .position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20)
            .ok_or_else(|| self.fail("a string does not end"))?;
        if rest.as_bytes().get(end) == Some(&b'"') {
            self.at += end + 1;
            return Ok(rest.get(..end).unwrap_or_default().into());
        }
        self.escaped()
    }

    /// Reads a string that has escapes in it, as UTF-16 so that halves of pairs can meet.
    fn escaped(&mut self) -> Result<Text, SessionError> {
        let mut units = Vec::new();
        loop {
            let character = self
                .rest()
                .chars()
                .next()
                .ok_or_else(|| self.fail("a string does not end"))?;
            self.at += character.len_utf8();
            match character {
                '"' => return Ok(Text::from_utf16(&units)),
                '\\' => units.push(self.escape()?),
                '\0'..=' ' if character < ' ' => return Err(self.fail("a control character")),
                _ => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> Result<u16, SessionError> {
        let byte = self
            .peek()
            .ok_or_else(|| self.fail("a string does not end"))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => u16::from(byte),
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => 0x0a,
            b'r' => 0x0d,
            b't' => 0x09,
            b'u' => {
                let digits = self.rest().get(..4).unwrap_or_default();
                let unit = match digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    true => u16::from_str_radix(digits, 16).ok(),
                    false => None,
                };
                let unit = unit.ok_or_else(|| self.fail("an escape of four digits"))?;
                self.at += 4;
                unit
            }
            _ => return Err(self.fail("an escape that is none")),
        })
    }

    fn number(&mut self) -> Result<Value, SessionError> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits_from = |start: usize| {
            let digits = bytes.get(start..).unwrap_or_default();
            start
                + digits
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count()
        };
        let first = usize::from(bytes.first() == Some(&b'-'));
        let whole = match bytes.get(first) {
            Some(b'0') => first + 1,
            _ => digits_from(first),
        };
        if whole == first {
            return Err(self.fail("expecting a value"));
        }
        let mut end = whole;
        if bytes.get(end) == Some(&b'.') && digits_from(end + 1) > end + 1 {
            end = digits_from(end + 1);
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits_from(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        let text = rest.get(..end).unwrap_or_default();
        self.at += end;
        if end > whole {
            let number = text.parse().map_err(|_| self.fail("expecting a number"))?;
            return Ok(Value::Float(number));
        }
        if whole - first > MAX_DIGITS {
            return Err(self.fail("an integer of too many digits"));
        }
        Ok(Value::from_digits(text))
    }
}
