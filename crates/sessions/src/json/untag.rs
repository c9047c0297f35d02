//! Flask's tags back into values, as leniently as Python's constructors take them.

use crate::error::{SessionError, SessionErrorKind};
use crate::json::python::{Format, dumps_provider};
use crate::json::tagged::Builtin;
use crate::signing::{Alphabet, decode_lenient};
use crate::value::{DateTime, Dict, Markup, Text, Uuid, Value};

/// Turns what stands under a built-in tag into its value. *Flask:* `JSONTag.to_python`.
pub(crate) fn untag_builtin(tag: Builtin, json: Value) -> Result<Value, SessionError> {
    let value = match tag {
        Builtin::PassDict | Builtin::PassList => Some(json),
        Builtin::TagDict => unescaped(json),
        Builtin::Tuple => items_of(json).map(Value::Tuple),
        Builtin::Bytes => bytes_of(json).map(Value::Bytes),
        Builtin::Markup => Some(Value::Markup(Markup::new(text_of(json)?))),
        Builtin::Uuid => match json {
            Value::Str(text) => uuid_of(&text.to_string_lossy()).map(Value::Uuid),
            _ => None,
        },
        Builtin::DateTime => match json {
            // Flask reads a date that is none as None.
            Value::Null => Some(Value::Null),
            Value::Str(text) => Some(
                DateTime::parse_http_date(&text.to_string_lossy())
                    .map_or(Value::Null, Value::DateTime),
            ),
            falsy if !falsy.is_truthy() => Some(Value::Null),
            _ => None,
        },
    };
    value.ok_or_else(|| {
        SessionError::new(
            SessionErrorKind::Unreadable,
            format!("the tag {:?} holds what it cannot", tag.key()),
        )
    })
}

/// Takes the two underscores off the key of an escaped dictionary.
fn unescaped(json: Value) -> Option<Value> {
    let Value::Dict(dict) = json else {
        return None;
    };
    let (key, value) = dict.into_iter().next()?;
    let points: Vec<u32> = key.code_points().collect();
    let kept = points.len().saturating_sub(2);
    let bare = Text::from_code_points(points.into_iter().take(kept));
    Some(Value::Dict(Dict::from_iter([(bare, value)])))
}

/// Returns what Python's `tuple()` makes of a value.
fn items_of(json: Value) -> Option<Vec<Value>> {
    match json {
        Value::List(items) | Value::Tuple(items) => Some(items),
        Value::Dict(dict) => Some(dict.into_iter().map(|(key, _)| key.into()).collect()),
        Value::Bytes(bytes) => Some(bytes.into_iter().map(Value::from).collect()),
        Value::Str(text) => Some(characters(&text)),
        Value::Markup(markup) => Some(characters(markup.text())),
        _ => None,
    }
}

fn characters(text: &Text) -> Vec<Value> {
    text.code_points()
        .map(|point| Text::from_code_point(point).into())
        .collect()
}

/// Returns what Python's `UUID()` makes of a text: braces, hyphens and `urn:uuid:` are skipped.
fn uuid_of(text: &str) -> Option<Uuid> {
    let bare = text.replace("urn:", "").replace("uuid:", "");
    let bare = bare.trim_matches(['{', '}']).replace('-', "");
    if bare.chars().count() != 32 {
        return None;
    }
    // `int(text, 16)` takes spaces around the digits and single underscores between them.
    let spelled = bare.trim();
    let loose = spelled.starts_with('_') || spelled.ends_with('_') || spelled.contains("__");
    let digits = spelled.replace('_', "");
    match !loose && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => u128::from_str_radix(&digits, 16).ok().map(Uuid::from_u128),
        false => None,
    }
}

/// Returns what Python's `b64decode()` makes of a value.
fn bytes_of(json: Value) -> Option<Vec<u8>> {
    match &json {
        Value::Str(text) => text
            .as_wtf8()
            .is_ascii()
            .then(|| decode_lenient(text.as_wtf8(), Alphabet::Standard))?,
        Value::Markup(markup) => markup
            .text()
            .as_wtf8()
            .is_ascii()
            .then(|| decode_lenient(markup.text().as_wtf8(), Alphabet::Standard))?,
        Value::Bytes(bytes) => decode_lenient(bytes, Alphabet::Standard),
        _ => None,
    }
}

/// Returns what Python's `str()` makes of a value, as far as JSON can hold it.
fn text_of(json: Value) -> Result<Text, SessionError> {
    Ok(match json {
        Value::Str(text) => text,
        Value::Markup(markup) => markup.text().clone(),
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        // JSON with spaces is how Python prints plain lists and numbers.
        other => dumps_provider(&other, Format::SPACED)?.into(),
    })
}
