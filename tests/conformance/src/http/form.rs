//! `form.jsonl`.

use std::task::{Context, Poll};

use bytes::Bytes;
use carafe::error::http_error::HttpError;
use carafe::form::{FileStorage, FormData, FormLimits, parse_form};
use carafe::headers::latin1;
use carafe::{App, Error, RequestBody, Scaffold, request};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use super::served::{Kept, Pieces, answer, ready};
use super::{Answer, Failure, input};

pub(super) fn form(input: &Value) -> Answer {
    // A request refuses a chunked body that is too long, where Werkzeug cuts it off; the parser cuts too.
    let is_cut =
        input["content_length"].is_null() && limits(&input["limits"]).max_content_length.is_some();
    match is_cut {
        true => parsed(input),
        false => requested(input),
    }
}

/// The body in pieces; a server never hands on more than was announced, and fails when less arrives.
fn pieces(input: &Value) -> impl Iterator<Item = Result<Bytes, HttpError>> + Send + 'static {
    let mut body = input::bytes(&input["body"]);
    let content_length = input["content_length"].as_u64();
    let announced = content_length.and_then(|length| usize::try_from(length).ok());
    let is_cut_off = announced.is_some_and(|length| length > body.len());
    body.truncate(announced.unwrap_or(body.len()));
    let pieces: Vec<Bytes> = body.chunks(8192).map(Bytes::copy_from_slice).collect();
    let end = is_cut_off.then(|| Err(HttpError::bad_request()));
    pieces.into_iter().map(Ok).chain(end)
}

fn parsed(input: &Value) -> Answer {
    let mut pieces = pieces(input);
    let data = ready(parse_form(
        input::text(input, "content_type"),
        input["content_length"].as_u64(),
        limits(&input["limits"]),
        |_: &mut Context<'_>| Poll::Ready(pieces.next()),
    ));
    let FormData { form, files } = data.map_err(|error| failed(error.code()))?;
    Ok(json!({"form": input::lists(&form), "files": listed(files.lists_with_nameless())?}))
}

/// Reads the form of a request, in a view.
fn requested(input: &Value) -> Answer {
    let limits = limits(&input["limits"]);
    let mut app = App::new("conformance");
    app.config
        .max_content_length(limits.max_content_length)
        .max_form_memory_size(limits.max_form_memory_size)
        .max_form_parts(limits.max_form_parts);
    let kept = Kept::default();
    let read = kept.clone();
    let view = move || {
        let read = read.clone();
        async move {
            let request = request();
            let (form, files) = (request.form().await?, request.files().await?);
            let files = listed(files.lists_with_nameless());
            read.put(files.map(|files| json!({"form": input::lists(form), "files": files})));
            Ok::<_, Error>("")
        }
    };
    app.post("/", view).endpoint("form");
    let mut sent = http::Request::post("/").header("host", "localhost");
    if let Some(content_type) = latin1::header_value(input::text(input, "content_type")) {
        sent = sent.header(CONTENT_TYPE, content_type);
    }
    if let Some(length) = input["content_length"].as_u64() {
        sent = sent.header(CONTENT_LENGTH, length);
    }
    let response = answer(app, sent.body(RequestBody::new(Pieces(pieces(input))))?)?;
    match kept.take() {
        Some(read) => read,
        None => Err(failed(response.status().as_u16())),
    }
}

fn failed(status: u16) -> Failure {
    Failure {
        status: Some(status),
        ..Failure::default()
    }
}

fn listed<'a>(files: impl Iterator<Item = (Option<&'a str>, &'a [FileStorage])>) -> Answer {
    let lists = files.map(|(name, list)| {
        let list = list.iter().map(file).collect::<Result<Vec<_>, _>>()?;
        Ok(json!([name, list]))
    });
    lists.collect()
}

fn limits(limits: &Value) -> FormLimits {
    let mut read = FormLimits::default();
    read.max_content_length = limits["max_content_length"].as_u64();
    read.max_form_memory_size = limits["max_form_memory_size"].as_u64();
    read.max_form_parts = limits["max_form_parts"].as_u64();
    read
}

fn file(file: &FileStorage) -> Answer {
    Ok(json!({
        "filename": file.filename(),
        "content_type": file.content_type(),
        "mimetype": file.mimetype(),
        "headers": file.headers().collect::<Vec<_>>(),
        "content": hex(&file.read()?),
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes out what a record abbreviates: contents in hexadecimal, long values in full.
pub(super) fn in_full(want: &Value) -> Value {
    match want {
        Value::Array(items) => items.iter().map(in_full).collect(),
        Value::Object(members) if members.contains_key("repeat") => {
            json!(String::from_utf8_lossy(&input::bytes(want)))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let value = match name.as_str() {
                    "content" => json!(hex(&input::bytes(value))),
                    _ => in_full(value),
                };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
