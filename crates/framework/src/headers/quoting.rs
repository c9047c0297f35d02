//! Quoted strings in headers. Werkzeug: `quote_header_value`, `unquote_header_value`.

use std::borrow::Cow;

/// Tells whether a character may stand in a token, which needs no quotes.
pub(crate) fn is_token(character: char) -> bool {
    matches!(character, 'a'..='z' | 'A'..='Z' | '0'..='9' | '!' | '#'..='\'' | '*' | '+' | '-' | '.')
        || matches!(character, '^' | '_' | '`' | '|' | '~')
}

/// Puts a value into quotes unless it is a token, or always when tokens are not allowed.
///
/// *Werkzeug:* `quote_header_value`.
///
/// ```
/// use carafe::headers::quoting::quote_header_value;
///
/// assert_eq!(quote_header_value("token", true), "token");
/// assert_eq!(quote_header_value(r#"a "b""#, true), r#""a \"b\"""#);
/// ```
pub fn quote_header_value(value: &str, allow_token: bool) -> Cow<'_, str> {
    if allow_token && !value.is_empty() && value.chars().all(is_token) {
        return Cow::Borrowed(value);
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    Cow::Owned(quoted)
}

/// Takes quotes off a value, with the backslashes inside of them.
///
/// *Werkzeug:* `unquote_header_value`.
pub fn unquote_header_value(value: &str) -> Cow<'_, str> {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let inner = match inner {
        None => return Cow::Borrowed(value),
        Some(inner) if !inner.contains('\\') => return Cow::Borrowed(inner),
        Some(inner) => inner,
    };
    let mut unquoted = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        // A backslash that is last, or before a line feed, stays.
        let escaped = (character == '\\').then(|| characters.next_if(|&next| next != '\n'));
        unquoted.push(escaped.flatten().unwrap_or(character));
    }
    Cow::Owned(unquoted)
}
