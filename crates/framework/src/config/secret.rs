//! Secret keys, and what is never shown in errors and logs.

use std::fmt;

use carafe_sessions::Value;

use crate::config::passwords::without_passwords;

pub(crate) const MASK: &str = "********";

/// A key that signs things: any bytes. Its `Debug` form shows nothing of them.
///
/// *Flask:* the `str | bytes` of `SECRET_KEY`; text counts as its UTF-8 bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretKey(Vec<u8>);

impl SecretKey {
    /// Returns the bytes of the key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for SecretKey {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl From<&str> for SecretKey {
    fn from(text: &str) -> SecretKey {
        SecretKey(text.as_bytes().to_vec())
    }
}

impl From<String> for SecretKey {
    fn from(text: String) -> SecretKey {
        SecretKey(text.into_bytes())
    }
}

impl From<&[u8]> for SecretKey {
    fn from(bytes: &[u8]) -> SecretKey {
        SecretKey(bytes.into())
    }
}

impl From<Vec<u8>> for SecretKey {
    fn from(bytes: Vec<u8>) -> SecretKey {
        SecretKey(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for SecretKey {
    fn from(bytes: [u8; N]) -> SecretKey {
        SecretKey(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for SecretKey {
    fn from(bytes: &[u8; N]) -> SecretKey {
        SecretKey(bytes.to_vec())
    }
}

/// Former keys that still verify. The `Debug` form shows nothing of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretKeys(Vec<Vec<u8>>);

impl SecretKeys {
    /// Returns the bytes of each key.
    pub fn as_slice(&self) -> &[Vec<u8>] {
        &self.0
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

impl<K: Into<SecretKey>> FromIterator<K> for SecretKeys {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> SecretKeys {
        SecretKeys(keys.into_iter().map(|key| key.into().0).collect())
    }
}

/// Returns `value` as errors and logs may show it: masked under the name of a secret.
pub(crate) fn shown(key: &str, value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        _ if is_secret(key) => MASK.to_owned(),
        Value::Dict(map) => {
            let entries: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{key:?}: {}", shown(&key.to_string_lossy(), value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::List(items) | Value::Tuple(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(key, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Str(text) => format!("{:?}", without_passwords(&text.to_string_lossy())),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Says whether the name of a key is that of a secret.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_uppercase();
    let parts = [
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "TOKEN",
        "PRIVATE",
        "CREDENTIAL",
        "API_KEY",
        "APIKEY",
        "SALT",
    ];
    // These are parts of harmless words too: `BYPASS`, `KEYBOARD`.
    let words = ["PASS", "PWD", "KEY", "KEYS", "DSN"];
    parts.iter().any(|part| key.contains(part))
        || key.split(['_', '-', '.']).any(|word| words.contains(&word))
}

/// Names the type of `value` for messages.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "the value",
        Value::Bool(_) => "the truth value",
        Value::Int(_) | Value::BigInt(_) => "the whole number",
        Value::Float(_) => "the number",
        Value::Bytes(_) => "the bytes",
        Value::List(_) | Value::Tuple(_) => "the list",
        Value::Dict(_) => "the mapping",
        _ => "the text",
    }
}
