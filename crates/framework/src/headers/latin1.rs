//! Header bytes as text, one character a byte. Werkzeug: what WSGI servers put into the environ.

use std::borrow::Cow;

use http::HeaderValue;
use http::header::{AsHeaderName, HeaderMap};

/// Turns bytes into text, one character a byte; ASCII is not copied.
///
/// ```
/// assert_eq!(carafe::headers::latin1::decode(b"caf\xe9"), "café");
/// ```
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// Reads a header; several of one name are a list, with a comma between them.
pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<Cow<'_, str>> {
    let mut values = headers.get_all(name).iter();
    let first = decode(values.next()?.as_bytes());
    let Some(second) = values.next() else {
        return Some(first);
    };
    let mut all = first.into_owned();
    for value in std::iter::once(second).chain(values) {
        all.push(',');
        all.push_str(&decode(value.as_bytes()));
    }
    Some(all.into())
}

/// Turns text into bytes, one byte a character, or `None` when a character has no such byte.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}

/// Turns text into a header's value, or `None` when no header may hold it.
pub fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_bytes(&encode(text)?).ok()
}
