//! What can be wrong with a configuration, and how to mend it.

use std::error::Error as StdError;
use std::fmt;

use crate::config::secret;
use crate::config::source::Source;
use crate::config::value::ConfigValue;

/// What is wrong with a configuration.
///
/// Shown as one sentence; the alternate form (`{:#}`) adds how to mend it. The values of secrets are
/// never part of it.
#[derive(Debug)]
pub struct ConfigError(Box<Repr>);

#[derive(Debug)]
struct Repr {
    kind: ConfigErrorKind,
    key: Option<String>,
    origin: Option<Source>,
    problem: String,
    help: String,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`ConfigError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// A value does not have the type its key wants.
    WrongType,
}

impl ConfigError {
    /// Returns what kind of error this is.
    pub fn kind(&self) -> ConfigErrorKind {
        self.0.kind
    }

    /// Returns the key that is wrong, if it is about one.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Returns where the wrong value came from, if it is known.
    pub fn origin(&self) -> Option<&Source> {
        self.0.origin.as_ref()
    }

    pub(super) fn wrong_type(
        key: &str,
        value: &ConfigValue,
        origin: Source,
        expected: &str,
    ) -> ConfigError {
        let shown = secret::shown(key, value);
        ConfigError(Box::new(Repr {
            kind: ConfigErrorKind::WrongType,
            problem: format!(
                "{key} must be {expected}, not {} {shown} ({origin})",
                value.type_name()
            ),
            help: format!("set {key} to {expected}"),
            key: Some(key.to_owned()),
            origin: Some(origin),
            cause: None,
        }))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.problem)?;
        if f.alternate() && !self.0.help.is_empty() {
            write!(f, "; {}", self.0.help)?;
        }
        Ok(())
    }
}

impl StdError for ConfigError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .cause
            .as_deref()
            .map(|cause| cause as &(dyn StdError + 'static))
    }
}
