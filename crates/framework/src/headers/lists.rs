//! Comma-separated headers. Werkzeug: `parse_list_header`, `parse_dict_header`, `dump_header`.

use crate::headers::options;
use crate::headers::params::Params;
use crate::headers::python_text::strip;
use crate::headers::quoting::{quote_header_value, unquote_header_value};

/// Splits a header at its commas, but not inside of quotes, and takes the quotes off the items.
///
/// Empty items are left out. Quotes that do not end make the whole header worthless: no items.
///
/// *Werkzeug:* `parse_list_header`.
///
/// ```
/// use carafe::headers::lists::parse_list_header;
///
/// assert_eq!(parse_list_header(r#"token, "a, b",, c"#), ["token", "a, b", "c"]);
/// assert!(parse_list_header(r#"token, "open"#).is_empty());
/// ```
pub fn parse_list_header(header: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut rest = header;
    loop {
        let Some(end) = item_end(rest) else {
            return Vec::new();
        };
        let (item, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let item = strip(item);
        if !item.is_empty() {
            items.push(unquote_header_value(item).into_owned());
        }
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return items,
        }
    }
}

/// Returns where the first item ends, or `None` when it holds quotes that do not end.
fn item_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return Some(index),
            _ => {}
        }
    }
    (!quoted).then_some(text.len())
}

/// Splits a header at its commas into names with values, or without one.
///
/// A name that ends with `*` holds a percent-encoded value with its charset before it.
///
/// *Werkzeug:* `parse_dict_header`.
///
/// ```
/// use carafe::headers::lists::parse_dict_header;
///
/// let params = parse_dict_header(r#"a=b, c="d, e", f"#);
/// assert_eq!(params.get("c"), Some(&Some("d, e".to_owned())));
/// assert_eq!(params.get("f"), Some(&None));
/// ```
pub fn parse_dict_header(header: &str) -> Params<Option<String>> {
    let mut params = Params::new();
    for item in parse_list_header(header) {
        let (name, value) = match item.split_once('=') {
            Some((name, value)) => (strip(name), Some(strip(value))),
            None => (strip(&item), None),
        };
        if name.is_empty() {
            continue;
        }
        let Some(value) = value else {
            params.insert(name, None);
            continue;
        };
        let (name, value) = match name.strip_suffix('*') {
            Some(name) => (name, options::decode_extended(value)),
            None => (name, value.into()),
        };
        params.insert(name, Some(unquote_header_value(&value).into_owned()));
    }
    params
}

/// Joins items into a header, each in quotes if it needs them.
///
/// *Werkzeug:* `dump_header` of a list.
pub fn dump_list_header<I: AsRef<str>>(items: impl IntoIterator<Item = I>) -> String {
    let mut header = String::new();
    for (index, item) in items.into_iter().enumerate() {
        push_separator(&mut header, index);
        header.push_str(&quote_header_value(item.as_ref(), true));
    }
    header
}

/// Joins names and values into a header; a name without a value stands alone.
///
/// The value of a name that ends with `*` is taken as encoded already.
///
/// *Werkzeug:* `dump_header` of a dict.
pub fn dump_dict_header<'a>(
    params: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut header = String::new();
    for (index, (name, value)) in params.into_iter().enumerate() {
        push_separator(&mut header, index);
        header.push_str(name);
        if let Some(value) = value {
            header.push('=');
            push_value(&mut header, name, value);
        }
    }
    header
}

/// Appends a value, in quotes if it needs them.
pub(crate) fn push_value(header: &mut String, name: &str, value: &str) {
    if name.ends_with('*') {
        header.push_str(value);
    } else {
        header.push_str(&quote_header_value(value, true));
    }
}

fn push_separator(header: &mut String, index: usize) {
    if index > 0 {
        header.push_str(", ");
    }
}
