//! From plain Rust values, and back without serde.

use crate::value::{BigInt, Custom, DateTime, Dict, Markup, Text, Uuid, Value};

impl Value {
    /// Returns whether Python would call the value true.
    ///
    /// ```
    /// use carafe_sessions::Value;
    ///
    /// assert!(!Value::from("").is_truthy());
    /// assert!(Value::from(-1).is_truthy());
    /// ```
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Int(number) => *number != 0,
            Self::BigInt(number) => number.as_str() != "0",
            Self::Float(number) => *number != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Markup(markup) => !markup.text().is_empty(),
            Self::List(items) | Self::Tuple(items) => !items.is_empty(),
            Self::Dict(dict) => !dict.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::Uuid(_) | Self::DateTime(_) | Self::Custom(_) => true,
        }
    }

    /// Makes an integer of decimal digits, in the smallest form; null when they are none.
    pub(crate) fn from_digits(digits: &str) -> Self {
        match digits.parse() {
            Ok(number) => Self::Int(number),
            Err(_) => digits.parse().map_or(Self::Null, Self::BigInt),
        }
    }

    /// Returns the text, if the value is text without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => text.as_str(),
            _ => None,
        }
    }

    /// Returns the integer, if the value is one of at most 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the boolean, if the value is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the items of a list or a tuple.
    pub fn as_slice(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the items of a list, to change in place.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the dictionary, if the value is one.
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Returns the dictionary, to change in place.
    pub fn as_dict_mut(&mut self) -> Option<&mut Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}

value_from! {
    bool => Bool,
    i8 => Int, i16 => Int, i32 => Int, i64 => Int, u8 => Int, u16 => Int, u32 => Int,
    BigInt => BigInt,
    f32 => Float, f64 => Float,
    &str => Str, String => Str, &String => Str, Text => Str,
    Dict => Dict,
    Markup => Markup,
    Uuid => Uuid,
    DateTime => DateTime,
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        match i64::try_from(number) {
            Ok(number) => Self::Int(number),
            Err(_) => Self::from_digits(&number.to_string()),
        }
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<Custom> for Value {
    fn from(custom: Custom) -> Self {
        Self::Custom(Box::new(custom))
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
