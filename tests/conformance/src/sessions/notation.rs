//! The recorded form of values and bytes, and how answers are compared.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe_sessions::{BigInt, Custom, DateTime, Dict, Markup, Text, Uuid, Value};
use serde_json::{Map, Value as Json, json};

/// Names whose text is a part of the result; any other error only says that a call failed.
const NAMED: [&str; 4] = [
    "BadSignature",
    "BadTimeSignature",
    "SignatureExpired",
    "BadPayload",
];

/// Compares an answer with what was recorded.
pub(super) fn compare(answer: &Json, want: &Json) -> Result<(), String> {
    match same(answer, want) {
        true => Ok(()),
        false => Err(format!("want {want}\n got {answer}")),
    }
}

fn same(answer: &Json, want: &Json) -> bool {
    match (answer, want) {
        (Json::Object(answer), Json::Object(want)) => same_object(answer, want),
        (Json::Array(answer), Json::Array(want)) => {
            answer.len() == want.len() && answer.iter().zip(want).all(|(a, w)| same(a, w))
        }
        _ => answer == want,
    }
}

fn same_object(answer: &Map<String, Json>, want: &Map<String, Json>) -> bool {
    if let Some(repeat) = want.get("repeat") {
        let (text, times) = (repeat[0].as_str(), repeat[1].as_u64());
        let whole = text
            .zip(times)
            .map(|(text, times)| text.repeat(times as usize));
        return whole.is_some() && answer.get("str").and_then(Json::as_str) == whole.as_deref();
    }
    if answer.len() != want.len() {
        return false;
    }
    want.iter().all(|(key, want)| {
        let Some(answer) = answer.get(key) else {
            return false;
        };
        match key.as_str() {
            "error" | "session_error" => same_error(answer, want),
            "dict" => same_entries(answer, want),
            "datetime" => same_instant(answer, want),
            "float" => same_float(answer, want),
            _ => same(answer, want),
        }
    })
}

fn same_error(answer: &Json, want: &Json) -> bool {
    let named = |name: &Json| name.as_str().is_some_and(|name| NAMED.contains(&name));
    match named(want) {
        true => answer == want,
        false => answer.is_null() == want.is_null() && !named(answer),
    }
}

fn same_entries(answer: &Json, want: &Json) -> bool {
    let (Some(answer), Some(want)) = (answer.as_array(), want.as_array()) else {
        return false;
    };
    answer.len() == want.len()
        && want
            .iter()
            .all(|entry| answer.iter().any(|other| same(other, entry)))
}

fn same_instant(answer: &Json, want: &Json) -> bool {
    let instant = |text: &Json| DateTime::parse(text.as_str()?);
    instant(answer).is_some() && instant(answer) == instant(want)
}

fn same_float(answer: &Json, want: &Json) -> bool {
    let bits = |text: &Json| text.as_str()?.parse::<f64>().ok().map(f64::to_bits);
    bits(answer).is_some() && bits(answer) == bits(want)
}

/// Reads a text; lone surrogates, which JSON of serde cannot hold, are not among them.
pub(super) fn text(input: &Json) -> Result<&str, String> {
    input.as_str().ok_or_else(|| format!("not a text: {input}"))
}

/// Reads a time in seconds since 1970.
pub(super) fn time(input: &Json) -> Result<SystemTime, String> {
    let seconds = input.as_u64().ok_or("not a time")?;
    Ok(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Reads key-style bytes.
pub(super) fn bytes(input: &Json) -> Result<Vec<u8>, String> {
    match (input["utf8"].as_str(), input["hex"].as_str()) {
        (Some(text), _) => Ok(text.as_bytes().to_vec()),
        (_, Some(hex)) => from_hex(hex),
        _ => Err(format!("not bytes: {input}")),
    }
}

/// Writes key-style bytes.
pub(super) fn bytes_out(bytes: &[u8]) -> Json {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!({"utf8": text}),
        Err(_) => json!({"hex": to_hex(bytes)}),
    }
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> Result<Vec<u8>, String> {
    (0..hex.len())
        .step_by(2)
        .map(|at| {
            hex.get(at..at + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| format!("not hex: {hex}"))
        })
        .collect()
}

/// Reads a value in the recorded notation.
pub(super) fn value(input: &Json) -> Result<Value, String> {
    let bad = || format!("not a value: {input}");
    let (kind, content) = input
        .as_object()
        .and_then(|members| members.iter().next())
        .ok_or_else(bad)?;
    Ok(match kind.as_str() {
        "null" => Value::Null,
        "bool" => Value::Bool(content == true),
        "int" => integer(text(content)?)?,
        "float" => Value::Float(text(content)?.parse().map_err(|_| bad())?),
        "str" => Value::from(text(content)?),
        "repeat" => {
            let times = content[1].as_u64().ok_or_else(bad)? as usize;
            Value::from(text(&content[0])?.repeat(times))
        }
        "list" => Value::List(values(content)?),
        "tuple" => Value::Tuple(values(content)?),
        "bytes" => Value::Bytes(from_hex(text(content)?)?),
        "markup" => Value::Markup(Markup::from(text(content)?)),
        "uuid" => Value::Uuid(text(content)?.parse::<Uuid>().map_err(|_| bad())?),
        "datetime" => Value::DateTime(DateTime::parse(text(content)?).ok_or_else(bad)?),
        "dict" => Value::Dict(dict(content)?),
        "dataclass" => plain(Value::Dict(dict(content)?)),
        "date" => {
            let midnight = format!("{}T00:00:00", text(content)?);
            let date = DateTime::parse(&midnight).ok_or_else(bad)?;
            Value::from(date.to_http_date())
        }
        "decimal" => Value::from(text(content)?),
        // Nothing that a session can hold, and so nothing that any tag claims.
        "set" => Value::from(Custom::new("set", Value::List(values(content)?))),
        _ => return Err(format!("no such kind of value: {kind}")),
    })
}

/// Does to a value what the JSON provider does to a dataclass: tags never see its inside.
fn plain(value: Value) -> Value {
    match value {
        Value::List(items) | Value::Tuple(items) => {
            Value::List(items.into_iter().map(plain).collect())
        }
        Value::Dict(dict) => {
            let entries = dict.into_iter().map(|(key, value)| (key, plain(value)));
            Value::Dict(entries.collect())
        }
        Value::DateTime(date) => date.to_http_date().into(),
        Value::Uuid(uuid) => uuid.to_string().into(),
        Value::Markup(markup) => markup.text().clone().into(),
        other => other,
    }
}

fn integer(digits: &str) -> Result<Value, String> {
    match digits.parse::<i64>() {
        Ok(number) => Ok(Value::Int(number)),
        Err(_) => digits
            .parse::<BigInt>()
            .map(Value::BigInt)
            .map_err(|error| error.to_string()),
    }
}

fn values(input: &Json) -> Result<Vec<Value>, String> {
    let items = input.as_array().ok_or("not a list")?;
    items.iter().map(value).collect()
}

fn dict(input: &Json) -> Result<Dict, String> {
    let entries = input.as_array().ok_or("not a list of entries")?;
    entries
        .iter()
        .map(|entry| Ok((Text::from(text(&entry[0])?), value(&entry[1])?)))
        .collect()
}

/// Writes a value in the recorded notation.
pub(super) fn value_out(value: &Value) -> Json {
    match value {
        Value::Null => json!({"null": null}),
        Value::Bool(value) => json!({"bool": value}),
        Value::Int(number) => json!({"int": number.to_string()}),
        Value::BigInt(number) => json!({"int": number.as_str()}),
        Value::Float(number) => json!({"float": number.to_string()}),
        Value::Str(text) => json!({"str": text.to_string_lossy()}),
        Value::List(items) => json!({"list": items.iter().map(value_out).collect::<Vec<_>>()}),
        Value::Tuple(items) => json!({"tuple": items.iter().map(value_out).collect::<Vec<_>>()}),
        Value::Dict(dict) => dict_out(dict),
        Value::Bytes(bytes) => json!({"bytes": to_hex(bytes)}),
        Value::Markup(markup) => json!({"markup": markup.text().to_string_lossy()}),
        Value::Uuid(uuid) => json!({"uuid": uuid.to_string()}),
        Value::DateTime(date) => json!({"datetime": date.to_string()}),
        other => json!({"other": format!("{other:?}")}),
    }
}

/// Writes a dictionary in the recorded notation.
pub(super) fn dict_out(dict: &Dict) -> Json {
    let entries: Vec<Json> = dict
        .iter()
        .map(|(key, value)| json!([key.to_string_lossy(), value_out(value)]))
        .collect();
    json!({"dict": entries})
}
