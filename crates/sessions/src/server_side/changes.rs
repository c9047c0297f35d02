//! Changes to a session, and how they merge into a record.

use std::sync::Arc;

use crate::value::{Dict, Text, Value};

/// What a request did to a session: a clearing, then keys set and removed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    cleared: bool,
    keys: Vec<(Text, Option<Value>)>,
    subject: Option<Option<Arc<str>>>,
}

impl Changes {
    /// Makes no changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes every key first.
    #[must_use]
    pub fn clear(mut self) -> Self {
        self.cleared = true;
        self
    }

    /// Sets a key.
    #[must_use]
    pub fn set(mut self, key: impl Into<Text>, value: impl Into<Value>) -> Self {
        self.keys.push((key.into(), Some(value.into())));
        self
    }

    /// Removes a key.
    #[must_use]
    pub fn remove(mut self, key: impl Into<Text>) -> Self {
        self.keys.push((key.into(), None));
        self
    }

    /// Says whose session it is, or that it is nobody's.
    #[must_use]
    pub fn subject(mut self, subject: Option<&str>) -> Self {
        self.subject = Some(subject.map(Into::into));
        self
    }

    pub(crate) fn of_keys(cleared: bool, keys: Vec<(Text, Option<Value>)>) -> Self {
        Self {
            cleared,
            keys,
            subject: None,
        }
    }

    pub(crate) fn with_subject(mut self, subject: Option<Option<Arc<str>>>) -> Self {
        self.subject = subject;
        self
    }

    /// Returns whether every key is removed first.
    pub fn is_clearing(&self) -> bool {
        self.cleared
    }

    /// Returns the keys in order: set to a value, or removed.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&Text, Option<&Value>)> + '_ {
        self.keys.iter().map(|(key, value)| (key, value.as_ref()))
    }

    /// Returns the new subject, if it changes.
    pub fn new_subject(&self) -> Option<Option<&str>> {
        self.subject.as_ref().map(Option::as_deref)
    }

    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        !self.cleared && self.keys.is_empty() && self.subject.is_none()
    }

    /// Does the changes to a dictionary: what every store's merge comes down to.
    ///
    /// ```
    /// use carafe_sessions::Dict;
    /// use carafe_sessions::server_side::Changes;
    ///
    /// let mut values = Dict::from_iter([("a", 1.into()), ("b", 2.into())]);
    /// Changes::new().set("c", 3).remove("a").apply_to(&mut values);
    /// assert_eq!(values, Dict::from_iter([("b", 2.into()), ("c", 3.into())]));
    /// ```
    pub fn apply_to(&self, values: &mut Dict) {
        if self.cleared {
            values.clear();
        }
        for (key, value) in &self.keys {
            match value {
                Some(value) => {
                    values.insert(key.clone(), value.clone());
                }
                None => {
                    values.remove_text(key);
                }
            }
        }
    }
}
