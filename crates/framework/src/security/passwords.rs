//! Hashes of passwords. Werkzeug: `generate_password_hash`, `check_password_hash`.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};

/// The iterations of PBKDF2 when the method does not tell them.
const ITERATIONS: u32 = 1_000_000;
/// The most memory that a hash may take: what is stored may not end the process.
const MOST_MEMORY: u64 = 1 << 30;

/// Hashes a password for storage, with scrypt and a salt of 16 bytes.
///
/// It takes a good part of a second and 32 MB of memory, which is the point of it: call it in a view that is
/// wrapped in [`blocking`](crate::blocking). The hash is Werkzeug's: either side checks what the other made.
///
/// *Werkzeug:* `generate_password_hash`.
///
/// ```
/// use carafe::security::{check_password_hash, generate_password_hash};
///
/// let stored = generate_password_hash("correct horse")?;
/// assert!(stored.starts_with("scrypt:32768:8:1$"));
/// assert!(check_password_hash(&stored, "correct horse"));
/// assert!(!check_password_hash(&stored, "battery staple"));
/// # Ok::<(), carafe::Error>(())
/// ```
///
/// # Errors
/// When the system has no random numbers.
pub fn generate_password_hash(password: &str) -> Result<String> {
    generate_password_hash_with(password, "scrypt", 16)
}

/// Hashes a password for storage, with a method and a salt of so many bytes.
///
/// The method is `scrypt`, `scrypt:n:r:p`, `pbkdf2`, `pbkdf2:hash` or `pbkdf2:hash:iterations`; the hashes are
/// `sha1`, `sha224`, `sha256`, `sha384` and `sha512`.
///
/// *Werkzeug:* `generate_password_hash(password, method, salt_length)`.
///
/// ```
/// use carafe::security::generate_password_hash_with;
///
/// let stored = generate_password_hash_with("secret", "pbkdf2:sha512:1000", 8)?;
/// assert!(stored.starts_with("pbkdf2:sha512:1000$"));
/// # Ok::<(), carafe::Error>(())
/// ```
///
/// # Errors
/// When the method is none, the salt has no bytes, or the system has no random numbers.
pub fn generate_password_hash_with(
    password: &str,
    method: &str,
    salt_length: usize,
) -> Result<String> {
    if salt_length == 0 {
        return Err(Error::msg("a salt has at least one byte"));
    }
    let method = Method::read(method)?;
    let mut salt = vec![0; salt_length];
    getrandom::fill(&mut salt)?;
    let salt = URL_SAFE_NO_PAD.encode(salt);
    let hash = method.hash(password, &salt)?;
    Ok(format!("{}${salt}${hash}", method.name()))
}

/// Tells whether a password is the one that a stored hash was made of.
///
/// The comparison takes as long for any password. A hash that is malformed, or made in a way that is not known,
/// is that of no password.
///
/// *Werkzeug:* `check_password_hash`.
pub fn check_password_hash(stored: &str, password: &str) -> bool {
    let mut parts = stored.splitn(3, '$');
    let (Some(method), Some(salt), Some(hash)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let made = Method::read(method).and_then(|method| method.hash(password, salt));
    made.is_ok_and(|made| bool::from(made.as_bytes().ct_eq(hash.as_bytes())))
}

/// A way to make a hash of a password.
enum Method<'a> {
    Scrypt { n: u64, r: u32, p: u32 },
    Pbkdf2 { hash: &'a str, iterations: u32 },
}

impl<'a> Method<'a> {
    fn read(text: &'a str) -> Result<Self> {
        let invalid = || Error::msg(format!("{text:?} is not a method to hash passwords with"));
        let parts: Vec<_> = text.split(':').collect();
        let number = |text: &str| text.parse::<u32>().map_err(|_| invalid());
        Ok(match *parts.as_slice() {
            ["scrypt"] => Self::Scrypt {
                n: 1 << 15,
                r: 8,
                p: 1,
            },
            ["scrypt", n, r, p] => Self::Scrypt {
                n: n.parse().map_err(|_| invalid())?,
                r: number(r)?,
                p: number(p)?,
            },
            ["pbkdf2"] => Self::Pbkdf2 {
                hash: "sha256",
                iterations: ITERATIONS,
            },
            ["pbkdf2", hash] => Self::Pbkdf2 {
                hash,
                iterations: ITERATIONS,
            },
            ["pbkdf2", hash, iterations] => Self::Pbkdf2 {
                hash,
                iterations: number(iterations)?,
            },
            _ => return Err(invalid()),
        })
    }

    fn name(&self) -> String {
        match self {
            Self::Scrypt { n, r, p } => format!("scrypt:{n}:{r}:{p}"),
            Self::Pbkdf2 { hash, iterations } => format!("pbkdf2:{hash}:{iterations}"),
        }
    }

    fn hash(&self, password: &str, salt: &str) -> Result<String> {
        let (password, salt) = (password.as_bytes(), salt.as_bytes());
        match *self {
            Self::Scrypt { n, r, p } => scrypt(password, salt, (n, r, p)),
            Self::Pbkdf2 { iterations: 0, .. } => Err(Error::msg("PBKDF2 iterates at least once")),
            Self::Pbkdf2 { hash, iterations } => pbkdf2(password, salt, hash, iterations),
        }
    }
}

fn scrypt(password: &[u8], salt: &[u8], (n, r, p): (u64, u32, u32)) -> Result<String> {
    let memory = n
        .checked_add(p.into())
        .and_then(|blocks| blocks.checked_mul(128)?.checked_mul(r.into()));
    if !n.is_power_of_two() || memory.is_none_or(|memory| memory > MOST_MEMORY) {
        return Err(Error::msg(
            "scrypt takes a power of two, and not too much of each parameter",
        ));
    }
    let log_n = u8::try_from(n.trailing_zeros())?;
    let mut key = [0; 64];
    scrypt::scrypt(password, salt, &scrypt::Params::new(log_n, r, p)?, &mut key)?;
    Ok(hex(&key))
}

fn pbkdf2(password: &[u8], salt: &[u8], hash: &str, iterations: u32) -> Result<String> {
    fn key<D: pbkdf2::hmac::EagerHash, const LENGTH: usize>(
        password: &[u8],
        salt: &[u8],
        iterations: u32,
    ) -> String {
        let mut key = [0; LENGTH];
        pbkdf2_hmac::<D>(password, salt, iterations, &mut key);
        hex(&key)
    }
    Ok(match hash {
        "sha1" => key::<Sha1, 20>(password, salt, iterations),
        "sha224" => key::<Sha224, 28>(password, salt, iterations),
        "sha256" => key::<Sha256, 32>(password, salt, iterations),
        "sha384" => key::<Sha384, 48>(password, salt, iterations),
        "sha512" => key::<Sha512, 64>(password, salt, iterations),
        _ => {
            return Err(Error::msg(format!(
                "PBKDF2 does not know the hash {hash:?}"
            )));
        }
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
