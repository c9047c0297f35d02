//! `urls.jsonl`.

use carafe::uri;
use carafe::uri::current::get_current_url;
use carafe::uri::query::parse_query;
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn iri_to_uri(input: &Value) -> Answer {
    Ok(json!({"text": uri::iri_to_uri(input::text(input, "text"))?}))
}

pub(super) fn uri_to_iri(input: &Value) -> Answer {
    Ok(json!({"text": uri::uri_to_iri(input::text(input, "text"))?}))
}

pub(super) fn current_url(input: &Value) -> Answer {
    let url = get_current_url(
        input::text(input, "scheme"),
        input::text(input, "host"),
        input::optional(input, "root_path"),
        input::optional(input, "path"),
        input::optional(input, "query")
            .map(input::header_bytes)
            .as_deref(),
    )?;
    Ok(json!({"text": url}))
}

pub(super) fn query_string(input: &Value) -> Answer {
    let args = parse_query(&input::header_bytes(input::text(input, "query")));
    Ok(json!({"lists": input::lists(&args)}))
}
