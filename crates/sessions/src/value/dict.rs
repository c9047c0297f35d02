//! A dictionary with text keys that keeps the order of insertion.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::value::{Text, Value};

/// A dictionary with text keys, in the order of insertion.
///
/// *Flask:* the `dict` that a session is, and every `dict` inside it.
///
/// ```
/// use carafe_sessions::{Dict, Value};
///
/// let mut dict = Dict::new();
/// dict.insert("b", Value::from(1));
/// dict.insert("a", Value::from(2));
/// assert_eq!(dict.keys().collect::<Vec<_>>(), ["b", "a"]);
/// ```
#[derive(Clone, Default)]
pub struct Dict {
    entries: Vec<(Text, Value)>,
}

impl Dict {
    /// Makes an empty dictionary; allocates nothing.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Makes a dictionary of entries whose keys may come twice: the last value counts, in the first place.
    ///
    /// Takes time in proportion to the entries, whatever keys somebody sends.
    pub(crate) fn from_entries(entries: Vec<(Text, Value)>) -> Self {
        const FEW: usize = 16;
        if entries.len() <= FEW {
            let mut before = entries.iter().enumerate();
            return match before.any(|(place, (key, _))| known(&entries[..place], key)) {
                true => entries.into_iter().collect(),
                // What was read into is kept.
                false => Self { entries },
            };
        }
        let mut places = HashMap::with_capacity(entries.len());
        let mut unique: Vec<(Text, Value)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match places.entry(key.clone()) {
                Slot::Vacant(slot) => {
                    slot.insert(unique.len());
                    unique.push((key, value));
                }
                Slot::Occupied(slot) => {
                    if let Some(known) = unique.get_mut(*slot.get()) {
                        known.1 = value;
                    }
                }
            }
        }
        Self { entries: unique }
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.get_wtf8(key.as_bytes())
    }

    /// Returns the value of a key, to change in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let index = self.position(key.as_bytes())?;
        self.entries.get_mut(index).map(|(_, value)| value)
    }

    /// Returns a key as it is stored, and its value to change in place.
    pub(crate) fn get_key_value_mut(&mut self, key: &str) -> Option<(&Text, &mut Value)> {
        let index = self.position(key.as_bytes())?;
        self.entries
            .get_mut(index)
            .map(|(key, value)| (&*key, value))
    }

    /// Removes a key that may hold a lone surrogate.
    pub(crate) fn remove_text(&mut self, key: &Text) -> Option<Value> {
        let index = self.position(key.as_wtf8())?;
        Some(self.entries.remove(index).1)
    }

    /// Returns the value of a key that may hold a lone surrogate.
    pub fn get_text(&self, key: &Text) -> Option<&Value> {
        self.get_wtf8(key.as_wtf8())
    }

    /// Returns whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key.as_bytes()).is_some()
    }

    /// Stores a value, and returns the one that it replaces.
    pub fn insert(&mut self, key: impl Into<Text>, value: Value) -> Option<Value> {
        let key = key.into();
        match self.position(key.as_wtf8()) {
            Some(index) => self
                .entries
                .get_mut(index)
                .map(|(_, old)| std::mem::replace(old, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// Returns the value of a key to change in place, after storing one if there was none.
    pub fn get_or_insert(&mut self, key: impl Into<Text>, default: Value) -> &mut Value {
        let key = key.into();
        let index = match self.position(key.as_wtf8()) {
            Some(index) => index,
            None => {
                self.entries.push((key, default));
                self.entries.len() - 1
            }
        };
        &mut self.entries[index].1
    }

    /// Removes a key, keeping the order of the others, and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let index = self.position(key.as_bytes())?;
        Some(self.entries.remove(index).1)
    }

    /// Removes every entry.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Returns the entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Value)> + '_ {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Returns the entries in order, values to change in place.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&Text, &mut Value)> + '_ {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Returns the keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> + '_ {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Returns the key of a dictionary that has one entry.
    pub(crate) fn only_key(&self) -> Option<&Text> {
        match self.entries.as_slice() {
            [(key, _)] => Some(key),
            _ => None,
        }
    }

    /// Takes the value out of a dictionary that has one entry.
    pub(crate) fn take_only(&mut self) -> Option<Value> {
        match self.entries.len() {
            1 => self.entries.pop().map(|(_, value)| value),
            _ => None,
        }
    }

    fn get_wtf8(&self, key: &[u8]) -> Option<&Value> {
        let index = self.position(key)?;
        self.entries.get(index).map(|(_, value)| value)
    }

    fn position(&self, key: &[u8]) -> Option<usize> {
        self.entries
            .iter()
            .position(|(candidate, _)| candidate.as_wtf8() == key)
    }
}

fn known(entries: &[(Text, Value)], key: &Text) -> bool {
    entries.iter().any(|(known, _)| known == key)
}

impl PartialEq for Dict {
    /// Compares without regard to order, as Python does.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get_text(key) == Some(value))
    }
}

impl std::fmt::Debug for Dict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Into<Text>> FromIterator<(K, Value)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        let mut dict = Self::new();
        dict.extend(entries);
        dict
    }
}

impl<K: Into<Text>> Extend<(K, Value)> for Dict {
    fn extend<I: IntoIterator<Item = (K, Value)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl IntoIterator for Dict {
    type Item = (Text, Value);
    type IntoIter = std::vec::IntoIter<(Text, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}
