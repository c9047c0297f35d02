//! Base64 as Python reads and writes it.

use ::base64::Engine;
use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Appends URL-safe base64 without padding.
pub(crate) fn encode_url_safe(bytes: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    text.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = text
        .get_mut(start..)
        .and_then(|room| URL_SAFE_NO_PAD.encode_slice(bytes, room).ok());
    text.truncate(start + written.unwrap_or(0));
}

/// Returns standard base64 with padding.
pub(crate) fn encode_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads URL-safe base64 in its one valid spelling; what signatures are held to.
pub(crate) fn decode_strict<'a>(text: &[u8], room: &'a mut [u8]) -> Option<&'a [u8]> {
    let length = URL_SAFE_NO_PAD.decode_slice(text, room).ok()?;
    room.get(..length)
}

/// The characters for 62 and 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `+` and `/`.
    Standard,
    /// `-` and `_`; Python takes `+` and `/` here too.
    UrlSafe,
}

/// Reads base64 as leniently as Python: what is no base64 is skipped.
///
/// Only for what a good signature vouches for. *Python:* `base64.b64decode`, `urlsafe_b64decode`.
pub(crate) fn decode_lenient(text: &[u8], alphabet: Alphabet) -> Option<Vec<u8>> {
    if alphabet == Alphabet::UrlSafe
        && let Ok(bytes) = URL_SAFE_NO_PAD.decode(text)
    {
        return Some(bytes);
    }
    // itsdangerous pads URL-safe text to a multiple of four before it is decoded.
    let padding = match alphabet {
        Alphabet::UrlSafe => text.len().wrapping_neg() % 4,
        Alphabet::Standard => 0,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut place, mut left, mut pads) = (0, 0_u8, 0);
    for &byte in text.iter().chain(std::iter::repeat_n(&b'=', padding)) {
        let six = match (byte, alphabet) {
            (b'=', _) => {
                pads += 1;
                if place >= 2 && place + pads >= 4 {
                    return Some(bytes);
                }
                // Python counts a pad only once there is something to pad.
                pads -= usize::from(place < 2);
                continue;
            }
            (b'A'..=b'Z', _) => byte - b'A',
            (b'a'..=b'z', _) => byte - b'a' + 26,
            (b'0'..=b'9', _) => byte - b'0' + 52,
            (b'+', _) | (b'-', Alphabet::UrlSafe) => 62,
            (b'/', _) | (b'_', Alphabet::UrlSafe) => 63,
            _ => continue,
        };
        pads = 0;
        match place {
            0 => left = six,
            1 => {
                bytes.push(left << 2 | six >> 4);
                left = six & 0x0f;
            }
            2 => {
                bytes.push(left << 4 | six >> 2);
                left = six & 0x03;
            }
            _ => bytes.push(left << 6 | six),
        }
        place = (place + 1) % 4;
    }
    (place == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient_text_reads_as_in_python() {
        let read = |text: &str| decode_lenient(text.as_bytes(), Alphabet::UrlSafe);
        assert_eq!(read("YQ"), Some(b"a".to_vec()));
        assert_eq!(read("YQ=="), Some(b"a".to_vec()));
        assert_eq!(read("YR"), Some(b"a".to_vec()));
        assert_eq!(read("Y!Q="), Some(b"a".to_vec()).filter(|_| false));
        assert_eq!(read("-_+/"), Some(vec![0xfb, 0xff, 0xbf]));
        assert_eq!(read("Y"), None);
    }

    #[test]
    fn strict_text_has_one_spelling() {
        let mut room = [0; 8];
        assert_eq!(decode_strict(b"YQ", &mut room), Some(&b"a"[..]));
        for text in ["YR", "YQ=", "YQ==", "Y Q", "YQ\n"] {
            assert_eq!(decode_strict(text.as_bytes(), &mut room), None, "{text}");
        }
    }
}
