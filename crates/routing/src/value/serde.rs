//! Values through serde: what JSON and sessions make of them. Feature `serde`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::{BigInt, Uuid, Value, Values};

impl BigInt {
    /// The name of the type on its way through serde.
    #[doc(hidden)]
    pub const SERDE_NAME: &str = "$carafe::BigInt";
}

impl Uuid {
    /// The name of the type on its way through serde.
    #[doc(hidden)]
    pub const SERDE_NAME: &str = "$carafe::Uuid";
}

/// A form that keeps everything where the format is not for people, and reads well elsewhere.
struct Exact<'a, T>(&'a T);

impl Serialize for BigInt {
    /// Writes a number where the format has one of the size, else its digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::SERDE_NAME, &Exact(self))
    }
}

impl Serialize for Exact<'_, BigInt> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.0.as_str();
        let number = match serializer.is_human_readable() {
            true => digits.parse::<i128>().ok(),
            false => None,
        };
        match number {
            Some(number) => serializer.serialize_i128(number),
            None => serializer.serialize_str(digits),
        }
    }
}

impl Serialize for Uuid {
    /// Writes the text with hyphens, or the bytes where the format is not for people.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::SERDE_NAME, &Exact(self))
    }
}

impl Serialize for Exact<'_, Uuid> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self.0),
            false => serializer.serialize_bytes(self.0.as_bytes()),
        }
    }
}

impl Serialize for Value<'_> {
    /// Writes the value itself; one of the user's own types is its text, or nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::BigInt(number) => number.serialize(serializer),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Uuid(uuid) => uuid.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Custom(custom) => match custom.text() {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_unit(),
            },
        }
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Uuid {
    /// Reads the text with hyphens, or sixteen bytes where the format is not for people.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Uuid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Uuid, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Uuid, E> {
                let length = bytes.len();
                let bytes = bytes.try_into();
                bytes
                    .map(Uuid::from_bytes)
                    .map_err(|_| E::invalid_length(length, &self))
            }
        }

        match deserializer.is_human_readable() {
            true => deserializer.deserialize_str(Text),
            false => deserializer.deserialize_bytes(Text),
        }
    }
}

impl<'de> Deserialize<'de> for BigInt {
    /// Reads a number, or its digits as text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = BigInt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<BigInt, E> {
                Ok(number.into())
            }

            fn visit_i128<E: Error>(self, number: i128) -> Result<BigInt, E> {
                Ok(number.into())
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<BigInt, E> {
                Ok(number.into())
            }

            fn visit_u128<E: Error>(self, number: u128) -> Result<BigInt, E> {
                Ok(number.into())
            }

            fn visit_str<E: Error>(self, digits: &str) -> Result<BigInt, E> {
                digits.parse().map_err(E::custom)
            }
        }

        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(Number),
            false => deserializer.deserialize_str(Number),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn values_are_written_by_name() {
        let uuid = Uuid::from_u128(7);
        let values = Values::new()
            .with("id", uuid)
            .with("n", 1)
            .with("tags", Value::List(vec!["a".into(), 2.5.into()]))
            .with("none", Value::None);
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(
            json,
            r#"{"id":"00000000-0000-0000-0000-000000000007","n":1,"tags":["a",2.5],"none":null}"#
        );
    }

    #[test]
    fn uuids_and_integers_come_back() {
        let uuid = Uuid::from_u128(u128::MAX);
        let text = serde_json::to_string(&uuid).unwrap();
        assert_eq!(serde_json::from_str::<Uuid>(&text).unwrap(), uuid);
        assert!(serde_json::from_str::<Uuid>("\"7\"").is_err());
        assert!(serde_json::from_str::<Uuid>("7").is_err());

        for digits in [
            "7",
            "-7",
            "18446744073709551615",
            "\"340282366920938463463374607431768211456\"",
        ] {
            let number: BigInt = serde_json::from_str(digits).unwrap();
            assert_eq!(number.as_str(), digits.trim_matches('"'));
        }
        let number: BigInt = "36893488147419103232".parse().unwrap();
        assert_eq!(
            serde_json::to_string(&number).unwrap(),
            "36893488147419103232"
        );
    }
}
