//! What every app starts from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use carafe::{App, current_app, routing, sessions};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a scenario says of the app it wants.
pub(crate) struct Setup {
    /// Upper-case keys are configuration, the others options of the app.
    pub(crate) config: Map<String, Value>,
    /// Environment variables of the scenario; other threads run, so they are not this process's own.
    pub(crate) env: BTreeMap<String, String>,
    /// The folder of static files, templates and other files.
    pub(crate) fixtures: PathBuf,
}

impl Setup {
    /// An option of the app; its default when the scenario does not set it.
    pub(crate) fn option<T: DeserializeOwned + Default>(&self, name: &str) -> carafe::Result<T> {
        match self.config.get(name) {
            Some(value) => Ok(serde_json::from_value(value.clone())?),
            None => Ok(T::default()),
        }
    }

    /// Whether an option is set and counts as true in Python.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.config.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(map)) => !map.is_empty(),
        }
    }
}

/// An app rooted at the fixtures, with a default `SECRET_KEY`, and then what the scenario configures.
pub(crate) fn new_app(name: &str, setup: &Setup) -> carafe::Result<App> {
    let mut app = App::with_root_path(name, &setup.fixtures);
    app.config.secret_key("parity-secret-key");
    // The server that was recorded had no debugger.
    app.config.debug_error_page(Some(false));
    app.config.from_mapping(setup.config.clone())?;
    Ok(app)
}

/// Logs an event of the current app.
pub(crate) fn log(event: impl Into<String>) {
    if let Some(trace) = current_app().state::<Trace>() {
        trace.push(event);
    }
}

/// The variables of a URL by name, as JSON has them.
pub(crate) fn plain_values(values: &routing::Values<'_>) -> BTreeMap<String, sessions::Value> {
    fn plain(value: &routing::Value<'_>) -> sessions::Value {
        match value {
            routing::Value::None => sessions::Value::Null,
            routing::Value::Int(number) => (*number).into(),
            routing::Value::BigInt(number) => number.clone().into(),
            routing::Value::Float(number) => (*number).into(),
            routing::Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().into(),
            other => other.to_string().into(),
        }
    }
    let plain = values
        .iter()
        .map(|(name, value)| (name.to_owned(), plain(value)));
    plain.collect()
}

/// The events that an app logs, which the harness serves.
#[derive(Clone, Default)]
pub(crate) struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    /// Makes the trace of an app.
    pub(crate) fn of(app: &mut App) -> Self {
        let trace = Self::default();
        app.state(trace.clone());
        trace
    }

    /// Logs an event.
    pub(crate) fn push(&self, event: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event.into());
    }

    /// Takes all events out.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
