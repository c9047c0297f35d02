//! Configuration values through serde: into the types of a program, and out of any data format.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::config::Config;
use crate::config::error::ConfigError;
use crate::config::value::{ConfigMap, ConfigValue};

impl Config {
    /// Returns the value of `key` as a type of the program. Beyond Flask: Python has no types to fill.
    ///
    /// A key that is not there reads as null, so `Option` fields and types may be missing.
    ///
    /// ```
    /// use carafe::config::Config;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Mail {
    ///     server: String,
    ///     port: Option<u16>,
    /// }
    ///
    /// let mut config = Config::new(".");
    /// config.set("MAIL", serde_json::json!({"server": "localhost"}))?;
    /// let mail: Mail = config.get_as("MAIL")?;
    /// assert_eq!((mail.server.as_str(), mail.port), ("localhost", None));
    /// # Ok::<(), carafe::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// The key is missing or its value does not fit the type.
    pub fn get_as<T: DeserializeOwned>(&self, key: &str) -> Result<T, ConfigError> {
        let value = self.get(key);
        T::deserialize(Place(value.as_ref().unwrap_or(&ConfigValue::Null))).map_err(
            |Misfit(reason)| match &value {
                None => ConfigError::missing(key),
                Some(value) => ConfigError::misfit(key, value, self.source(key), &reason),
            },
        )
    }
}

/// Why a value does not fit a type.
#[derive(Debug)]
struct Misfit(String);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(reason: T) -> Misfit {
        Misfit(reason.to_string())
    }

    // The usual texts quote the value, which may be a secret.
    fn invalid_type(_unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Misfit {
        Misfit(format!("it must be {expected}"))
    }

    fn invalid_value(_unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Misfit {
        Misfit(format!("it must be {expected}"))
    }
}

/// A value to read from.
struct Place<'a>(&'a ConfigValue);

impl<'de> IntoDeserializer<'de, Misfit> for Place<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Place<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            ConfigValue::Null => visitor.visit_unit(),
            ConfigValue::Bool(truth) => visitor.visit_bool(*truth),
            ConfigValue::Int(number) => visitor.visit_i64(*number),
            ConfigValue::BigInt(digits) => match (digits.parse(), digits.parse()) {
                (Ok(number), _) => visitor.visit_u64(number),
                (_, Ok(number)) => visitor.visit_i128(number),
                _ => visitor.visit_str(digits),
            },
            ConfigValue::Float(number) => visitor.visit_f64(*number),
            ConfigValue::Str(text) => visitor.visit_str(text),
            ConfigValue::Bytes(bytes) => visitor.visit_bytes(bytes),
            ConfigValue::TimeDelta(delta) => visitor.visit_f64(delta.as_seconds_f64()),
            ConfigValue::List(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Place));
                let result = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(result)
            }
            ConfigValue::Dict(map) => {
                let mut entries =
                    MapDeserializer::new(map.iter().map(|(key, value)| (key, Place(value))));
                let result = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(result)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            ConfigValue::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            ConfigValue::Str(text) => {
                StrDeserializer::new(text).deserialize_enum(name, variants, visitor)
            }
            ConfigValue::Dict(map) => {
                let entries = map.iter().map(|(key, value)| (key, Place(value)));
                visitor.visit_enum(de::value::MapAccessDeserializer::new(MapDeserializer::new(
                    entries,
                )))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> Deserialize<'de> for ConfigValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ConfigValue, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for ConfigMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ConfigMap, D::Error> {
        deserializer.deserialize_map(MapVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = ConfigValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Null)
    }

    fn visit_none<E>(self) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConfigValue, D::Error> {
        ConfigValue::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<ConfigValue, E> {
        Ok(i64::try_from(value)
            .map_or_else(|_| ConfigValue::BigInt(value.to_string()), ConfigValue::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<ConfigValue, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ConfigValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(ConfigValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<ConfigValue, A::Error> {
        MapVisitor.visit_map(entries).map(ConfigValue::Dict)
    }
}

struct MapVisitor;

impl<'de> Visitor<'de> for MapVisitor {
    type Value = ConfigMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping from text to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<ConfigMap, A::Error> {
        let mut map = ConfigMap::new();
        while let Some((key, value)) = entries.next_entry::<String, ConfigValue>()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

/// Lengths of time are written as seconds, whole numbers beyond 128 bits as text.
impl Serialize for ConfigValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ConfigValue::Null => serializer.serialize_unit(),
            ConfigValue::Bool(truth) => serializer.serialize_bool(*truth),
            ConfigValue::Int(number) => serializer.serialize_i64(*number),
            ConfigValue::BigInt(digits) => match digits.parse() {
                Ok(number) => serializer.serialize_i128(number),
                Err(_) => serializer.serialize_str(digits),
            },
            ConfigValue::Float(number) => serializer.serialize_f64(*number),
            ConfigValue::Str(text) => serializer.serialize_str(text),
            ConfigValue::Bytes(bytes) => serializer.serialize_bytes(bytes),
            ConfigValue::TimeDelta(delta) => serializer.serialize_f64(delta.as_seconds_f64()),
            ConfigValue::List(items) => serializer.collect_seq(items),
            ConfigValue::Dict(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for ConfigMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl From<serde_json::Value> for ConfigValue {
    fn from(value: serde_json::Value) -> ConfigValue {
        match value {
            serde_json::Value::Null => ConfigValue::Null,
            serde_json::Value::Bool(truth) => truth.into(),
            serde_json::Value::Number(number) => {
                match (number.as_i64(), number.as_u64(), number.as_f64()) {
                    (Some(number), _, _) => number.into(),
                    (_, Some(number), _) => number.into(),
                    (_, _, Some(number)) => number.into(),
                    _ => ConfigValue::BigInt(number.to_string()),
                }
            }
            serde_json::Value::String(text) => text.into(),
            serde_json::Value::Array(items) => items.into(),
            serde_json::Value::Object(entries) => ConfigValue::Dict(entries.into_iter().collect()),
        }
    }
}
