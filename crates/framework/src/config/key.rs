//! The table of built-in keys: name, and how to read and set the field behind it.

use carafe_sessions::Value;

use crate::config::settings::{self, Settings};

/// One built-in key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) get: fn(&Settings) -> Value,
    /// Fails with what the key expects.
    pub(super) set: fn(&mut Settings, &Value) -> Result<(), &'static str>,
    pub(super) reset: fn(&mut Settings),
}

/// All built-in keys in Flask's order.
pub(super) const KEYS: &[Key] = settings::KEYS;

pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
