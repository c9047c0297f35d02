//! `urls.jsonl`.

use carafe::headers::finish::{finish_headers, sends_body};
use carafe::headers::status::status_line;
use carafe::uri;
use carafe::uri::current::get_current_url;
use carafe::uri::query::parse_query;
use carafe::{IntoResponse, redirect as redirect_to};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::conditional::sorted;
use super::{Answer, Failure, input};

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

pub(super) fn redirect(input: &Value) -> Answer {
    let mut redirect = redirect_to(input::text(input, "location"));
    if let Some(code) = input["code"].as_u64() {
        redirect = redirect.code(StatusCode::from_u16(u16::try_from(code)?)?);
    }
    let mut response = redirect.into_response().map_err(|_| Failure::default())?;
    let status = response.status();
    let body = String::from_utf8_lossy(response.body().as_bytes().unwrap_or_default()).into_owned();
    finish_headers(
        status,
        response.headers_mut(),
        u64::try_from(body.len()).ok(),
    )?;
    Ok(json!({
        "status": status_line(i64::from(status.as_u16())),
        "headers": sorted(response.headers()),
        "body": if sends_body(&Method::GET, status) { body } else { String::new() },
    }))
}
