//! A value into any serde type.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer,
    VariantAccess, Visitor,
};

use crate::error::{SessionError, SessionErrorKind};
use crate::value::serialize::name;
use crate::value::{Text, Value};

/// Reads a session's value as a type.
///
/// # Errors
///
/// The value is of another type.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, SessionError> {
    T::deserialize(value).map_err(|error| {
        SessionError::new(
            SessionErrorKind::Value,
            format!("a value of the session is of another type: {}", error.0),
        )
    })
}

/// Why a value is not of the type that was asked for.
#[derive(Debug)]
pub struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'de> IntoDeserializer<'de, Mismatch> for &'de Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> IntoDeserializer<'de, Mismatch> for &'de Text {
    type Deserializer = TextKey<'de>;

    fn into_deserializer(self) -> TextKey<'de> {
        TextKey(self)
    }
}

/// A key of a dictionary on its way into a type.
#[derive(Debug)]
pub struct TextKey<'de>(&'de Text);

impl<'de> Deserializer<'de> for TextKey<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visit_text(self.0, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        wanted: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match wanted {
            name::TEXT => visitor.visit_bytes(self.0.as_wtf8()),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn visit_text<'de, V: Visitor<'de>>(text: &'de Text, visitor: V) -> Result<V::Value, Mismatch> {
    match text.as_str() {
        Some(text) => visitor.visit_borrowed_str(text),
        None => visitor.visit_str(&text.to_string_lossy()),
    }
}

impl<'de> Deserializer<'de> for &'de Value {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(number) => visitor.visit_i64(*number),
            Value::BigInt(number) => match number.as_str().parse::<u64>() {
                Ok(small) => visitor.visit_u64(small),
                Err(_) => match number.as_str().parse::<i128>() {
                    Ok(wide) => visitor.visit_i128(wide),
                    Err(_) => visitor.visit_str(number.as_str()),
                },
            },
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Str(text) => visit_text(text, visitor),
            Value::List(items) | Value::Tuple(items) => {
                let mut items = SeqDeserializer::new(items.iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Dict(dict) => {
                let mut entries = MapDeserializer::new(dict.iter());
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
            Value::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Value::Markup(markup) => visit_text(markup.text(), visitor),
            Value::Uuid(uuid) => visitor.visit_string(uuid.to_string()),
            Value::DateTime(date) => visitor.visit_string(date.to_string()),
            Value::Custom(custom) => custom.value().deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            // Digits that no integer type holds.
            Value::BigInt(number) => visitor.visit_str(number.as_str()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Value::Bytes(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        wanted: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match (wanted, self) {
            (name::VALUE, value) => visit_value(value, visitor),
            (name::CUSTOM, Value::Custom(custom)) => visitor.visit_map(MapDeserializer::new(
                std::iter::once((custom.tag(), custom.value())),
            )),
            (name::DATE_TIME, Value::DateTime(date)) => {
                visitor.visit_i128(i128::from(date.unix()) * 1_000_000 + i128::from(date.micros()))
            }
            (name::MARKUP, Value::Markup(markup)) => visitor.visit_bytes(markup.text().as_wtf8()),
            (name::TEXT, Value::Str(text)) => visitor.visit_bytes(text.as_wtf8()),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let mut entries = match self {
            Value::Dict(dict) if dict.len() == 1 => dict.iter(),
            Value::Str(text) => {
                let name = text.to_string_lossy().into_owned();
                return visitor.visit_enum(name.into_deserializer());
            }
            _ => return Err(de::Error::custom("expected the name of a variant")),
        };
        match entries.next() {
            Some((key, value)) => visitor.visit_enum(Variant { key, value }),
            None => Err(de::Error::custom("expected the name of a variant")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf
        unit unit_struct tuple_struct map struct identifier ignored_any
    }
}

/// Hands a whole value to the visitor of a value; what JSON cannot tell goes as a variant.
fn visit_value<'de, V: Visitor<'de>>(value: &'de Value, visitor: V) -> Result<V::Value, Mismatch> {
    let tag = match value {
        Value::BigInt(_) => Tag::BigInt,
        Value::Str(text) if text.as_str().is_none() => Tag::Text,
        Value::Tuple(_) => Tag::Tuple,
        Value::Markup(_) => Tag::Markup,
        Value::Uuid(_) => Tag::Uuid,
        Value::DateTime(_) => Tag::DateTime,
        Value::Custom(_) => Tag::Custom,
        _ => return value.deserialize_any(visitor),
    };
    visitor.visit_enum(Tagged { tag, value })
}

/// What a value is, beyond what JSON can say.
#[derive(Clone, Copy)]
pub(super) enum Tag {
    BigInt,
    Text,
    Tuple,
    Markup,
    Uuid,
    DateTime,
    Custom,
}

pub(super) const TAGS: [Tag; 7] = [
    Tag::BigInt,
    Tag::Text,
    Tag::Tuple,
    Tag::Markup,
    Tag::Uuid,
    Tag::DateTime,
    Tag::Custom,
];

struct Tagged<'de> {
    tag: Tag,
    value: &'de Value,
}

impl<'de> EnumAccess<'de> for Tagged<'de> {
    type Error = Mismatch;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Mismatch> {
        let tag = seed.deserialize((self.tag as u8).into_deserializer())?;
        Ok((tag, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        Err(de::Error::custom("a tagged value holds something"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self.value)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, Mismatch> {
        Err(de::Error::custom("a tagged value holds one thing"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Mismatch> {
        Err(de::Error::custom("a tagged value holds one thing"))
    }
}

/// The one entry of an enum that holds something.
struct Variant<'de> {
    key: &'de Text,
    value: &'de Value,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Mismatch;
    type Variant = Content<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content<'de>), Mismatch> {
        Ok((seed.deserialize(TextKey(self.key))?, Content(self.value)))
    }
}

struct Content<'de>(&'de Value);

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_any(visitor)
    }
}
