//! Filling a configuration from mappings, files and the environment. Flask: `Config.from_*`.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::panic::Location;
use std::path::{Path, PathBuf};

use carafe_sessions::{Dict, Text, Value, to_value};
use serde::Serialize;

use crate::config::Config;
use crate::config::error::{ConfigError, ConfigErrorKind};
use crate::config::source::Source;
#[cfg(feature = "toml")]
use crate::config::toml_file::without_input;
use crate::json;

impl Config {
    /// Takes over the entries with an upper-case key. *Flask:* `Config.from_mapping`.
    ///
    /// ```
    /// use carafe::config::Config;
    ///
    /// let mut config = Config::new(".");
    /// config.from_mapping([("MAIL_SERVER", "localhost"), ("ignored", "since it is lower-case")])?;
    /// assert_eq!(config.get("ignored"), None);
    /// # Ok::<(), carafe::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// A built-in key has a value of the wrong type; then none of the entries is taken over.
    #[track_caller]
    pub fn from_mapping<K, V>(
        &mut self,
        mapping: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), ConfigError>
    where
        K: Into<Text>,
        V: Serialize,
    {
        let source = Source::Code(Location::caller());
        let mut map = Dict::new();
        for (key, value) in mapping {
            let key = key.into();
            match to_value(&value) {
                Ok(value) => drop(map.insert(key, value)),
                Err(cause) => {
                    return Err(ConfigError::no_value(&key.to_string_lossy(), source, cause));
                }
            }
        }
        self.take_over(map, source)
    }

    /// Takes over the environment variables that start with `prefix` and `_`.
    ///
    /// *Flask:* `Config.from_prefixed_env`. A value is read as JSON and stays text if it is none. Double
    /// underscores lead into mappings: `FLASK_MAIL__PORT=25` sets `PORT` in `MAIL`. Beyond Flask: where a
    /// built-in key wants text, `FLASK_SECRET_KEY=12345` is the text `12345`.
    ///
    /// # Errors
    /// A built-in key has a value of the wrong type, double underscores lead into something that is not a
    /// mapping, or a value is not Unicode; then no variable is taken over.
    pub fn from_prefixed_env(&mut self, prefix: &str) -> Result<(), ConfigError> {
        let lead = format!("{prefix}_");
        let mut vars = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            if name.starts_with(&lead) {
                let value = value
                    .into_string()
                    .map_err(|_: OsString| ConfigError::not_unicode(&name))?;
                vars.push((name, value));
            }
        }
        self.from_prefixed_vars(prefix, vars)
    }

    /// Takes over the variables given that start with `prefix` and `_`.
    ///
    /// [`from_prefixed_env`](Config::from_prefixed_env) for variables from elsewhere, such as a test.
    ///
    /// # Errors
    /// As [`from_prefixed_env`](Config::from_prefixed_env).
    pub fn from_prefixed_vars<K, V>(
        &mut self,
        prefix: &str,
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), ConfigError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let lead = format!("{prefix}_");
        let vars = vars
            .into_iter()
            .map(|(name, text)| (name.into(), text.into()));
        let mut vars: Vec<(String, String)> =
            vars.filter(|(name, _)| name.starts_with(&lead)).collect();
        vars.sort();
        let mut filled = self.clone();
        for (name, text) in vars {
            let key = name.strip_prefix(&lead).unwrap_or_default().to_owned();
            filled.insert_var(&key, text, Source::Env(name))?;
        }
        *self = filled;
        Ok(())
    }

    /// Takes over the entries with an upper-case key of a file, read by `load`.
    ///
    /// *Flask:* `Config.from_file`. A relative name counts from the [root path](Config::root_path). Any
    /// format that serde knows will do, since [`Dict`] is read by serde:
    ///
    /// ```no_run
    /// # let mut config = carafe::config::Config::new(".");
    /// config.from_file("config.json", |bytes| serde_json::from_slice(bytes))?;
    /// # Ok::<(), carafe::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// The file cannot be read, `load` fails, or a built-in key has a value of the wrong type; then none
    /// of the entries is taken over. [`silent`] allows for a missing file.
    pub fn from_file<E>(
        &mut self,
        path: impl AsRef<Path>,
        load: impl FnOnce(&[u8]) -> Result<Dict, E>,
    ) -> Result<(), ConfigError>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let path = self.root_path.join(path);
        let bytes = std::fs::read(&path).map_err(|cause| ConfigError::unreadable(&path, cause))?;
        let map = load(&bytes)
            .map_err(|cause| ConfigError::syntax(&path, without_input(&bytes, cause.into())))?;
        self.take_over(map, Source::File(path))
    }

    /// Takes over the entries with an upper-case key of a JSON file.
    ///
    /// *Flask:* `Config.from_file(path, load=json.load)`.
    ///
    /// # Errors
    /// As [`from_file`](Config::from_file).
    pub fn from_json_file(&mut self, path: impl AsRef<Path>) -> Result<(), ConfigError> {
        self.from_file(path, load_json)
    }

    /// Takes over the file that the environment variable names: TOML or JSON, by its extension.
    ///
    /// *Flask:* `Config.from_envvar`, whose files are Python.
    ///
    /// # Errors
    /// The variable is not set or empty, or its file cannot be read; otherwise as
    /// [`from_file`](Config::from_file). [`silent`] allows for both.
    pub fn from_envvar(&mut self, name: &str) -> Result<(), ConfigError> {
        let path = std::env::var_os(name).filter(|path| !path.is_empty());
        let path = PathBuf::from(path.ok_or_else(|| ConfigError::envvar_not_set(name))?);
        match path.extension().and_then(|extension| extension.to_str()) {
            #[cfg(feature = "toml")]
            Some("toml") => self.from_toml_file(path),
            Some("json") => self.from_json_file(path),
            _ => Err(ConfigError::unknown_extension(name, &path)),
        }
    }

    /// Returns the entries whose key starts with `namespace`. *Flask:* `Config.get_namespace`.
    ///
    /// The keys are made lower-case and lose the namespace if so asked.
    ///
    /// ```
    /// use carafe::config::Config;
    ///
    /// let mut config = Config::new(".");
    /// config.set("IMAGE_STORE_TYPE", "fs")?;
    /// let store = config.get_namespace("IMAGE_STORE_", true, true);
    /// assert_eq!(store.get("type"), Some(&"fs".into()));
    /// # Ok::<(), carafe::config::ConfigError>(())
    /// ```
    pub fn get_namespace(&self, namespace: &str, lowercase: bool, trim_namespace: bool) -> Dict {
        let entries = self.iter().filter_map(|(key, value)| {
            let trimmed = key.strip_prefix(namespace)?;
            let key = if trim_namespace { trimmed } else { key };
            Some((
                if lowercase {
                    key.to_lowercase()
                } else {
                    key.to_owned()
                },
                value,
            ))
        });
        entries.collect()
    }

    fn take_over(&mut self, map: Dict, source: Source) -> Result<(), ConfigError> {
        let mut filled = self.clone();
        for (key, value) in map {
            // A key that no string can hold cannot be asked for either.
            if let Some(key) = key.into_string().ok().filter(|key| is_upper(key)) {
                filled.insert(key, value, source.clone())?;
            }
        }
        *self = filled;
        Ok(())
    }

    fn insert_var(&mut self, key: &str, text: String, source: Source) -> Result<(), ConfigError> {
        let value = load_value(&text).unwrap_or_else(|| text.as_str().into());
        let Some((first, path)) = key.split_once("__") else {
            return match self.insert(key.to_owned(), value, source.clone()) {
                Err(error) => self
                    .insert(key.to_owned(), text.into(), source)
                    .map_err(|_| error),
                done => done,
            };
        };
        let not_a_mapping = || ConfigError::not_a_mapping(key, &source);
        let mut root = self.get(first).unwrap_or_else(|| Dict::new().into());
        let mut target = root.as_dict_mut().ok_or_else(not_a_mapping)?;
        let mut path = path;
        while let Some((part, rest)) = path.split_once("__") {
            if target.get(part).is_none() {
                target.insert(part, Dict::new().into());
            }
            let next = target.get_mut(part).and_then(Value::as_dict_mut);
            (target, path) = (next.ok_or_else(not_a_mapping)?, rest);
        }
        target.insert(path, value);
        self.insert(first.to_owned(), root, source)
    }
}

/// Turns a missing file or an unset variable into `Ok(false)`. *Flask:* `silent=True`.
///
/// ```
/// use carafe::config::{self, Config};
///
/// let mut config = Config::new(".");
/// assert!(!config::silent(config.from_toml_file("no-such.toml"))?);
/// # Ok::<(), carafe::config::ConfigError>(())
/// ```
///
/// # Errors
/// Every other error stays one.
pub fn silent(loaded: Result<(), ConfigError>) -> Result<bool, ConfigError> {
    match loaded {
        Ok(()) => Ok(true),
        Err(error)
            if matches!(
                error.kind(),
                ConfigErrorKind::NoFile | ConfigErrorKind::NoVariable
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Says what Python's `str.isupper` says: some letter with a case, and none that is not upper-case.
fn is_upper(key: &str) -> bool {
    // What has a lower-case form and yet is not upper-case is a title-case letter.
    let title = |c: char| !c.is_uppercase() && !c.to_lowercase().eq([c]);
    key.contains(char::is_uppercase) && !key.contains(|c: char| c.is_lowercase() || title(c))
}

fn load_value(text: &str) -> Option<Value> {
    // Only bytes may begin with a byte order mark.
    let marked = text.starts_with('\u{feff}');
    json::read(text.as_bytes()).ok().filter(|_| !marked)
}

fn load_json(bytes: &[u8]) -> Result<Dict, Box<dyn StdError + Send + Sync>> {
    match json::read(bytes)? {
        Value::Dict(map) => Ok(map),
        _ => Err("the text is not a mapping".into()),
    }
}

/// The only errors known to show what is wrong with a file are those of TOML.
#[cfg(not(feature = "toml"))]
fn without_input(
    _input: &[u8],
    cause: Box<dyn StdError + Send + Sync>,
) -> Box<dyn StdError + Send + Sync> {
    cause
}
