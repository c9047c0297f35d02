//! The `Vary` header. Werkzeug: `HeaderSet`, `parse_list_header`.

use http::header::Entry;
use http::{HeaderMap, HeaderValue, header};

/// Adds `Cookie` to the `Vary` header, unless it stands there in any case of letters.
pub(crate) fn add_cookie(headers: &mut HeaderMap) {
    match headers.entry(header::VARY) {
        Entry::Vacant(place) => {
            place.insert(HeaderValue::from_static("Cookie"));
        }
        Entry::Occupied(held) if held.get() == "Cookie" => {}
        Entry::Occupied(_) => add_to_others(headers),
    }
}

/// Adds `Cookie` to what stands in the `Vary` header, in as many lines as it may.
fn add_to_others(headers: &mut HeaderMap) {
    let mut items = Vec::new();
    for value in headers.get_all(header::VARY) {
        items.extend(items_of(&String::from_utf8_lossy(value.as_bytes())));
    }
    if items.iter().any(|item| item.eq_ignore_ascii_case("cookie")) {
        return;
    }
    items.push("Cookie".to_owned());
    let written: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    if let Ok(value) = HeaderValue::from_bytes(written.join(", ").as_bytes()) {
        headers.insert(header::VARY, value);
    }
}

/// Splits a list at its commas, which quotes protect.
fn items_of(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    let (mut in_quotes, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            _ if escaped => {
                item.push(character);
                escaped = false;
            }
            '\\' if in_quotes => escaped = true,
            '"' => {
                in_quotes = !in_quotes;
                item.push(character);
            }
            ',' if !in_quotes => items.push(std::mem::take(&mut item)),
            _ => item.push(character),
        }
    }
    if !item.is_empty() {
        items.push(item);
    }
    items.iter().map(|item| unquoted(item.trim())).collect()
}

fn unquoted(item: &str) -> String {
    let inner = item
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(item).to_owned()
}

/// Quotes what is no token.
fn quoted(item: &str) -> String {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !item.is_empty() && item.bytes().all(is_token) {
        true => item.to_owned(),
        false => format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test may fail where it stands
mod tests {
    use super::*;

    #[test]
    fn a_name_is_added_once_and_the_rest_is_kept() {
        for (before, after) in [
            (None, "Cookie"),
            (Some("Accept"), "Accept, Cookie"),
            (Some("cookie"), "cookie"),
            (Some("Accept , COOKIE"), "Accept , COOKIE"),
            (Some("*"), "*, Cookie"),
            (Some("\"odd\", x"), "odd, x, Cookie"),
            (Some("\"a b\", \"c, d\""), "\"a b\", \"c, d\", Cookie"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(before) = before {
                headers.insert(header::VARY, HeaderValue::from_static(before));
            }
            add_cookie(&mut headers);
            assert_eq!(headers.get(header::VARY).unwrap(), after);
        }
    }
}
