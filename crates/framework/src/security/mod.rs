//! Passwords as they are stored, and names that strangers give. Werkzeug: `werkzeug.security`.

#[cfg(feature = "passwords")]
mod passwords; // their hashes

pub use crate::files::{safe_join, secure_filename};
#[cfg(feature = "passwords")]
pub use crate::security::passwords::{
    check_password_hash, generate_password_hash, generate_password_hash_with,
};
