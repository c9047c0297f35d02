//! Signing, as itsdangerous does it: for the session's cookie, and for tokens of your own.
//!
//! A token says what it holds to anyone who reads it, and cannot be changed without the key. Use
//! a salt of its own for each purpose, so that a token for one is worth nothing for another.
//!
//! ```
//! use std::time::Duration;
//!
//! use carafe_sessions::signing::{SignErrorKind, UrlSafeTimedSerializer};
//!
//! let links = UrlSafeTimedSerializer::new("secret key", "password-reset");
//! let token = links.dumps(&("ada@example.com", 7))?;
//!
//! let (email, id): (String, u32) = links.loads(&token, Some(Duration::from_secs(3600)))?;
//! assert_eq!((email.as_str(), id), ("ada@example.com", 7));
//!
//! let forged = links.loads::<(String, u32)>(&format!("{token}x"), None).unwrap_err();
//! assert_eq!(forged.kind(), SignErrorKind::BadTimeSignature);
//! # Ok::<(), carafe_sessions::signing::SignError>(())
//! ```
//!
//! # What comes from the `itsdangerous` crate, and what does not
//!
//! The crate's `SigningAlgorithm` is implemented here over the current `hmac`, `sha1` and `sha2`,
//! and its `Signature` compares in constant time. Its `SignerBuilder` is not used: it takes keys
//! and salts that are text only, a separator of one character, one key and no fallbacks, a key
//! exactly as long as the digest, and it accepts timestamps from the future.

mod algorithm; // HMAC as a SigningAlgorithm, keyed once
mod base64; // Python's URL-safe base64
mod builder; // SignerBuilder
mod error; // SignError
mod payload; // compression and base64 of a payload
mod serializer; // the four serializers
mod signer; // Signer
mod timed; // TimestampSigner
mod zlib; // zlib without its start-up costs

pub use crate::signing::builder::{Digest, KeyDerivation, SignerBuilder};
pub use crate::signing::error::{SignError, SignErrorKind};
pub use crate::signing::serializer::{
    Serializer, TimedSerializer, UrlSafeSerializer, UrlSafeTimedSerializer,
};
pub use crate::signing::signer::Signer;
pub use crate::signing::timed::{Timed, TimestampSigner};

pub(crate) use crate::signing::base64::{Alphabet, decode_lenient, encode_standard, url_safe};
