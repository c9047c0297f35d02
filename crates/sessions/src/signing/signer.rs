//! A signature behind a value. itsdangerous: `Signer`.

use std::fmt;

use crate::signing::algorithm::{Keyed, derived_key};
use crate::signing::base64::{decode_strict, encode_url_safe, url_safe};
use crate::signing::builder::{Digest, KeyDerivation, SignerBuilder};
use crate::signing::error::{SignError, SignErrorKind};

/// Signs a value, and verifies what it signed.
///
/// *itsdangerous:* `Signer`. Signatures are compared in constant time, and only the one valid
/// spelling of their base64 is accepted.
///
/// ```
/// use carafe_sessions::signing::Signer;
///
/// let signer = Signer::new("secret key");
/// assert_eq!(signer.sign("hello"), "hello.Cihu8w4HvBqXWE64zLZ9utErhLA");
/// assert_eq!(signer.unsign("hello.Cihu8w4HvBqXWE64zLZ9utErhLA")?, "hello");
/// assert!(signer.unsign("hallo.Cihu8w4HvBqXWE64zLZ9utErhLA").is_err());
/// # Ok::<(), carafe_sessions::signing::SignError>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    /// The key that signs, then those that only verify, newest first.
    newest: Keyed,
    older: Vec<Keyed>,
    separator: Box<[u8]>,
    /// The newest key as bytes, for those who ask.
    derived: Box<[u8]>,
}

impl Signer {
    /// Makes a signer with itsdangerous' defaults.
    pub fn new(secret_key: impl AsRef<[u8]>) -> Self {
        Self::derive(
            secret_key.as_ref(),
            std::iter::empty(),
            (b"itsdangerous.Signer", b"."),
            (Digest::default(), KeyDerivation::default()),
        )
    }

    /// Starts the settings of a signer.
    pub fn builder(secret_key: impl AsRef<[u8]>) -> SignerBuilder {
        SignerBuilder::new(secret_key)
    }

    /// Makes a signer of a key and older ones, oldest first.
    pub(crate) fn derive<'a>(
        secret_key: &[u8],
        older_keys: impl DoubleEndedIterator<Item = &'a [u8]>,
        (salt, separator): (&[u8], &[u8]),
        (digest, derivation): (Digest, KeyDerivation),
    ) -> Self {
        let derive = |secret: &[u8]| -> Box<[u8]> {
            match derivation {
                KeyDerivation::None => secret.into(),
                _ => derived_key(secret, salt, digest, derivation)
                    .as_slice()
                    .into(),
            }
        };
        let derived = derive(secret_key);
        Self {
            newest: Keyed::new(&derived, digest),
            older: older_keys
                .rev()
                .map(|older| Keyed::new(&derive(older), digest))
                .collect(),
            separator: separator.into(),
            derived,
        }
    }

    /// Lets the keys of another signer verify too.
    pub(crate) fn with_fallback(mut self, fallback: Self) -> Self {
        self.older.push(fallback.newest);
        self.older.extend(fallback.older);
        self
    }

    /// Returns the key that signs, as it was derived. *itsdangerous:* `derive_key`.
    pub fn derived_key(&self) -> &[u8] {
        &self.derived
    }

    /// Returns what stands between the value and the signature.
    pub fn separator(&self) -> &[u8] {
        &self.separator
    }

    /// Returns the base64 signature of a value. *itsdangerous:* `get_signature`.
    pub fn signature(&self, value: impl AsRef<[u8]>) -> String {
        url_safe(self.newest.tag(value.as_ref()).as_slice())
    }

    /// Signs a text. With a separator that is not UTF-8, use [`sign_bytes`](Self::sign_bytes).
    pub fn sign(&self, value: &str) -> String {
        into_text(self.sign_bytes(value))
    }

    /// Signs bytes.
    pub fn sign_bytes(&self, value: impl AsRef<[u8]>) -> Vec<u8> {
        let mut signed = value.as_ref().to_vec();
        self.sign_onto(&mut signed, 0);
        signed
    }

    /// Appends the separator and the signature of what there is from a place on.
    pub(crate) fn sign_onto(&self, text: &mut Vec<u8>, from: usize) {
        let tag = self.newest.tag(text.get(from..).unwrap_or_default());
        text.extend_from_slice(&self.separator);
        encode_url_safe(tag.as_slice(), text);
    }

    /// Verifies a signed text and returns the value.
    ///
    /// # Errors
    ///
    /// The signature is missing or does not match.
    pub fn unsign<'a>(&self, signed: &'a str) -> Result<&'a str, SignError> {
        let value = self.unsign_bytes(signed.as_bytes())?;
        // What stands before a separator of whole characters is text; anything else is forged.
        std::str::from_utf8(value).map_err(|_| SignError::new(SignErrorKind::BadSignature))
    }

    /// Verifies signed bytes and returns the value.
    ///
    /// # Errors
    ///
    /// The signature is missing or does not match.
    pub fn unsign_bytes<'a>(&self, signed: &'a [u8]) -> Result<&'a [u8], SignError> {
        let Some((value, signature)) = self.split(signed) else {
            return Err(SignError::new(SignErrorKind::BadSignature));
        };
        match self.verify(value, signature) {
            true => Ok(value),
            false => Err(SignError::new(SignErrorKind::BadSignature).with_payload(value)),
        }
    }

    /// Returns whether a signed text is genuine. *itsdangerous:* `validate`.
    pub fn validate(&self, signed: impl AsRef<[u8]>) -> bool {
        self.unsign_bytes(signed.as_ref()).is_ok()
    }

    /// Returns whether a base64 signature is the value's. *itsdangerous:* `verify_signature`.
    pub fn verify(&self, value: impl AsRef<[u8]>, signature: impl AsRef<[u8]>) -> bool {
        let mut room = [0; 64];
        let Some(signature) = decode_strict(signature.as_ref(), &mut room) else {
            return false;
        };
        std::iter::once(&self.newest)
            .chain(&self.older)
            .any(|key| key.verify(value.as_ref(), signature))
    }

    /// Splits at the last separator.
    pub(crate) fn split<'a>(&self, signed: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let at = match &*self.separator {
            [byte] => memchr::memrchr(*byte, signed),
            separator => signed
                .windows(separator.len())
                .rposition(|window| window == separator),
        }?;
        let (value, rest) = signed.split_at_checked(at)?;
        Some((value, rest.get(self.separator.len()..)?))
    }
}

/// Makes text of what is text; only a separator that is no text can spoil it.
pub(crate) fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl fmt::Debug for Signer {
    /// Leaves the keys out: they are secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("keys", &(1 + self.older.len()))
            .finish_non_exhaustive()
    }
}
