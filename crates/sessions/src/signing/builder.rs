//! The settings of a signer, and what they build.

use crate::signing::error::{SignError, SignErrorKind};
use crate::signing::serializer::{
    Serializer, TimedSerializer, UrlSafeSerializer, UrlSafeTimedSerializer,
};
use crate::signing::signer::Signer;
use crate::signing::timed::TimestampSigner;

/// The hash function of a signature.
///
/// *itsdangerous:* `digest_method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Digest {
    /// SHA-1, the default; sound inside an HMAC.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a signing key comes of a secret key and a salt.
///
/// *itsdangerous:* `key_derivation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum KeyDerivation {
    /// The hash of the salt and the key.
    Concat,
    /// The hash of the salt, the word `signer` and the key; itsdangerous' default.
    #[default]
    DjangoConcat,
    /// The HMAC of the salt under the key; Flask's choice for sessions.
    Hmac,
    /// The key itself.
    None,
}

/// The settings of a signer.
///
/// ```
/// use carafe_sessions::signing::{Digest, SignerBuilder};
///
/// let signer = SignerBuilder::new("new key")
///     .older_keys(["old key"])
///     .salt("activate")
///     .digest(Digest::Sha256)
///     .signer()?;
/// let signed = signer.sign("ada");
/// assert_eq!(signer.unsign(&signed)?, "ada");
/// # Ok::<(), carafe_sessions::signing::SignError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct SignerBuilder {
    pub(crate) secret_key: Vec<u8>,
    pub(crate) older_keys: Vec<Vec<u8>>,
    pub(crate) salt: Option<Vec<u8>>,
    pub(crate) separator: Vec<u8>,
    pub(crate) key_derivation: KeyDerivation,
    pub(crate) digest: Digest,
    fallbacks: Vec<(Digest, KeyDerivation)>,
}

impl SignerBuilder {
    /// Starts with the key that signs, and itsdangerous' defaults.
    pub fn new(secret_key: impl AsRef<[u8]>) -> Self {
        Self {
            secret_key: secret_key.as_ref().to_vec(),
            older_keys: Vec::new(),
            salt: None,
            separator: b".".to_vec(),
            key_derivation: KeyDerivation::default(),
            digest: Digest::default(),
            fallbacks: Vec::new(),
        }
    }

    /// Sets keys that still verify, oldest first.
    pub fn older_keys<K: AsRef<[u8]>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.older_keys = keys.into_iter().map(|key| key.as_ref().to_vec()).collect();
        self
    }

    /// Sets the salt that sets this use of the key apart.
    pub fn salt(mut self, salt: impl AsRef<[u8]>) -> Self {
        self.salt = Some(salt.as_ref().to_vec());
        self
    }

    /// Sets what stands between the value, the timestamp and the signature.
    pub fn separator(mut self, separator: impl AsRef<[u8]>) -> Self {
        self.separator = separator.as_ref().to_vec();
        self
    }

    /// Sets how the signing key is made.
    pub fn key_derivation(mut self, derivation: KeyDerivation) -> Self {
        self.key_derivation = derivation;
        self
    }

    /// Sets the hash function.
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// Adds a hash function and a key derivation that still verify, with all of the keys.
    ///
    /// *itsdangerous:* the `fallback_signers` argument of `Serializer`.
    ///
    /// ```
    /// use carafe_sessions::signing::{Digest, KeyDerivation, SignerBuilder};
    ///
    /// let older = SignerBuilder::new("secret key").signer()?.sign("ada");
    /// let signer = SignerBuilder::new("secret key")
    ///     .digest(Digest::Sha256)
    ///     .fallback(Digest::Sha1, KeyDerivation::default())
    ///     .signer()?;
    /// assert_eq!(signer.unsign(&older)?, "ada");
    /// # Ok::<(), carafe_sessions::signing::SignError>(())
    /// ```
    pub fn fallback(mut self, digest: Digest, derivation: KeyDerivation) -> Self {
        self.fallbacks.push((digest, derivation));
        self
    }

    /// Builds a signer.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn signer(&self) -> Result<Signer, SignError> {
        self.signer_with_salt(b"itsdangerous.Signer")
    }

    /// Builds a signer that notes the time.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn timestamp_signer(&self) -> Result<TimestampSigner, SignError> {
        self.signer().map(TimestampSigner::from_signer)
    }

    /// Builds a serializer of plain JSON.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn serializer(&self) -> Result<Serializer, SignError> {
        self.serializing_signer().map(Serializer::from_signer)
    }

    /// Builds a serializer of plain JSON that notes the time.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn timed_serializer(&self) -> Result<TimedSerializer, SignError> {
        self.serializing_signer().map(TimedSerializer::from_signer)
    }

    /// Builds a serializer whose text can stand in a URL.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn url_safe_serializer(&self) -> Result<UrlSafeSerializer, SignError> {
        self.serializing_signer()
            .map(UrlSafeSerializer::from_signer)
    }

    /// Builds a serializer whose text can stand in a URL, and that notes the time.
    ///
    /// # Errors
    ///
    /// The separator may be contained in the signature itself.
    pub fn url_safe_timed_serializer(&self) -> Result<UrlSafeTimedSerializer, SignError> {
        self.serializing_signer()
            .map(UrlSafeTimedSerializer::from_signer)
    }

    fn serializing_signer(&self) -> Result<Signer, SignError> {
        self.signer_with_salt(b"itsdangerous")
    }

    fn signer_with_salt(&self, salt: &[u8]) -> Result<Signer, SignError> {
        check_separator(&self.separator)?;
        let salt = self.salt.as_deref().unwrap_or(salt);
        let derive = |algorithm| {
            let older_keys = self.older_keys.iter().map(Vec::as_slice);
            Signer::derive(
                &self.secret_key,
                older_keys,
                (salt, &self.separator),
                algorithm,
            )
        };
        let fallbacks = self.fallbacks.iter().map(|algorithm| derive(*algorithm));
        Ok(fallbacks.fold(
            derive((self.digest, self.key_derivation)),
            Signer::with_fallback,
        ))
    }
}

impl std::fmt::Debug for SignerBuilder {
    /// Leaves the keys out: they are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignerBuilder")
            .field("digest", &self.digest)
            .field("key_derivation", &self.key_derivation)
            .finish_non_exhaustive()
    }
}

/// Refuses a separator that itsdangerous refuses: any run of its alphabet's own order.
fn check_separator(separator: &[u8]) -> Result<(), SignError> {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=";
    let contained = separator.is_empty()
        || ALPHABET
            .windows(separator.len())
            .any(|window| window == separator);
    match contained {
        true => Err(SignError::new(SignErrorKind::BadSeparator)),
        false => Ok(()),
    }
}
