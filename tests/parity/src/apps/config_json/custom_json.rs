//! A JSON provider that shows dates as ISO text and reads numbers as text.

use carafe::json::{DefaultJsonProvider, JsonBody, JsonError, JsonProvider};
use carafe::sessions::{DateTime, Value};

#[derive(Debug)]
pub(super) struct CustomProvider(DefaultJsonProvider);

impl Default for CustomProvider {
    fn default() -> Self {
        Self(DefaultJsonProvider {
            default: Some(iso_dates),
            ..DefaultJsonProvider::default()
        })
    }
}

impl JsonProvider for CustomProvider {
    fn dumps(&self, value: &Value) -> Result<String, JsonError> {
        self.0.dumps(value)
    }

    fn loads(&self, text: &[u8]) -> Result<Value, JsonError> {
        self.0.loads(text).map(numbers_as_text)
    }

    fn response(&self, value: &Value, debug: bool) -> Result<JsonBody, JsonError> {
        self.0.response(value, debug)
    }
}

fn iso_dates(value: &Value) -> Option<Value> {
    let (tag, date) = match value {
        Value::DateTime(date) => (None, date),
        Value::Custom(custom) => match custom.value() {
            Value::DateTime(date) => (custom.tag().as_str(), date),
            _ => return None,
        },
        _ => return None,
    };
    let text = match tag {
        Some("date") => date.to_string().split('T').next()?.to_owned(),
        Some("naive") => local(date),
        Some(offset) => {
            let (hours, minutes) = offset.strip_prefix('+')?.split_once(':')?;
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            let moved = date.checked_add_seconds(hours * 3600 + minutes * 60)?;
            local(&moved) + offset
        }
        None => date.to_string(),
    };
    Some(text.into())
}

/// The date and time without the offset of UTC.
fn local(date: &DateTime) -> String {
    date.to_string().trim_end_matches("+00:00").to_owned()
}

fn numbers_as_text(value: Value) -> Value {
    match value {
        Value::Int(number) => number.to_string().into(),
        Value::BigInt(number) => number.as_str().into(),
        Value::List(items) => items
            .into_iter()
            .map(numbers_as_text)
            .collect::<Vec<_>>()
            .into(),
        Value::Dict(entries) => {
            let entries = entries
                .into_iter()
                .map(|(key, value)| (key, numbers_as_text(value)));
            Value::Dict(entries.collect())
        }
        other => other,
    }
}
