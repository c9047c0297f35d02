//! Values of any type, and mappings of them.

use std::time::Duration;

use crate::config::time_delta::TimeDelta;

/// The value of a key: what a configuration file or an environment variable can say.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum ConfigValue {
    /// No value. *Flask:* `None`.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond 64 bits, in decimal digits.
    BigInt(String),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A length of time.
    TimeDelta(TimeDelta),
    /// A list.
    List(Vec<ConfigValue>),
    /// A mapping.
    Dict(ConfigMap),
}

impl ConfigValue {
    /// Returns the text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            ConfigValue::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            ConfigValue::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Returns the whole number, if it is one of up to 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            ConfigValue::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the mapping, if it is one.
    pub fn as_dict(&self) -> Option<&ConfigMap> {
        match self {
            ConfigValue::Dict(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_dict_mut(&mut self) -> Option<&mut ConfigMap> {
        match self {
            ConfigValue::Dict(map) => Some(map),
            _ => None,
        }
    }

    /// Names the type for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            ConfigValue::Null => "the value",
            ConfigValue::Bool(_) => "the truth value",
            ConfigValue::Int(_) | ConfigValue::BigInt(_) => "the whole number",
            ConfigValue::Float(_) => "the number",
            ConfigValue::Str(_) => "the text",
            ConfigValue::Bytes(_) => "the bytes",
            ConfigValue::TimeDelta(_) => "the length of time",
            ConfigValue::List(_) => "the list",
            ConfigValue::Dict(_) => "the mapping",
        }
    }
}

macro_rules! from {
    ($($type:ty: $value:ident => $result:expr;)*) => {$(
        impl From<$type> for ConfigValue {
            fn from($value: $type) -> ConfigValue {
                $result
            }
        }
    )*};
}

from! {
    (): _value => ConfigValue::Null;
    bool: value => ConfigValue::Bool(value);
    i32: value => ConfigValue::Int(value.into());
    i64: value => ConfigValue::Int(value);
    u32: value => ConfigValue::Int(value.into());
    u64: value => i64::try_from(value).map_or_else(|_| ConfigValue::BigInt(value.to_string()), ConfigValue::Int);
    usize: value => (value as u64).into();
    f64: value => ConfigValue::Float(value);
    &str: value => ConfigValue::Str(value.to_owned());
    String: value => ConfigValue::Str(value);
    &[u8]: value => ConfigValue::Bytes(value.to_vec());
    Duration: value => ConfigValue::TimeDelta(value.into());
    TimeDelta: value => ConfigValue::TimeDelta(value);
    ConfigMap: value => ConfigValue::Dict(value);
}

impl<T: Into<ConfigValue>> From<Option<T>> for ConfigValue {
    fn from(value: Option<T>) -> ConfigValue {
        value.map_or(ConfigValue::Null, Into::into)
    }
}

impl<T: Into<ConfigValue>> From<Vec<T>> for ConfigValue {
    fn from(items: Vec<T>) -> ConfigValue {
        ConfigValue::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<ConfigValue>, const N: usize> From<[T; N]> for ConfigValue {
    fn from(items: [T; N]) -> ConfigValue {
        ConfigValue::List(items.into_iter().map(Into::into).collect())
    }
}

impl<const N: usize> From<&[u8; N]> for ConfigValue {
    fn from(bytes: &[u8; N]) -> ConfigValue {
        ConfigValue::Bytes(bytes.to_vec())
    }
}

/// A mapping from text to values that keeps the order of arrival.
#[derive(Clone, Debug, Default)]
pub struct ConfigMap(Vec<(String, ConfigValue)>);

impl ConfigMap {
    /// Creates an empty mapping.
    pub fn new() -> ConfigMap {
        ConfigMap::default()
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of `key`.
    pub fn get(&self, key: &str) -> Option<&ConfigValue> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Returns the value of `key`, which may be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut ConfigValue> {
        self.0
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Sets `key` to `value`; a known key keeps its place.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<ConfigValue>) {
        let (key, value) = (key.into(), value.into());
        match self.get_mut(&key) {
            Some(place) => *place = value,
            None => self.0.push((key, value)),
        }
    }

    /// Removes `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<ConfigValue> {
        let place = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(place).1)
    }

    /// Returns keys and values in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ConfigValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// Compares without order, as Python compares dicts.
impl PartialEq for ConfigMap {
    fn eq(&self, other: &ConfigMap) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Into<String>, V: Into<ConfigValue>> FromIterator<(K, V)> for ConfigMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> ConfigMap {
        let mut map = ConfigMap::new();
        map.extend(entries);
        map
    }
}

impl<K: Into<String>, V: Into<ConfigValue>> Extend<(K, V)> for ConfigMap {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl IntoIterator for ConfigMap {
    type Item = (String, ConfigValue);
    type IntoIter = std::vec::IntoIter<(String, ConfigValue)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
