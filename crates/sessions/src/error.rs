//! The crate's one error type.

use std::error::Error;
use std::fmt;

/// Says what kind of thing went wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionErrorKind {
    /// The session cannot be written because no secret key is set.
    NoSecretKey,
    /// A rightly signed cookie holds something that cannot be read.
    Unreadable,
    /// A value cannot be stored in, or read from, a session as asked.
    Value,
    /// The store behind server-side sessions failed or cannot be reached.
    Store,
    /// A session could not be saved; the cause is the source.
    Save,
    /// The cookie's name, value or attributes cannot be written.
    Cookie,
    /// An interface of the user's own failed.
    Other,
}

/// The error of everything that opens, changes or saves a session.
///
/// ```
/// use carafe_sessions::{BoxSession, NullSession, SessionErrorKind};
///
/// let mut session = BoxSession::from(NullSession::new());
/// let error = session.insert("user", 7).unwrap_err();
/// assert_eq!(error.kind(), SessionErrorKind::NoSecretKey);
/// ```
#[derive(Debug)]
pub struct SessionError {
    kind: SessionErrorKind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SessionError {
    /// Makes an error of a kind with a message of one sentence.
    pub fn new(kind: SessionErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Makes the error of a store that failed, keeping the cause.
    pub fn store(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(SessionErrorKind::Store, "the session store failed").with_source(cause)
    }

    /// Makes the error of a user's own interface, keeping the cause.
    pub fn other(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(SessionErrorKind::Other, "the session interface failed").with_source(cause)
    }

    /// Makes the error of a change to a session that has no secret key, in Flask's words.
    pub(crate) fn no_secret_key() -> Self {
        Self::new(
            SessionErrorKind::NoSecretKey,
            "The session is unavailable because no secret key was set.  Set the secret_key on \
             the application to something unique and secret.",
        )
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> SessionErrorKind {
        self.kind
    }

    /// Returns the status that an unhandled error of this kind answers with.
    ///
    /// A store that is down is 503 while a session is opened; everything else is 500, as in
    /// Flask.
    pub fn status(&self) -> http::StatusCode {
        match self.kind {
            SessionErrorKind::Store => http::StatusCode::SERVICE_UNAVAILABLE,
            _ => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SessionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
