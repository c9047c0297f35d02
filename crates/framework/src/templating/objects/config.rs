//! `config` in templates.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::context::try_current_app;
use crate::templating::objects::failing;
use crate::templating::serialize::to_value;

/// The configuration of the current app.
#[derive(Debug)]
pub(crate) struct ConfigObject;

impl Object for ConfigObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match try_current_app() {
            Ok(app) => app.config().get(key).map(|value| to_value(&value)),
            Err(outside) => Some(failing(outside)),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let Ok(app) = try_current_app() else {
            return Enumerator::Empty;
        };
        Enumerator::Values(
            app.config()
                .iter()
                .map(|(key, _)| Value::from(key))
                .collect(),
        )
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match try_current_app() {
            // The configuration masks its secrets when it is shown.
            Ok(app) => write!(f, "<Config {:?}>", app.config()),
            Err(_) => f.write_str("<Config>"),
        }
    }
}
