//! The globals of the current context as templates see them: read when they are asked for, and not before.

mod config; // the configuration
mod g; // the values of the context
mod request; // the request and its mappings
mod session; // the session

pub(super) use self::config::ConfigObject;
pub(super) use self::g::GObject;
pub(super) use self::g::{Readers, reader, shared_option_reader, shared_reader};
pub(super) use self::request::RequestObject;
pub(super) use self::session::SessionObject;

use minijinja::{Error, ErrorKind, Value};

/// A value that makes the template fail that uses it.
fn failing(error: impl std::error::Error + Send + Sync + 'static) -> Value {
    Value::from(Error::new(ErrorKind::InvalidOperation, error.to_string()).with_source(error))
}
