//! Any serde type into a value.

use std::fmt;

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::error::{SessionError, SessionErrorKind};
use crate::value::serialize::name;
use crate::value::{Custom, DateTime, Dict, Markup, Text, Uuid, Value};

/// Turns a value of any type that serde knows into a session's value.
///
/// # Errors
///
/// The value has no form in a session, such as a map whose keys are not text.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, SessionError> {
    value.serialize(ToValue { exact: false }).map_err(|error| {
        SessionError::new(
            SessionErrorKind::Value,
            format!("a value cannot be kept in a session: {}", error.0),
        )
    })
}

/// Why a value has no form in a session.
#[derive(Debug)]
pub(crate) struct NoForm(String);

impl fmt::Display for NoForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoForm {}

impl serde::ser::Error for NoForm {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Builds a value; `exact` asks our own types for the form that keeps everything.
#[derive(Clone, Copy)]
struct ToValue {
    exact: bool,
}

impl ToValue {
    fn text_of(value: Value) -> Option<Text> {
        match value {
            Value::Bytes(bytes) => Text::from_wtf8(&bytes),
            _ => None,
        }
    }

    /// Rebuilds one of our own types from its exact form.
    fn named(name: &str, value: Value) -> Result<Value, NoForm> {
        let rebuilt = match (name, value) {
            (name::BIG_INT, Value::Str(digits)) => digits
                .as_str()
                .and_then(|digits| digits.parse().ok())
                .map(Value::BigInt),
            (name::DATE_TIME, Value::Tuple(parts)) => match parts.as_slice() {
                [Value::Int(seconds), Value::Int(micros)] => u32::try_from(*micros)
                    .ok()
                    .and_then(|micros| DateTime::from_unix(*seconds, micros))
                    .map(Value::DateTime),
                _ => None,
            },
            (name::CUSTOM, Value::Tuple(parts)) => match <[Value; 2]>::try_from(parts) {
                Ok([Value::Str(tag), value]) => Some(Custom::new(tag, value).into()),
                _ => None,
            },
            (name::MARKUP, value) => {
                Self::text_of(value).map(|text| Value::Markup(Markup::new(text)))
            }
            (name::TEXT, value) => Self::text_of(value).map(Value::Str),
            (name::UUID, Value::Bytes(bytes)) => <[u8; 16]>::try_from(bytes)
                .ok()
                .map(|bytes| Value::Uuid(Uuid::from_bytes(bytes))),
            _ => None,
        };
        rebuilt.ok_or_else(|| NoForm::custom("a named form that is not its own"))
    }
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = NoForm;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    fn is_human_readable(&self) -> bool {
        !self.exact
    }

    fn serialize_bool(self, value: bool) -> Result<Value, NoForm> {
        Ok(Value::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_i128(self, value: i128) -> Result<Value, NoForm> {
        Ok(Value::from_digits(&value.to_string()))
    }

    fn serialize_u8(self, value: u8) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<Value, NoForm> {
        Ok(Value::from_digits(&value.to_string()))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_char(self, value: char) -> Result<Value, NoForm> {
        Ok(Value::from(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Value, NoForm> {
        Ok(value.into())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, NoForm> {
        Ok(Value::Bytes(value.to_vec()))
    }

    fn serialize_none(self) -> Result<Value, NoForm> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, NoForm> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NoForm> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, NoForm> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, NoForm> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, NoForm> {
        if name.starts_with("$carafe::") {
            return Self::named(name, value.serialize(Self { exact: true })?);
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, NoForm> {
        wrap(Some(variant), value.serialize(self)?)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, NoForm> {
        Ok(Items::new(self, length, false))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, NoForm> {
        Ok(Items::new(self, Some(length), true))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Items, NoForm> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Items, NoForm> {
        let mut items = Items::new(self, Some(length), true);
        items.variant = Some(variant);
        Ok(items)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Entries, NoForm> {
        Ok(Entries::new(self, None))
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Entries, NoForm> {
        Ok(Entries::new(self, None))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Entries, NoForm> {
        Ok(Entries::new(self, Some(variant)))
    }
}

/// Puts the content of an enum's variant under the variant's name.
fn wrap(variant: Option<&'static str>, value: Value) -> Result<Value, NoForm> {
    Ok(match variant {
        Some(variant) => Value::Dict(std::iter::once((variant, value)).collect()),
        None => value,
    })
}

struct Items {
    target: ToValue,
    items: Vec<Value>,
    tuple: bool,
    variant: Option<&'static str>,
}

impl Items {
    fn new(target: ToValue, length: Option<usize>, tuple: bool) -> Self {
        Self {
            target,
            // The length is the caller's word: room is made for no more than a page of it.
            items: Vec::with_capacity(length.unwrap_or(0).min(1024)),
            tuple,
            variant: None,
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        self.items.push(value.serialize(self.target)?);
        Ok(())
    }

    fn finish(self) -> Result<Value, NoForm> {
        let value = match self.tuple {
            true => Value::Tuple(self.items),
            false => Value::List(self.items),
        };
        wrap(self.variant, value)
    }
}

macro_rules! items {
    ($($trait:ident :: $push:ident),+) => {$(
        impl $trait for Items {
            type Ok = Value;
            type Error = NoForm;

            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
                self.push(value)
            }

            fn end(self) -> Result<Value, NoForm> {
                self.finish()
            }
        }
    )+};
}

items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

struct Entries {
    target: ToValue,
    dict: Dict,
    key: Option<Text>,
    variant: Option<&'static str>,
}

impl Entries {
    fn new(target: ToValue, variant: Option<&'static str>) -> Self {
        Self {
            target,
            dict: Dict::new(),
            key: None,
            variant,
        }
    }
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = NoForm;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoForm> {
        // Python's JSON writes the keys None, True and 1 as text; so do we.
        self.key = Some(match key.serialize(self.target)? {
            Value::Str(text) => text,
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string().into(),
            Value::Int(number) => number.to_string().into(),
            Value::BigInt(number) => number.to_string().into(),
            _ => return Err(NoForm::custom("a key of a dictionary must be text")),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        let key = self
            .key
            .take()
            .ok_or_else(|| NoForm::custom("a value of a dictionary has no key"))?;
        self.dict.insert(key, value.serialize(self.target)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NoForm> {
        wrap(self.variant, Value::Dict(self.dict))
    }
}

macro_rules! fields {
    ($($trait:ident),+) => {$(
        impl $trait for Entries {
            type Ok = Value;
            type Error = NoForm;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), NoForm> {
                self.dict.insert(key, value.serialize(self.target)?);
                Ok(())
            }

            fn end(self) -> Result<Value, NoForm> {
                wrap(self.variant, Value::Dict(self.dict))
            }
        }
    )+};
}

fields!(SerializeStruct, SerializeStructVariant);
