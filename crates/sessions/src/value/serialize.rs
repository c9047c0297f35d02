//! A value into plain JSON, and into itself with nothing lost.

use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::value::{Custom, DateTime, Dict, Markup, Text, Value};

/// The names under which our own types recognize each other on their way through serde.
pub(crate) mod name {
    use crate::value::{BigInt, Uuid};

    pub(crate) const BIG_INT: &str = BigInt::SERDE_NAME;
    pub(crate) const CUSTOM: &str = "$carafe::Custom";
    pub(crate) const DATE_TIME: &str = "$carafe::DateTime";
    pub(crate) const MARKUP: &str = "$carafe::Markup";
    pub(crate) const TEXT: &str = "$carafe::Text";
    pub(crate) const UUID: &str = Uuid::SERDE_NAME;
    pub(crate) const VALUE: &str = "$carafe::Value";
}

impl Serialize for Value {
    /// Writes plain JSON: tuples as lists, dates as HTTP dates, as Flask's `jsonify` does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::BigInt(number) => number.serialize(serializer),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Str(text) => text.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    tuple.serialize_element(item)?;
                }
                tuple.end()
            }
            Self::Dict(dict) => dict.serialize(serializer),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Markup(markup) => markup.serialize(serializer),
            Self::Uuid(uuid) => uuid.serialize(serializer),
            Self::DateTime(date) => date.serialize(serializer),
            Self::Custom(custom) => custom.serialize(serializer),
        }
    }
}

impl Serialize for Dict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A form that keeps everything where the serializer is ours, and reads well elsewhere.
struct Exact<'a, T>(&'a T);

macro_rules! serialize_by_name {
    ($($type:ty, $name:expr;)+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct($name, &Exact(self))
            }
        }
    )+};
}

serialize_by_name! {
    Custom, name::CUSTOM;
    DateTime, name::DATE_TIME;
    Markup, name::MARKUP;
}

macro_rules! serialize_exactly {
    ($($type:ty, |$value:ident, $serializer:ident| $exact:expr, $readable:expr;)+) => {$(
        impl Serialize for Exact<'_, $type> {
            fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self.0;
                match $serializer.is_human_readable() {
                    false => $exact,
                    true => $readable,
                }
            }
        }
    )+};
}

serialize_exactly! {
    Custom, |custom, serializer|
        (custom.tag(), custom.value()).serialize(serializer),
        custom.value().serialize(serializer);
    DateTime, |date, serializer|
        (date.unix(), date.micros()).serialize(serializer),
        serializer.serialize_str(&date.to_http_date());
    Markup, |markup, serializer|
        serializer.serialize_bytes(markup.text().as_wtf8()),
        serializer.serialize_str(&markup.text().to_string_lossy());
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.serialize_newtype_struct(name::TEXT, &Exact(self)),
        }
    }
}

impl Serialize for Exact<'_, Text> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            false => serializer.serialize_bytes(self.0.as_wtf8()),
            true => serializer.serialize_str(&self.0.to_string_lossy()),
        }
    }
}
