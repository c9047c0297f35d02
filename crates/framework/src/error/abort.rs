//! Ends a request from anywhere. Flask: `flask.abort`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::context::try_current_app;
use crate::error::http_error::NoErrorForCode;
use crate::error::{Error, HttpError, Result};
use crate::response::{IntoResponse, Redirect, Response};

/// What a request can be ended with: a status code, a code and a description, an error, a response.
#[derive(Debug)]
pub struct Abort(Error);

/// A code that there is no error for is a mistake of the caller: an error without a status.
impl From<u16> for Abort {
    fn from(code: u16) -> Self {
        Self(make(code).map_or_else(Into::into, Into::into))
    }
}

/// Makes the error of a code: the current app's own, or Werkzeug's.
fn make(code: u16) -> Result<HttpError, NoErrorForCode> {
    match try_current_app() {
        Ok(app) => app.inner().aborter.make(code),
        Err(_) => HttpError::checked(code),
    }
}

/// The errors that [`abort`] makes of status codes, besides Werkzeug's or in their place.
///
/// *Flask:* `Flask.aborter`, `werkzeug.exceptions.Aborter`.
///
/// ```
/// use carafe::{App, HttpError};
///
/// let mut app = App::new("docs");
/// app.aborter.insert(402, || HttpError::custom(402, "Pay first."));
/// ```
#[derive(Clone, Default)]
pub struct Aborter {
    own: HashMap<u16, Arc<dyn Fn() -> HttpError + Send + Sync>>,
    alone: bool,
}

impl Aborter {
    /// Makes one that knows no codes but those which are inserted.
    ///
    /// *Werkzeug:* the `mapping` argument of `Aborter`.
    pub fn without_defaults() -> Self {
        Self {
            alone: true,
            ..Self::default()
        }
    }

    /// Sets what makes the error of a status code.
    ///
    /// *Werkzeug:* the `extra` argument of `Aborter`.
    pub fn insert(&mut self, code: u16, make: impl Fn() -> HttpError + Send + Sync + 'static) {
        self.own.insert(code, Arc::new(make));
    }

    fn make(&self, code: u16) -> Result<HttpError, NoErrorForCode> {
        match self.own.get(&code) {
            Some(make) => Ok(make()),
            None if self.alone => Err(NoErrorForCode::of(code)),
            None => HttpError::checked(code),
        }
    }
}

impl fmt::Debug for Aborter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.own.keys()).finish()
    }
}

impl From<StatusCode> for Abort {
    fn from(code: StatusCode) -> Self {
        Self::from(code.as_u16())
    }
}

impl<D: Into<Cow<'static, str>>> From<(u16, D)> for Abort {
    fn from((code, description): (u16, D)) -> Self {
        let error = make(code);
        Self(error.map_or_else(Into::into, |error| {
            error.with_description(description).into()
        }))
    }
}

impl From<HttpError> for Abort {
    fn from(error: HttpError) -> Self {
        Self(error.into())
    }
}

impl From<Response> for Abort {
    fn from(response: Response) -> Self {
        Self(Error::from_response(response))
    }
}

impl From<Redirect> for Abort {
    fn from(redirect: Redirect) -> Self {
        Self(
            redirect
                .into_response()
                .map_or_else(|error| error, Error::from_response),
        )
    }
}

/// Ends the request: always an error, for use with `?`.
///
/// *Flask:* `flask.abort`.
///
/// # Errors
/// Always: that is its purpose.
///
/// ```
/// use carafe::{Result, abort};
///
/// fn secret(allowed: bool) -> Result<&'static str> {
///     if !allowed {
///         abort(403)?;
///     }
///     Ok("the secret")
/// }
/// assert_eq!(secret(false).unwrap_err().as_http().unwrap().code(), 403);
/// ```
pub fn abort(reason: impl Into<Abort>) -> Result<Infallible> {
    Err(reason.into().0)
}

/// Ends the request when a value is missing.
///
/// *Flask:* `get_or_404` of Flask-SQLAlchemy, and `abort(404)` behind an `if`.
///
/// ```
/// use carafe::{OrAbort, Result, redirect};
///
/// fn first(words: &[&str]) -> Result<String> {
///     Ok(words.first().or_abort((404, "There are no words."))?.to_string())
/// }
///
/// fn name(user: Option<String>) -> Result<String> {
///     user.or_abort(redirect("/login"))
/// }
/// assert_eq!(first(&[]).unwrap_err().as_http().unwrap().code(), 404);
/// assert!(name(None).is_err());
/// ```
pub trait OrAbort<T> {
    /// The value, or what [`abort`] makes of the reason.
    ///
    /// # Errors
    /// When there is no value.
    fn or_abort(self, reason: impl Into<Abort>) -> Result<T>;

    /// The value, or a 404.
    ///
    /// # Errors
    /// When there is no value.
    fn or_404(self) -> Result<T>
    where
        Self: Sized,
    {
        self.or_abort(404)
    }
}

impl<T> OrAbort<T> for Option<T> {
    fn or_abort(self, reason: impl Into<Abort>) -> Result<T> {
        self.ok_or_else(|| reason.into().0)
    }
}
