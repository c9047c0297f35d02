//! Counts of what passed and what failed, as every runner prints them last.

use std::fmt;
use std::iter::Sum;

/// How many checks passed and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One check, by whether it holds.
    pub(crate) fn one(holds: bool) -> Self {
        Self {
            passed: u64::from(holds),
            failed: u64::from(!holds),
        }
    }

    /// Whether nothing failed.
    pub(crate) fn holds(self) -> bool {
        self.failed == 0
    }

    /// Reads the last line of the form `N passed, M failed`.
    pub(crate) fn last_in(text: &str) -> Option<Self> {
        text.lines().rev().find_map(|line| {
            let (passed, rest) = line.trim().split_once(" passed, ")?;
            Some(Self {
                passed: passed.parse().ok()?,
                failed: rest.strip_suffix(" failed")?.parse().ok()?,
            })
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            passed: sum.passed + part.passed,
            failed: sum.failed + part.failed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_last_closing_line_counts() {
        let text = "1 passed, 2 failed\nmore\n30 passed, 4 failed\nnoise\n";
        let tally = Tally::last_in(text).expect("the text has two such lines");
        assert_eq!((tally.passed, tally.failed), (30, 4));
        assert_eq!(Tally::last_in("4 passed"), None);
    }
}
