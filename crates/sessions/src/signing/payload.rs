//! The payload of a URL-safe token: zlib where that is shorter, then base64.

use crate::signing::base64::{Alphabet, decode_lenient, encode_url_safe};
use crate::signing::error::{SignError, SignErrorKind};
use crate::signing::zlib::Zlib;

/// Returns the payload's text. *itsdangerous:* `URLSafeSerializerMixin.dump_payload`.
pub(crate) fn encode(json: &[u8], zlib: &Zlib) -> Vec<u8> {
    // Room for the timestamp and the signature that follow.
    let mut text = Vec::with_capacity(json.len() * 4 / 3 + 64);
    match zlib.compress(json) {
        Some(compressed) => {
            text.push(b'.');
            encode_url_safe(&compressed, &mut text);
        }
        None => encode_url_safe(json, &mut text),
    }
    text
}

/// Reads the payload's text. *itsdangerous:* `URLSafeSerializerMixin.load_payload`.
pub(crate) fn decode(text: &[u8], zlib: &Zlib) -> Result<Vec<u8>, SignError> {
    let bad = || SignError::new(SignErrorKind::BadPayload);
    let (compressed, text) = match text.strip_prefix(b".") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let bytes = decode_lenient(text, Alphabet::UrlSafe).ok_or_else(bad)?;
    match compressed {
        true => zlib.decompress(&bytes).ok_or_else(bad),
        false => Ok(bytes),
    }
}
