//! A value of any type as the type a built-in key wants.

use carafe_sessions::{Dict, Value};

use crate::config::secret::{SecretKey, SecretKeys};
use crate::config::time_delta::TimeDelta;
use crate::proxy_fix::ProxyFix;

/// A type that a built-in key can have.
pub(super) trait FromValue: Sized {
    /// What to tell the user who gave something else.
    const EXPECTED: &'static str;

    fn from_value(value: &Value) -> Option<Self>;

    fn to_value(&self) -> Value;
}

/// Takes numbers and null as Python's truth value; text is refused, since `"false"` would be true.
impl FromValue for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_value(value: &Value) -> Option<bool> {
        match value {
            Value::Null => Some(false),
            Value::Bool(truth) => Some(*truth),
            Value::Int(number) => Some(*number != 0),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl FromValue for Option<bool> {
    const EXPECTED: &'static str = "true, false or null";

    fn from_value(value: &Value) -> Option<Option<bool>> {
        match value {
            Value::Null => Some(None),
            other => bool::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

impl FromValue for u64 {
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn from_value(value: &Value) -> Option<u64> {
        match value {
            Value::Int(number) => u64::try_from(*number).ok(),
            Value::BigInt(number) => number.as_str().parse().ok(),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

impl FromValue for Option<u64> {
    const EXPECTED: &'static str = "a whole number that is not negative, or null";

    fn from_value(value: &Value) -> Option<Option<u64>> {
        match value {
            Value::Null => Some(None),
            other => u64::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "text";

    fn from_value(value: &Value) -> Option<String> {
        match value {
            Value::Str(text) => text.as_str().map(str::to_owned),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        self.as_str().into()
    }
}

impl FromValue for Option<String> {
    const EXPECTED: &'static str = "text or null";

    fn from_value(value: &Value) -> Option<Option<String>> {
        match value {
            Value::Null => Some(None),
            other => String::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.as_deref().into()
    }
}

impl FromValue for Option<Vec<String>> {
    const EXPECTED: &'static str = "a list of texts or null";

    fn from_value(value: &Value) -> Option<Option<Vec<String>>> {
        match value {
            Value::Null => Some(None),
            Value::List(items) => items
                .iter()
                .map(String::from_value)
                .collect::<Option<_>>()
                .map(Some),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        self.clone().into()
    }
}

impl FromValue for Option<SecretKey> {
    const EXPECTED: &'static str = "text, bytes or null";

    fn from_value(value: &Value) -> Option<Option<SecretKey>> {
        match value {
            Value::Null => Some(None),
            other => secret_key(other).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map(|key| secret_value(key.as_bytes())).into()
    }
}

impl FromValue for SecretKeys {
    const EXPECTED: &'static str = "a list of texts or bytes, or null";

    fn from_value(value: &Value) -> Option<SecretKeys> {
        match value {
            Value::Null => Some(SecretKeys::default()),
            Value::List(items) => items.iter().map(secret_key).collect(),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        match self.as_slice() {
            [] => Value::Null,
            keys => Value::List(keys.iter().map(|key| secret_value(key)).collect()),
        }
    }
}

impl FromValue for TimeDelta {
    const EXPECTED: &'static str = "a number of seconds or a table such as {\"days\": 31}";

    fn from_value(value: &Value) -> Option<TimeDelta> {
        match value {
            Value::Bool(truth) => Some(TimeDelta::from_seconds(i64::from(*truth))),
            Value::Int(seconds) => Some(TimeDelta::from_seconds(*seconds)),
            Value::Float(seconds) => TimeDelta::from_seconds_f64(*seconds),
            Value::Dict(units) => sum_of_units(units),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        match self.as_micros() % 1_000_000 {
            0 => Value::Int(self.as_seconds()),
            _ => Value::Float(self.as_seconds_f64()),
        }
    }
}

impl FromValue for Option<TimeDelta> {
    const EXPECTED: &'static str = "a number of seconds, a table such as {\"days\": 31}, or null";

    fn from_value(value: &Value) -> Option<Option<TimeDelta>> {
        match value {
            Value::Null => Some(None),
            other => TimeDelta::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.map_or(Value::Null, |delta| delta.to_value())
    }
}

/// A count that is not named is 0.
impl FromValue for ProxyFix {
    const EXPECTED: &'static str = "a table of counts such as {\"x_for\": 1}, or null";

    fn from_value(value: &Value) -> Option<ProxyFix> {
        let mut proxies = ProxyFix::new();
        match value {
            Value::Null => {}
            Value::Dict(counts) => {
                for (name, count) in counts.iter() {
                    let count = u32::try_from(u64::from_value(count)?).ok()?;
                    *proxies.count_mut(name.as_str()?)? = count;
                }
            }
            _ => return None,
        }
        Some(proxies)
    }

    fn to_value(&self) -> Value {
        let counts = self
            .counts()
            .map(|(name, count)| (name, u64::from(count).into()));
        Value::Dict(counts.collect())
    }
}

fn secret_key(value: &Value) -> Option<SecretKey> {
    match value {
        Value::Str(text) => text.as_str().map(Into::into),
        Value::Bytes(bytes) => Some(bytes.as_slice().into()),
        _ => None,
    }
}

fn secret_value(key: &[u8]) -> Value {
    match std::str::from_utf8(key) {
        Ok(text) => text.into(),
        Err(_) => Value::Bytes(key.to_vec()),
    }
}

/// Adds up a table with the arguments of Python's `timedelta`.
fn sum_of_units(units: &Dict) -> Option<TimeDelta> {
    let mut micros = 0_i128;
    for (unit, amount) in units.iter() {
        let seconds = match unit.as_str()? {
            "weeks" => 604_800.0,
            "days" => 86_400.0,
            "hours" => 3600.0,
            "minutes" => 60.0,
            "seconds" => 1.0,
            "milliseconds" => 1e-3,
            "microseconds" => 1e-6,
            _ => return None,
        };
        let amount = match amount {
            Value::Int(amount) => *amount as f64,
            Value::Float(amount) => *amount,
            _ => return None,
        };
        micros += TimeDelta::from_seconds_f64(amount * seconds)?.as_micros();
    }
    Some(TimeDelta::from_micros(micros))
}
