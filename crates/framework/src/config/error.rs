//! What can be wrong with a configuration, and how to mend it.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;

use carafe_sessions::{SessionError, Value};

use crate::config::secret;
use crate::config::source::Source;

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
    /// A key that a program asks for is not set.
    MissingKey,
    /// A file does not exist.
    NoFile,
    /// A file cannot be read or is of no known format.
    UnreadableFile,
    /// The text of a file is malformed.
    Syntax,
    /// An environment variable that should name a file is not set.
    NoVariable,
    /// The value of an environment variable is not Unicode.
    NotUnicode,
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
        value: &Value,
        origin: Source,
        expected: &str,
    ) -> ConfigError {
        let shown = secret::shown(key, value);
        let problem = format!(
            "{key} must be {expected}, not {} {shown} ({origin})",
            secret::type_name(value)
        );
        ConfigError::new(ConfigErrorKind::WrongType, problem)
            .key_from(key, Some(origin))
            .help(format!("set {key} to {expected}"))
    }

    pub(super) fn misfit<T>(key: &str, value: &Value, origin: Option<Source>) -> ConfigError {
        let from = origin
            .as_ref()
            .map(|origin| format!(" ({origin})"))
            .unwrap_or_default();
        let (wanted, kind, shown) = (
            type_name::<T>(),
            secret::type_name(value),
            secret::shown(key, value),
        );
        let problem = format!("{key} does not fit the type {wanted}: {kind} {shown}{from}");
        ConfigError::new(ConfigErrorKind::WrongType, problem).key_from(key, origin)
    }

    pub(super) fn no_value(key: &str, origin: Source, cause: SessionError) -> ConfigError {
        let problem = format!("{key} cannot hold this ({origin})");
        ConfigError::new(ConfigErrorKind::WrongType, problem)
            .key_from(key, Some(origin))
            .cause(cause.into())
    }

    pub(super) fn missing(key: &str) -> ConfigError {
        let help = format!("set {key} in code, in a file or in the environment");
        ConfigError::new(ConfigErrorKind::MissingKey, format!("{key} is not set"))
            .key_from(key, None)
            .help(help)
    }

    pub(super) fn not_a_mapping(key: &str, origin: &Source) -> ConfigError {
        let problem = format!("{key} leads into a value that is not a mapping ({origin})");
        let help = "double underscores lead into mappings; rename the variable or remove the value"
            .to_owned();
        ConfigError::new(ConfigErrorKind::WrongType, problem)
            .key_from(key, Some(origin.clone()))
            .help(help)
    }

    pub(super) fn unreadable(path: &Path, cause: io::Error) -> ConfigError {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
        let kind = match cause.kind() {
            NotFound | IsADirectory | NotADirectory => ConfigErrorKind::NoFile,
            _ => ConfigErrorKind::UnreadableFile,
        };
        let problem = format!(
            "unable to load configuration file {} ({cause})",
            path.display()
        );
        ConfigError::new(kind, problem)
            .file(path)
            .cause(cause.into())
    }

    pub(super) fn syntax(path: &Path, cause: Box<dyn StdError + Send + Sync>) -> ConfigError {
        let problem = format!("configuration file {} is malformed", path.display());
        ConfigError::new(ConfigErrorKind::Syntax, problem)
            .file(path)
            .cause(cause)
    }

    pub(super) fn unknown_extension(name: &str, path: &Path) -> ConfigError {
        let problem = format!(
            "configuration file {} (environment variable {name}) is {NEITHER}",
            path.display()
        );
        let help = format!("name a file that ends in {EXTENSIONS}");
        ConfigError::new(ConfigErrorKind::UnreadableFile, problem)
            .file(path)
            .help(help)
    }

    pub(super) fn envvar_not_set(name: &str) -> ConfigError {
        let problem = format!(
            "the environment variable {name} is not set, so configuration could not be loaded"
        );
        let help = "set it and make it point to a configuration file".to_owned();
        ConfigError::new(ConfigErrorKind::NoVariable, problem)
            .key_from(name, Some(Source::Env(name.to_owned())))
            .help(help)
    }

    pub(super) fn not_unicode(name: &str) -> ConfigError {
        let problem = format!("the value of environment variable {name} is not Unicode");
        ConfigError::new(ConfigErrorKind::NotUnicode, problem)
            .key_from(name, Some(Source::Env(name.to_owned())))
    }

    fn new(kind: ConfigErrorKind, problem: String) -> ConfigError {
        ConfigError(Box::new(Repr {
            kind,
            key: None,
            origin: None,
            problem,
            help: String::new(),
            cause: None,
        }))
    }

    fn key_from(mut self, key: &str, origin: Option<Source>) -> ConfigError {
        self.0.key = Some(key.to_owned());
        self.0.origin = origin;
        self
    }

    fn file(mut self, path: &Path) -> ConfigError {
        self.0.origin = Some(Source::File(path.to_owned()));
        self
    }

    fn help(mut self, help: String) -> ConfigError {
        self.0.help = help;
        self
    }

    fn cause(mut self, cause: Box<dyn StdError + Send + Sync>) -> ConfigError {
        self.0.cause = Some(cause);
        self
    }
}

#[cfg(feature = "toml")]
const NEITHER: &str = "neither TOML nor JSON";
#[cfg(feature = "toml")]
const EXTENSIONS: &str = ".toml or .json";

#[cfg(not(feature = "toml"))]
const NEITHER: &str = "not JSON, and TOML is read with the feature `toml` of carafe alone";
#[cfg(not(feature = "toml"))]
const EXTENSIONS: &str = ".json";

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
