//! A value as templates have it, without the engine's types.

use std::fmt;

use carafe_sessions::Markup;
use minijinja::Value;
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, Serializer};

use crate::error::Result;
use crate::html::escape;
use crate::templating::serialize::{READY, to_value};

/// A value as templates have it: what a name of a [`TemplateContext`](crate::TemplateContext) stands for.
///
/// It is made of anything serde can write, and [`Markup`] in it stays safe.
///
/// *Flask:* any object in a template's context.
///
/// ```
/// use carafe::TemplateValue;
///
/// let value = TemplateValue::new(&[1, 2]);
/// assert_eq!(value.to::<Vec<u8>>()?, [1, 2]);
/// assert_eq!(value.to_string(), "[1, 2]");
/// # Ok::<(), carafe::Error>(())
/// ```
#[derive(Clone)]
pub struct TemplateValue(pub(super) Value);

impl TemplateValue {
    /// Makes a value of any type that serde knows.
    ///
    /// One that cannot be serialized makes the template fail that uses it.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Self {
        Self(to_value(value))
    }

    /// Reads the value as another type.
    ///
    /// # Errors
    /// When it does not fit the type.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(T::deserialize(self.0.clone())?)
    }

    /// The text, if the value is text.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_str()
    }

    /// Whether `if` takes the value for true.
    pub fn is_true(&self) -> bool {
        self.0.is_true()
    }

    /// Whether the value is undefined: a name that nobody gave a value.
    pub fn is_undefined(&self) -> bool {
        self.0.is_undefined()
    }

    /// Whether the value is safe HTML.
    pub fn is_safe(&self) -> bool {
        self.0.is_safe()
    }

    /// The value as safe HTML: escaped, unless it is safe already.
    ///
    /// *Flask:* `markupsafe.escape`.
    pub fn to_markup(&self) -> Markup {
        match self.0.as_str() {
            Some(text) if self.0.is_safe() => Markup::from(text),
            Some(text) => Markup::from(escape(text)),
            None => Markup::from(escape(&self.0.to_string())),
        }
    }
}

/// Passes the value through as it is, where the serializer is ours.
impl Serialize for TemplateValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(READY, &self.0)
    }
}

impl fmt::Display for TemplateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TemplateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
