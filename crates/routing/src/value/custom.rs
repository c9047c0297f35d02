//! Values of the user's own types.

use std::any::{Any, type_name};
use std::fmt;
use std::sync::Arc;

use crate::ValueType;

/// Holds a value of a type of the user's own.
///
/// Two are equal when they are the same value in memory, or have the same type
/// and both carry the same text.
#[derive(Clone)]
pub struct Custom {
    value: Arc<dyn Any + Send + Sync>,
    type_name: &'static str,
    text: Option<Arc<str>>,
}

impl Custom {
    /// Wraps a value that has no text form: a query cannot hold it.
    #[must_use]
    pub fn new<T: Any + Send + Sync>(value: T) -> Self {
        Self {
            value: Arc::new(value),
            type_name: type_name::<T>(),
            text: None,
        }
    }

    /// Wraps a value together with the text it has in a URL.
    #[must_use]
    pub fn with_text<T: Any + Send + Sync>(value: T, text: impl Into<Arc<str>>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::new(value)
        }
    }

    /// Returns the value when it has the type `T`.
    #[must_use]
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        self.value.downcast_ref()
    }

    /// Returns the value, shared, when it has the type `T`.
    #[must_use]
    pub fn downcast<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.value).downcast().ok()
    }

    /// Returns the text given along with the value.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Tells the type of the wrapped value.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        ValueType::Custom {
            type_id: self.value.as_ref().type_id(),
            type_name: self.type_name,
        }
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        let same_text = || self.text.is_some() && self.text == other.text;
        Arc::ptr_eq(&self.value, &other.value)
            || (self.value_type() == other.value_type() && same_text())
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple(self.type_name);
        if let Some(text) = &self.text {
            tuple.field(text);
        }
        tuple.finish()
    }
}
