//! Integers beyond 64 bits, kept as their digits.

use std::fmt;

/// An integer of any size, as decimal text.
///
/// *Flask:* Python's `int`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BigInt(Box<str>);

impl BigInt {
    /// Reads decimal digits with an optional minus sign.
    ///
    /// Leading zeros are dropped, so that equal numbers are equal texts.
    ///
    /// ```
    /// use carafe_sessions::BigInt;
    ///
    /// let big = BigInt::parse("36893488147419103232").unwrap();
    /// assert_eq!(big.as_str(), "36893488147419103232");
    /// assert!(BigInt::parse("1.5").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = match digits.trim_start_matches('0') {
            "" => return Some(Self("0".into())),
            digits => digits,
        };
        Some(Self(format!("{sign}{digits}").into_boxed_str()))
    }

    /// Returns the decimal digits with a minus sign where there is one.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
