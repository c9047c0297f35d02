//! Text of others on its way into the log, where it must neither steer a terminal nor forge a line.

use std::fmt::{self, Write};

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

/// Text with all its control characters spelled, for a message that names what a client sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelled<'a>(pub(crate) &'a str);

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| spell(f, character))
    }
}

fn spell(out: &mut impl Write, character: char) -> fmt::Result {
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        // Terminals also take the controls after ASCII; some editors break lines at the separators.
        _ if character.is_control() => write!(out, "\\x{:02x}", u32::from(character)),
        '\u{2028}' | '\u{2029}' => write!(out, "\\u{:04x}", u32::from(character)),
        _ => out.write_char(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_spelled() {
        let text = "\u{1b}[2J\r\n\u{9b}2J\u{7f}\u{2028}\tä";
        let spelled = "\\x1b[2J\\r\\n\\x9b2J\\x7f\\u2028\\tä";
        assert_eq!(Spelled(text).to_string(), spelled);
        let mut out = String::new();
        assert!(
            Plain::new(&mut out, Breaks::Indented)
                .write_str("a\n\rb")
                .is_ok()
        );
        assert_eq!(out, "a\n    \\rb");
    }
}
