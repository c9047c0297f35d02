//! A session's dictionary and flags, with every way to read and change them.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{SessionError, SessionErrorKind};
use crate::session::Entry;
use crate::session::log::{ChangeLog, Updater};
use crate::value::{Dict, Text, Value, from_value, to_value};

/// The dictionary of a session and its flags.
///
/// *Flask:* the `CallbackDict` under a `SecureCookieSession`. Beyond Flask: `&mut` access to a
/// nested value marks the session as modified, so there is no `session.modified = True` to
/// forget.
///
/// ```
/// use carafe_sessions::SessionState;
///
/// let mut session = SessionState::new();
/// session.insert("items", vec![1, 2])?;
/// session.modify("items", |items: &mut Vec<i64>| items.push(3))?;
/// assert_eq!(session.get::<Vec<i64>>("items"), Some(vec![1, 2, 3]));
/// # Ok::<(), carafe_sessions::SessionError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct SessionState {
    values: Dict,
    modified: bool,
    accessed: bool,
    new: bool,
    refusal: Option<Refusal>,
    /// Kept only for a session whose store merges changes.
    log: Option<Box<ChangeLog>>,
}

/// Why a session refuses changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    NoSecretKey,
    StoreFailed,
}

impl SessionState {
    /// Makes an empty state; allocates nothing.
    pub const fn new() -> Self {
        Self {
            values: Dict::new(),
            modified: false,
            accessed: false,
            new: false,
            refusal: None,
            log: None,
        }
    }

    /// Makes a state of what was stored, not modified.
    pub fn with_values(values: Dict) -> Self {
        Self {
            values,
            ..Self::new()
        }
    }

    /// Makes the state of a session that stands in for one that cannot be had.
    pub(crate) fn refusing(refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::new()
        }
    }

    /// Makes a state of what was stored that notes every change to it.
    pub(crate) fn logging(stored: Arc<Dict>) -> Self {
        Self {
            values: (*stored).clone(),
            log: Some(Box::new(ChangeLog::new(stored))),
            ..Self::new()
        }
    }

    /// Says whether the session was made for this request.
    #[must_use]
    pub fn with_new(mut self, new: bool) -> Self {
        self.new = new;
        self
    }

    /// Returns the dictionary.
    pub fn values(&self) -> &Dict {
        &self.values
    }

    /// Returns the dictionary, to change; marks the session as modified.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    pub fn values_mut(&mut self) -> Result<&mut Dict, SessionError> {
        self.change()?;
        if let Some(log) = &mut self.log {
            log.all_lent();
        }
        Ok(&mut self.values)
    }

    /// Reads a value as a type; none when it is missing or of another type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.try_get(key).ok().flatten()
    }

    /// Reads a value as a type, telling a missing one from one of another type.
    ///
    /// # Errors
    ///
    /// The value is of another type.
    pub fn try_get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, SessionError> {
        self.values.get(key).map(from_value).transpose()
    }

    /// Returns a value as it is stored.
    pub fn get_value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// Returns a value, to change in place; marks the session as modified if there is one.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let (key, value) = self.values.get_key_value_mut(key)?;
        self.modified = true;
        if let Some(log) = &mut self.log {
            log.lent(key);
        }
        Some(value)
    }

    /// Stores a value of any type that serde knows.
    ///
    /// A tuple or an array becomes Python's tuple, a `Vec` or a slice a list.
    ///
    /// # Errors
    ///
    /// The session refuses changes, or the value has no form in a session, such as a map whose
    /// keys are not text.
    pub fn insert<T: Serialize>(
        &mut self,
        key: impl Into<Text>,
        value: T,
    ) -> Result<(), SessionError> {
        let value = to_value(&value)?;
        self.insert_value(key, value)
    }

    /// Stores a value as it is.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    pub fn insert_value(
        &mut self,
        key: impl Into<Text>,
        value: impl Into<Value>,
    ) -> Result<(), SessionError> {
        self.change()?;
        self.write(key.into(), value.into());
        Ok(())
    }

    /// Removes a key and returns its value. *Flask:* `pop` with a default of none.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    #[doc(alias = "pop")]
    pub fn remove(&mut self, key: &str) -> Result<Option<Value>, SessionError> {
        self.check()?;
        let removed = self.values.remove(key);
        if removed.is_some() {
            self.modified = true;
            if let Some(log) = &mut self.log {
                log.written(&key.into());
            }
        }
        Ok(removed)
    }

    /// Removes a key and returns its value as a type.
    ///
    /// # Errors
    ///
    /// The session refuses changes, or the value is of another type; it is removed then too.
    pub fn pop<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, SessionError> {
        let removed = self.remove(key)?;
        removed.as_ref().map(from_value).transpose()
    }

    /// Returns whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> + '_ {
        self.values.keys()
    }

    /// Returns keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Value)> + '_ {
        self.values.iter()
    }

    /// Removes every key.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    pub fn clear(&mut self) -> Result<(), SessionError> {
        self.change()?;
        self.values.clear();
        if let Some(log) = &mut self.log {
            log.cleared();
        }
        Ok(())
    }

    /// Stores every pair of a mapping.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    pub fn update<K: Into<Text>, V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), SessionError> {
        self.change()?;
        for (key, value) in values {
            self.write(key.into(), value.into());
        }
        Ok(())
    }

    /// Returns the value of a key, after storing one if there was none.
    ///
    /// *Flask:* `setdefault`.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    #[doc(alias = "setdefault")]
    pub fn set_default(
        &mut self,
        key: impl Into<Text>,
        value: impl Into<Value>,
    ) -> Result<&Value, SessionError> {
        self.check()?;
        let key = key.into();
        if self.values.get_text(&key).is_none() {
            self.modified = true;
            self.write(key.clone(), value.into());
        }
        Ok(self.values.get_text(&key).unwrap_or(&Value::Null))
    }

    /// Returns the place of a key, to fill or change.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    ///
    /// ```
    /// use carafe_sessions::SessionState;
    ///
    /// let mut session = SessionState::new();
    /// session.entry("cart")?.or_insert_list().push(7.into());
    /// assert_eq!(session.get::<Vec<i64>>("cart"), Some(vec![7]));
    /// # Ok::<(), carafe_sessions::SessionError>(())
    /// ```
    pub fn entry(&mut self, key: impl Into<Text>) -> Result<Entry<'_>, SessionError> {
        self.check()?;
        Ok(Entry::new(self, key.into()))
    }

    /// Changes a value through a closure that sees it as a type, starting from its default.
    ///
    /// # Errors
    ///
    /// The session refuses changes, the value is of another type, or what the closure leaves has
    /// no form in a session.
    pub fn modify<T, R>(
        &mut self,
        key: impl Into<Text>,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, SessionError>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        self.check()?;
        let key = key.into();
        let mut value: T = match self.values.get_text(&key) {
            Some(value) => from_value(value)?,
            None => T::default(),
        };
        let result = change(&mut value);
        self.insert(key, value)?;
        Ok(result)
    }

    /// Lends the dictionary out as a value, which serializers take.
    pub(crate) fn with_dict_value<R>(&mut self, read: impl FnOnce(&Value) -> R) -> R {
        let value = Value::Dict(std::mem::take(&mut self.values));
        let result = read(&value);
        if let Value::Dict(values) = value {
            self.values = values;
        }
        result
    }

    /// Computes a value from the stored one, exactly, however many requests do so at once.
    ///
    /// Where sessions are kept in a store, the closure may run again when the session is saved:
    /// on the value that another request has stored meanwhile. Use it for counters.
    ///
    /// # Errors
    ///
    /// The session refuses changes, or the value is of another type.
    ///
    /// ```
    /// use carafe_sessions::SessionState;
    ///
    /// let mut session = SessionState::new();
    /// session.update_key("visits", |visits: Option<u64>| visits.unwrap_or(0) + 1)?;
    /// assert_eq!(session.get::<u64>("visits"), Some(1));
    /// # Ok::<(), carafe_sessions::SessionError>(())
    /// ```
    pub fn update_key<T, F>(&mut self, key: impl Into<Text>, update: F) -> Result<(), SessionError>
    where
        T: DeserializeOwned + Serialize,
        F: Fn(Option<T>) -> T + Send + Sync + 'static,
    {
        self.change()?;
        let key = key.into();
        let updater: Updater = Arc::new(move |stored: Option<&Value>| {
            let stored = stored.map(from_value).transpose()?;
            to_value(&update(stored))
        });
        let value = updater(self.values.get_text(&key))?;
        if let Some(log) = &mut self.log {
            log.updated(&key, updater);
        }
        self.values.insert(key, value);
        Ok(())
    }

    pub(crate) fn modified_flag(&self) -> bool {
        self.modified
    }

    pub(crate) fn set_modified_flag(&mut self, modified: bool) {
        self.modified = modified;
    }

    pub(crate) fn accessed_flag(&self) -> bool {
        self.accessed
    }

    pub(crate) fn set_accessed_flag(&mut self, accessed: bool) {
        self.accessed = accessed;
    }

    pub(crate) fn new_flag(&self) -> bool {
        self.new
    }

    /// Returns the place of a key in the dictionary, marking the session as modified.
    pub(crate) fn place(&mut self, key: Text, default: Value) -> &mut Value {
        self.modified = true;
        if let Some(log) = &mut self.log {
            log.lent(&key);
        }
        self.values.get_or_insert(key, default)
    }

    /// Returns the changes since the session was opened, if they are noted.
    pub(crate) fn log(&self) -> Option<&ChangeLog> {
        self.log.as_deref()
    }

    /// Starts to note changes from what the session holds now.
    pub(crate) fn start_log_anew(&mut self) {
        self.log = Some(Box::new(ChangeLog::new(Arc::new(self.values.clone()))));
    }

    fn write(&mut self, key: Text, value: Value) {
        if let Some(log) = &mut self.log {
            log.written(&key);
        }
        self.values.insert(key, value);
    }

    fn change(&mut self) -> Result<(), SessionError> {
        self.check()?;
        self.modified = true;
        Ok(())
    }

    fn check(&self) -> Result<(), SessionError> {
        match self.refusal {
            None => Ok(()),
            Some(Refusal::NoSecretKey) => Err(SessionError::no_secret_key()),
            Some(Refusal::StoreFailed) => Err(SessionError::new(
                SessionErrorKind::Store,
                "the session is unavailable because its store failed",
            )),
        }
    }
}
