//! Status lines. Werkzeug: `Response.status`.

use std::borrow::Cow;

use crate::headers::python_text::{parse_int, strip};
use crate::headers::reason;

/// Returns the status line of a code: the code and its reason phrase, or `Unknown`.
///
/// ```
/// assert_eq!(carafe::headers::status::status_line(404), "404 Not Found");
/// ```
pub fn status_line(code: i64) -> String {
    let phrase = u16::try_from(code)
        .ok()
        .and_then(reason::phrase)
        .unwrap_or("Unknown");
    format!("{code} {phrase}")
}

/// Reads a status line into itself, made whole, and its code; `None` when it is empty.
///
/// A line without a code has the code 0.
///
/// *Werkzeug:* setting `Response.status`.
///
/// ```
/// use carafe::headers::status::parse_status;
///
/// assert_eq!(parse_status("404"), Some(("404 Not Found".into(), 404)));
/// assert_eq!(parse_status("404 Nowhere"), Some(("404 Nowhere".into(), 404)));
/// ```
pub fn parse_status(line: &str) -> Option<(Cow<'_, str>, i64)> {
    let line = strip(line);
    if line.is_empty() {
        return None;
    }
    let (code, phrase) = match line.split_once(' ') {
        Some((code, _)) => (parse_int(code), true),
        None => (parse_int(line), false),
    };
    Some(match code {
        None => (format!("0 {line}").into(), 0),
        Some(code) if phrase => (line.into(), code),
        Some(code) => (status_line(code).into(), code),
    })
}
