//! Any query string is read, and any URL is converted or refused.
#![no_main]

use carafe::uri::current::get_current_url;
use carafe::uri::query::parse_query;
use carafe::uri::{iri_to_uri, uri_to_iri};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).count();
    assert_eq!(parse_query(text).items_multi().count(), pairs);
    let text = String::from_utf8_lossy(text);
    if let Ok(uri) = iri_to_uri(&text) {
        let _ = uri_to_iri(&uri);
    }
    let _ = uri_to_iri(&text);
    let _ = get_current_url("http", &text, Some(&text), Some(&text), Some(text.as_bytes()));
});
