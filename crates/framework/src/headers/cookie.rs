//! The `Cookie` header. Werkzeug: `parse_cookie`.

use std::borrow::Cow;

use crate::headers::python_text;
use crate::multi_dict::MultiDict;

/// Reads a `Cookie` header into its names and values.
///
/// The bytes are UTF-8; bytes that are not become U+FFFD.
///
/// *Werkzeug:* `parse_cookie`.
///
/// ```
/// let cookies = carafe::headers::cookie::parse_cookie(br#"a=1; b="x\054y"; a=2"#);
/// assert_eq!(cookies.getlist("a"), ["1", "2"]);
/// assert_eq!(cookies.get("b").map(String::as_str), Some("x,y"));
/// ```
pub fn parse_cookie(header: &[u8]) -> MultiDict<String> {
    Pairs::new(header)
        .map(|pair| (pair.name().into_owned(), pair.value().into_owned()))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// Returns the first value of a cookie, without reading the rest and without copying where it can.
///
/// ```
/// use carafe::headers::cookie;
///
/// assert_eq!(cookie::find(b"theme=dark; session=abc", "session").as_deref(), Some("abc"));
/// ```
pub fn find<'a>(header: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    Pairs::new(header)
        .find(|pair| pair.is_named(name))
        .map(|pair| pair.value())
}

/// A cookie of the header, not decoded yet.
struct Pair<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl<'a> Pair<'a> {
    fn name(&self) -> Cow<'a, str> {
        decode_stripped(self.name)
    }

    fn is_named(&self, name: &str) -> bool {
        // Of bare names, only one that is not ASCII may become another by decoding.
        match is_bare(self.name) {
            true if self.name == name.as_bytes() => true,
            true if self.name.is_ascii() => false,
            _ => !name.is_empty() && self.name() == name,
        }
    }

    fn value(&self) -> Cow<'a, str> {
        match decode_stripped(self.value) {
            Cow::Borrowed(text) => unquote(text),
            Cow::Owned(text) => Cow::Owned(unquote(&text).into_owned()),
        }
    }
}

fn decode_stripped(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if is_bare(bytes) => Cow::Borrowed(text),
        Ok(text) => Cow::Borrowed(python_text::strip(text)),
        Err(_) => {
            let text = String::from_utf8_lossy(bytes);
            Cow::Owned(python_text::strip(&text).to_owned())
        }
    }
}

/// Tells text that has nothing to strip, which is nearly all, by its ends.
fn is_bare(bytes: &[u8]) -> bool {
    let ends = bytes.first().zip(bytes.last());
    ends.is_some_and(|(first, last)| first.is_ascii_graphic() && last.is_ascii_graphic())
}

fn unquote(value: &str) -> Cow<'_, str> {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        None => Cow::Borrowed(value),
        Some(inner) if inner.contains('\\') => Cow::Owned(unslash(inner)),
        Some(inner) => Cow::Borrowed(inner),
    }
}

/// Undoes backslashes: three octal digits are a byte, anything else but a line feed is itself.
fn unslash(quoted: &str) -> String {
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted.as_bytes();
    loop {
        rest = match rest {
            [
                b'\\',
                high @ b'0'..=b'3',
                mid @ b'0'..=b'7',
                low @ b'0'..=b'7',
                after @ ..,
            ] => {
                bytes.push((high - b'0') << 6 | (mid - b'0') << 3 | (low - b'0'));
                after
            }
            [b'\\', plain, after @ ..] if *plain != b'\n' => {
                bytes.push(*plain);
                after
            }
            [plain, after @ ..] => {
                bytes.push(*plain);
                after
            }
            [] => break,
        };
    }
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The cookies of a header, read one by one.
///
/// A name goes to the next `=` or `;`, a value to the next `;` that is not inside of quotes. Quotes count
/// only where they enclose the whole value. A name without `=` is a cookie with an empty value.
struct Pairs<'a> {
    rest: &'a [u8],
    has_line_feeds: bool,
}

impl<'a> Pairs<'a> {
    fn new(header: &'a [u8]) -> Self {
        Self {
            rest: header,
            has_line_feeds: memchr::memchr(b'\n', header).is_some(),
        }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        while !self.rest.is_empty() {
            let (name, after_name) = split_at(self.rest, memchr::memchr2(b'=', b';', self.rest));
            let Some(after_equals) = after_name.strip_prefix(b"=") else {
                self.rest = after_semicolon(after_name);
                return Some(Pair { name, value: b"" });
            };
            let value_on = trim_start(after_equals);
            if let Some((value, after)) = split_quoted(value_on) {
                self.rest = after_semicolon(after);
                return Some(Pair { name, value });
            }
            let (value, after) = split_at(value_on, memchr::memchr(b';', value_on));
            // Werkzeug's values end at a line feed, and what came before it is lost. No server lets
            // one through, so that what this costs for many of them is no matter.
            if !(self.has_line_feeds && trim_end(value).contains(&b'\n')) {
                self.rest = after_semicolon(after);
                return Some(Pair { name, value });
            }
            self.rest = after_equals;
        }
        None
    }
}

/// Splits at a place; the rest is empty when there is none.
fn split_at(bytes: &[u8], place: Option<usize>) -> (&[u8], &[u8]) {
    bytes.split_at(place.unwrap_or(bytes.len()))
}

/// Splits off a quoted value, if nothing but white space is between its end and the next `;`.
fn split_quoted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut inside = bytes.strip_prefix(b"\"")?;
    let after = loop {
        inside = match inside {
            [b'"', after @ ..] => break after,
            [b'\\', escaped, after @ ..] if *escaped != b'\n' => after,
            [b'\\', ..] | [] => return None,
            [_, after @ ..] => after,
        };
    };
    let value = bytes.get(..bytes.len() - after.len())?;
    let after = trim_start(after);
    (after.is_empty() || after.starts_with(b";")).then_some((value, after))
}

fn after_semicolon(bytes: &[u8]) -> &[u8] {
    trim_start(bytes.strip_prefix(b";").unwrap_or_default())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(*first)
    {
        bytes = rest;
    }
    bytes
}

fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes
        && is_space(*last)
    {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{find, parse_cookie};

    #[test]
    fn a_plain_value_is_found_without_a_copy() {
        let header = br#"a=1; session = "abc" ; session=2"#;
        assert!(matches!(
            find(header, "session"),
            Some(Cow::Borrowed("abc"))
        ));
        assert_eq!(find(header, "sess"), None);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(find(b"a=x\xff", "a").as_deref(), Some("x\u{fffd}"));
        assert_eq!(find(b"\xff=1; b=2", "b").as_deref(), Some("2"));
        assert_eq!(find(b"a\xffb=1", "a\u{fffd}b").as_deref(), Some("1"));
    }

    #[test]
    fn white_space_of_any_alphabet_is_no_part_of_a_name_or_value() {
        let header = "\u{a0}a\u{2003}=\u{85}x y\u{a0}; =2; \x1c=3";
        assert_eq!(find(header.as_bytes(), "a").as_deref(), Some("x y"));
        assert_eq!(find(header.as_bytes(), ""), None);
        assert_eq!(parse_cookie(header.as_bytes()).items().count(), 1);
    }

    #[test]
    fn a_quote_that_does_not_end_is_part_of_the_value() {
        let cookies = parse_cookie(br#"a="x;y; b="q" r"#);
        let pairs: Vec<_> = cookies
            .items()
            .map(|(name, value)| (name, value.as_str()))
            .collect();
        assert_eq!(pairs, [("a", "\"x"), ("y", ""), ("b", "\"q\" r")]);
    }
}
