//! Text as HTML shows it, in MarkupSafe's spelling. Flask: `markupsafe.escape`.

use std::fmt::{self, Display, Write};

/// Escapes a text.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a string does not fail.
    let _ = write_escaped(&mut escaped, text);
    escaped
}

/// Writes a text escaped.
pub(crate) fn write_escaped(out: &mut impl Write, text: &str) -> fmt::Result {
    let mut written = 0;
    for (place, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&#34;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.write_str(text.get(written..place).unwrap_or_default())?;
        out.write_str(escaped)?;
        written = place + 1;
    }
    out.write_str(text.get(written..).unwrap_or_default())
}

/// A text that is escaped where it is written.
pub(crate) struct Escaped<T>(pub(crate) T);

impl<T: AsRef<str>> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, self.0.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::{Escaped, escape};

    #[test]
    fn special_characters_are_spelled_as_markupsafe_does() {
        let escaped = "&lt;a href=&#34;x&#34;&gt;&amp;&#39;é&lt;/a&gt;";
        assert_eq!(escape("<a href=\"x\">&'é</a>"), escaped);
        assert_eq!(Escaped("<a href=\"x\">&'é</a>").to_string(), escaped);
        assert_eq!(escape("plain"), "plain");
        assert_eq!(escape("'"), "&#39;");
    }
}
