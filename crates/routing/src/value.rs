//! Values of URL variables: what matching hands out and what building takes in.

use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::fmt;

mod big_int;
mod custom;
#[cfg(feature = "serde")]
mod serde;
mod uuid;
mod values;

pub use big_int::{BigInt, ParseBigIntError};
pub use custom::Custom;
pub use uuid::{ParseUuidError, Uuid};
pub use values::Values;

use crate::number::float_text;

/// Holds the value of one URL variable.
///
/// Matching gives text, numbers, UUIDs and the user's own types; building also
/// takes [`Value::None`] (as if absent) and [`Value::List`] (several values of
/// one name in the query).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Value<'a> {
    /// No value: building treats the name as absent.
    None,
    /// Text.
    Str(Cow<'a, str>),
    /// An integer of up to 64 bits.
    Int(i64),
    /// An integer beyond 64 bits.
    BigInt(BigInt),
    /// A floating point number.
    Float(f64),
    /// A UUID.
    Uuid(Uuid),
    /// Several values of one name, for the query of a built URL.
    List(Vec<Value<'a>>),
    /// A value of a type of the user's own, made by a [`Converter`](crate::Converter).
    Custom(Custom),
}

impl Value<'_> {
    /// Makes the value independent of the text it borrows from.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::None => Value::None,
            Value::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Value::Int(number) => Value::Int(number),
            Value::BigInt(number) => Value::BigInt(number),
            Value::Float(number) => Value::Float(number),
            Value::Uuid(uuid) => Value::Uuid(uuid),
            Value::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Value::Custom(custom) => Value::Custom(custom),
        }
    }

    /// Gives a value that borrows its text from this one.
    #[must_use]
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::None => Value::None,
            Value::Str(text) => Value::Str(Cow::Borrowed(text)),
            Value::Int(number) => Value::Int(*number),
            Value::BigInt(number) => Value::BigInt(number.clone()),
            Value::Float(number) => Value::Float(*number),
            Value::Uuid(uuid) => Value::Uuid(*uuid),
            Value::List(items) => Value::List(items.iter().map(Value::borrowed).collect()),
            Value::Custom(custom) => Value::Custom(custom.clone()),
        }
    }

    /// Returns the text of a [`Value::Str`].
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the number of a [`Value::Int`].
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number of a [`Value::Float`].
    #[must_use]
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the UUID of a [`Value::Uuid`].
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self {
            Value::Uuid(uuid) => Some(*uuid),
            _ => None,
        }
    }

    /// Returns the value inside a [`Value::Custom`] when it has the type `T`.
    #[must_use]
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        match self {
            Value::Custom(custom) => custom.downcast_ref(),
            _ => None,
        }
    }

    /// Returns whether this is [`Value::None`].
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Tells the type of the value.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        match self {
            Value::None => ValueType::None,
            Value::Str(_) => ValueType::Str,
            Value::Int(_) | Value::BigInt(_) => ValueType::Int,
            Value::Float(_) => ValueType::Float,
            Value::Uuid(_) => ValueType::Uuid,
            Value::List(_) => ValueType::List,
            Value::Custom(custom) => custom.value_type(),
        }
    }
}

/// Values are equal when Python's would be: an integer equals a float of the
/// same amount, text never equals a number.
impl PartialEq<Value<'_>> for Value<'_> {
    fn eq(&self, other: &Value<'_>) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
                // Going through i128 keeps integers beyond 2^53 exact.
                float.fract() == 0.0 && *float as i128 == i128::from(*int)
            }
            (Value::Uuid(a), Value::Uuid(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Custom(a), Value::Custom(b)) => a == b,
            _ => false,
        }
    }
}

/// Writes the value as text, as Python's `str` does; the items of a list are separated by commas.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Str(text) => f.write_str(text),
            Value::Int(number) => number.fmt(f),
            Value::BigInt(number) => number.fmt(f),
            Value::Float(number) => f.write_str(&float_text(*number)),
            Value::Uuid(uuid) => uuid.fmt(f),
            Value::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                Ok(())
            }
            Value::Custom(custom) => match custom.text() {
                Some(text) => f.write_str(text),
                None => write!(f, "{custom:?}"),
            },
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Str(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Str(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Str(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Str(text)
    }
}

macro_rules! from_small_integers {
    ($($type:ty),*) => {$(
        impl From<$type> for Value<'_> {
            fn from(number: $type) -> Self {
                Value::Int(i64::from(number))
            }
        }
    )*};
}

from_small_integers!(i8, i16, i32, i64, u8, u16, u32);

macro_rules! from_large_integers {
    ($($type:ty),*) => {$(
        impl From<$type> for Value<'_> {
            fn from(number: $type) -> Self {
                match i64::try_from(number) {
                    Ok(number) => Value::Int(number),
                    Err(_) => Value::BigInt(BigInt::from(number)),
                }
            }
        }
    )*};
}

from_large_integers!(u64, usize, isize, i128, u128);

impl From<BigInt> for Value<'_> {
    fn from(number: BigInt) -> Self {
        match number.as_str().parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::BigInt(number),
        }
    }
}

impl From<f32> for Value<'_> {
    fn from(number: f32) -> Self {
        Value::Float(f64::from(number))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Float(number)
    }
}

impl From<Uuid> for Value<'_> {
    fn from(uuid: Uuid) -> Self {
        Value::Uuid(uuid)
    }
}

impl From<Custom> for Value<'_> {
    fn from(custom: Custom) -> Self {
        Value::Custom(custom)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::None, Into::into)
    }
}

impl<'a, T: Into<Value<'a>>> From<Vec<T>> for Value<'a> {
    fn from(items: Vec<T>) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

/// Tells the type of a URL variable before any URL was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
    /// No value: a default that was given as [`Value::None`].
    None,
    /// Text: [`Value::Str`].
    Str,
    /// An integer: [`Value::Int`], or [`Value::BigInt`] beyond 64 bits.
    Int,
    /// A floating point number: [`Value::Float`].
    Float,
    /// A UUID: [`Value::Uuid`].
    Uuid,
    /// Several values: a default that was given as [`Value::List`].
    List,
    /// A type of the user's own: [`Value::Custom`].
    Custom {
        /// Identifies the type.
        type_id: TypeId,
        /// Names the type for messages.
        type_name: &'static str,
    },
}

impl ValueType {
    /// Names the type `T`, for [`Converter::value_type`](crate::Converter::value_type).
    #[must_use]
    pub fn custom<T: Any>() -> Self {
        ValueType::Custom {
            type_id: TypeId::of::<T>(),
            type_name: type_name::<T>(),
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValueType::None => "none",
            ValueType::Str => "text",
            ValueType::Int => "integer",
            ValueType::Float => "float",
            ValueType::Uuid => "UUID",
            ValueType::List => "list",
            ValueType::Custom { type_name, .. } => type_name,
        })
    }
}
