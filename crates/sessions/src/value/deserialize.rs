//! A value into any serde type, and anything that serde reads into a value.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

use crate::error::{SessionError, SessionErrorKind};
use crate::value::serialize::name;
use crate::value::{Custom, DateTime, Dict, Markup, Text, Value};

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
enum Tag {
    BigInt,
    Text,
    Tuple,
    Markup,
    Uuid,
    DateTime,
    Custom,
}

const TAGS: [Tag; 7] = [
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
