//! Counts outcomes and prints the ones that differ.

use std::io::{self, Write};

use crate::outcome::Outcome;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that gave what was recorded.
    pub passed: u64,
    /// Cases that gave something else.
    pub failed: u64,
    /// Cases flagged as quirks that gave something else.
    pub quirks: u64,
}

impl Tally {
    /// Counts an outcome and writes it to `out` unless it passed.
    ///
    /// # Errors
    ///
    /// Fails when `out` cannot be written to.
    pub fn count(&mut self, place: &str, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let (verdict, diff) = match &outcome.result {
            Ok(()) => {
                self.passed += 1;
                return Ok(());
            }
            Err(diff) if outcome.quirk => {
                self.quirks += 1;
                ("QUIRK", diff)
            }
            Err(diff) => {
                self.failed += 1;
                ("FAIL", diff)
            }
        };
        writeln!(out, "{verdict} {place} {}", outcome.label)?;
        for line in diff.lines() {
            writeln!(out, "    {line}")?;
        }
        Ok(())
    }

    /// Writes the closing lines.
    ///
    /// # Errors
    ///
    /// Fails when `out` cannot be written to.
    pub fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} quirks differ", self.quirks)?;
        writeln!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use crate::outcome::Outcome;

    fn count(outcomes: &[(bool, Result<(), String>)]) -> (Tally, String) {
        let (mut tally, mut out) = (Tally::default(), Vec::new());
        for (quirk, result) in outcomes {
            let outcome = Outcome {
                label: "case".to_owned(),
                quirk: *quirk,
                result: result.clone(),
            };
            tally
                .count("f:1", &outcome, &mut out)
                .expect("a vector takes any bytes");
        }
        tally.close(&mut out).expect("a vector takes any bytes");
        (
            tally,
            String::from_utf8(out).expect("only text was written"),
        )
    }

    #[test]
    fn a_quirk_that_differs_is_counted_apart() {
        let differs = || Err("- 1\n+ 2".to_owned());
        let (tally, text) = count(&[(true, differs()), (true, Ok(())), (false, differs())]);
        assert_eq!((tally.passed, tally.failed, tally.quirks), (1, 1, 1));
        assert!(text.starts_with("QUIRK f:1 case\n    - 1\n    + 2\nFAIL f:1 case\n"));
        assert!(text.ends_with("1 quirks differ\n1 passed, 1 failed\n"));
    }
}
