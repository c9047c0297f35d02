//! The last changes to a response's headers before they are sent. Werkzeug: `Response.get_wsgi_headers`.

use http::header::{
    ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_RANGE, CONTENT_TYPE, HeaderName, LAST_MODIFIED, LOCATION, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::uri::{InvalidUri, iri_to_uri};

/// The headers about a body, but for `Expires` and `Content-Location`, which a 304 repeats.
const ENTITY_HEADERS: [HeaderName; 8] = [
    ALLOW,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    CONTENT_RANGE,
    CONTENT_TYPE,
    LAST_MODIFIED,
];

/// The headers about a connection, which nobody passes on.
const HOP_BY_HOP_HEADERS: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes the headers about a body, but for `Expires` and `Content-Location`.
///
/// *Werkzeug:* `remove_entity_headers`.
pub fn remove_entity_headers(headers: &mut HeaderMap) {
    for name in ENTITY_HEADERS {
        headers.remove(name);
    }
}

/// Removes the headers about a connection, for an app that passes on what another server answered.
///
/// *Werkzeug:* `remove_hop_by_hop_headers`.
pub fn remove_hop_by_hop_headers(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP_HEADERS {
        headers.remove(name);
    }
}

/// Tells whether a response has a body on the wire: not for `HEAD`, nor with 1xx, 204 or 304.
pub fn sends_body(method: &Method, status: StatusCode) -> bool {
    *method != Method::HEAD && may_have_body(status)
}

fn may_have_body(status: StatusCode) -> bool {
    !status.is_informational()
        && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// Brings headers into the form that is sent: URLs as ASCII, and a length only where there is a body.
///
/// `body_length` is the length of the body, where that is known without reading it.
///
/// *Werkzeug:* `Response.get_wsgi_headers`.
///
/// # Errors
///
/// Fails when `Location` or `Content-Location` is no URL.
#[inline]
pub fn finish_headers(
    status: StatusCode,
    headers: &mut HeaderMap,
    body_length: Option<u64>,
) -> Result<(), InvalidUri> {
    // Few responses have either, and a look over the names costs less than two searches.
    let is_url = |name: &HeaderName| *name == LOCATION || *name == CONTENT_LOCATION;
    if headers.keys().any(is_url) {
        urls_in_ascii(headers)?;
    }
    match may_have_body(status) {
        true => {
            if let Some(length) = body_length {
                insert_length(headers, length);
            }
        }
        false => leave_out_body(status, headers),
    }
    Ok(())
}

#[cold]
fn urls_in_ascii(headers: &mut HeaderMap) -> Result<(), InvalidUri> {
    for name in [LOCATION, CONTENT_LOCATION] {
        if let Some(value) = headers.get(&name) {
            let uri = iri_to_uri(&String::from_utf8_lossy(value.as_bytes()))?;
            let value = HeaderValue::from_str(&uri)
                .map_err(|_| InvalidUri::new("a character that no header may hold"))?;
            headers.insert(name, value);
        }
    }
    Ok(())
}

#[cold]
fn insert_length(headers: &mut HeaderMap, length: u64) {
    if !headers.contains_key(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, length.into());
    }
}

#[cold]
fn leave_out_body(status: StatusCode, headers: &mut HeaderMap) {
    match status {
        StatusCode::NOT_MODIFIED => remove_entity_headers(headers),
        _ => drop(headers.remove(CONTENT_LENGTH)),
    }
}
