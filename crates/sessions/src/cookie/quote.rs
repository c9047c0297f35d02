//! The quoting of a cookie's value. Werkzeug: `_cookie_no_quote_re`, `_cookie_slash_re`.

use std::borrow::Cow;

/// Quotes a value as Werkzeug does: only where a cookie could not hold it bare.
pub(crate) fn quote(value: &str) -> Cow<'_, str> {
    if value.bytes().all(is_bare) {
        return Cow::Borrowed(value);
    }
    let mut quoted = String::with_capacity(value.len() + 8);
    quoted.push('"');
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            0x00..=0x19 | b',' | b';' | 0x7f..=0xff => {
                quoted.push('\\');
                for shift in [6, 3, 0] {
                    quoted.push(char::from(b'0' + (byte >> shift & 7)));
                }
            }
            _ => quoted.push(char::from(byte)),
        }
    }
    quoted.push('"');
    Cow::Owned(quoted)
}

/// Tells what is neither space nor control character, and none of the four that would end a value
/// or be read as an escape.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_is_quoted() {
        assert_eq!(quote("a.b-c_d=="), "a.b-c_d==");
        assert_eq!(quote("a b"), "\"a b\"");
        assert_eq!(quote("a\"\\;é"), "\"a\\\"\\\\\\073\\303\\251\"");
        assert_eq!(quote(""), "");
    }

    #[test]
    fn what_stays_bare_is_what_werkzeug_leaves_bare() {
        let punctuation = b"_!#$%&'()*+-./:<=>?@[]^`{|}~";
        for byte in 0..=255_u8 {
            let bare = byte.is_ascii_alphanumeric() || punctuation.contains(&byte);
            assert_eq!(is_bare(byte), bare, "{byte:#x}");
        }
    }
}
