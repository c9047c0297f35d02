//! UUIDs as routing knows them: sixteen bytes with one text form.

use std::fmt;
use std::str::FromStr;

/// Holds a UUID.
///
/// ```
/// use carafe_routing::Uuid;
///
/// let uuid: Uuid = "0D1E2F30-4152-6374-8596-A7B8C9DAEBFC".parse()?;
/// assert_eq!(uuid.to_string(), "0d1e2f30-4152-6374-8596-a7b8c9daebfc");
/// # Ok::<(), carafe_routing::ParseUuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid {
    bytes: [u8; 16],
}

impl Uuid {
    /// Makes a UUID of its bytes, most significant first.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self { bytes }
    }

    /// Returns the bytes, most significant first.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// Makes a UUID of a 128-bit number.
    #[must_use]
    pub const fn from_u128(number: u128) -> Self {
        Self::from_bytes(number.to_be_bytes())
    }

    /// Returns the UUID as a 128-bit number.
    #[must_use]
    pub const fn as_u128(&self) -> u128 {
        u128::from_be_bytes(self.bytes)
    }
}

/// The byte offsets of the hyphens in the text form.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl FromStr for Uuid {
    type Err = ParseUuidError;

    /// Reads the form with hyphens, in either case.
    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        let refused = ParseUuidError { _private: () };
        let text: &[u8; 36] = text.as_bytes().try_into().map_err(|_| refused.clone())?;
        let mut number = 0_u128;
        for (at, byte) in text.iter().enumerate() {
            if HYPHENS.contains(&at) {
                if *byte != b'-' {
                    return Err(refused);
                }
                continue;
            }
            let digit = char::from(*byte).to_digit(16).ok_or(refused.clone())?;
            number = number << 4 | u128::from(digit);
        }
        Ok(Self::from_u128(number))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.as_u128();
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff,
        )
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Says that a text is no UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseUuidError {
    _private: (),
}

impl fmt::Display for ParseUuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a UUID with hyphens")
    }
}

impl std::error::Error for ParseUuidError {}
