//! Base64 as Python reads and writes it.
//!
//! Written out rather than taken from a crate: a cookie is three pieces of a few bytes each, for
//! which getting ready costs more than the work does.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What stands for a byte that is no character of the alphabet: more than 24 bits.
const NONE: u32 = 0xff00_0000;

/// The bits of each character of the URL-safe alphabet at each of four places.
const BITS: [[u32; 256]; 4] = [bits_at(18), bits_at(12), bits_at(6), bits_at(0)];

const fn bits_at(shift: u32) -> [u32; 256] {
    let mut bits = [NONE; 256];
    let mut number = 0;
    while number < 64 {
        bits[URL_SAFE[number] as usize] = (number as u32) << shift;
        number += 1;
    }
    bits
}

/// Appends URL-safe base64 without padding.
pub(crate) fn encode_url_safe(bytes: &[u8], text: &mut Vec<u8>) {
    encode(bytes, URL_SAFE, text);
}

/// Returns URL-safe base64 without padding.
pub(crate) fn url_safe(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encode(bytes, URL_SAFE, &mut text);
    String::from_utf8(text).expect("base64 is ASCII")
}

/// Returns standard base64 with padding.
pub(crate) fn encode_standard(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    encode(bytes, STANDARD, &mut text);
    text.resize(text.len().next_multiple_of(4), b'=');
    String::from_utf8(text).expect("base64 is ASCII")
}

fn encode(bytes: &[u8], alphabet: &[u8; 64], text: &mut Vec<u8>) {
    let characters = |[first, second, third]: [u8; 3]| {
        let bits = u32::from(first) << 16 | u32::from(second) << 8 | u32::from(third);
        [18, 12, 6, 0].map(|shift| alphabet[(bits >> shift & 0x3f) as usize])
    };
    let (whole, rest) = bytes.as_chunks();
    let from = text.len();
    text.resize(from + whole.len() * 4, 0);
    let (fours, _) = text[from..].as_chunks_mut();
    for (four, three) in fours.iter_mut().zip(whole) {
        *four = characters(*three);
    }
    match *rest {
        [one] => text.extend_from_slice(&characters([one, 0, 0])[..2]),
        [one, two] => text.extend_from_slice(&characters([one, two, 0])[..3]),
        _ => {}
    }
}

/// Reads URL-safe base64 in its one valid spelling; what signatures are held to.
///
/// None too when the bytes do not fit into the room.
pub(crate) fn decode_strict<'a>(text: &[u8], room: &'a mut [u8]) -> Option<&'a [u8]> {
    let bits_of = |characters: [u8; 4]| {
        let [first, second, third, fourth] = characters.map(usize::from);
        BITS[0][first] | BITS[1][second] | BITS[2][third] | BITS[3][fourth]
    };
    let (whole, rest) = text.as_chunks();
    let (last, spare_bits) = match *rest {
        [] => (0, 0),
        [one, two] => (bits_of([one, two, b'A', b'A']), 0xffff),
        [one, two, three] => (bits_of([one, two, three, b'A']), 0xff),
        _ => return None,
    };
    let room = room.get_mut(..text.len() * 3 / 4)?;
    let (threes, rest) = room.as_chunks_mut();
    // Looked at once, at the end: a text is nearly always good.
    let mut seen = last;
    for (three, four) in threes.iter_mut().zip(whole) {
        let bits = bits_of(*four);
        seen |= bits;
        let [_, first, second, third] = bits.to_be_bytes();
        *three = [first, second, third];
    }
    let [_, first, second, _] = last.to_be_bytes();
    match rest {
        [one] => *one = first,
        [one, two] => (*one, *two) = (first, second),
        _ => {}
    }
    (seen < NONE && last & spare_bits == 0).then_some(room)
}

/// What is decoded without a heap: more than most sessions.
const ROOM: usize = 256;

/// Decodes URL-safe base64 as [`decode_lenient`] does and hands out the bytes, nearly always without
/// an allocation.
pub(crate) fn with_decoded<T>(text: &[u8], read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let mut room = [0; ROOM];
    if let Some(bytes) = decode_strict(text, &mut room) {
        return Some(read(bytes));
    }
    decode_lenient(text, Alphabet::UrlSafe).map(|bytes| read(&bytes))
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
    if alphabet == Alphabet::UrlSafe {
        let mut bytes = vec![0; text.len().div_ceil(4) * 3];
        if let Some(length) = decode_strict(text, &mut bytes).map(<[u8]>::len) {
            bytes.truncate(length);
            return Some(bytes);
        }
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
    fn texts_of_every_length_read_back() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode_standard(bytes.as_bytes()), text);
        }
        let bytes: Vec<u8> = (0..=255).rev().chain(0..=255).chain(0..=255).collect();
        for end in 0..bytes.len() {
            let (bytes, mut text) = (&bytes[..end], Vec::new());
            encode_url_safe(bytes, &mut text);
            assert!(!text.contains(&b'+') && !text.contains(&b'/'));
            assert_eq!(decode_strict(&text, &mut [0; 800]), Some(bytes));
            assert_eq!(with_decoded(&text, <[u8]>::to_vec).as_deref(), Some(bytes));
            assert_eq!(
                decode_lenient(&text, Alphabet::UrlSafe).as_deref(),
                Some(bytes)
            );
            let standard = encode_standard(bytes);
            let read = decode_lenient(standard.as_bytes(), Alphabet::Standard);
            assert_eq!(read.as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_does_not_fit_is_not_decoded() {
        assert_eq!(decode_strict(b"YWI", &mut [0; 1]), None);
        assert_eq!(decode_strict(b"YWI", &mut [0; 2]), Some(&b"ab"[..]));
    }

    #[test]
    fn strict_text_has_one_spelling() {
        let mut room = [0; 8];
        assert_eq!(decode_strict(b"YQ", &mut room), Some(&b"a"[..]));
        for text in [
            "Y", "YR", "YWJ", "YQ=", "YQ==", "Y Q", "YQ\n", "YW/j", "YW+j",
        ] {
            assert_eq!(decode_strict(text.as_bytes(), &mut room), None, "{text}");
        }
    }
}
