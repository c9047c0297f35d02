//! HTML in Jinja's spelling. Flask: `markupsafe.escape`.

use std::fmt::Write;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Error, Output, State, Value};

use crate::json::{Layout, Style, write};

/// Whether templates of this name are escaped. *Flask:* `Flask.select_jinja_autoescape`.
pub(super) fn select_autoescape(name: &str) -> AutoEscape {
    const EXTENSIONS: [&str; 5] = [".html", ".htm", ".xml", ".xhtml", ".svg"];
    match name == STRING || EXTENSIONS.iter().any(|extension| name.ends_with(extension)) {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    }
}

/// The name that the engine gives to a template without one.
pub(super) const STRING: &str = "<string>";

/// Writes a value to the page, escaped unless it is safe or the template is not HTML.
pub(super) fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let escapes = !matches!(state.auto_escape(), AutoEscape::None) && !value.is_safe();
    match (value.as_str(), value.kind()) {
        (Some(text), _) if escapes => write_escaped(out, text)?,
        (Some(text), _) => out.write_str(text)?,
        (None, ValueKind::Undefined) => {}
        (None, ValueKind::Number) => match (value.is_integer(), value.as_i64()) {
            (true, Some(number)) => out.write_str(itoa::Buffer::new().format(number))?,
            (true, None) => write!(out, "{value}")?,
            (false, _) => out.write_str(&float(value))?,
        },
        (None, ValueKind::Bool | ValueKind::None) => write!(out, "{value}")?,
        (None, _) if escapes => write_escaped(out, &value.to_string())?,
        (None, _) => write!(out, "{value}")?,
    }
    Ok(())
}

/// A number in Python's shortest spelling, which is JSON's for what JSON can write.
fn float(value: &Value) -> String {
    let style = Style {
        sort_keys: false,
        ensure_ascii: true,
        layout: Layout::Compact,
    };
    match f64::try_from(value.clone()) {
        Ok(number) if number.is_finite() => {
            write(&number, style).unwrap_or_else(|_| value.to_string())
        }
        _ => value.to_string(),
    }
}

/// Escapes a text.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to a string does not fail.
    let _ = write_escaped(&mut escaped, text);
    escaped
}

fn write_escaped(out: &mut impl Write, text: &str) -> std::fmt::Result {
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

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn special_characters_are_spelled_as_markupsafe_does() {
        assert_eq!(
            escape("<a href=\"x\">&'é</a>"),
            "&lt;a href=&#34;x&#34;&gt;&amp;&#39;é&lt;/a&gt;"
        );
        assert_eq!(escape("plain"), "plain");
        assert_eq!(escape("'"), "&#39;");
    }
}
