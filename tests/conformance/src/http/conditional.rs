//! `conditional.jsonl`.

use std::borrow::Cow;

use carafe::headers::conditional::{BodyLength, BodyPart, Conditions, make_conditional};
use carafe::headers::finish::{finish_headers, sends_body};
use carafe::headers::{date, etag, latin1};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, Failure, errors, input};

pub(super) fn is_resource_modified(input: &Value) -> Answer {
    let header = |name: &str| input::optional(input, name).map(Cow::Borrowed);
    let conditions = Conditions {
        range: header("range"),
        if_range: header("if_range"),
        if_modified_since: header("if_modified_since"),
        if_none_match: header("if_none_match"),
        if_match: header("if_match"),
    };
    let etag = match (&input["etag"], &input["data"]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, data) => Some(etag::generate_etag(&input::bytes(data))),
        (etag, Value::Null) => etag.as_str().map(str::to_owned),
        _ => return Err(Failure::default()),
    };
    let last_modified = match input["last_modified"]["text"].as_str() {
        Some(text) => date::parse_date(text).map(|date| date.unix()),
        None => input::moment(&input["last_modified"]),
    };
    let ignore_if_range = input["ignore_if_range"] == Value::Bool(true);
    let modified = conditions.is_modified(etag.as_deref(), last_modified, ignore_if_range);
    Ok(json!({"modified": modified}))
}

pub(super) fn conditional(input: &Value) -> Answer {
    let method = Method::from_bytes(input::text(input, "method").as_bytes())?;
    let response = &input["response"];
    let code = response["status"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    let mut status = StatusCode::from_u16(code.unwrap_or_default())?;
    let mut headers = header_map(response)?;
    headers.insert(
        "content-type",
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        "date",
        HeaderValue::from_static("Sat, 18 Apr 2026 08:13:20 GMT"),
    );
    let body = input::bytes(&response["body"]);
    let length = u64::try_from(body.len()).ok();
    let accept_ranges = match &input["accept_ranges"] {
        Value::Bool(true) => Some("bytes"),
        units => units.as_str(),
    };
    let part = make_conditional(
        (&method, &header_map(input)?),
        &mut status,
        &mut headers,
        accept_ranges,
        BodyLength {
            complete: input["complete_length"].as_u64(),
            actual: length,
        },
    );
    let part = match part {
        Ok(part) => part,
        Err(error) => {
            let mut answer = errors::page(&error, &Method::GET)?;
            let keep = ["status", "headers"];
            answer
                .as_object_mut()
                .ok_or_else(Failure::default)?
                .retain(|name, _| keep.contains(&name.as_str()));
            answer["raised"] = json!(true);
            return Ok(answer);
        }
    };
    finish_headers(status, &mut headers, length)?;
    let sent = match part {
        _ if !sends_body(&method, status) => &[],
        BodyPart::Whole => body.as_slice(),
        BodyPart::Range(start, stop) => {
            let range = usize::try_from(start)?..usize::try_from(stop)?.min(body.len());
            body.get(range).unwrap_or_default()
        }
    };
    Ok(json!({
        "status": carafe::headers::status::status_line(i64::from(status.as_u16())),
        "headers": sorted(&headers),
        "body": {"utf8": String::from_utf8_lossy(sent)},
    }))
}

fn header_map(input: &Value) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in input::pairs(input, "headers") {
        let value = latin1::header_value(value.as_str().unwrap_or_default());
        let name = HeaderName::from_bytes(name.as_bytes())?;
        headers.append(name, value.ok_or_else(Failure::default)?);
    }
    Ok(headers)
}

/// Lists headers by name, written as Werkzeug writes them.
pub(super) fn sorted(headers: &HeaderMap) -> Value {
    let mut sorted: Vec<_> = headers.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    sorted
        .into_iter()
        .map(|(name, value)| json!([cased(name), latin1::decode(value.as_bytes())]))
        .collect()
}

fn cased(name: &HeaderName) -> String {
    match name.as_str() {
        "etag" => return "ETag".to_owned(),
        "www-authenticate" => return "WWW-Authenticate".to_owned(),
        _ => {}
    }
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    };
    name.as_str()
        .split('-')
        .map(capital)
        .collect::<Vec<_>>()
        .join("-")
}
