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
    let escapes = !matches!(state.auto_escape(), AutoEscape::None);
    match value.as_str() {
        Some(text) if escapes && !value.is_safe() => write_escaped(out, text)?,
        Some(text) => out.write_str(text)?,
        None if value.is_undefined() => {}
        None if escapes => write_escaped(out, &printed(value))?,
        None => out.write_str(&printed(value))?,
    }
    Ok(())
}

/// What a value that is no text prints.
fn printed(value: &Value) -> String {
    match f64::try_from(value.clone()) {
        // Python's shortest spelling: JSON's, for what JSON can write.
        Ok(number)
            if value.kind() == ValueKind::Number && !value.is_integer() && number.is_finite() =>
        {
            let style = Style {
                sort_keys: false,
                ensure_ascii: true,
                layout: Layout::Compact,
            };
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
    let mut rest = text;
    while let Some(place) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, special) = rest.split_at(place);
        out.write_str(before)?;
        out.write_str(match special.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&#34;",
            _ => "&#39;",
        })?;
        rest = special.get(1..).unwrap_or_default();
    }
    out.write_str(rest)
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
