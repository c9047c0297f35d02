//! A mapping with several values a key. Werkzeug: `werkzeug.datastructures.MultiDict`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use indexmap::{Equivalent, IndexMap};
use smallvec::{SmallVec, smallvec};

use crate::error::http_error::HttpError;
use crate::headers::python_text::strip;

/// A mapping with one or more values a key, in order of the keys' first appearance.
///
/// What a query string, a form, a set of uploaded files and a cookie header are read into. The methods
/// that give one value give the first one.
///
/// *Werkzeug:* `MultiDict`.
///
/// ```
/// use carafe::multi_dict::MultiDict;
///
/// let args = MultiDict::from_iter([("page", "2"), ("tag", "a"), ("tag", "b")]);
/// assert_eq!(args.get("tag"), Some(&"a"));
/// assert_eq!(args.getlist("tag"), ["a", "b"]);
/// assert_eq!(args.get_as::<u32>("page"), Some(2));
/// ```
#[derive(Clone)]
pub struct MultiDict<V = String> {
    entries: IndexMap<Key, Values<V>>,
}

/// Nearly every key has one value, which then needs no allocation of its own.
type Values<V> = SmallVec<[V; 1]>;

/// A key; `None` is that of a multipart field without a name.
#[derive(Clone, PartialEq, Eq)]
struct Key(Option<Box<str>>);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Lookup(self.0.as_deref()).hash(state);
    }
}

/// A key that is looked up without being owned.
#[derive(Hash)]
struct Lookup<'a>(Option<&'a str>);

impl Equivalent<Key> for Lookup<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == key.0.as_deref()
    }
}

impl<V> MultiDict<V> {
    /// Makes an empty mapping, which allocates nothing.
    pub fn new() -> Self {
        Self {
            entries: IndexMap::new(),
        }
    }

    /// Returns the first value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(&Lookup(Some(key)))?.first()
    }

    /// Returns the first value of a key, or the 400 that names the missing key while debugging.
    ///
    /// *Werkzeug:* `MultiDict.__getitem__`.
    ///
    /// # Errors
    ///
    /// Fails with a 400 when there is no such key.
    pub fn require(&self, key: &str) -> Result<&V, HttpError> {
        self.get(key).ok_or_else(|| HttpError::bad_request_key(key))
    }

    /// Returns all values of a key; none when there is no such key.
    pub fn getlist(&self, key: &str) -> &[V] {
        self.entries
            .get(&Lookup(Some(key)))
            .map_or(&[], SmallVec::as_slice)
    }

    /// Tells whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(&Lookup(Some(key)))
    }

    /// Returns the values of fields that came without a name, which multipart bodies may hold.
    ///
    /// *Werkzeug:* the values of the key `None`.
    pub fn nameless(&self) -> &[V] {
        self.entries
            .get(&Lookup(None))
            .map_or(&[], SmallVec::as_slice)
    }

    /// Returns how many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Iterates over the keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.lists().map(|(key, _)| key)
    }

    /// Iterates over the first value of each key.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.items().map(|(_, value)| value)
    }

    /// Iterates over the keys with the first value of each.
    pub fn items(&self) -> impl Iterator<Item = (&str, &V)> {
        self.lists()
            .filter_map(|(key, values)| Some((key, values.first()?)))
    }

    /// Iterates over all pairs, a key as often as it has values.
    ///
    /// *Werkzeug:* `MultiDict.items(multi=True)`.
    pub fn items_multi(&self) -> impl Iterator<Item = (&str, &V)> {
        self.lists()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, value)))
    }

    /// Iterates over the keys with all values of each.
    pub fn lists(&self) -> impl Iterator<Item = (&str, &[V])> {
        self.lists_with_nameless()
            .filter_map(|(key, values)| Some((key?, values)))
    }

    /// Iterates over the keys with all values of each, with `None` for fields without a name.
    pub fn lists_with_nameless(&self) -> impl Iterator<Item = (Option<&str>, &[V])> {
        self.entries
            .iter()
            .map(|(key, values)| (key.0.as_deref(), values.as_slice()))
    }

    /// Adds a value to those of a key.
    pub fn add(&mut self, key: impl Into<Box<str>>, value: V) {
        self.add_entry(Some(key.into()), value);
    }

    /// Adds a value without a name.
    pub fn add_nameless(&mut self, value: V) {
        self.add_entry(None, value);
    }

    fn add_entry(&mut self, key: Option<Box<str>>, value: V) {
        self.entries.entry(Key(key)).or_default().push(value);
    }

    /// Sets the only value of a key.
    ///
    /// *Werkzeug:* `MultiDict.__setitem__`.
    pub fn set(&mut self, key: impl Into<Box<str>>, value: V) {
        self.entries.insert(Key(Some(key.into())), smallvec![value]);
    }

    /// Sets all values of a key; an empty list removes the key.
    pub fn setlist(&mut self, key: impl Into<Box<str>>, values: impl IntoIterator<Item = V>) {
        let (key, values) = (Key(Some(key.into())), Values::from_iter(values));
        if values.is_empty() {
            self.entries.shift_remove(&key);
        } else {
            self.entries.insert(key, values);
        }
    }

    /// Removes a key and returns its first value.
    pub fn pop(&mut self, key: &str) -> Option<V> {
        self.entries
            .shift_remove(&Lookup(Some(key)))?
            .into_iter()
            .next()
    }

    /// Removes a key and returns its values; none when there is no such key.
    pub fn poplist(&mut self, key: &str) -> Vec<V> {
        self.entries
            .shift_remove(&Lookup(Some(key)))
            .map_or_else(Vec::new, SmallVec::into_vec)
    }
}

impl<V: AsRef<str>> MultiDict<V> {
    /// Returns the first value of a key as another type, or `None` when it does not parse.
    ///
    /// White space around it is no hindrance, as it is none for Python's numbers.
    ///
    /// *Werkzeug:* `MultiDict.get(key, type=…)`.
    ///
    /// ```
    /// let args = carafe::multi_dict::MultiDict::from_iter([("n", " 5")]);
    /// assert_eq!(args.get_as::<i64>("n"), Some(5));
    /// assert_eq!(args.get_as::<String>("n").as_deref(), Some(" 5"));
    /// ```
    pub fn get_as<T: FromStr>(&self, key: &str) -> Option<T> {
        parse(self.get(key)?.as_ref())
    }

    /// Returns the values of a key as another type, without those that do not parse.
    ///
    /// *Werkzeug:* `MultiDict.getlist(key, type=…)`.
    pub fn getlist_as<T: FromStr>(&self, key: &str) -> Vec<T> {
        self.getlist(key)
            .iter()
            .filter_map(|value| parse(value.as_ref()))
            .collect()
    }
}

fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().or_else(|_| strip(text).parse()).ok()
}

impl<V> Default for MultiDict<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: fmt::Debug> fmt::Debug for MultiDict<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.lists_with_nameless()).finish()
    }
}

/// Two mappings are equal when each key has the same values in both; the order of keys is no matter.
impl<V: PartialEq> PartialEq for MultiDict<V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<V: Eq> Eq for MultiDict<V> {}

impl<K: Into<Box<str>>, V> Extend<(K, V)> for MultiDict<V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.add(key, value);
        }
    }
}

impl<K: Into<Box<str>>, V> FromIterator<(K, V)> for MultiDict<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut dict = Self::new();
        dict.extend(pairs);
        dict
    }
}

#[cfg(test)]
mod tests {
    use super::MultiDict;

    #[test]
    fn keys_stay_in_order_of_their_first_appearance() {
        let mut dict = MultiDict::from_iter([("b", 1), ("a", 2), ("b", 3)]);
        dict.add_nameless(4);
        assert_eq!(dict.keys().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(
            dict.items_multi().collect::<Vec<_>>(),
            [("b", &1), ("b", &3), ("a", &2)]
        );
        assert_eq!(dict.nameless(), [4]);
        assert_eq!(
            format!("{dict:?}"),
            r#"{Some("b"): [1, 3], Some("a"): [2], None: [4]}"#
        );
    }

    #[test]
    fn a_missing_key_is_a_bad_request() {
        let error = MultiDict::<String>::new().require("x").err();
        assert_eq!(
            error.as_ref().and_then(|error| error.missing_key()),
            Some("x")
        );
    }

    #[test]
    fn values_that_do_not_parse_are_left_out() {
        let dict = MultiDict::from_iter([("n", "1"), ("n", "x"), ("n", "3")]);
        assert_eq!(dict.getlist_as::<u8>("n"), [1, 3]);
        assert_eq!(dict.get_as::<u8>("m"), None);
    }

    #[test]
    fn values_are_replaced_and_removed() {
        let mut dict = MultiDict::from_iter([("a", 1), ("a", 2), ("b", 3)]);
        dict.set("b", 4);
        assert_eq!(dict.pop("a"), Some(1));
        assert!(!dict.contains("a"));
        dict.setlist("c", [5, 6]);
        assert_eq!(dict.poplist("c"), [5, 6]);
        dict.setlist("b", []);
        assert!(dict.is_empty());
    }
}
