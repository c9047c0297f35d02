//! The payload of a URL-safe token: zlib where that is shorter, then base64.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::signing::base64::{Alphabet, decode_lenient, encode_url_safe};
use crate::signing::error::{SignError, SignErrorKind};

/// What a payload may grow to: far beyond any cookie, far below a machine's memory.
const MAX_DECOMPRESSED: u64 = 64 * 1024 * 1024;

/// Returns the payload's text. *itsdangerous:* `URLSafeSerializerMixin.dump_payload`.
pub(crate) fn encode(json: &[u8]) -> Vec<u8> {
    // Room for the timestamp and the signature that follow.
    let mut text = Vec::with_capacity(json.len() * 4 / 3 + 64);
    match compress(json) {
        Some(compressed) => {
            text.push(b'.');
            encode_url_safe(&compressed, &mut text);
        }
        None => encode_url_safe(json, &mut text),
    }
    text
}

/// Reads the payload's text. *itsdangerous:* `URLSafeSerializerMixin.load_payload`.
pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, SignError> {
    let bad = || SignError::new(SignErrorKind::BadPayload);
    let (compressed, text) = match text.strip_prefix(b".") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let bytes = decode_lenient(text, Alphabet::UrlSafe).ok_or_else(bad)?;
    match compressed {
        true => decompress(&bytes).ok_or_else(bad),
        false => Ok(bytes),
    }
}

/// Compresses what gets shorter by more than one byte.
fn compress(json: &[u8]) -> Option<Vec<u8>> {
    if is_hopeless(json) {
        return None;
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(json).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() + 1 < json.len()).then_some(compressed)
}

/// Tells short texts that zlib cannot shorten, without asking it.
///
/// Below 64 bytes a code made for the text costs more than it saves, and only repeats help. A
/// match saves at most eight bits for each place whose three bytes came before, and four more;
/// the frame of zlib costs nine bytes. Seven such places are therefore too few.
fn is_hopeless(json: &[u8]) -> bool {
    if json.len() >= 64 {
        return false;
    }
    // A set of hashes: two that collide only make zlib be asked in vain.
    let mut seen = [0_u64; 32];
    let mut repeats = 0;
    for window in json.windows(3) {
        let [one, two, three] = *window else { continue };
        let key = u32::from(one) | u32::from(two) << 8 | u32::from(three) << 16;
        let hash = key.wrapping_mul(0x9e37_79b1) >> 21;
        let (word, bit) = ((hash >> 6) as usize, 1 << (hash & 63));
        repeats += usize::from(seen[word] & bit != 0);
        seen[word] |= bit;
    }
    repeats <= 7
}

/// Decompresses a whole zlib stream. *Python:* `zlib.decompress`, which ignores nothing after it.
fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes).take(MAX_DECOMPRESSED + 1);
    decoder.read_to_end(&mut json).ok()?;
    let within = json.len() as u64 <= MAX_DECOMPRESSED;
    within.then_some(json)
}
