//! Python's JSON reader: `NaN`, lone surrogates, integers of any size, the last of equal keys.

use std::fmt;

use crate::error::{SessionError, SessionErrorKind};
use crate::json::scalar::must_be_escaped;
use crate::json::{MAX_DEPTH, TaggedJson};
use crate::value::{Dict, Text, Value};

/// The digits beyond which Python refuses to read an integer.
const MAX_DIGITS: usize = 4300;

/// How deep a text from outside may nest, which serde has to follow on a thread's stack; Python's
/// own limit is near a thousand.
const MAX_OUTER_DEPTH: usize = 200;

/// Why a text is not JSON, in Python's words. *Python:* `json.JSONDecodeError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError(String);

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SyntaxError {}

/// Reads plain JSON. *Python:* `json.loads`.
///
/// The text is UTF-8, or WTF-8 where it holds lone surrogates, as Python lets them pass.
///
/// ```
/// use carafe_sessions::python_json::read;
///
/// assert_eq!(read(b"[1, \"a\"]").unwrap().as_slice().unwrap().len(), 2);
/// let error = read(b"[1").unwrap_err();
/// assert_eq!(error.to_string(), "Expecting ',' delimiter: line 1 column 3 (char 2)");
/// ```
///
/// # Errors
///
/// The text is not JSON, or nests too deeply.
pub fn read(text: &[u8]) -> Result<Value, SyntaxError> {
    match Reader::new(text, MAX_OUTER_DEPTH).read() {
        Ok(value) => Ok(value),
        Err(Stop::Syntax(error)) => Err(error),
        Err(Stop::Untag(error)) => Err(SyntaxError(error.to_string())),
    }
}

/// Reads JSON and turns tagged dictionaries into what they stand for, innermost first.
pub(crate) fn loads_with(text: &str, tags: Option<&TaggedJson>) -> Result<Value, SessionError> {
    let mut reader = Reader::new(text.as_bytes(), MAX_DEPTH);
    reader.checked = Some(text);
    reader.tags = tags;
    reader.read().map_err(|stop| match stop {
        Stop::Syntax(error) => {
            SessionError::new(SessionErrorKind::Unreadable, "the text is not JSON")
                .with_source(error)
        }
        Stop::Untag(error) => error,
    })
}

/// Why the reading ended early.
enum Stop {
    Syntax(SyntaxError),
    Untag(SessionError),
}

/// What is wrong, and at which byte.
enum Problem {
    Syntax { message: String, at: Option<usize> },
    Untag(SessionError),
}

/// Names a place as Python does, which counts characters.
fn place(text: &[u8], at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let characters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let column = characters(before.get(start..).unwrap_or_default()) + 1;
    format!("line {line} column {column} (char {})", characters(before))
}

struct Reader<'a> {
    text: &'a [u8],
    /// The same, where it is known to be UTF-8.
    checked: Option<&'a str>,
    at: usize,
    depth: usize,
    deepest: usize,
    tags: Option<&'a TaggedJson>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8], deepest: usize) -> Self {
        Self {
            text,
            checked: None,
            at: 0,
            depth: 0,
            deepest,
            tags: None,
        }
    }

    fn read(mut self) -> Result<Value, Stop> {
        match self.whole() {
            Ok(value) => Ok(value),
            Err(Problem::Untag(error)) => Err(Stop::Untag(error)),
            Err(Problem::Syntax { message, at: None }) => Err(Stop::Syntax(SyntaxError(message))),
            Err(Problem::Syntax {
                message,
                at: Some(at),
            }) => Err(Stop::Syntax(SyntaxError(format!(
                "{message}: {}",
                place(self.text, at)
            )))),
        }
    }

    fn whole(&mut self) -> Result<Value, Problem> {
        self.skip_space();
        let value = self.value()?;
        self.skip_space();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.problem("Extra data")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn problem(&self, message: &str) -> Problem {
        Problem::Syntax {
            message: message.to_owned(),
            at: Some(self.at),
        }
    }

    fn problem_at<T>(message: &str, at: usize) -> Result<T, Problem> {
        Err(Problem::Syntax {
            message: message.to_owned(),
            at: Some(at),
        })
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value, Problem> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::Str),
            Some(b'{') => self.nested(Reader::dict),
            Some(b'[') => self.nested(Reader::list),
            Some(b'1'..=b'9') => match self.short_integer() {
                Some(number) => Ok(Value::Int(number)),
                None => self.number(),
            },
            Some(b'0') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, Problem> {
        let words = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        for (word, value) in words {
            if self.rest().starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.number()
    }

    /// Reads an integer without a sign that surely fits, as nearly all do; takes nothing else.
    fn short_integer(&mut self) -> Option<i64> {
        let (mut number, mut length) = (0, 0);
        for byte in self.rest() {
            match byte {
                b'0'..=b'9' if length < 18 => {
                    number = number * 10 + i64::from(byte - b'0');
                    length += 1;
                }
                b'0'..=b'9' | b'.' | b'e' | b'E' => return None,
                _ => break,
            }
        }
        self.at += length;
        Some(number)
    }

    fn number(&mut self) -> Result<Value, Problem> {
        let rest = self.rest();
        let digits = |from: usize| {
            rest.iter()
                .skip(from)
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let sign = usize::from(rest.first() == Some(&b'-'));
        let whole = match rest.get(sign) {
            Some(b'0') => 1,
            _ => digits(sign),
        };
        if whole == 0 {
            return Err(self.problem("Expecting value"));
        }
        let mut end = sign + whole;
        let mut float = false;
        if rest.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
            float = true;
        }
        if matches!(rest.get(end), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + signed);
            if exponent > 0 {
                end += 1 + signed + exponent;
                float = true;
            }
        }
        self.at += end;
        // The bytes are ASCII, as they were just looked at.
        let text = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
        match float {
            true => Ok(Value::Float(text.parse().unwrap_or(f64::NAN))),
            false => integer(text, whole),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Problem>) -> Result<Value, Problem> {
        if self.depth == self.deepest {
            let message = "maximum recursion depth exceeded while decoding a JSON object";
            return Err(Problem::Syntax {
                message: message.to_owned(),
                at: None,
            });
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Value, Problem> {
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.ends(b']')? {
                return Ok(Value::List(items));
            }
        }
    }

    fn dict(&mut self) -> Result<Value, Problem> {
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Dict(Dict::new()));
        }
        let mut entries = Vec::with_capacity(4);
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.problem("Expecting property name enclosed in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.problem("Expecting ':' delimiter"));
            }
            self.at += 1;
            self.skip_space();
            entries.push((key, self.value()?));
            if self.ends(b'}')? {
                return self.untagged(entries);
            }
        }
    }

    fn untagged(&self, entries: Vec<(Text, Value)>) -> Result<Value, Problem> {
        let dict = Dict::from_entries(entries);
        match self.tags {
            Some(tags) => tags.untag(dict).map_err(Problem::Untag),
            None => Ok(Value::Dict(dict)),
        }
    }

    /// Reads what follows an item: the closing bracket, or a comma.
    fn ends(&mut self, bracket: u8) -> Result<bool, Problem> {
        self.skip_space();
        match self.peek() {
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(false)
            }
            _ => Err(self.problem("Expecting ',' delimiter")),
        }
    }

    fn string(&mut self) -> Result<Text, Problem> {
        let begin = self.at;
        self.at += 1;
        let mut built: Vec<u8> = Vec::new();
        loop {
            let rest = self.rest();
            let plain = rest.iter().position(|byte| must_be_escaped(*byte));
            let (plain, special) = rest.split_at(plain.unwrap_or(rest.len()));
            let from = self.at;
            self.at += plain.len();
            match special.first() {
                Some(b'"') => {
                    let checked = self.checked.and_then(|text| text.get(from..self.at));
                    self.at += 1;
                    if built.is_empty() {
                        return Ok(checked.map_or_else(|| text_of(plain), Text::from));
                    }
                    built.extend_from_slice(plain);
                    return Ok(text_of(&built));
                }
                Some(b'\\') => {
                    built.extend_from_slice(plain);
                    self.escape(begin, &mut built)?;
                }
                Some(_) => return Err(self.problem("Invalid control character at")),
                None => return Self::problem_at("Unterminated string starting at", begin),
            }
        }
    }

    /// Reads an escape, of which the backslash comes next.
    fn escape(&mut self, begin: usize, built: &mut Vec<u8>) -> Result<(), Problem> {
        let backslash = self.at;
        self.at += 2;
        built.push(match self.text.get(backslash + 1) {
            Some(&plain @ (b'"' | b'\\' | b'/')) => plain,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(built),
            Some(_) => return Self::problem_at("Invalid \\escape", backslash),
            None => return Self::problem_at("Unterminated string starting at", begin),
        });
        Ok(())
    }

    fn unicode_escape(&mut self, built: &mut Vec<u8>) -> Result<(), Problem> {
        let mut point = u32::from(self.unit()?);
        let pair = self.rest();
        // Python looks for the second half only where a closing quote may follow it.
        if (0xd800..0xdc00).contains(&point) && pair.len() > 6 && pair.starts_with(b"\\u") {
            let after_first = self.at;
            self.at += 2;
            match self.unit()? {
                low @ 0xdc00..0xe000 => {
                    point = 0x1_0000 + ((point - 0xd800) << 10) + (u32::from(low) - 0xdc00);
                }
                _ => self.at = after_first,
            }
        }
        push_point(built, point);
        Ok(())
    }

    /// Reads four hexadecimal digits after `\u`.
    fn unit(&mut self) -> Result<u16, Problem> {
        let digits = self.rest().get(..4);
        // A closing quote has to follow as well.
        let complete = self.rest().len() > 4;
        let unit = digits.filter(|digits| complete && digits.iter().all(u8::is_ascii_hexdigit));
        let unit =
            unit.and_then(|digits| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match unit {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Self::problem_at("Invalid \\uXXXX escape", self.at - 1),
        }
    }
}

fn integer(text: &str, digits: usize) -> Result<Value, Problem> {
    if digits > MAX_DIGITS {
        let message = format!(
            "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {digits} digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        return Err(Problem::Syntax { message, at: None });
    }
    Ok(Value::from_digits(text))
}

/// Makes a text of bytes that are known to be one.
fn text_of(bytes: &[u8]) -> Text {
    // Halves of a pair that were escaped apart meet here: what is not yet WTF-8 becomes it.
    Text::from_wtf8(bytes).unwrap_or_else(|| Text::from_utf16(&units(bytes)))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (point, after) = split_point(rest);
        rest = after;
        match point.checked_sub(0x1_0000) {
            None => units.push(point as u16),
            Some(rest) => {
                units.extend([0xd800 | (rest >> 10) as u16, 0xdc00 | (rest & 0x3ff) as u16])
            }
        }
    }
    units
}

fn split_point(bytes: &[u8]) -> (u32, &[u8]) {
    let Some((&first, rest)) = bytes.split_first() else {
        return (0, bytes);
    };
    let (length, lead) = match first {
        0xf0.. => (3, first & 0x07),
        0xe0.. => (2, first & 0x0f),
        0xc0.. => (1, first & 0x1f),
        _ => (0, first),
    };
    let (tail, rest) = rest.split_at(length.min(rest.len()));
    (
        tail.iter().fold(u32::from(lead), |point, byte| {
            point << 6 | u32::from(byte & 0x3f)
        }),
        rest,
    )
}

/// Adds a code point to WTF-8: as UTF-8 would, were lone surrogates allowed.
pub fn push_point(out: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([
            0xe0 | (point >> 12) as u8,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]),
    }
}

#[cfg(test)]
mod tests;
