//! Session values as JSON that keeps their types; `python/typed.py` is the other side.

use carafe::sessions::{BigInt, DateTime, Dict, Markup, Uuid, Value};
use serde_json::{Value as Json, json};

/// Returns the typed form of a value, with the keys of dictionaries in order.
pub(crate) fn encode(value: &Value) -> Json {
    match value {
        Value::Null => json!({ "null": null }),
        Value::Bool(value) => json!({ "bool": value }),
        Value::Int(number) => json!({ "int": number.to_string() }),
        Value::BigInt(number) => json!({ "int": number.to_string() }),
        Value::Float(number) => json!({ "float": float(*number) }),
        Value::Str(text) => json!({ "str": text.to_string_lossy() }),
        Value::Markup(markup) => json!({ "markup": markup.text().to_string_lossy() }),
        Value::List(items) => json!({ "list": encode_all(items) }),
        Value::Tuple(items) => json!({ "tuple": encode_all(items) }),
        Value::Dict(dict) => encode_dict(dict),
        Value::Bytes(bytes) => json!({ "bytes": hex(bytes) }),
        Value::Uuid(uuid) => json!({ "uuid": uuid.to_string() }),
        Value::DateTime(moment) => json!({ "datetime": iso(moment) }),
        other => json!({ "unknown": format!("{other:?}") }),
    }
}

/// Returns the typed form of a dictionary, with its keys in order.
pub(crate) fn encode_dict(dict: &Dict) -> Json {
    let entries = dict
        .iter()
        .map(|(key, value)| (key.to_string_lossy(), encode(value)));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|left, right| left.0.cmp(&right.0));
    json!({ "dict": entries })
}

/// Returns the value of a typed form; none when it is not one.
pub(crate) fn decode(typed: &Json) -> Option<Value> {
    let (name, inner) = typed.as_object()?.iter().next()?;
    Some(match name.as_str() {
        "null" => Value::Null,
        "bool" => inner.as_bool()?.into(),
        "int" => integer(inner.as_str()?)?,
        "float" => unfloat(inner.as_str()?)?.into(),
        "str" => inner.as_str()?.into(),
        "markup" => Markup::from(inner.as_str()?).into(),
        "list" => Value::List(decode_all(inner)?),
        "tuple" => Value::Tuple(decode_all(inner)?),
        "dict" => Value::Dict(decode_dict(inner)?),
        "bytes" => Value::Bytes(unhex(inner.as_str()?)?),
        "uuid" => inner.as_str()?.parse::<Uuid>().ok()?.into(),
        "datetime" => DateTime::parse(inner.as_str()?)?.into(),
        _ => return None,
    })
}

fn encode_all(items: &[Value]) -> Vec<Json> {
    items.iter().map(encode).collect()
}

fn decode_all(items: &Json) -> Option<Vec<Value>> {
    items.as_array()?.iter().map(decode).collect()
}

/// Returns the dictionary of a list of pairs.
pub(crate) fn decode_dict(pairs: &Json) -> Option<Dict> {
    let pair = |pair: &Json| Some((pair.get(0)?.as_str()?.to_owned(), decode(pair.get(1)?)?));
    pairs.as_array()?.iter().map(pair).collect()
}

fn integer(digits: &str) -> Option<Value> {
    match digits.parse::<i64>() {
        Ok(number) => Some(number.into()),
        Err(_) => digits.parse::<BigInt>().ok().map(Value::BigInt),
    }
}

/// Spells a number by its bits: shortest decimals look different in Python.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    format!("{:016x}", number.to_bits())
}

fn unfloat(text: &str) -> Option<f64> {
    if text == "nan" {
        return Some(f64::NAN);
    }
    u64::from_str_radix(text, 16).ok().map(f64::from_bits)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

/// Spells an instant as Python's `datetime.isoformat` does in UTC.
fn iso(moment: &DateTime) -> String {
    let ((year, month, day), (hour, minute, second)) = (moment.date(), moment.time());
    let fraction = match moment.micros() {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}+00:00")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decode, encode};

    #[test]
    fn every_type_comes_back() {
        let typed = json!({ "dict": [
            ["big", { "int": "-36893488147419103232" }],
            ["bytes", { "bytes": "00ff" }],
            ["float", { "float": "bff8000000000000" }],
            ["html", { "markup": "<b>" }],
            ["int", { "int": "-1" }],
            ["list", { "list": [{ "null": null }, { "bool": true }] }],
            ["moment", { "datetime": "2026-04-18T08:13:20+00:00" }],
            ["text", { "str": "Zoë" }],
            ["tuple", { "tuple": [{ "float": "nan" }] }],
            ["uuid", { "uuid": "3f2b8c1e-0d5a-4c57-9f4e-0a1b2c3d4e5f" }],
        ] });
        assert_eq!(decode(&typed).map(|value| encode(&value)), Some(typed));
        assert_eq!(decode(&json!({ "bytes": "0g" })), None);
    }
}
