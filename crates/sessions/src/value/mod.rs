//! What a session can hold: JSON, and the Python types that Flask's tags carry.

mod convert; // From and accessors
mod datetime; // DateTime
mod deserialize; // what serde reads to Value
mod dict; // Dict
mod from_value; // Value to any serde type
mod http_date; // the dates that Python reads
mod markup; // Markup
mod serialize; // Value to plain JSON
mod text; // Text
mod to_value; // any serde type to Value

pub use carafe_routing::{BigInt, Uuid};

pub use crate::value::datetime::DateTime;
pub use crate::value::dict::Dict;
pub use crate::value::markup::Markup;
pub use crate::value::text::Text;

pub use crate::value::from_value::from_value;
pub use crate::value::to_value::to_value;

/// A value of a session, lossless against what Flask stores.
///
/// ```
/// use carafe_sessions::Value;
///
/// let value = Value::Tuple(vec![1.into(), "two".into()]);
/// assert_eq!(value.as_slice().map(<[Value]>::len), Some(2));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// Python's `None`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of at most 64 bits.
    Int(i64),
    /// An integer beyond 64 bits, digit for digit.
    BigInt(BigInt),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Str(Text),
    /// A list.
    List(Vec<Value>),
    /// A tuple, kept apart from a list.
    Tuple(Vec<Value>),
    /// A dictionary with text keys.
    Dict(Dict),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text that is safe HTML.
    Markup(Markup),
    /// A UUID.
    Uuid(Uuid),
    /// An instant; the cookie keeps whole seconds.
    DateTime(DateTime),
    /// A value of a user's own tag.
    Custom(Box<Custom>),
}

/// A value that a user-defined tag writes and reads.
///
/// *Flask:* an instance of the class that a `JSONTag` is made for.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    tag: Text,
    value: Value,
}

impl Custom {
    /// Makes a value that belongs to the tag of that key.
    pub fn new(tag: impl Into<Text>, value: Value) -> Self {
        Self {
            tag: tag.into(),
            value,
        }
    }

    /// Returns the key of the tag that the value belongs to.
    pub fn tag(&self) -> &Text {
        &self.tag
    }

    /// Returns what the tag stores.
    pub fn value(&self) -> &Value {
        &self.value
    }
}
