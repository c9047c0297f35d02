//! A panic in user code, as an error with its message and its place.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::error::Error as StdError;
use std::fmt;
use std::panic;
use std::sync::Once;

use crate::debug;
use crate::error::Error;

/// A panic of a view, a hook or another function of the application.
#[derive(Debug)]
pub struct Panicked {
    message: String,
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

impl Panicked {
    /// What the panic said.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file, line and column of the panic.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The functions that were running; none unless the debug error page is to show them.
    pub(crate) fn backtrace(&self) -> Option<&Backtrace> {
        self.backtrace.as_ref()
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.message)?;
        match &self.location {
            Some(location) => write!(f, " at {location}"),
            None => Ok(()),
        }
    }
}

impl StdError for Panicked {}

/// What a panic hook learns and a caught payload does not tell.
#[derive(Default)]
struct Noted {
    location: Option<String>,
    backtrace: Option<Backtrace>,
}

thread_local! {
    static LAST: Cell<Option<Noted>> = const { Cell::new(None) };
}

/// Notes where panics happen, which a caught payload does not tell.
///
/// The program's own panic hook stays in force and runs as before.
pub(crate) fn remember_panic_locations() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let noted = Noted {
                location: info.location().map(ToString::to_string),
                backtrace: debug::wants_backtraces().then(Backtrace::force_capture),
            };
            // A thread that is ending has no place for it, and nobody who would ask.
            let _ = LAST.try_with(|last| last.set(Some(noted)));
            previous(info);
        }));
    });
}

/// Turns the payload of a caught panic into an error.
pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Error {
    // A deliberate `resume_unwind` of an error keeps that error.
    let payload = match payload.downcast::<Error>() {
        Ok(error) => return *error,
        Err(payload) => payload,
    };
    let message = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "a panic without a message".to_owned(),
        },
    };
    let noted = LAST.take().unwrap_or_default();
    Error::from(Panicked {
        message,
        location: noted.location,
        backtrace: noted.backtrace,
    })
}
