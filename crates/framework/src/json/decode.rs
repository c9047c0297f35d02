//! The bytes of a JSON text as text, and as a value. Flask: `json.loads`, `json.detect_encoding`.

use std::borrow::Cow;

use carafe_sessions::Value;
use carafe_sessions::python_json::{self, push_point};

use crate::json::{JsonError, JsonErrorKind};

/// Reads a JSON text in UTF-8, UTF-16 or UTF-32.
///
/// # Errors
/// The bytes are not text, or the text is not JSON.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    python_json::read(&decode(bytes)?)
        .map_err(|error| JsonError::new(JsonErrorKind::Syntax, error.to_string()))
}

/// Returns the text as UTF-8, or WTF-8 where it holds lone surrogates, which Python lets pass.
///
/// # Errors
/// The bytes are not text in the encoding that they begin in.
fn decode(bytes: &[u8]) -> Result<Cow<'_, [u8]>, JsonError> {
    match encoding(bytes) {
        Encoding::Utf8(text) => utf8(text).map(Cow::Borrowed),
        Encoding::Utf16(bytes, big) => {
            let (units, rest) = bytes.as_chunks::<2>();
            let units = units.iter().map(|unit| {
                if big {
                    u16::from_be_bytes(*unit)
                } else {
                    u16::from_le_bytes(*unit)
                }
            });
            whole(bytes, rest, if big { "utf-16-be" } else { "utf-16-le" })?;
            let mut text = Vec::with_capacity(bytes.len());
            for unit in char::decode_utf16(units) {
                push_point(
                    &mut text,
                    unit.map_or_else(|lone| lone.unpaired_surrogate().into(), u32::from),
                );
            }
            Ok(Cow::Owned(text))
        }
        Encoding::Utf32(bytes, big) => {
            let (points, rest) = bytes.as_chunks::<4>();
            let points = points.iter().map(|point| {
                if big {
                    u32::from_be_bytes(*point)
                } else {
                    u32::from_le_bytes(*point)
                }
            });
            whole(bytes, rest, if big { "utf-32-be" } else { "utf-32-le" })?;
            let mut text = Vec::with_capacity(bytes.len());
            for point in points {
                if point > 0x10_ffff {
                    return Err(undecodable(
                        "'utf-32' codec can't decode bytes: code point not in range(0x110000)",
                    ));
                }
                push_point(&mut text, point);
            }
            Ok(Cow::Owned(text))
        }
    }
}

enum Encoding<'a> {
    Utf8(&'a [u8]),
    /// Whether the high byte comes first.
    Utf16(&'a [u8], bool),
    Utf32(&'a [u8], bool),
}

/// Finds the encoding by the byte order mark, or by where zeros are, since JSON begins in ASCII.
fn encoding(bytes: &[u8]) -> Encoding<'_> {
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => Encoding::Utf32(rest, false),
        [0, 0, 0xfe, 0xff, rest @ ..] => Encoding::Utf32(rest, true),
        [0xff, 0xfe, rest @ ..] => Encoding::Utf16(rest, false),
        [0xfe, 0xff, rest @ ..] => Encoding::Utf16(rest, true),
        [0xef, 0xbb, 0xbf, rest @ ..] => Encoding::Utf8(rest),
        [0, 0, _, _, ..] => Encoding::Utf32(bytes, true),
        [0, _, _, _, ..] | [0, _] => Encoding::Utf16(bytes, true),
        [_, 0, 0, 0, ..] => Encoding::Utf32(bytes, false),
        [_, 0, _, _, ..] | [_, 0] => Encoding::Utf16(bytes, false),
        _ => Encoding::Utf8(bytes),
    }
}

fn whole(bytes: &[u8], rest: &[u8], codec: &str) -> Result<(), JsonError> {
    let start = bytes.len() - rest.len();
    let place = match rest {
        [] => return Ok(()),
        [byte] => format!("byte 0x{byte:02x} in position {start}"),
        _ => format!("bytes in position {start}-{}", bytes.len() - 1),
    };
    Err(undecodable(&format!(
        "'{codec}' codec can't decode {place}: truncated data"
    )))
}

fn utf8(bytes: &[u8]) -> Result<&[u8], JsonError> {
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        let (valid, bad) = rest.split_at(error.valid_up_to());
        let start = bytes.len() - rest.len() + valid.len();
        rest = match bad {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, after @ ..] => after,
            _ => return Err(undecodable(&complaint(bad, start, error.error_len()))),
        };
    }
    Ok(bytes)
}

/// Says what Python says of bytes that are not UTF-8.
fn complaint(bad: &[u8], start: usize, length: Option<usize>) -> String {
    let first = bad.first().copied().unwrap_or_default();
    let reason = match (length, first) {
        (None, _) => "unexpected end of data",
        (_, 0xc2..=0xf4) => "invalid continuation byte",
        _ => "invalid start byte",
    };
    match length.unwrap_or(bad.len()) {
        0 | 1 => {
            format!("'utf-8' codec can't decode byte 0x{first:02x} in position {start}: {reason}")
        }
        more => {
            let last = start + more - 1;
            format!("'utf-8' codec can't decode bytes in position {start}-{last}: {reason}")
        }
    }
}

fn undecodable(message: &str) -> JsonError {
    JsonError::new(JsonErrorKind::Syntax, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use carafe_sessions::Text;

    use super::*;

    #[test]
    fn other_encodings_are_found_by_their_zeros_and_marks() {
        for bytes in [
            b"\xef\xbb\xbf{}".as_slice(),
            b"\xff\xfe{\0}\0",
            b"\xfe\xff\0{\0}",
            b"{\0}\0",
            b"\0{\0}",
            b"\xff\xfe\0\0{\0\0\0}\0\0\0",
            b"{\0\0\0}\0\0\0",
            b"\0\0\0{\0\0\0}",
        ] {
            assert_eq!(
                read(bytes).unwrap().as_dict().unwrap().len(),
                0,
                "{bytes:?}"
            );
        }
        assert!(
            read(b"\xff")
                .unwrap_err()
                .to_string()
                .contains("byte 0xff in position 0: invalid start byte")
        );
        assert!(
            read(b"\"\xe9\"")
                .unwrap_err()
                .to_string()
                .contains("byte 0xe9 in position 1: invalid continuation byte")
        );
    }

    #[test]
    fn surrogates_pass_and_half_characters_do_not() {
        assert_eq!(
            read(b"\"\xed\xa0\x80\"").unwrap(),
            Value::Str(Text::from_utf16(&[0xd800]))
        );
        assert_eq!(
            read(b"\"\0\0\xd8\"\0").unwrap(),
            Value::Str(Text::from_utf16(&[0xd800]))
        );
        assert!(read(b"\xff\xfe{\0}").is_err());
        assert!(read(b"\xff\xfe\0\0{\0\0").is_err());
        assert!(read(b"\xff\xfe\0\0\0\0\x11\0").is_err());
        assert!(read(b"\"\xe2\x82").is_err());
    }
}
