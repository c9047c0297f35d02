//! Text of others in the log, where it must neither steer a terminal nor forge a line.

use std::fmt::{self, Write};

/// Text with all its control characters spelled, for a message that names what a client sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelled<'a>(pub(crate) &'a str);

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| spell(f, character))
    }
}

pub(super) fn spell(out: &mut impl Write, character: char) -> fmt::Result {
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
    use super::Spelled;

    #[test]
    fn control_characters_are_spelled() {
        let text = "\u{1b}[2J\r\n\u{9b}2J\u{7f}\u{2028}\tä";
        let spelled = "\\x1b[2J\\r\\n\\x9b2J\\x7f\\u2028\\tä";
        assert_eq!(Spelled(text).to_string(), spelled);
    }
}
