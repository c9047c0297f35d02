//! JSON as text, as the current app writes and reads it. Flask: the functions of `flask.json`.

use std::io::{Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::try_current_app;
use crate::error::Result;
use crate::json::{DefaultJsonProvider, JsonProvider};

/// Writes a value as JSON text, as the current app does.
///
/// *Flask:* `flask.json.dumps`; without an app it writes as Flask's default provider does.
///
/// ```
/// assert_eq!(carafe::json::dumps(&[("é", 1.0)])?, r#"[["\u00e9", 1.0]]"#);
/// # Ok::<(), carafe::Error>(())
/// ```
///
/// # Errors
/// When the value has no form in JSON.
pub fn dumps<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    with_provider(|json| Ok(json.to_text(value)?))
}

/// Writes a value as JSON text into a file or anything else that takes bytes.
///
/// *Flask:* `flask.json.dump`.
///
/// # Errors
/// Those of [`dumps`], and those of the writer.
pub fn dump<T: Serialize + ?Sized>(value: &T, mut writer: impl Write) -> Result<()> {
    Ok(writer.write_all(dumps(value)?.as_bytes())?)
}

/// Reads a JSON text, as the current app does.
///
/// *Flask:* `flask.json.loads`; without an app it reads as Flask's default provider does.
///
/// ```
/// let pair: (String, f64) = carafe::json::loads(r#"["a", 1]"#)?;
/// assert_eq!(pair, ("a".to_owned(), 1.0));
/// # Ok::<(), carafe::Error>(())
/// ```
///
/// # Errors
/// When the text is not JSON, or does not fit the type.
pub fn loads<T: DeserializeOwned>(text: impl AsRef<[u8]>) -> Result<T> {
    with_provider(|json| Ok(json.read(text.as_ref())?))
}

/// Reads a JSON text from a file or anything else that gives bytes.
///
/// *Flask:* `flask.json.load`.
///
/// # Errors
/// Those of [`loads`], and those of the reader.
pub fn load<T: DeserializeOwned>(mut reader: impl Read) -> Result<T> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    loads(text)
}

fn with_provider<T>(job: impl FnOnce(&dyn JsonProvider) -> Result<T>) -> Result<T> {
    match try_current_app() {
        Ok(app) => job(app.json()),
        Err(_) => job(&DefaultJsonProvider::default()),
    }
}
