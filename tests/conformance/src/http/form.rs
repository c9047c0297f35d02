//! `form.jsonl`.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use carafe::error::http_error::HttpError;
use carafe::form::{FileStorage, FormLimits, parse_form};
use serde_json::{Map, Value, json};

use super::{Answer, Failure, input};

pub(super) fn form(input: &Value) -> Answer {
    let mut body = input::bytes(&input["body"]);
    let content_length = input["content_length"].as_u64();
    let announced = content_length.and_then(|length| usize::try_from(length).ok());
    let is_cut_off = announced.is_some_and(|length| length > body.len());
    // A server never hands on more than was announced, and fails when less arrives.
    body.truncate(announced.unwrap_or(body.len()));
    let mut chunks = body.chunks(8192);
    let next_chunk = |_: &mut Context<'_>| {
        Poll::Ready(match chunks.next() {
            Some(chunk) => Some(Ok(Bytes::copy_from_slice(chunk))),
            None if is_cut_off => Some(Err(HttpError::bad_request())),
            None => None,
        })
    };
    let content_type = input::text(input, "content_type");
    let data = ready(parse_form(
        content_type,
        content_length,
        limits(&input["limits"]),
        next_chunk,
    ));
    let data = data.map_err(|error| Failure {
        status: Some(error.code()),
        ..Failure::default()
    })?;
    let mut files = Vec::new();
    for (name, list) in data.files.lists_with_nameless() {
        files.push(json!([
            name,
            list.iter().map(file).collect::<Result<Vec<_>, _>>()?
        ]));
    }
    Ok(json!({"form": input::lists(&data.form), "files": files}))
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

/// Returns what a future gives that never has to wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}
