//! Signed JSON. itsdangerous: `Serializer` and its three kin.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::python::{self, Format};
use crate::json::{JsonStyle, SessionSerializer};
use crate::signing::builder::SignerBuilder;
use crate::signing::error::{SignError, SignErrorKind};
use crate::signing::payload;
use crate::signing::signer::{Signer, into_text};
use crate::signing::timed::{Timed, TimestampSigner};
use crate::signing::zlib::Zlib;
use crate::value::{Value, from_value, to_value};

/// Signs JSON and reads it back.
///
/// *itsdangerous:* `Serializer`.
#[derive(Debug, Clone)]
pub struct Serializer(Signer, Arc<Zlib>);

/// Signs JSON together with the time, so that it can expire.
///
/// *itsdangerous:* `TimedSerializer`.
#[derive(Debug, Clone)]
pub struct TimedSerializer(TimestampSigner, Arc<Zlib>);

/// Signs JSON into text that can stand in a URL.
///
/// *itsdangerous:* `URLSafeSerializer`.
#[derive(Debug, Clone)]
pub struct UrlSafeSerializer(Signer, Arc<Zlib>);

/// Signs JSON and the time into text that can stand in a URL; the form of session cookies.
///
/// *itsdangerous:* `URLSafeTimedSerializer`.
#[derive(Debug, Clone)]
pub struct UrlSafeTimedSerializer(TimestampSigner, Arc<Zlib>);

/// The form of what is signed.
trait Form {
    const FORMAT: Format;

    fn wrap(json: String, zlib: &Zlib) -> Vec<u8>;

    fn unwrap<T>(
        payload: &[u8],
        zlib: &Zlib,
        read: impl FnOnce(&[u8]) -> Result<T, SignError>,
    ) -> Result<T, SignError>;
}

struct Plain;

impl Form for Plain {
    const FORMAT: Format = Format::SPACED;

    fn wrap(json: String, _: &Zlib) -> Vec<u8> {
        json.into_bytes()
    }

    fn unwrap<T>(
        payload: &[u8],
        _: &Zlib,
        read: impl FnOnce(&[u8]) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        read(payload)
    }
}

struct UrlSafe;

impl Form for UrlSafe {
    const FORMAT: Format = Format::COMPACT_UNICODE;

    fn wrap(json: String, zlib: &Zlib) -> Vec<u8> {
        let mut text = Vec::new();
        payload::encode(json.as_bytes(), zlib, &mut text);
        text
    }

    fn unwrap<T>(
        text: &[u8],
        zlib: &Zlib,
        read: impl FnOnce(&[u8]) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        payload::decode(text, zlib, read)
    }
}

fn dump<F: Form, T: Serialize + ?Sized>(value: &T, zlib: &Zlib) -> Result<Vec<u8>, SignError> {
    let unserializable = |cause| SignError::new(SignErrorKind::Unserializable).with_source(cause);
    let value = to_value(value).map_err(unserializable)?;
    let json = python::dumps(&value, F::FORMAT).map_err(unserializable)?;
    Ok(F::wrap(json, zlib))
}

fn load<F: Form, T: DeserializeOwned>(payload: &[u8], zlib: &Zlib) -> Result<T, SignError> {
    F::unwrap(payload, zlib, |json| {
        let value = python::loads(text_of(json)?).map_err(bad_payload)?;
        from_value(&value).map_err(bad_payload)
    })
}

fn text_of(json: &[u8]) -> Result<&str, SignError> {
    std::str::from_utf8(json).map_err(bad_payload)
}

fn bad_payload(cause: impl Error + Send + Sync + 'static) -> SignError {
    SignError::new(SignErrorKind::BadPayload).with_source(cause)
}

/// Tells a value that cannot be trusted from one that can.
fn load_unsafe<F: Form, T: DeserializeOwned>(
    loaded: Result<T, SignError>,
    zlib: &Zlib,
) -> Result<(bool, Option<T>), SignError> {
    match loaded {
        Ok(value) => Ok((true, Some(value))),
        Err(error) if error.is_bad_signature() => {
            let claimed = error
                .payload()
                .and_then(|payload| load::<F, T>(payload, zlib).ok());
            Ok((false, claimed))
        }
        Err(error) => Err(error),
    }
}

macro_rules! serializers {
    ($($untimed:ident, $timed:ident, $form:ty;)+) => {$(
        impl $untimed {
            /// Makes a serializer for one purpose, which the salt names.
            pub fn new(secret_key: impl AsRef<[u8]>, salt: impl AsRef<[u8]>) -> Self {
                Self::from_signer(signer(secret_key.as_ref(), salt.as_ref()))
            }

            /// Makes a serializer over a signer.
            pub fn from_signer(signer: Signer) -> Self {
                Self(signer, Arc::default())
            }

            /// Signs a value.
            ///
            /// # Errors
            ///
            /// The value has no form in JSON.
            pub fn dumps<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, SignError> {
                let mut token = dump::<$form, T>(value, &self.1)?;
                self.0.sign_onto(&mut token, 0);
                Ok(into_text(token))
            }

            /// Verifies a token and returns its value.
            ///
            /// # Errors
            ///
            /// The signature does not match, or what it signs is not of the type.
            pub fn loads<T: DeserializeOwned>(&self, token: &str) -> Result<T, SignError> {
                load::<$form, T>(self.0.unsign_bytes(token.as_bytes())?, &self.1)
            }

            /// Returns whether a token is genuine, and what it claims either way.
            ///
            /// For debugging only: nobody vouches for the value of a token that is not genuine.
            ///
            /// # Errors
            ///
            /// The signature matches, and what it signs is not of the type.
            pub fn loads_unsafe<T: DeserializeOwned>(
                &self,
                token: &str,
            ) -> Result<(bool, Option<T>), SignError> {
                load_unsafe::<$form, T>(self.loads(token), &self.1)
            }
        }

        impl $timed {
            /// Makes a serializer for one purpose, which the salt names.
            pub fn new(secret_key: impl AsRef<[u8]>, salt: impl AsRef<[u8]>) -> Self {
                Self::from_signer(signer(secret_key.as_ref(), salt.as_ref()))
            }

            /// Makes a serializer over a signer.
            pub fn from_signer(signer: Signer) -> Self {
                Self(TimestampSigner::from_signer(signer), Arc::default())
            }

            /// Signs a value now.
            ///
            /// # Errors
            ///
            /// The value has no form in JSON.
            pub fn dumps<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, SignError> {
                self.dumps_at(value, SystemTime::now())
            }

            /// Signs a value at a given time.
            ///
            /// # Errors
            ///
            /// The value has no form in JSON.
            pub fn dumps_at<T: Serialize + ?Sized>(
                &self,
                value: &T,
                now: SystemTime,
            ) -> Result<String, SignError> {
                let mut token = dump::<$form, T>(value, &self.1)?;
                self.0.sign_onto(&mut token, 0, now);
                Ok(into_text(token))
            }

            /// Verifies a token now and returns its value.
            ///
            /// # Errors
            ///
            /// The signature does not match, the token is older than `max_age` or from the
            /// future, or what it signs is not of the type.
            pub fn loads<T: DeserializeOwned>(
                &self,
                token: &str,
                max_age: Option<Duration>,
            ) -> Result<T, SignError> {
                self.loads_at(token, max_age, SystemTime::now())
                    .map(|timed| timed.value)
            }

            /// Verifies a token at a given time, and says when it was signed.
            ///
            /// # Errors
            ///
            /// As [`loads`](Self::loads).
            pub fn loads_at<T: DeserializeOwned>(
                &self,
                token: &str,
                max_age: Option<Duration>,
                now: SystemTime,
            ) -> Result<Timed<T>, SignError> {
                let timed = self.0.unsign_bytes_at(token.as_bytes(), max_age, now)?;
                Ok(Timed {
                    value: load::<$form, T>(timed.value, &self.1)?,
                    signed_at: timed.signed_at,
                })
            }

            /// Returns whether a token is genuine now, and what it claims either way.
            ///
            /// For debugging only: nobody vouches for the value of a token that is not genuine.
            ///
            /// # Errors
            ///
            /// The signature matches, and what it signs is not of the type.
            pub fn loads_unsafe<T: DeserializeOwned>(
                &self,
                token: &str,
                max_age: Option<Duration>,
            ) -> Result<(bool, Option<T>), SignError> {
                self.loads_unsafe_at(token, max_age, SystemTime::now())
            }

            /// Returns whether a token is genuine at a given time, and what it claims.
            ///
            /// # Errors
            ///
            /// As [`loads_unsafe`](Self::loads_unsafe).
            pub fn loads_unsafe_at<T: DeserializeOwned>(
                &self,
                token: &str,
                max_age: Option<Duration>,
                now: SystemTime,
            ) -> Result<(bool, Option<T>), SignError> {
                let loaded = self.loads_at(token, max_age, now);
                load_unsafe::<$form, T>(loaded.map(|timed| timed.value), &self.1)
            }
        }
    )+};
}

serializers! {
    Serializer, TimedSerializer, Plain;
    UrlSafeSerializer, UrlSafeTimedSerializer, UrlSafe;
}

impl UrlSafeTimedSerializer {
    /// Signs a session's value at a given time, written by a serializer of sessions.
    ///
    /// *itsdangerous:* `URLSafeTimedSerializer(serializer=...).dumps`.
    ///
    /// # Errors
    ///
    /// The serializer refuses the value.
    pub fn dumps_value(
        &self,
        value: &Value,
        written_by: (&dyn SessionSerializer, JsonStyle),
        now: SystemTime,
    ) -> Result<String, SignError> {
        let mut token = Vec::new();
        self.dumps_value_onto(&mut token, value, written_by, now)?;
        Ok(into_text(token))
    }

    /// Appends what [`dumps_value`](Self::dumps_value) returns.
    pub(crate) fn dumps_value_onto(
        &self,
        text: &mut Vec<u8>,
        value: &Value,
        (serializer, style): (&dyn SessionSerializer, JsonStyle),
        now: SystemTime,
    ) -> Result<(), SignError> {
        let json = serializer
            .dumps(value, style)
            .map_err(|cause| SignError::new(SignErrorKind::Unserializable).with_source(cause))?;
        let from = text.len();
        payload::encode(json.as_bytes(), &self.1, text);
        self.0.sign_onto(text, from, now);
        Ok(())
    }

    /// Verifies a token at a given time and reads its value with a serializer of sessions.
    ///
    /// *itsdangerous:* `URLSafeTimedSerializer(serializer=...).loads`.
    ///
    /// # Errors
    ///
    /// As [`loads`](Self::loads).
    pub fn loads_value(
        &self,
        token: &str,
        serializer: &dyn SessionSerializer,
        max_age: Option<Duration>,
        now: SystemTime,
    ) -> Result<Timed<Value>, SignError> {
        let timed = self.0.unsign_bytes_at(token.as_bytes(), max_age, now)?;
        let read = |json: &[u8]| serializer.loads(text_of(json)?).map_err(bad_payload);
        Ok(Timed {
            value: payload::decode(timed.value, &self.1, read)?,
            signed_at: timed.signed_at,
        })
    }
}

fn signer(secret_key: &[u8], salt: &[u8]) -> Signer {
    let builder = SignerBuilder::new(secret_key).salt(salt);
    Signer::derive(
        secret_key,
        std::iter::empty(),
        (salt, b"."),
        (builder.digest, builder.key_derivation),
    )
}
