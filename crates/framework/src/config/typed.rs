//! Values of keys as types of the program.

use carafe_sessions::Value;
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::config::error::ConfigError;

impl Config {
    /// Returns the value of `key` as a type of the program. Beyond Flask: Python has no types to fill.
    ///
    /// A key that is not there reads as null, so that an `Option` may be missing.
    ///
    /// ```
    /// use carafe::config::Config;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Mail {
    ///     server: String,
    ///     port: Option<u16>,
    /// }
    ///
    /// let mut config = Config::new(".");
    /// config.set("MAIL", serde_json::json!({"server": "localhost"}))?;
    /// let mail: Mail = config.get_as("MAIL")?;
    /// assert_eq!((mail.server.as_str(), mail.port), ("localhost", None));
    /// # Ok::<(), carafe::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// The key is missing or its value does not fit the type.
    pub fn get_as<T: DeserializeOwned>(&self, key: &str) -> Result<T, ConfigError> {
        let value = self.get(key);
        match (
            T::deserialize(value.as_ref().unwrap_or(&Value::Null)),
            &value,
        ) {
            (Ok(typed), _) => Ok(typed),
            (Err(_), None) => Err(ConfigError::missing(key)),
            // The reason would quote the value, which may be a secret.
            (Err(_), Some(value)) => Err(ConfigError::misfit::<T>(key, value, self.source(key))),
        }
    }
}
