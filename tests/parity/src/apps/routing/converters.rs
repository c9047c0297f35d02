//! Converters of the app's own.

use std::borrow::Cow;

use carafe::routing::{Converter, Map, ValidationError, Value, ValueType};

pub(super) fn add(map: &mut Map) {
    map.add_converter("list", |_| Ok(List));
    map.add_converter("hex", |_| Ok(Hex));
    map.add_converter("yearmonth", |_| Ok(YearMonth));
}

/// What a converter does that changes nothing.
struct Plain;

impl Converter for Plain {}

/// Items joined by `+`.
struct List;

impl Converter for List {
    fn value_type(&self) -> ValueType {
        ValueType::List
    }

    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        Ok(text.split('+').collect::<Vec<_>>().into())
    }

    fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        let items = items(value).into_iter().map(|item| Plain.to_url(&item));
        Ok(items.collect::<Result<Vec<_>, _>>()?.join("+"))
    }
}

/// The items of a value that Python can go through: those of a list, and the characters of a text.
fn items(value: &Value<'_>) -> Vec<Value<'static>> {
    match value {
        Value::List(items) => items.iter().cloned().map(Value::into_owned).collect(),
        Value::Str(text) => text.chars().map(|item| item.to_string().into()).collect(),
        _ => Vec::new(),
    }
}

/// A hexadecimal number of at most four digits.
struct Hex;

impl Converter for Hex {
    fn regex(&self) -> Cow<'_, str> {
        "[0-9a-f]+".into()
    }

    fn weight(&self) -> i32 {
        40
    }

    fn value_type(&self) -> ValueType {
        ValueType::Int
    }

    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        let number = u32::from_str_radix(text.trim_start_matches('0'), 16);
        match number {
            Ok(number @ ..=0xFFFF) => Ok(number.into()),
            Err(_) if text.bytes().all(|digit| digit == b'0') => Ok(Value::Int(0)),
            _ => Err(ValidationError::new("too large")),
        }
    }

    fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        let number = integer(value)?;
        let sign = if number < 0 { "-" } else { "" };
        Ok(format!("{sign}{:x}", number.unsigned_abs()))
    }
}

/// What Python's `int` makes of a value.
fn integer(value: &Value<'_>) -> Result<i64, ValidationError> {
    let number = match value {
        Value::Str(text) => text.trim().parse().ok(),
        other => other.as_int(),
    };
    number.ok_or(ValidationError::refusal("not an integer"))
}

/// Spans two segments of the path.
struct YearMonth;

impl Converter for YearMonth {
    fn regex(&self) -> Cow<'_, str> {
        r"\d{4}/\d{2}".into()
    }

    fn part_isolating(&self) -> bool {
        false
    }

    fn value_type(&self) -> ValueType {
        ValueType::List
    }

    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        let (year, month) = text.split_once('/').unwrap_or((text, ""));
        let number = |text| integer(&Value::from(text));
        Ok(vec![number(year)?, number(month)?].into())
    }

    fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        match items(value).as_slice() {
            [year, month, ..] => Ok(format!("{:04}/{:02}", integer(year)?, integer(month)?)),
            _ => Err(ValidationError::refusal("neither a year nor a month")),
        }
    }
}
