//! Converters: what a variable of a rule matches, and how its text becomes a
//! value and back.

use std::any::type_name_of_val;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::{ValidationError, Value, ValueType, quote};

mod any;
mod arguments;
mod builtin;
mod number;

pub use arguments::{Argument, ArgumentError, ConverterArguments};
pub(crate) use builtin::{Builtin, Shape, builtin};

/// The regular expression of a converter that names none: one path segment.
pub(crate) const SEGMENT: &str = "[^/]+";

/// Decides which text a variable matches and converts it to a value and back.
///
/// Made once for each variable that uses it, by the factory given to
/// [`Map::add_converter`](crate::Map::add_converter). No lock is held while a
/// converter runs, so it may look at whatever state the program has.
///
/// *Werkzeug:* `BaseConverter`.
///
/// ```
/// use std::borrow::Cow;
/// use carafe_routing::{Bind, Converter, Map, Rule, ValidationError, Value};
///
/// struct Hex;
///
/// impl Converter for Hex {
///     fn regex(&self) -> Cow<'_, str> {
///         "[0-9a-f]+".into()
///     }
///
///     fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
///         let number = i64::from_str_radix(text, 16);
///         number.map(Value::Int).map_err(|_| ValidationError::new("too large"))
///     }
///
///     fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
///         let number = value.as_int().ok_or(ValidationError::refusal("not an integer"))?;
///         Ok(format!("{number:x}"))
///     }
/// }
///
/// let mut map = Map::default();
/// map.add_converter("hex", |_| Ok(Hex));
/// map.add(Rule::new("/color/<hex:rgb>").endpoint("color"))?;
/// let urls = map.bind(Bind::new("localhost"))?;
/// let found = urls.match_path("/color/ff", "GET", false)?;
/// assert_eq!(found.arg(0, "/color/ff"), Some(Value::Int(255)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Converter: Send + Sync + 'static {
    /// Returns the regular expression that the text of the variable matches.
    ///
    /// The syntax is that of the `regex` crate, which never takes more than
    /// linear time; it has no look-around and no back references. `\p{…}` and
    /// `(?i)` take the feature `patterns`, which is on by default.
    fn regex(&self) -> Cow<'_, str> {
        Cow::Borrowed(SEGMENT)
    }

    /// Returns the weight: of two rules that differ in converters alone the one
    /// with the smaller weight is tried first. Text and `any` weigh 100, numbers
    /// 50, `path` 200.
    fn weight(&self) -> i32 {
        100
    }

    /// Returns whether the variable stays within one path segment.
    ///
    /// Without an answer of one's own: whether the regular expression, if it is
    /// not the default one, has no `/`.
    fn part_isolating(&self) -> bool {
        let regex = self.regex();
        regex == SEGMENT || !regex.contains('/')
    }

    /// Tells the type of the values that [`Converter::to_value`] gives.
    fn value_type(&self) -> ValueType {
        ValueType::Str
    }

    /// Converts matched text to a value.
    ///
    /// *Werkzeug:* `to_python`.
    ///
    /// # Errors
    /// A text that the regular expression allows and the converter does not: the
    /// request then matches no rule at all.
    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        Ok(Value::from(text))
    }

    /// Converts a value to the text that stands in the URL, quoted.
    ///
    /// # Errors
    /// [`ValidationError::new`] makes building try the endpoint's next rule,
    /// [`ValidationError::refusal`] makes it fail.
    fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
        quote::value_in_path(value).map(Cow::into_owned)
    }
}

/// Makes converters for the variables of rules from the arguments that the
/// rules give.
pub(crate) type Factory =
    Arc<dyn Fn(&ConverterArguments) -> Result<AnyConverter, ArgumentError> + Send + Sync>;

/// The converter of one variable: a built-in one without indirection, or the
/// user's own.
#[derive(Clone)]
pub(crate) enum AnyConverter {
    Builtin(Builtin),
    Custom(Arc<dyn Converter>),
}

impl AnyConverter {
    pub(crate) fn regex(&self) -> Cow<'_, str> {
        match self {
            AnyConverter::Builtin(builtin) => builtin.regex(),
            AnyConverter::Custom(custom) => custom.regex(),
        }
    }

    pub(crate) fn weight(&self) -> i32 {
        match self {
            AnyConverter::Builtin(builtin) => builtin.weight(),
            AnyConverter::Custom(custom) => custom.weight(),
        }
    }

    pub(crate) fn part_isolating(&self) -> bool {
        match self {
            AnyConverter::Builtin(builtin) => !matches!(builtin, Builtin::Path),
            AnyConverter::Custom(custom) => custom.part_isolating(),
        }
    }

    pub(crate) fn value_type(&self) -> ValueType {
        match self {
            AnyConverter::Builtin(builtin) => builtin.value_type(),
            AnyConverter::Custom(custom) => custom.value_type(),
        }
    }

    pub(crate) fn to_url<'v>(&self, value: &'v Value<'_>) -> Result<Cow<'v, str>, ValidationError> {
        match self {
            AnyConverter::Builtin(builtin) => builtin.to_url(value),
            AnyConverter::Custom(custom) => custom.to_url(value).map(Cow::Owned),
        }
    }
}

impl fmt::Debug for AnyConverter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnyConverter::Builtin(builtin) => builtin.fmt(f),
            AnyConverter::Custom(custom) => f.write_str(type_name_of_val(&**custom)),
        }
    }
}
