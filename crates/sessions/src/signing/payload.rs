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
pub(crate) fn compress(json: &[u8]) -> Option<Vec<u8>> {
    // The header, the shortest block and the checksum of zlib take eleven bytes, and what is as
    // short as this has nothing that repeats often enough.
    if json.len() < 14 {
        return None;
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(json).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() + 1 < json.len()).then_some(compressed)
}

/// Decompresses a whole zlib stream. *Python:* `zlib.decompress`, which ignores nothing after it.
pub(crate) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes).take(MAX_DECOMPRESSED + 1);
    decoder.read_to_end(&mut json).ok()?;
    let within = json.len() as u64 <= MAX_DECOMPRESSED;
    within.then_some(json)
}
