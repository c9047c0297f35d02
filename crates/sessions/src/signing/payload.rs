//! The payload of a URL-safe token: zlib where that is shorter, then base64.

use crate::signing::base64::{encode_url_safe, with_decoded};
use crate::signing::error::{SignError, SignErrorKind};
use crate::signing::zlib::Zlib;

/// Appends the payload's text. *itsdangerous:* `URLSafeSerializerMixin.dump_payload`.
pub(crate) fn encode(json: &[u8], zlib: &Zlib, text: &mut Vec<u8>) {
    // Room for the timestamp and the signature that follow.
    text.reserve(json.len() * 4 / 3 + 64);
    match zlib.compress(json) {
        Some(compressed) => {
            text.push(b'.');
            encode_url_safe(&compressed, text);
        }
        None => encode_url_safe(json, text),
    }
}

/// Reads the payload's text. *itsdangerous:* `URLSafeSerializerMixin.load_payload`.
pub(crate) fn decode<T>(
    text: &[u8],
    zlib: &Zlib,
    read: impl FnOnce(&[u8]) -> Result<T, SignError>,
) -> Result<T, SignError> {
    let bad = || SignError::new(SignErrorKind::BadPayload);
    let read = match text.strip_prefix(b".") {
        Some(rest) => with_decoded(rest, |bytes| read(&zlib.decompress(bytes).ok_or_else(bad)?)),
        None => with_decoded(text, read),
    };
    read.ok_or_else(bad)?
}
