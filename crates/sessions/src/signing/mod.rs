//! Signing, as itsdangerous does it.

/// The hash function of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Digest {
    /// SHA-1, Flask's default; sound inside an HMAC.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a signing key comes of a secret key and a salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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
