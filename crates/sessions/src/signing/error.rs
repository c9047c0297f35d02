//! Why a token is not accepted, or cannot be made.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Says why a token is not accepted, or cannot be made.
///
/// *itsdangerous:* the exceptions of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignErrorKind {
    /// The signature is missing or does not match.
    BadSignature,
    /// The signature does not match, or the timestamp is missing or malformed.
    BadTimeSignature,
    /// The token is older than allowed, or from the future.
    SignatureExpired,
    /// The signature is good, and what it signs cannot be read.
    BadPayload,
    /// The value has no form in a token.
    Unserializable,
    /// The separator could be mistaken for a part of the signature.
    BadSeparator,
}

/// The error of signing and unsigning.
#[derive(Debug)]
pub struct SignError {
    kind: SignErrorKind,
    payload: Option<Box<[u8]>>,
    date_signed: Option<u64>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SignError {
    pub(crate) fn new(kind: SignErrorKind) -> Self {
        Self {
            kind,
            payload: None,
            date_signed: None,
            source: None,
        }
    }

    pub(crate) fn with_payload(mut self, payload: &[u8]) -> Self {
        self.payload = Some(payload.into());
        self
    }

    pub(crate) fn with_date(mut self, seconds: Option<u64>) -> Self {
        self.date_signed = seconds;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> SignErrorKind {
        self.kind
    }

    /// Returns whether the signature or its time is what is wrong.
    ///
    /// *itsdangerous:* `isinstance(error, BadSignature)`.
    pub fn is_bad_signature(&self) -> bool {
        matches!(
            self.kind,
            SignErrorKind::BadSignature
                | SignErrorKind::BadTimeSignature
                | SignErrorKind::SignatureExpired
        )
    }

    /// Returns what the token claims to sign; nobody vouches for it.
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// Returns when the token claims to have been signed; nobody vouches for it.
    pub fn date_signed(&self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.date_signed?))
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            SignErrorKind::BadSignature => "the signature is missing or does not match",
            SignErrorKind::BadTimeSignature => "the signature or its timestamp is not right",
            SignErrorKind::SignatureExpired => "the signature is expired or from the future",
            SignErrorKind::BadPayload => "what the signature signs cannot be read",
            SignErrorKind::Unserializable => "the value has no form in a token",
            SignErrorKind::BadSeparator => "the separator may be contained in the signature itself",
        })
    }
}

impl Error for SignError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
