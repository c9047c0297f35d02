//! Ends a request from anywhere. Flask: `flask.abort`.

use std::borrow::Cow;
use std::convert::Infallible;

use http::StatusCode;

use crate::error::{Error, HttpError, Result};
use crate::response::Response;

/// What a request can be ended with: a status code, a code and a description, an error, a response.
#[derive(Debug)]
pub struct Abort(Error);

/// A code that there is no error for is a mistake of the caller: an error without a status.
impl From<u16> for Abort {
    fn from(code: u16) -> Self {
        Self(HttpError::checked(code).map_or_else(Into::into, Into::into))
    }
}

impl From<StatusCode> for Abort {
    fn from(code: StatusCode) -> Self {
        Self::from(code.as_u16())
    }
}

impl<D: Into<Cow<'static, str>>> From<(u16, D)> for Abort {
    fn from((code, description): (u16, D)) -> Self {
        let error = HttpError::checked(code);
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
pub trait OrAbort<T> {
    /// The value, or the error of this code.
    ///
    /// # Errors
    /// When there is no value.
    fn or_abort(self, code: u16) -> Result<T>;

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
    fn or_abort(self, code: u16) -> Result<T> {
        self.ok_or_else(|| HttpError::new(code).into())
    }
}
