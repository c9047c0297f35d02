//! Which function answers which error. Flask: `error_handler_spec`, `Flask._find_error_handler`.

use std::any::TypeId;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use crate::error::http_error::Class;
use crate::error::{Error, HttpError, Result};
use crate::hook::{Asynchronous, Synchronous};
use crate::maybe_ready::MaybeReady;
use crate::response::{IntoResponse, Response};

pub(crate) type ErrorHandler = Arc<dyn Fn(&Error) -> MaybeReady<Result<Response>> + Send + Sync>;

/// An error that a handler can be registered for by its type.
///
/// It is implemented for every `std::error::Error`, [`HttpError`] among them, and for [`Error`], which stands
/// for all.
pub trait Handled: Sized + 'static {
    #[doc(hidden)]
    fn find(error: &Error) -> Option<&Self>;
}

impl<E: StdError + 'static> Handled for E {
    fn find(error: &Error) -> Option<&Self> {
        error.downcast_ref()
    }
}

impl Handled for Error {
    fn find(error: &Error) -> Option<&Self> {
        Some(error)
    }
}

/// A function that answers an error of type `E`, sync or async.
///
/// An async handler reads what it needs of the error before its future begins, as the error is lent to it.
///
/// *Flask:* `errorhandler`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error handler for `{E}`",
    note = "it takes `&{E}` and returns what a view can return, or a future of it that does not borrow the error"
)]
pub trait ErrorHandlerFunction<E, Marker>: Send + Sync + 'static {
    #[doc(hidden)]
    fn answer(&self, error: &E) -> MaybeReady<Result<Response>>;
}

impl<F, E, R> ErrorHandlerFunction<E, Synchronous> for F
where
    F: Fn(&E) -> R + Send + Sync + 'static,
    R: IntoResponse,
{
    fn answer(&self, error: &E) -> MaybeReady<Result<Response>> {
        MaybeReady::Ready(self(error).into_response())
    }
}

impl<F, E, Fut> ErrorHandlerFunction<E, Asynchronous> for F
where
    F: Fn(&E) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoResponse> + Send + 'static,
{
    fn answer(&self, error: &E) -> MaybeReady<Result<Response>> {
        let answer = self(error);
        MaybeReady::waiting(async move { answer.await.into_response() })
    }
}

/// The error handlers of the app or of one blueprint.
#[derive(Clone, Default)]
pub(crate) struct ErrorHandlers {
    by_code: HashMap<u16, ErrorHandler>,
    by_type: HashMap<TypeId, TypedHandler>,
    /// Codes that no error has, with where they were registered: mistakes for the report.
    unknown_codes: Vec<(u16, &'static Location<'static>)>,
}

#[derive(Clone)]
struct TypedHandler {
    handler: ErrorHandler,
    /// Whether an error, without its sources, is of the handler's type.
    is_type_of: fn(&(dyn StdError + 'static)) -> bool,
}

impl ErrorHandlers {
    #[track_caller]
    pub(crate) fn insert_code<M>(
        &mut self,
        code: u16,
        function: impl ErrorHandlerFunction<HttpError, M>,
    ) {
        if HttpError::try_new(code).is_none() {
            self.unknown_codes.push((code, Location::caller()));
        }
        self.by_code.insert(code, erase(function));
    }

    pub(crate) fn unknown_codes(&self) -> &[(u16, &'static Location<'static>)] {
        &self.unknown_codes
    }

    pub(crate) fn insert_type<E: StdError + 'static, M>(
        &mut self,
        function: impl ErrorHandlerFunction<E, M>,
    ) {
        let is_type_of = |error: &(dyn StdError + 'static)| error.is::<E>();
        self.by_type.insert(
            TypeId::of::<E>(),
            TypedHandler {
                handler: erase(function),
                is_type_of,
            },
        );
    }

    pub(crate) fn insert_any<M>(&mut self, function: impl ErrorHandlerFunction<Error, M>) {
        let never = |_: &(dyn StdError + 'static)| false;
        self.by_type.insert(
            TypeId::of::<Error>(),
            TypedHandler {
                handler: erase(function),
                is_type_of: never,
            },
        );
    }

    /// Takes over another's handlers, which win.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.unknown_codes.extend_from_slice(&other.unknown_codes);
        self.by_code.extend(
            other
                .by_code
                .iter()
                .map(|(code, handler)| (*code, handler.clone())),
        );
        self.by_type.extend(
            other
                .by_type
                .iter()
                .map(|(kind, handler)| (*kind, handler.clone())),
        );
    }

    fn of_type<T: 'static>(&self) -> Option<&ErrorHandler> {
        self.by_type
            .get(&TypeId::of::<T>())
            .map(|typed| &typed.handler)
    }

    /// The handler for the nearest of an error and its sources.
    fn of_chain(&self, error: Option<&(dyn StdError + 'static)>) -> Option<&ErrorHandler> {
        let mut current = error;
        while let Some(error) = current {
            if let Some(typed) = self
                .by_type
                .values()
                .find(|typed| (typed.is_type_of)(error))
            {
                return Some(&typed.handler);
            }
            current = error.source();
        }
        None
    }
}

fn erase<E: Handled, M>(function: impl ErrorHandlerFunction<E, M>) -> ErrorHandler {
    Arc::new(move |error| match E::find(error) {
        Some(found) => function.answer(found),
        None => MaybeReady::Ready(Err(error.clone())),
    })
}

/// Finds the handler of an error: by code before by type, blueprints (innermost first) before the app.
///
/// *Flask:* `Flask._find_error_handler`.
pub(crate) fn find_error_handler<'a>(
    error: &Error,
    scopes: impl Iterator<Item = &'a ErrorHandlers> + Clone,
) -> Option<ErrorHandler> {
    let Some(http) = error.as_http() else {
        let own = scopes.map(|handlers| {
            handlers
                .of_chain(Some(error.as_std()))
                .or_else(|| handlers.of_type::<Error>())
        });
        return own.flatten().next().cloned();
    };
    // What a 500 was made of has been asked for before: its type does not count again.
    let cause = http.source().filter(|source| !source.is::<OriginalError>());
    let code = (http.class() == Class::OfCode).then(|| http.code());
    let by_code = scopes.clone().find_map(|handlers| {
        handlers
            .of_chain(cause)
            .or_else(|| handlers.by_code.get(&code?))
    });
    let by_type = || {
        scopes.clone().find_map(|handlers| {
            handlers
                .of_type::<HttpError>()
                .or_else(|| handlers.of_type::<Error>())
        })
    };
    by_code.or_else(by_type).cloned()
}

/// The error that a 500 was made of, as the source of its [`HttpError`].
///
/// *Flask:* `InternalServerError.original_exception`.
#[derive(Debug)]
pub struct OriginalError(pub(crate) Error);

impl OriginalError {
    /// The original error of a 500 that was made for an error without a handler.
    pub fn of(error: &HttpError) -> Option<&Error> {
        error
            .source()?
            .downcast_ref::<Self>()
            .map(|original| &original.0)
    }
}

impl fmt::Display for OriginalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for OriginalError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.as_std())
    }
}
