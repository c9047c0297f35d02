//! The notation of typed values, as Carafe's values and back.

use carafe_sessions::{DateTime, Dict, Markup, Value as Typed};
use serde_json::{Value, json};

use super::{Failure, input};

/// Reads a value from the notation.
///
/// What Python knows and Carafe has no value for, a set, fails here as it fails in Python's JSON.
pub(super) fn read(value: &Value) -> Result<Typed, Failure> {
    let (kind, inner) = value
        .as_object()
        .and_then(|object| object.iter().next())
        .ok_or_else(Failure::default)?;
    let text = inner.as_str();
    let read = match kind.as_str() {
        "null" => Some(Typed::Null),
        "bool" => inner.as_bool().map(Typed::Bool),
        "int" => text.and_then(int),
        "float" => text.and_then(|text| text.parse().ok()).map(Typed::Float),
        "str" | "decimal" => text.map(Into::into),
        "markup" => text.map(|text| Typed::Markup(Markup::new(text))),
        "uuid" => text.and_then(|text| text.parse().ok()).map(Typed::Uuid),
        "datetime" => text.and_then(DateTime::parse).map(Typed::DateTime),
        "date" => text
            .and_then(|date| DateTime::parse(&format!("{date}T00:00:00")))
            .map(Typed::DateTime),
        "bytes" => Some(Typed::Bytes(input::bytes(&json!({"hex": inner})))),
        "list" => return items(inner).map(Typed::List),
        "tuple" => return items(inner).map(Typed::Tuple),
        "dict" | "dataclass" => return dict(inner).map(Typed::Dict),
        _ => None,
    };
    read.ok_or_else(Failure::default)
}

/// Reads the entries of a mapping.
pub(super) fn dict(entries: &Value) -> Result<Dict, Failure> {
    let mut dict = Dict::new();
    for entry in entries.as_array().into_iter().flatten() {
        dict.insert(entry[0].as_str().unwrap_or_default(), read(&entry[1])?);
    }
    Ok(dict)
}

fn items(items: &Value) -> Result<Vec<Typed>, Failure> {
    items.as_array().into_iter().flatten().map(read).collect()
}

fn int(digits: &str) -> Option<Typed> {
    match digits.parse() {
        Ok(number) => Some(Typed::Int(number)),
        Err(_) => digits.parse().ok().map(Typed::BigInt),
    }
}

/// Writes a value in the notation.
pub(super) fn write(value: &Typed) -> Value {
    match value {
        Typed::Null => json!({"null": null}),
        Typed::Bool(value) => json!({"bool": value}),
        Typed::Int(number) => json!({"int": number.to_string()}),
        Typed::BigInt(number) => json!({"int": number.to_string()}),
        Typed::Float(number) => json!({"float": float(*number)}),
        Typed::Str(text) => json!({"str": text.to_string_lossy()}),
        Typed::List(items) => json!({"list": items.iter().map(write).collect::<Value>()}),
        Typed::Tuple(items) => json!({"tuple": items.iter().map(write).collect::<Value>()}),
        Typed::Dict(dict) => json!({"dict": entries(dict)}),
        other => json!({"other": format!("{other:?}")}),
    }
}

fn entries(dict: &Dict) -> Value {
    dict.iter()
        .map(|(key, value)| json!([key.to_string_lossy(), write(value)]))
        .collect()
}

/// Writes a number as Python's `repr` does.
fn float(number: f64) -> String {
    match number {
        number if number.is_nan() => "nan".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        number => super::json::dumps(&Typed::Float(number)),
    }
}
