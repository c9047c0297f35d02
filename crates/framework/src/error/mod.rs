//! Errors: what views and hooks fail with, and what the client is told. Flask: `werkzeug.exceptions`.

mod abort; // end a request from anywhere
pub(crate) mod handlers; // which function answers which error
pub mod http_error; // errors with a status code
mod panic; // a panic in user code as an error

use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::response::Response;

pub use self::abort::{Abort, Aborter, OrAbort, abort};
pub use self::handlers::{ErrorHandlerFunction, Handled, OriginalError};
pub use self::http_error::{BadRequestKeyError, HttpError};
pub use self::panic::Panicked;
pub(crate) use self::panic::{panicked, remember_panic_locations};

/// The result of views, hooks and most of Carafe's functions.
pub type Result<T = Response, E = Error> = std::result::Result<T, E>;

/// Any error that ended a piece of a request's work.
///
/// Every `std::error::Error` converts into it with `?`. An [`HttpError`] keeps its status code; any other
/// error is answered with a 500 unless a handler was registered for its type.
///
/// *Flask:* whatever exception left a function.
///
/// ```
/// use carafe::{Error, HttpError};
///
/// fn parse(text: &str) -> Result<u8, Error> {
///     Ok(text.parse()?)
/// }
/// let error = parse("many").unwrap_err();
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
/// assert!(error.as_http().is_none());
/// assert_eq!(Error::from(HttpError::not_found()).as_http().map(HttpError::code), Some(404));
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    source: Source,
    /// Where the error became this one: the line of the `?` for most.
    location: &'static Location<'static>,
    /// The name of the type that the error was made of.
    type_name: Option<&'static str>,
}

enum Source {
    Http(HttpError),
    Other(Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// Makes an error from a message.
    #[track_caller]
    pub fn msg(message: impl Into<String>) -> Self {
        Self::from_source(Source::Other(message.into().into()), None)
    }

    /// Makes the error that ends a request with a ready response; no error handler sees it, unless
    /// `TRAP_HTTP_EXCEPTIONS` asks for it.
    ///
    /// *Flask:* `abort(response)`.
    #[track_caller]
    pub fn from_response(response: Response) -> Self {
        Self::from_source(Source::Http(HttpError::of_response(response)), None)
    }

    /// Makes an error of a boxed one.
    #[track_caller]
    pub(crate) fn from_boxed(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self::from_named(error, None)
    }

    #[track_caller]
    fn from_named(error: Box<dyn StdError + Send + Sync>, type_name: Option<&'static str>) -> Self {
        let error = match error.downcast::<Carried>() {
            Ok(carried) => return carried.0,
            Err(other) => other,
        };
        let source = match error.downcast::<HttpError>() {
            Ok(http) => Source::Http(*http),
            Err(other) => Source::Other(other),
        };
        Self::from_source(source, type_name)
    }

    #[track_caller]
    fn from_source(source: Source, type_name: Option<&'static str>) -> Self {
        Self(Arc::new(Inner {
            source,
            location: Location::caller(),
            type_name,
        }))
    }

    /// The error as one with a status code, if it is one.
    pub fn as_http(&self) -> Option<&HttpError> {
        match &self.0.source {
            Source::Http(error) => Some(error),
            _ => None,
        }
    }

    /// Where the error became an `Error`: the line of the `?` that gave it on, for most.
    ///
    /// *Beyond Flask:* the last line of the traceback. It lies outside of the program where a function such as
    /// `map_err(Into::into)` made the error.
    pub fn location(&self) -> &'static Location<'static> {
        self.0.location
    }

    /// The name of the type that the error was made of, if one was known.
    pub(crate) fn type_name(&self) -> Option<&'static str> {
        self.0.type_name
    }

    /// Whether a panic in user code is the cause.
    pub fn is_panic(&self) -> bool {
        self.downcast_ref::<Panicked>().is_some()
    }

    /// The first error of type `E` among this error and its sources.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let mut current = Some(self.as_std());
        while let Some(error) = current {
            if let Some(found) = error.downcast_ref::<E>() {
                return Some(found);
            }
            current = error.source();
        }
        None
    }

    /// The error as the standard library's trait object.
    pub fn as_std(&self) -> &(dyn StdError + 'static) {
        match &self.0.source {
            Source::Http(error) => error,
            Source::Other(error) => &**error,
        }
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::from_named(Box::new(error), Some(std::any::type_name::<E>()))
    }
}

/// An error where only those of the standard library's trait may go; its sources are still found.
#[derive(Debug)]
struct Carried(Error);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Carried {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.as_std())
    }
}

/// For functions of the application that answer with errors of any kind, such as receivers of signals.
impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        Box::new(Carried(error))
    }
}

/// For a `main` that answers with errors of any kind.
impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        Box::new(Carried(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_std(), f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_std(), f)
    }
}
