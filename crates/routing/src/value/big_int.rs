//! Integers of any size, kept as text: routing never calculates with them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Holds an integer of any size as canonical decimal text.
///
/// ```
/// use carafe_routing::BigInt;
///
/// let number: BigInt = "00018446744073709551616".parse()?;
/// assert_eq!(number.to_string(), "18446744073709551616");
/// # Ok::<(), carafe_routing::ParseBigIntError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BigInt {
    text: Arc<str>,
}

impl BigInt {
    /// Returns the digits: no leading zeros, `-` in front when negative.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn split_sign(&self) -> (bool, &str) {
        match self.text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, &self.text),
        }
    }
}

impl FromStr for BigInt {
    type Err = ParseBigIntError;

    /// Reads ASCII decimal digits with an optional sign in front.
    fn from_str(text: &str) -> Result<Self, ParseBigIntError> {
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseBigIntError { _private: () });
        }
        let digits = digits.trim_start_matches('0');
        let text = match (digits.is_empty(), negative) {
            (true, _) => "0".into(),
            (false, true) => format!("-{digits}").into(),
            (false, false) => digits.into(),
        };
        Ok(Self { text })
    }
}

impl Ord for BigInt {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
        match (self.split_sign(), other.split_sign()) {
            ((false, a), (false, b)) => by_size(a, b),
            ((true, a), (true, b)) => by_size(b, a),
            ((true, _), (false, _)) => Ordering::Less,
            ((false, _), (true, _)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for BigInt {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

macro_rules! from_integers {
    ($($type:ty),*) => {$(
        impl From<$type> for BigInt {
            fn from(number: $type) -> Self {
                Self { text: number.to_string().into() }
            }
        }
    )*};
}

from_integers!(i64, u64, usize, isize, i128, u128);

/// Says that a text is no decimal integer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseBigIntError {
    _private: (),
}

impl fmt::Display for ParseBigIntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal integer")
    }
}

impl std::error::Error for ParseBigIntError {}
