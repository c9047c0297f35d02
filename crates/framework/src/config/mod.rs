//! The app's configuration. Flask: `flask.Config`.

mod error; // what can be wrong with a value, and where it came from
mod from_value; // a value of any type as the type a key wants
mod into_setting; // what the typed setters accept
mod key; // the table of built-in keys
mod load; // filling it from mappings, files and the environment
#[cfg(feature = "toml")]
mod toml_file; // files in TOML
mod passwords; // passwords inside of URLs and other texts
mod secret; // secret keys, and what is never shown
mod settings; // the built-in keys with their types and defaults
mod source; // where a value came from
mod time_delta; // lengths of time as Python's timedelta has them
mod typed; // values in and out of the types of a program

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::path::{Path, PathBuf};

use carafe_sessions::{Value, to_value};
use indexmap::IndexMap;
use serde::Serialize;

pub use crate::config::error::{ConfigError, ConfigErrorKind};
pub use crate::config::into_setting::IntoSetting;
pub use crate::config::load::silent;
pub(crate) use crate::config::passwords::passwords;
pub(crate) use crate::config::secret::{MASK, is_secret, shown};
pub use crate::config::secret::{SecretKey, SecretKeys};
pub use crate::config::settings::Settings;
pub use crate::config::source::Source;
pub use crate::config::time_delta::TimeDelta;
/// Holds the configuration of an app. *Flask:* `flask.Config`.
///
/// The built-in keys are typed: `config.testing` reads one, `config.testing(true)` sets it. Any other
/// key holds a [`Value`]. Both kinds are reached by name through [`get`](Config::get) and
/// [`set`](Config::set), and of each it is known [where it came from](Config::source).
///
/// ```
/// use carafe::config::Config;
///
/// let mut config = Config::new(".");
/// config.secret_key("dev").session_cookie_samesite("Lax");
/// config.set("MAIL_SERVER", "localhost")?;
///
/// assert_eq!(config.max_cookie_size, 4093);
/// assert_eq!(config.get("SESSION_COOKIE_SAMESITE"), Some("Lax".into()));
/// assert!(config.set("DEBUG", "no").unwrap_err().to_string().contains("DEBUG"));
/// # Ok::<(), carafe::config::ConfigError>(())
/// ```
///
/// `flask.Config.from_object` and `from_pyfile` have no counterpart: Rust has no modules at run time.
/// An app's own defaults are set in code, the rest comes from files and the environment.
#[derive(Clone)]
pub struct Config {
    root_path: PathBuf,
    settings: Settings,
    built_in: bool,
    values: IndexMap<String, Value>,
    sources: HashMap<String, Source>,
}

impl Config {
    /// Creates a configuration with Flask's keys and their defaults.
    ///
    /// Files are looked for relative to `root_path`.
    pub fn new(root_path: impl Into<PathBuf>) -> Config {
        Config {
            built_in: true,
            ..Config::empty(root_path)
        }
    }

    /// Creates a configuration without the built-in keys, in which no key has a type.
    ///
    /// *Flask:* `Config(root_path)` without `defaults`; for tools that read settings of their own.
    pub fn empty(root_path: impl Into<PathBuf>) -> Config {
        Config {
            root_path: root_path.into(),
            settings: Settings::default(),
            built_in: false,
            values: IndexMap::new(),
            sources: HashMap::new(),
        }
    }

    /// Returns the folder that relative file names are looked for in.
    pub fn root_path(&self) -> &Path {
        &self.root_path
    }

    /// Sets the folder that relative file names are looked for in.
    pub fn set_root_path(&mut self, root_path: impl Into<PathBuf>) {
        self.root_path = root_path.into();
    }

    /// Returns the value of `key`, built-in or not. *Flask:* `config.get(key)`.
    pub fn get(&self, key: &str) -> Option<Value> {
        match self.built_in_key(key) {
            Some(known) => Some((known.get)(&self.settings)),
            None => self.values.get(key).cloned(),
        }
    }

    /// Says whether there is a value for `key`. *Flask:* `key in config`.
    pub fn contains(&self, key: &str) -> bool {
        self.built_in_key(key).is_some() || self.values.contains_key(key)
    }

    /// Sets `key` to `value`. *Flask:* `config[key] = value`.
    ///
    /// The value may be of any type that serde knows; bytes are given as [`Value::Bytes`].
    ///
    /// # Errors
    /// A built-in key refuses a value of the wrong type, and a value may have no form at all, such as a
    /// mapping with lists as keys; the error names key, value and caller.
    #[track_caller]
    pub fn set(
        &mut self,
        key: impl Into<String>,
        value: impl Serialize,
    ) -> Result<(), ConfigError> {
        let (key, source) = (key.into(), Source::Code(Location::caller()));
        match to_value(&value) {
            Ok(value) => self.insert(key, value, source),
            Err(cause) => Err(ConfigError::no_value(&key, source, cause)),
        }
    }

    /// Removes `key`, or gives a built-in key its default again. Returns the value it had.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.sources.remove(key);
        match self.built_in_key(key) {
            Some(known) => {
                let before = (known.get)(&self.settings);
                (known.reset)(&mut self.settings);
                Some(before)
            }
            None => self.values.shift_remove(key),
        }
    }

    /// Returns all keys with their values: the built-in ones, then the others in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value)> {
        let built_in = if self.built_in { key::KEYS } else { &[] };
        let built_in = built_in
            .iter()
            .map(|known| (known.name, (known.get)(&self.settings)));
        built_in.chain(
            self.values
                .iter()
                .map(|(key, value)| (key.as_str(), value.clone())),
        )
    }

    /// Returns where the value of `key` came from. Beyond Flask: errors and tools show it.
    pub fn source(&self, key: &str) -> Option<Source> {
        match self.sources.get(key) {
            Some(source) => Some(source.clone()),
            None => self.contains(key).then_some(Source::Default),
        }
    }

    /// Sets debug mode as the command line says.
    #[cfg(feature = "cli")]
    pub(crate) fn set_debug(&mut self, debug: bool, source: Source) {
        self.settings.debug = debug;
        self.sources.insert("DEBUG".to_owned(), source);
    }

    /// All keys with their values as they may be shown: those of secrets are masked.
    #[cfg(feature = "cli")]
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&str, String)> {
        self.iter()
            .map(|(key, value)| (key, secret::shown(key, &value)))
    }

    /// Turns on every safeguard a session cookie has. Beyond Flask: Flask has a key for each.
    ///
    /// The cookie is sent over HTTPS only (`Secure`), stays behind on cross-site requests that change
    /// something (`SameSite=Lax`), and cannot be set by another host of the domain: the name gets the
    /// `__Host-` prefix, which browsers accept with `Path=/` and without a domain only.
    #[track_caller]
    pub fn secure_session_cookie(&mut self) -> &mut Config {
        let name = match self.settings.session_cookie_name.as_str() {
            prefixed if prefixed.starts_with("__Host-") => prefixed.to_owned(),
            plain => format!("__Host-{plain}"),
        };
        self.session_cookie_name(name)
            .session_cookie_path("/")
            .session_cookie_domain(None)
            .session_cookie_secure(true)
            .session_cookie_samesite("Lax")
    }

    fn insert(&mut self, key: String, value: Value, source: Source) -> Result<(), ConfigError> {
        match self.built_in_key(&key) {
            Some(known) => {
                if let Err(expected) = (known.set)(&mut self.settings, &value) {
                    return Err(ConfigError::wrong_type(&key, &value, source, expected));
                }
            }
            None => drop(self.values.insert(key.clone(), value)),
        }
        self.sources.insert(key, source);
        Ok(())
    }

    fn built_in_key(&self, key: &str) -> Option<&'static key::Key> {
        self.built_in.then(|| key::find(key)).flatten()
    }
}

/// Reads the built-in keys as typed fields: `config.testing`.
impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// Shows all keys; the values of secrets are masked.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (key, value) in self.iter() {
            map.entry(&key, &format_args!("{}", secret::shown(key, &value)));
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests;
