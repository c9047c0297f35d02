//! HMAC as the `itsdangerous` crate's `SigningAlgorithm`, keyed once and cloned for each use.

use generic_array::GenericArray;
use generic_array::typenum::{U20, U32, U64};
use hmac::{Hmac, KeyInit, Mac};
use itsdangerous::algorithm::{Signature, Signer as AlgorithmSigner, SigningAlgorithm};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::signing::builder::{Digest, KeyDerivation};

macro_rules! hmac_algorithm {
    ($($name:ident over $digest:ty, $size:ty;)+) => {$(
        /// A keyed HMAC; cloning it costs less than keying it again.
        #[derive(Clone)]
        pub(crate) struct $name(Hmac<$digest>);

        impl SigningAlgorithm for $name {
            type OutputSize = $size;
            type Signer = Self;
        }

        impl AlgorithmSigner for $name {
            type OutputSize = $size;

            fn new(key: &[u8]) -> Self {
                Self(Hmac::new_from_slice(key).expect("an HMAC takes a key of any length"))
            }

            fn input(&mut self, value: &[u8]) {
                self.0.update(value);
            }

            fn sign(self) -> Signature<$size> {
                GenericArray::<u8, $size>::clone_from_slice(&self.0.finalize().into_bytes()).into()
            }
        }

        impl $name {
            fn mac(&self, value: &[u8]) -> GenericArray<u8, $size> {
                let mut mac = self.0.clone();
                mac.update(value);
                GenericArray::clone_from_slice(&mac.finalize().into_bytes())
            }

            fn tag(&self, value: &[u8]) -> Tag {
                Tag::new(&self.mac(value))
            }

            /// Compares in constant time: the crate's `Signature` does so by `subtle`.
            fn verify(&self, value: &[u8], signature: &[u8]) -> bool {
                let given = GenericArray::<u8, $size>::from_exact_iter(signature.iter().copied());
                given.is_some_and(|given| {
                    Signature::from(given) == Signature::from(self.mac(value))
                })
            }
        }
    )+};
}

hmac_algorithm! {
    HmacSha1 over Sha1, U20;
    HmacSha256 over Sha256, U32;
    HmacSha512 over Sha512, U64;
}

/// The bytes of a signature or of a derived key, without a heap.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    bytes: [u8; 64],
    length: usize,
}

impl Tag {
    fn new(bytes: &[u8]) -> Self {
        let mut tag = Self {
            bytes: [0; 64],
            length: bytes.len().min(64),
        };
        for (place, byte) in tag.bytes.iter_mut().zip(bytes) {
            *place = *byte;
        }
        tag
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A key that signs and verifies, whichever the digest.
#[derive(Clone)]
pub(crate) enum Keyed {
    Sha1(HmacSha1),
    Sha256(HmacSha256),
    Sha512(Box<HmacSha512>),
}

impl Keyed {
    pub(crate) fn new(key: &[u8], digest: Digest) -> Self {
        match digest {
            Digest::Sha1 => Self::Sha1(HmacSha1::get_signer(key)),
            Digest::Sha256 => Self::Sha256(HmacSha256::get_signer(key)),
            Digest::Sha512 => Self::Sha512(Box::new(HmacSha512::get_signer(key))),
        }
    }

    /// Returns the signature of a value.
    pub(crate) fn tag(&self, value: &[u8]) -> Tag {
        match self {
            Self::Sha1(key) => key.tag(value),
            Self::Sha256(key) => key.tag(value),
            Self::Sha512(key) => key.tag(value),
        }
    }

    /// Returns whether a signature is the value's, in time that does not depend on where not.
    pub(crate) fn verify(&self, value: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Sha1(key) => key.verify(value, signature),
            Self::Sha256(key) => key.verify(value, signature),
            Self::Sha512(key) => key.verify(value, signature),
        }
    }
}

/// Derives a key by hash or by HMAC. *itsdangerous:* `Signer.derive_key`.
pub(crate) fn derived_key(
    secret: &[u8],
    salt: &[u8],
    digest: Digest,
    derivation: KeyDerivation,
) -> Tag {
    let parts: [&[u8]; 3] = match derivation {
        KeyDerivation::Hmac => return Keyed::new(secret, digest).tag(salt),
        KeyDerivation::Concat => [salt, b"", secret],
        KeyDerivation::DjangoConcat => [salt, b"signer", secret],
        KeyDerivation::None => return Tag::new(secret),
    };
    match digest {
        Digest::Sha1 => hash::<Sha1>(parts),
        Digest::Sha256 => hash::<Sha256>(parts),
        Digest::Sha512 => hash::<Sha512>(parts),
    }
}

fn hash<D: sha1::Digest>(parts: [&[u8]; 3]) -> Tag {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    Tag::new(&hash.finalize())
}
