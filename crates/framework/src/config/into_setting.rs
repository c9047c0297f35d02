//! What the typed setters of the built-in keys accept.

use std::time::Duration;

use crate::config::secret::{SecretKey, SecretKeys};
use crate::config::time_delta::TimeDelta;

/// Converts an argument of a setter into the type of its key.
///
/// So that `config.server_name("example.com")` needs no `Some(...to_owned())`.
pub trait IntoSetting<T> {
    /// Returns the value for the key.
    fn into_setting(self) -> T;
}

impl<T> IntoSetting<T> for T {
    fn into_setting(self) -> T {
        self
    }
}

macro_rules! into_setting {
    ($($from:ty => $to:ty: $value:ident => $result:expr;)*) => {$(
        impl IntoSetting<$to> for $from {
            fn into_setting(self) -> $to {
                let $value = self;
                $result
            }
        }
    )*};
}

into_setting! {
    bool => Option<bool>: value => Some(value);
    u64 => Option<u64>: value => Some(value);
    &str => String: value => value.to_owned();
    &str => Option<String>: value => Some(value.to_owned());
    String => Option<String>: value => Some(value);
    &str => Option<SecretKey>: value => Some(value.into());
    String => Option<SecretKey>: value => Some(value.into());
    &[u8] => Option<SecretKey>: value => Some(value.into());
    Vec<u8> => Option<SecretKey>: value => Some(value.into());
    SecretKey => Option<SecretKey>: value => Some(value);
    i64 => TimeDelta: value => TimeDelta::from_seconds(value);
    Duration => TimeDelta: value => value.into();
    i64 => Option<TimeDelta>: value => Some(TimeDelta::from_seconds(value));
    Duration => Option<TimeDelta>: value => Some(value.into());
    TimeDelta => Option<TimeDelta>: value => Some(value);
    Vec<String> => Option<Vec<String>>: value => Some(value);
}

impl<const N: usize> IntoSetting<Option<SecretKey>> for [u8; N] {
    fn into_setting(self) -> Option<SecretKey> {
        Some(self.into())
    }
}

impl<const N: usize> IntoSetting<Option<SecretKey>> for &[u8; N] {
    fn into_setting(self) -> Option<SecretKey> {
        Some(self.as_slice().into())
    }
}

impl<K: Into<SecretKey>, const N: usize> IntoSetting<SecretKeys> for [K; N] {
    fn into_setting(self) -> SecretKeys {
        self.into_iter().collect()
    }
}

impl<K: Into<SecretKey>> IntoSetting<SecretKeys> for Vec<K> {
    fn into_setting(self) -> SecretKeys {
        self.into_iter().collect()
    }
}

impl<S: Into<String>, const N: usize> IntoSetting<Option<Vec<String>>> for [S; N] {
    fn into_setting(self) -> Option<Vec<String>> {
        Some(self.into_iter().map(Into::into).collect())
    }
}
