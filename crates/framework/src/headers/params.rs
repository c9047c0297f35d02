//! Named values of a header in their order: the options of a content type, cache directives, challenges.

use std::fmt;

use indexmap::IndexMap;

/// An ordered mapping from names to values, as headers hold it after their main value.
///
/// *Werkzeug:* the `dict` that `parse_options_header` and `parse_dict_header` return.
///
/// ```
/// use carafe::headers::options::parse_options_header;
///
/// let (value, params) = parse_options_header("text/html; charset=utf-8");
/// assert_eq!(value, "text/html");
/// assert_eq!(params.get("charset").map(String::as_str), Some("utf-8"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Params<V = String> {
    entries: IndexMap<String, V>,
}

impl<V> Params<V> {
    /// Makes an empty mapping.
    pub fn new() -> Self {
        Self {
            entries: IndexMap::new(),
        }
    }

    /// Returns the value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entries.get(name)
    }

    /// Returns the value of a name, to be changed in place.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.entries.get_mut(name)
    }

    /// Tells whether there is such a name.
    pub fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Sets the value of a name; a name that is there already keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: V) -> Option<V> {
        self.entries.insert(name.into(), value)
    }

    /// Removes a name and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        self.entries.shift_remove(name)
    }

    /// Iterates over names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Returns how many names there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> Default for Params<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: fmt::Debug> fmt::Debug for Params<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<String>, V> FromIterator<(N, V)> for Params<V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self {
            entries: pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        }
    }
}
