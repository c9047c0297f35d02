//! The signer of an interface, made once: deriving a key costs as much as using it.

use std::ops::Deref;
use std::sync::OnceLock;

use crate::signing::{Digest, KeyDerivation, Signer, UrlSafeTimedSerializer};

/// Everything that a signer depends on.
#[derive(Clone, Copy)]
pub(crate) struct Recipe<'a> {
    pub(crate) secret_key: &'a [u8],
    pub(crate) older_keys: &'a [Vec<u8>],
    pub(crate) salt: &'a [u8],
    pub(crate) digest: Digest,
    pub(crate) key_derivation: KeyDerivation,
}

/// Keeps the signer that an interface needs for nearly every request.
#[derive(Default)]
pub(crate) struct SigningCache(OnceLock<Made>);

struct Made {
    secret_key: Vec<u8>,
    older_keys: Vec<Vec<u8>>,
    salt: Vec<u8>,
    digest: Digest,
    key_derivation: KeyDerivation,
    serializer: UrlSafeTimedSerializer,
}

/// A signer from the cache, or one made for this time.
pub(crate) enum Held<'a> {
    Cached(&'a UrlSafeTimedSerializer),
    Made(Box<UrlSafeTimedSerializer>),
}

impl Deref for Held<'_> {
    type Target = UrlSafeTimedSerializer;

    fn deref(&self) -> &UrlSafeTimedSerializer {
        match self {
            Self::Cached(serializer) => serializer,
            Self::Made(serializer) => serializer,
        }
    }
}

impl Recipe<'_> {
    /// Makes the signer.
    pub(crate) fn make(&self) -> UrlSafeTimedSerializer {
        UrlSafeTimedSerializer::from_signer(Signer::derive(
            self.secret_key,
            self.older_keys.iter().map(Vec::as_slice),
            (self.salt, b"."),
            (self.digest, self.key_derivation),
        ))
    }
}

impl SigningCache {
    /// Returns the signer, made now unless it is the one that is kept.
    pub(crate) fn get(&self, recipe: Recipe<'_>) -> Held<'_> {
        let made = self.0.get_or_init(|| Made {
            secret_key: recipe.secret_key.to_vec(),
            older_keys: recipe.older_keys.to_vec(),
            salt: recipe.salt.to_vec(),
            digest: recipe.digest,
            key_derivation: recipe.key_derivation,
            serializer: recipe.make(),
        });
        let same = made.secret_key == recipe.secret_key
            && made.older_keys == recipe.older_keys
            && made.salt == recipe.salt
            && (made.digest, made.key_derivation) == (recipe.digest, recipe.key_derivation);
        match same {
            true => Held::Cached(&made.serializer),
            // The settings changed since: rare enough to pay for it.
            false => Held::Made(Box::new(recipe.make())),
        }
    }
}
