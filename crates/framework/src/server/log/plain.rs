//! Text of others on its way into a line of the log.

use std::fmt::{self, Write};

use crate::server::spelled::spell;

/// What a line break in a text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// `\n`, as in names and values.
    Spelled,
    /// A line that is indented, which the first line of an event never is.
    Indented,
}

/// Appends text with its control characters spelled: `\x1b`.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    out: &'a mut String,
    breaks: Breaks,
}

impl<'a> Plain<'a> {
    pub(super) fn new(out: &'a mut String, breaks: Breaks) -> Self {
        Self { out, breaks }
    }
}

impl Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '\n' if self.breaks == Breaks::Indented => self.out.push_str("\n    "),
                '\t' if self.breaks == Breaks::Indented => self.out.push('\t'),
                _ => spell(self.out, character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_is_indented_and_other_controls_are_spelled() {
        let mut out = String::new();
        assert!(
            Plain::new(&mut out, Breaks::Indented)
                .write_str("a\n\rb")
                .is_ok()
        );
        assert_eq!(out, "a\n    \\rb");
    }
}
