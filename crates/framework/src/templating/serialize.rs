//! Any serde type as a template value, in one pass; `Markup` stays safe on its way.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};
use serde::ser::{self, Serialize, Serializer};

/// The name under which a ready template value passes through serde.
pub(super) const READY: &str = "$carafe::TemplateValue";

/// Returns a value of any type that serde knows as a template value.
///
/// One that cannot be serialized becomes an invalid value: the template that uses it fails with the reason.
pub(super) fn to_value<T: Serialize + ?Sized>(value: &T) -> Value {
    try_to_value(value).unwrap_or_else(|NoForm(reason)| {
        Value::from(minijinja::Error::new(
            minijinja::ErrorKind::BadSerialization,
            reason,
        ))
    })
}

/// Returns a value of any type that serde knows as a template value, or why it has none.
pub(super) fn try_to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, NoForm> {
    value.serialize(ToValue)
}

/// Why a value cannot be shown to a template.
#[derive(Debug)]
pub(super) struct NoForm(String);

impl fmt::Display for NoForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoForm {}

impl ser::Error for NoForm {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self(reason.to_string())
    }
}

/// The fields of a struct, whose names need no allocation and no hashing.
#[derive(Debug)]
struct Fields(Vec<(&'static str, Value)>);

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(name, _)| Value::from(*name)).collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }
}

#[derive(Clone, Copy)]
struct ToValue;

macro_rules! plain {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<Value, NoForm> {
            Ok(Value::from(value))
        }
    )+};
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = NoForm;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Record;
    type SerializeStructVariant = Record;

    plain! {
        serialize_bool: bool,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64,
        serialize_char: char, serialize_str: &str,
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, NoForm> {
        Ok(Value::from_bytes(bytes.to_vec()))
    }

    fn serialize_none(self) -> Result<Value, NoForm> {
        Ok(Value::from(()))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, NoForm> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NoForm> {
        Ok(Value::from(()))
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, NoForm> {
        Ok(Value::from(()))
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, NoForm> {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, NoForm> {
        match name {
            // The engine's own serializer hands its values through untouched.
            READY => Ok(Value::from(minijinja::value::Serde(value))),
            "$carafe::Markup" => {
                let text = value.serialize(self)?;
                Ok(Value::from_safe_string(
                    text.as_str().unwrap_or_default().to_owned(),
                ))
            }
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, NoForm> {
        Ok(wrap(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, NoForm> {
        Ok(Items::new(length, None))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, NoForm> {
        Ok(Items::new(Some(length), None))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<Items, NoForm> {
        Ok(Items::new(Some(length), None))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Items, NoForm> {
        Ok(Items::new(Some(length), Some(variant)))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries, NoForm> {
        Ok(Entries {
            entries: Vec::with_capacity(room(length)),
            key: None,
        })
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<Record, NoForm> {
        Ok(Record {
            fields: Vec::with_capacity(room(Some(length))),
            variant: None,
        })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Record, NoForm> {
        Ok(Record {
            fields: Vec::with_capacity(room(Some(length))),
            variant: Some(variant),
        })
    }
}

/// How many items to make room for: the length is the caller's word.
fn room(length: Option<usize>) -> usize {
    length.unwrap_or(0).min(1024)
}

/// Puts the content of an enum's variant under the variant's name.
fn wrap(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        Some(variant) => Value::from_object(Fields(vec![(variant, value)])),
        None => value,
    }
}

struct Items {
    items: Vec<Value>,
    variant: Option<&'static str>,
}

impl Items {
    fn new(length: Option<usize>, variant: Option<&'static str>) -> Self {
        Self {
            items: Vec::with_capacity(room(length)),
            variant,
        }
    }
}

macro_rules! items {
    ($($trait:ident :: $push:ident),+ $(,)?) => {$(
        impl ser::$trait for Items {
            type Ok = Value;
            type Error = NoForm;

            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
                self.items.push(value.serialize(ToValue)?);
                Ok(())
            }

            fn end(self) -> Result<Value, NoForm> {
                Ok(wrap(self.variant, Value::from(self.items)))
            }
        }
    )+};
}

items! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

struct Entries {
    entries: Vec<(Value, Value)>,
    key: Option<Value>,
}

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = NoForm;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoForm> {
        self.key = Some(key.serialize(ToValue)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        let key = self
            .key
            .take()
            .ok_or_else(|| NoForm("a value of a mapping has no key".to_owned()))?;
        self.entries.push((key, value.serialize(ToValue)?));
        Ok(())
    }

    fn end(self) -> Result<Value, NoForm> {
        Ok(Value::from_pairs(self.entries))
    }
}

struct Record {
    fields: Vec<(&'static str, Value)>,
    variant: Option<&'static str>,
}

macro_rules! records {
    ($($trait:ident),+) => {$(
        impl ser::$trait for Record {
            type Ok = Value;
            type Error = NoForm;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NoForm> {
                self.fields.push((name, value.serialize(ToValue)?));
                Ok(())
            }

            fn end(self) -> Result<Value, NoForm> {
                Ok(wrap(self.variant, Value::from_object(Fields(self.fields))))
            }
        }
    )+};
}

records!(SerializeStruct, SerializeStructVariant);
