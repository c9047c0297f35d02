//! Values by name, as building takes them.

use std::borrow::Cow;

use crate::Value;

/// Holds named values in the order in which they were given.
///
/// A name stands once: giving it again replaces its value and keeps its place,
/// as in a Python `dict`.
///
/// ```
/// use carafe_routing::{Value, Values};
///
/// let values = Values::from_iter([("id", Value::from(7)), ("page", Value::from("x"))]);
/// assert_eq!(values.get("id"), Some(&Value::Int(7)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Values<'a> {
    pairs: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Values<'a> {
    /// Makes an empty collection.
    #[must_use]
    pub const fn new() -> Self {
        Self { pairs: Vec::new() }
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        let name = name.into();
        let value = value.into();
        match self.pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.pairs.push((name, value)),
        }
    }

    /// Sets the value of a name and hands the collection on.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) -> Self {
        self.insert(name, value);
        self
    }

    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.pairs
            .iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Takes a value out.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.remove(at).1)
    }

    /// Goes through names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), value))
    }

    /// Counts the names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Returns whether there are no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

impl<'a, N, V> FromIterator<(N, V)> for Values<'a>
where
    N: Into<Cow<'a, str>>,
    V: Into<Value<'a>>,
{
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut values = Self::new();
        values.extend(pairs);
        values
    }
}

impl<'a, N, V> Extend<(N, V)> for Values<'a>
where
    N: Into<Cow<'a, str>>,
    V: Into<Value<'a>>,
{
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, pairs: I) {
        for (name, value) in pairs {
            self.insert(name, value);
        }
    }
}
