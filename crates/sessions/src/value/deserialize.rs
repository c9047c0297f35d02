//! Anything that serde reads into a value.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use crate::value::from_value::{TAGS, Tag};
use crate::value::serialize::name;
use crate::value::{Custom, DateTime, Dict, Markup, Text, Value};

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a session")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::from_digits(&value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::from_digits(&value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(value.to_vec()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut dict = Dict::new();
        while let Some((key, value)) = entries.next_entry::<Text, Value>()? {
            dict.insert(key, value);
        }
        Ok(Value::Dict(dict))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (tag, content) = data.variant::<u8>()?;
        let Some(tag) = TAGS.get(usize::from(tag)) else {
            return Err(de::Error::custom("an unknown tag"));
        };
        Ok(match tag {
            Tag::BigInt => Value::from_digits(&content.newtype_variant::<String>()?),
            Tag::Text => Value::Str(content.newtype_variant()?),
            Tag::Tuple => Value::Tuple(content.newtype_variant()?),
            Tag::Markup => Value::Markup(content.newtype_variant()?),
            Tag::Uuid => content
                .newtype_variant::<String>()?
                .parse()
                .map_or(Value::Null, Value::Uuid),
            Tag::DateTime => Value::DateTime(content.newtype_variant()?),
            Tag::Custom => Value::Custom(Box::new(content.newtype_variant()?)),
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Reads plain JSON, or a session's value with nothing lost.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(name::VALUE, ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for Dict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Dict(dict) => Ok(dict),
            _ => Err(de::Error::custom("expected a dictionary")),
        }
    }
}

struct CustomVisitor;

impl<'de> Visitor<'de> for CustomVisitor {
    type Value = Custom;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a user's own tag")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Custom, A::Error> {
        match entries.next_entry::<Text, Value>()? {
            Some((tag, value)) => Ok(Custom::new(tag, value)),
            None => Err(de::Error::custom("a tagged value has a tag")),
        }
    }
}

impl<'de> Deserialize<'de> for Custom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(name::CUSTOM, CustomVisitor)
    }
}

macro_rules! deserialize_by_name {
    ($($type:ty, $name:expr, $what:literal, $visitor:ident { $($method:item)+ })+) => {$(
        struct $visitor;

        impl<'de> Visitor<'de> for $visitor {
            type Value = $type;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_any(self)
            }

            $($method)+
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_newtype_struct($name, $visitor)
            }
        }
    )+};
}

/// Builds the error of a text that does not say what it should.
fn invalid<E: de::Error>(text: &str, expected: &'static str) -> E {
    E::invalid_value(de::Unexpected::Str(text), &expected)
}

deserialize_by_name! {
    Text, name::TEXT, "text", TextVisitor {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
            Ok(text.into())
        }

        fn visit_string<E: de::Error>(self, text: String) -> Result<Text, E> {
            Ok(text.into())
        }

        fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<Text, E> {
            Text::from_wtf8(text).ok_or_else(|| E::custom("bytes that are not text"))
        }
    }
    Markup, name::MARKUP, "HTML", MarkupVisitor {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Markup, E> {
            Ok(text.into())
        }

        fn visit_bytes<E: de::Error>(self, text: &[u8]) -> Result<Markup, E> {
            TextVisitor.visit_bytes(text).map(Markup::new)
        }
    }
    DateTime, name::DATE_TIME, "an instant", DateTimeVisitor {
        fn visit_i128<E: de::Error>(self, micros: i128) -> Result<DateTime, E> {
            let seconds = i64::try_from(micros.div_euclid(1_000_000));
            seconds
                .ok()
                .and_then(|seconds| {
                    DateTime::from_unix(seconds, micros.rem_euclid(1_000_000) as u32)
                })
                .ok_or_else(|| E::custom("an instant out of range"))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime, E> {
            DateTime::parse(text).ok_or_else(|| invalid(text, "an instant"))
        }
    }
}
