//! A value of any type as the type a built-in key wants.

use crate::config::secret::{SecretKey, SecretKeys};
use crate::config::time_delta::TimeDelta;
use crate::config::value::{ConfigMap, ConfigValue};

/// A type that a built-in key can have.
pub(super) trait FromValue: Sized {
    /// What to tell the user who gave something else.
    const EXPECTED: &'static str;

    fn from_value(value: &ConfigValue) -> Option<Self>;

    fn to_value(&self) -> ConfigValue;
}

/// Takes numbers and null as Python's truth value; text is refused, since `"false"` would be true.
impl FromValue for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_value(value: &ConfigValue) -> Option<bool> {
        match value {
            ConfigValue::Null => Some(false),
            ConfigValue::Bool(truth) => Some(*truth),
            ConfigValue::Int(number) => Some(*number != 0),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        ConfigValue::Bool(*self)
    }
}

impl FromValue for Option<bool> {
    const EXPECTED: &'static str = "true, false or null";

    fn from_value(value: &ConfigValue) -> Option<Option<bool>> {
        match value {
            ConfigValue::Null => Some(None),
            other => bool::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> ConfigValue {
        (*self).into()
    }
}

impl FromValue for u64 {
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn from_value(value: &ConfigValue) -> Option<u64> {
        match value {
            ConfigValue::Int(number) => u64::try_from(*number).ok(),
            ConfigValue::BigInt(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        (*self).into()
    }
}

impl FromValue for Option<u64> {
    const EXPECTED: &'static str = "a whole number that is not negative, or null";

    fn from_value(value: &ConfigValue) -> Option<Option<u64>> {
        match value {
            ConfigValue::Null => Some(None),
            other => u64::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> ConfigValue {
        (*self).into()
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "text";

    fn from_value(value: &ConfigValue) -> Option<String> {
        match value {
            ConfigValue::Str(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        self.as_str().into()
    }
}

impl FromValue for Option<String> {
    const EXPECTED: &'static str = "text or null";

    fn from_value(value: &ConfigValue) -> Option<Option<String>> {
        match value {
            ConfigValue::Null => Some(None),
            other => String::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> ConfigValue {
        self.as_deref().into()
    }
}

impl FromValue for Option<Vec<String>> {
    const EXPECTED: &'static str = "a list of texts or null";

    fn from_value(value: &ConfigValue) -> Option<Option<Vec<String>>> {
        match value {
            ConfigValue::Null => Some(None),
            ConfigValue::List(items) => items
                .iter()
                .map(String::from_value)
                .collect::<Option<_>>()
                .map(Some),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        self.clone().into()
    }
}

impl FromValue for Option<SecretKey> {
    const EXPECTED: &'static str = "text, bytes or null";

    fn from_value(value: &ConfigValue) -> Option<Option<SecretKey>> {
        match value {
            ConfigValue::Null => Some(None),
            other => secret_key(other).map(Some),
        }
    }

    fn to_value(&self) -> ConfigValue {
        self.as_ref().map(|key| secret_value(key.as_bytes())).into()
    }
}

impl FromValue for SecretKeys {
    const EXPECTED: &'static str = "a list of texts or bytes, or null";

    fn from_value(value: &ConfigValue) -> Option<SecretKeys> {
        match value {
            ConfigValue::Null => Some(SecretKeys::default()),
            ConfigValue::List(items) => items.iter().map(secret_key).collect(),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        match self.as_slice() {
            [] => ConfigValue::Null,
            keys => ConfigValue::List(keys.iter().map(|key| secret_value(key)).collect()),
        }
    }
}

impl FromValue for TimeDelta {
    const EXPECTED: &'static str = "a number of seconds or a table such as {\"days\": 31}";

    fn from_value(value: &ConfigValue) -> Option<TimeDelta> {
        match value {
            ConfigValue::Bool(truth) => Some(TimeDelta::from_seconds(i64::from(*truth))),
            ConfigValue::Int(seconds) => Some(TimeDelta::from_seconds(*seconds)),
            ConfigValue::Float(seconds) => TimeDelta::from_seconds_f64(*seconds),
            ConfigValue::TimeDelta(delta) => Some(*delta),
            ConfigValue::Dict(units) => sum_of_units(units),
            _ => None,
        }
    }

    fn to_value(&self) -> ConfigValue {
        ConfigValue::TimeDelta(*self)
    }
}

impl FromValue for Option<TimeDelta> {
    const EXPECTED: &'static str = "a number of seconds, a table such as {\"days\": 31}, or null";

    fn from_value(value: &ConfigValue) -> Option<Option<TimeDelta>> {
        match value {
            ConfigValue::Null => Some(None),
            other => TimeDelta::from_value(other).map(Some),
        }
    }

    fn to_value(&self) -> ConfigValue {
        self.map_or(ConfigValue::Null, ConfigValue::TimeDelta)
    }
}

fn secret_key(value: &ConfigValue) -> Option<SecretKey> {
    match value {
        ConfigValue::Str(text) => Some(text.as_str().into()),
        ConfigValue::Bytes(bytes) => Some(bytes.as_slice().into()),
        _ => None,
    }
}

fn secret_value(key: &[u8]) -> ConfigValue {
    match std::str::from_utf8(key) {
        Ok(text) => ConfigValue::Str(text.to_owned()),
        Err(_) => ConfigValue::Bytes(key.to_vec()),
    }
}

/// Adds up a table with the arguments of Python's `timedelta`.
fn sum_of_units(units: &ConfigMap) -> Option<TimeDelta> {
    let mut micros = 0_i128;
    for (unit, amount) in units.iter() {
        let seconds = match unit {
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
            ConfigValue::Int(amount) => *amount as f64,
            ConfigValue::Float(amount) => *amount,
            _ => return None,
        };
        micros += TimeDelta::from_seconds_f64(amount * seconds)?.as_micros();
    }
    Some(TimeDelta::from_micros(micros))
}
