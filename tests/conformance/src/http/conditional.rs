//! `conditional.jsonl`.

use std::borrow::Cow;

use carafe::headers::conditional::Conditions;
use carafe::headers::status::status_line;
use carafe::headers::{date, etag, latin1};
use carafe::{App, Error, Request, RequestBody, Response, Scaffold};
use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::served::{Kept, answer};
use super::{Answer, Failure, input};

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
    let units = match &input["accept_ranges"] {
        Value::Bool(true) => Some("bytes".to_owned()),
        units => units.as_str().map(str::to_owned),
    };
    let complete = input["complete_length"].as_u64();
    // What the record wants of a response is wrong before the view is called.
    response(&input["response"])?;
    let (raised, wanted) = (Kept::default(), input["response"].clone());
    let kept = raised.clone();
    let view = move |request: Request| -> carafe::Result {
        let response = response(&wanted).map_err(|_| Error::msg("no such response"))?;
        let made = match &units {
            Some(units) => response.make_conditional_with_ranges(&request, units, complete),
            None => response.make_conditional(&request),
        };
        made.inspect_err(|_| kept.put(()))
    };
    let mut app = App::new("conformance");
    app.route("/", view)
        .methods([method.as_str()])
        .endpoint("conditional");
    let mut sent = http::Request::new(RequestBody::default());
    *sent.method_mut() = method;
    *sent.headers_mut() = header_map(input)?;
    let sent = answer(app, sent)?;
    let mut told = json!({
        "status": status_line(i64::from(sent.status().as_u16())),
        "headers": sorted(sent.headers()),
    });
    match raised.take() {
        Some(()) => told["raised"] = json!(true),
        None => told["body"] = json!({"utf8": String::from_utf8_lossy(sent.body())}),
    }
    Ok(told)
}

/// The response that is to be made conditional.
fn response(wanted: &Value) -> Result<Response, Failure> {
    let code = wanted["status"].as_u64();
    let code = code.and_then(|code| u16::try_from(code).ok());
    let mut response = Response::new(input::bytes(&wanted["body"]));
    response
        .set_status(code.unwrap_or_default())
        .map_err(|_| Failure::default())?;
    let mut headers = header_map(wanted)?;
    for (name, value) in [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (DATE, "Sat, 18 Apr 2026 08:13:20 GMT"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    *response.headers_mut() = headers;
    Ok(response)
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
