//! Which field does not fit, and why.

use std::error::Error as StdError;
use std::fmt;

use serde::de::value;

use crate::error::HttpError;

/// A field of a request does not fit the type that a view asks for.
///
/// The field is one of a query, a form, headers or cookies. The error is the source of the 400 that the client gets; an error handler may look for it.
///
/// *Beyond Flask:* there, each view checks by itself.
///
/// ```
/// use carafe::prelude::*;
/// use carafe::{FieldError, Query};
///
/// #[derive(serde::Deserialize)]
/// struct Page {
///     number: u32,
/// }
///
/// let mut app = App::new("docs");
/// app.route("/", |Query(page): Query<Page>| page.number.to_string()).endpoint("page");
/// app.error_handler(400, |error: &HttpError| {
///     let misfit = std::error::Error::source(error).and_then(|source| source.downcast_ref::<FieldError>());
///     (misfit.map(|misfit| misfit.path().to_owned()).unwrap_or_default(), 400)
/// });
/// assert_eq!(app.test_client().get("/?number=many").send().text(), "number");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    path: String,
    reason: String,
}

impl FieldError {
    /// The path of the field: `tags[1]`; a dot when it is not one field.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why the field does not fit.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The 400 for a part of the request, which tells the client of the field.
    pub(super) fn into_http_error(self, part: &str) -> HttpError {
        HttpError::bad_request()
            .with_description(format!("The {part} does not fit: {self}"))
            .with_source(self)
    }
}

impl From<serde_path_to_error::Error<value::Error>> for FieldError {
    fn from(error: serde_path_to_error::Error<value::Error>) -> Self {
        Self {
            path: error.path().to_string(),
            reason: error.into_inner().to_string(),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "." => f.write_str(&self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl StdError for FieldError {}
