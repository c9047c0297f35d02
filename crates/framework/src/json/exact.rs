//! Carafe's own values in the form that loses nothing: integers of any size, lone surrogates.

use carafe_routing::BigInt;
use carafe_sessions::Text;
use carafe_sessions::python_json::push_text;
use serde::Serialize;
use serde::ser::{Error as _, Impossible, Serializer};

use crate::json::JsonError;
use crate::json::writer::Writer;

/// Asks a value of `carafe-sessions` for its exact form and writes that.
pub(super) struct Exact<'a, 'w> {
    pub(super) name: &'static str,
    pub(super) writer: &'a mut Writer<'w>,
}

const BIG_INT: &str = BigInt::SERDE_NAME;
const TEXTS: [&str; 2] = ["$carafe::Text", "$carafe::Markup"];

impl Exact<'_, '_> {
    /// Says whether the readable form of the type of this name may lose something.
    pub(super) fn wanted(name: &str) -> bool {
        name == BIG_INT || TEXTS.contains(&name)
    }

    fn unfit<T>(self) -> Result<T, JsonError> {
        Err(JsonError::custom(
            "the exact form of a value is not its own",
        ))
    }
}

/// Writes the methods of a serializer that takes no such value.
macro_rules! refuse {
    ($($method:ident($($type:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<$result, JsonError> {
            self.unfit()
        }
    )*};
}

pub(super) use refuse;

impl Serializer for Exact<'_, '_> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Impossible<(), JsonError>;
    type SerializeTuple = Impossible<(), JsonError>;
    type SerializeTupleStruct = Impossible<(), JsonError>;
    type SerializeTupleVariant = Impossible<(), JsonError>;
    type SerializeMap = Impossible<(), JsonError>;
    type SerializeStruct = Impossible<(), JsonError>;
    type SerializeStructVariant = Impossible<(), JsonError>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_str(self, value: &str) -> Result<(), JsonError> {
        let digits = value.strip_prefix('-').unwrap_or(value);
        if self.name != BIG_INT
            || digits.is_empty()
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return self.unfit();
        }
        self.writer.out.push_str(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), JsonError> {
        match Text::from_wtf8(value) {
            None => self.unfit(),
            Some(text) if push_text(self.writer.out, &text, self.writer.style.ensure_ascii) => {
                Ok(())
            }
            Some(_) => Err(JsonError::custom("surrogates not allowed")),
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<(), JsonError> {
        self.unfit()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), JsonError> {
        self.unfit()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), JsonError> {
        self.unfit()
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
