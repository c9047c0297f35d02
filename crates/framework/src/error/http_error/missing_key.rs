//! Keys that a request does not have. Flask: `werkzeug.exceptions.BadRequestKeyError`.

use std::error::Error as StdError;
use std::fmt::{self, Display, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::HttpError;

/// A key that was asked for in vain, told to the client only while debugging.
///
/// It is the source of the 400 that [`HttpError::bad_request_key`] makes, so that an error handler may be
/// registered for it.
///
/// *Werkzeug:* `BadRequestKeyError`.
#[derive(Debug)]
pub struct BadRequestKeyError {
    key: String,
    shown: AtomicBool,
}

impl BadRequestKeyError {
    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What the page says of the key; nothing unless it is to be told.
    pub(super) fn shown(&self) -> Option<String> {
        let is_shown = self.shown.load(Ordering::Relaxed);
        is_shown.then(|| format!("KeyError: {}", PythonRepr(&self.key)))
    }
}

impl Display for BadRequestKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request has no {:?}", self.key)
    }
}

impl StdError for BadRequestKeyError {}

impl HttpError {
    /// Makes the 400 of a key that the request does not have.
    ///
    /// The key is told to the client only after [`show_key`](HttpError::show_key).
    ///
    /// *Werkzeug:* `BadRequestKeyError`.
    pub fn bad_request_key(key: impl Into<String>) -> Self {
        let missing = BadRequestKeyError {
            key: key.into(),
            shown: AtomicBool::new(false),
        };
        Self {
            missing_key: Some(Box::new(missing)),
            ..Self::bare(400)
        }
    }

    /// Tells the missing key in the description; nothing changes for any other error.
    ///
    /// *Werkzeug:* `BadRequestKeyError.show_exception`, which Flask sets while debugging.
    pub fn show_key(&self) {
        if let Some(missing) = &self.missing_key {
            missing.shown.store(true, Ordering::Relaxed);
        }
    }

    /// Returns the key that the request does not have, when that is what the error is about.
    pub fn missing_key(&self) -> Option<&str> {
        self.missing_key
            .as_ref()
            .map(|missing| missing.key.as_str())
    }
}

/// Text as Python's `repr` shows it, which is what the page of a missing key holds in Flask.
pub(super) struct PythonRepr<'a>(pub(super) &'a str);

impl Display for PythonRepr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('\'') && !self.0.contains('"') {
            '"'
        } else {
            '\''
        };
        f.write_char(quote)?;
        for character in self.0.chars() {
            match character {
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\\' => f.write_str("\\\\")?,
                _ if character == quote => write!(f, "\\{character}")?,
                '"' | '\'' => f.write_char(character)?,
                _ if is_printable(character) => f.write_char(character)?,
                _ => match u32::from(character) {
                    point @ ..0x100 => write!(f, "\\x{point:02x}")?,
                    point @ ..0x1_0000 => write!(f, "\\u{point:04x}")?,
                    point => write!(f, "\\U{point:08x}")?,
                },
            }
        }
        f.write_char(quote)
    }
}

/// Tells whether Python shows a character as itself (`str.isprintable`).
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Rust's own debug form escapes the same classes of characters, and also combining marks, but
    // those only at the beginning of a string.
    let mut pair = String::from("a");
    pair.push(character);
    pair.escape_debug().count() == 2
}
