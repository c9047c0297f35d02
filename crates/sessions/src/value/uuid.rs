//! A UUID, read as leniently as Python reads one.

use std::fmt;

/// A UUID.
///
/// *Flask:* `uuid.UUID`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// Makes a UUID of its sixteen bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads a UUID as Python's `uuid.UUID` does: braces, hyphens and `urn:uuid:` are skipped.
    ///
    /// ```
    /// use carafe_sessions::Uuid;
    ///
    /// let uuid = Uuid::parse("{12345678-1234-5678-1234-567812345678}").unwrap();
    /// assert_eq!(uuid.simple(), "12345678123456781234567812345678");
    /// assert_eq!(Uuid::parse("12345678"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.replace("urn:", "").replace("uuid:", "");
        let digits = bare.trim_matches(['{', '}']).replace('-', "");
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(&digits, 16)
            .ok()
            .map(|number| Self(number.to_be_bytes()))
    }

    /// Returns the 32 hexadecimal digits without hyphens.
    ///
    /// *Flask:* `UUID.hex`.
    pub fn simple(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u128::from_be_bytes(self.0);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            (number >> 80) & 0xffff,
            (number >> 64) & 0xffff,
            (number >> 48) & 0xffff,
            number & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
