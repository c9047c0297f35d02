//! Percent-encoding as Python does it. Python: `urllib.parse.quote`, `urllib.parse.unquote`.

use percent_encoding::percent_encode_byte;

/// Encodes all bytes but letters, digits, `_.-~` and those that are named as safe.
pub(crate) fn quote(text: &[u8], safe: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(percent_encode_byte(byte));
        }
    }
    quoted
}

/// Decodes what is UTF-8; bytes that are not stay encoded.
pub(crate) fn unquote(text: &[u8]) -> String {
    let bytes: Vec<u8> = percent_encoding::percent_decode(text).collect();
    let mut decoded = String::with_capacity(bytes.len());
    push_utf8(&mut decoded, &bytes);
    decoded
}

/// Decodes as [`unquote`] does, but leaves alone controls, spaces, percent signs and what else is named.
pub(crate) fn unquote_all_but(text: &str, kept: &[u8]) -> String {
    let is_kept = |byte: u8| byte <= b' ' || matches!(byte, b'%' | 0x7f) || kept.contains(&byte);
    let mut decoded = String::with_capacity(text.len());
    let mut pending = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = match encoded_byte(rest) {
            Some((encoded, verbatim, after)) => {
                if is_kept(encoded) {
                    pending.extend(verbatim);
                } else {
                    pending.push(encoded);
                }
                after
            }
            None => {
                pending.push(*byte);
                after
            }
        };
    }
    push_utf8(&mut decoded, &pending);
    decoded
}

/// Splits off a percent sign with two digits: the byte they stand for, they themselves, and the rest.
fn encoded_byte(text: &[u8]) -> Option<(u8, [u8; 3], &[u8])> {
    let [b'%', high, low, rest @ ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    Some((byte, [b'%', *high, *low], rest))
}

fn push_utf8(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            text.push_str(percent_encode_byte(byte));
        }
    }
}
