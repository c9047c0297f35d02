//! `session` in templates. Reading from it marks the session as accessed.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::context::try_session;
use crate::templating::objects::failing;
use crate::templating::serialize::to_value;

/// The session of the current request.
#[derive(Debug)]
pub(crate) struct SessionObject;

impl Object for SessionObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let session = match try_session() {
            Ok(session) => session,
            Err(outside) => return Some(failing(outside)),
        };
        match (session.get_value(key), key) {
            (Some(value), _) => Some(to_value(&value)),
            (None, "permanent") => Some(session.permanent().into()),
            (None, "modified") => Some(session.modified().into()),
            (None, "accessed") => Some(session.accessed().into()),
            (None, "new") => Some(session.is_new().into()),
            (None, _) => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let Ok(session) = try_session() else {
            return Enumerator::Empty;
        };
        Enumerator::Values(
            session
                .values()
                .keys()
                .map(|key| Value::from(key.to_string_lossy().as_ref()))
                .collect(),
        )
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match try_session() {
            Ok(session) => write!(f, "<Session {}>", to_value(&session.values())),
            Err(_) => f.write_str("<Session unbound>"),
        }
    }
}
