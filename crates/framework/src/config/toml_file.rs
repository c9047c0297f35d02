//! Configuration files in TOML.

use std::error::Error as StdError;
use std::path::Path;

use carafe_sessions::{Dict, Value};

use crate::config::{Config, ConfigError};

impl Config {
    /// Takes over the entries with an upper-case key of a TOML file. Dates become text.
    ///
    /// *Flask:* `Config.from_file(path, load=tomllib.load, text=False)`.
    ///
    /// # Errors
    /// As [`from_file`](Config::from_file).
    pub fn from_toml_file(&mut self, path: impl AsRef<Path>) -> Result<(), ConfigError> {
        self.from_file(path, load_toml)
    }
}

fn load_toml(bytes: &[u8]) -> Result<Dict, Box<dyn StdError + Send + Sync>> {
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes)?)?;
    Ok(table
        .into_iter()
        .map(|(key, value)| (key, toml_value(value)))
        .collect())
}

/// Says what is wrong with a file without a word of it.
///
/// An error of TOML shows the line that is wrong, and its `Debug` form the whole file: secrets are in both.
pub(super) fn without_input(
    input: &[u8],
    cause: Box<dyn StdError + Send + Sync>,
) -> Box<dyn StdError + Send + Sync> {
    let Some(error) = cause.downcast_ref::<toml::de::Error>() else {
        return cause;
    };
    let before = error.span().and_then(|span| input.get(..span.start));
    let message = error.message();
    match before {
        Some(before) => {
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            format!("line {line}: {message}").into()
        }
        None => message.into(),
    }
}

fn toml_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(toml_value).collect::<Vec<_>>().into(),
        toml::Value::Table(table) => Value::Dict(
            table
                .into_iter()
                .map(|(key, value)| (key, toml_value(value)))
                .collect(),
        ),
    }
}
