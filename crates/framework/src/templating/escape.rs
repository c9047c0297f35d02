//! What is escaped, and how values are printed. Flask: `Flask.select_jinja_autoescape`.

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Error, Output, State, Value};

use crate::html::write_escaped;
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
        (None, ValueKind::Number) if !value.is_integer() => out.write_str(&float(value))?,
        // Most numbers are counts and ids, and of the engine's conversions this one reads them without a clone.
        (None, ValueKind::Number) => match value.as_usize() {
            Some(number) => out.write_str(itoa::Buffer::new().format(number))?,
            None => write!(out, "{value}")?,
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
    let mut text = String::new();
    match f64::try_from(value.clone()) {
        Ok(number) if number.is_finite() && write(&mut text, &number, style).is_ok() => text,
        _ => value.to_string(),
    }
}
