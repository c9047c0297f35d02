//! Values of every type that a session holds.

use carafe::prelude::*;
use carafe::sessions::{DateTime, Dict, Markup, Uuid, Value};
use serde_json::json;

use super::required;

pub(super) fn add(app: &mut App) {
    app.get("/types/set", types_set);
    app.get("/types/read", types_read);
    app.get("/types/fraction", types_fraction);
    app.get("/big", big);
    app.get("/big/read", big_read);
}

fn date(date: (i32, u32, u32), time: (u32, u32, u32), micros: u32) -> carafe::Result<DateTime> {
    DateTime::from_parts(date, time, micros).ok_or_else(|| Error::msg("there is no such date"))
}

fn dict<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Dict::from_iter(entries).into()
}

fn types_set() -> carafe::Result<&'static str> {
    let session = session();
    session.insert_value("bytes", Value::Bytes(b"\x00\xffraw".to_vec()))?;
    let inner = Value::Tuple(vec![3.into(), Value::Null]);
    session.insert_value("tuple", Value::Tuple(vec![1.into(), "two".into(), inner]))?;
    session.insert_value("markup", Markup::new("<b>bold</b>"))?;
    let uuid: Uuid = "12345678-1234-5678-1234-567812345678".parse()?;
    session.insert_value("uuid", uuid)?;
    session.insert_value("when", date((2001, 2, 3), (4, 5, 6), 0)?)?;
    session.insert("list", json!([1, 2.5, "three", null, true]))?;
    session.insert("tagged", json!({" t": "not a tuple"}))?;
    let bytes = Value::Tuple(vec![Value::Bytes(b"x".to_vec())]);
    let nested = [("a", dict([(" b", 1.into())])), ("b", bytes)];
    session.insert_value("nested", dict(nested))?;
    session.insert(
        "text",
        "quote \" slash \\ \u{e9} \u{2603} \u{1f600} </script>",
    )?;
    Ok("typed")
}

/// The items of bytes, as Python's `list` has them.
fn octets(value: &Value) -> Value {
    match value {
        Value::Bytes(bytes) => bytes
            .iter()
            .copied()
            .map(Value::from)
            .collect::<Vec<_>>()
            .into(),
        other => other.clone(),
    }
}

fn types_read() -> Result {
    let (tuple, markup, uuid) = (required("tuple")?, required("markup")?, required("uuid")?);
    let (when, nested) = (required("when")?, required("nested")?);
    let nested = nested
        .as_dict()
        .ok_or_else(|| Error::msg("nested is a dictionary"))?;
    let inner = nested
        .get("b")
        .and_then(Value::as_slice)
        .and_then(<[_]>::first);
    let nested = vec![
        nested.get("a").cloned().unwrap_or_default(),
        inner.map(octets).unwrap_or_default(),
    ];
    let typed = |is_type: bool, value: Value| Value::from(vec![is_type.into(), value]);
    jsonify(dict([
        ("bytes", octets(&required("bytes")?)),
        ("tuple", typed(matches!(tuple, Value::Tuple(_)), tuple)),
        ("markup", typed(matches!(markup, Value::Markup(_)), markup)),
        ("uuid", typed(matches!(uuid, Value::Uuid(_)), uuid)),
        ("when", typed(matches!(when, Value::DateTime(_)), when)),
        ("list", required("list")?),
        ("tagged", required("tagged")?),
        ("nested", nested.into()),
        ("text", required("text")?),
    ]))
}

fn types_fraction() -> carafe::Result<&'static str> {
    session().insert_value("when", date((2010, 11, 12), (13, 14, 15), 999_999)?)?;
    Ok("fraction")
}

fn big() -> carafe::Result<&'static str> {
    let times: usize = request().args().require("n")?.parse()?;
    session().insert("big", "abc".repeat(times))?;
    Ok("big")
}

fn big_read() -> carafe::Result<String> {
    let big = required("big")?;
    let text = big.as_str().ok_or_else(|| Error::msg("big is a text"))?;
    Ok(text.chars().count().to_string())
}
