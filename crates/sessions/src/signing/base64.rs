//! Base64 as Python reads and writes it.
//!
//! Written out rather than taken from a crate: a cookie is three pieces of a few bytes each, for
//! which getting ready costs more than the work does.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What stands for a byte that is no character of the alphabet: more than six bits.
const NONE: u32 = 0xff;

/// The six bits of each character of the URL-safe alphabet.
const SIX_BITS: [u32; 256] = six_bits();

const fn six_bits() -> [u32; 256] {
    let mut bits = [NONE; 256];
    let mut place = 0;
    while place < 64 {
        bits[URL_SAFE[place] as usize] = place as u32;
        place += 1;
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
    text.reserve(bytes.len().div_ceil(3) * 4);
    let (whole, rest) = bytes.as_chunks();
    for three in whole {
        text.extend_from_slice(&characters(*three));
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
    let (whole, rest) = text.as_chunks::<4>();
    let (length, spare_bits) = match rest.len() {
        0 => (whole.len() * 3, 0),
        2 => (whole.len() * 3 + 1, 0xffff),
        3 => (whole.len() * 3 + 2, 0xff),
        _ => return None,
    };
    let room = room.get_mut(..length)?;
    let (threes, last) = room.as_chunks_mut::<3>();
    // Looked at once, at the end: a text is nearly always good.
    let mut seen = 0;
    for (characters, bytes) in whole.iter().zip(threes) {
        let six = characters.map(|character| SIX_BITS[usize::from(character)]);
        seen |= six[0] | six[1] | six[2] | six[3];
        let [_, first, second, third] =
            (six[0] << 18 | six[1] << 12 | six[2] << 6 | six[3]).to_be_bytes();
        *bytes = [first, second, third];
    }
    let mut bits = 0;
    for (character, shift) in rest.iter().zip([18, 12, 6]) {
        let six = SIX_BITS[usize::from(*character)];
        seen |= six;
        bits |= six << shift;
    }
    for (byte, value) in last.iter_mut().zip(bits.to_be_bytes().into_iter().skip(1)) {
        *byte = value;
    }
    (seen < 64 && bits & spare_bits == 0).then_some(room)
}

/// What is decoded without a heap: more than most sessions.
const ROOM: usize = 512;

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
