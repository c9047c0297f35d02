//! A value with options after it, as in `Content-Type`. Werkzeug: `parse_options_header`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::headers::lists::push_value;
use crate::headers::params::Params;
use crate::headers::python_text::{is_space, strip};
use crate::headers::quoting::is_token;

/// Splits a header into its value and its options.
///
/// Options that are malformed are left out. Names become lower case; quotes, the charsets of names that
/// end with `*`, and values that go on over several options are resolved.
///
/// *Werkzeug:* `parse_options_header`.
///
/// ```
/// use carafe::headers::options::parse_options_header;
///
/// let (value, options) = parse_options_header("attachment; filename*=UTF-8''na%C3%AFve.txt");
/// assert_eq!(value, "attachment");
/// assert_eq!(options.get("filename").map(String::as_str), Some("naïve.txt"));
/// ```
pub fn parse_options_header(header: &str) -> (String, Params) {
    let (value, rest) = header.split_once(';').unwrap_or((header, ""));
    let (value, rest) = (strip(value), strip(rest));
    if value.is_empty() {
        return (String::new(), Params::new());
    }
    let mut options = Params::new();
    let mut decoder = ExtendedValues::default();
    for (name, raw) in (Parts { rest: Some(rest) }) {
        let name = name.to_ascii_lowercase();
        let (name, text) = match name.strip_suffix('*') {
            Some(name) => (name, decoder.decode(raw)),
            None => (name.as_str(), Cow::Borrowed(raw)),
        };
        let text = undo_quotes(text);
        let stem = split_continuation(name);
        match stem.and_then(|stem| options.get_mut(stem)) {
            Some(so_far) => String::push_str(so_far, &text),
            None => {
                options.insert(stem.unwrap_or(name), text);
            }
        }
    }
    (value.to_owned(), options)
}

/// Joins a value and options into a header; options without a value are left out.
///
/// *Werkzeug:* `dump_options_header`.
pub fn dump_options_header<'a>(
    value: Option<&str>,
    options: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut header = value.map(str::to_owned);
    for (name, option) in options {
        let Some(option) = option else { continue };
        let header = match &mut header {
            Some(header) => {
                header.push_str("; ");
                header
            }
            None => header.insert(String::new()),
        };
        header.push_str(name);
        header.push('=');
        push_value(header, name, option);
    }
    header.unwrap_or_default()
}

/// The well-formed options of a header, their values still in quotes.
struct Parts<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Parts<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = self.rest {
            let (part, rest) = match split_name(rest) {
                Some((name, rest)) => match split_value(rest) {
                    Some((value, rest)) => (Some((name, value)), rest),
                    None => (None, rest),
                },
                None => (None, rest),
            };
            self.rest = rest
                .split_once(';')
                .map(|(_, rest)| rest.trim_start_matches(is_space));
            if part.is_some() {
                return part;
            }
        }
        None
    }
}

fn split_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = split_token(text);
    Some((name, rest.strip_prefix('=')?)).filter(|_| !name.is_empty())
}

/// Splits off a token or a quoted string that ends.
fn split_value(text: &str) -> Option<(&str, &str)> {
    let (token, rest) = split_token(text);
    if !token.is_empty() {
        // What follows a token is skipped up to the next option.
        return Some((token, rest));
    }
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if index == 0 => {}
            _ if index == 0 => return None,
            b'"' if !escaped => return text.split_at_checked(index + 1),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

fn split_token(text: &str) -> (&str, &str) {
    let end = text
        .find(|character| !is_token(character))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The charsets that a value may be in; no others are to come, says Werkzeug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Ascii,
    Utf8,
    Latin1,
}

impl Charset {
    /// Returns the charset of a name, in any case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "ascii" | "us-ascii" => Some(Self::Ascii),
            "utf-8" => Some(Self::Utf8),
            "iso-8859-1" => Some(Self::Latin1),
            _ => None,
        }
    }

    /// Decodes bytes; what is not in the charset becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
            Self::Ascii => bytes
                .iter()
                .map(|&byte| {
                    if byte.is_ascii() {
                        char::from(byte)
                    } else {
                        char::REPLACEMENT_CHARACTER
                    }
                })
                .collect(),
        }
    }

    /// Undoes percent-encoding. Characters beyond ASCII stay as they are.
    fn unquote(self, text: &str) -> String {
        let mut decoded = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let ascii = rest
                .find(|character: char| !character.is_ascii())
                .unwrap_or(rest.len());
            let (run, after) = rest.split_at_checked(ascii).unwrap_or((rest, ""));
            decoded.push_str(&self.decode(&Cow::from(percent_decode_str(run))));
            let others = after
                .find(|character: char| character.is_ascii())
                .unwrap_or(after.len());
            let (kept, after) = after.split_at_checked(others).unwrap_or((after, ""));
            decoded.push_str(kept);
            rest = after;
        }
        decoded
    }
}

/// Decodes the values of names that end with `*`; a charset holds until another one is named.
#[derive(Default)]
struct ExtendedValues {
    named: Option<NamedCharset>,
    usable: Option<Charset>,
}

/// A charset as a value named it, which need not be one that is decoded.
#[derive(Clone, Copy)]
struct NamedCharset(Option<Charset>);

impl ExtendedValues {
    fn decode<'a>(&mut self, raw: &'a str) -> Cow<'a, str> {
        let mut text = raw;
        if let Some((charset, value)) = split_charset(raw) {
            self.named = (!charset.is_empty()).then(|| NamedCharset(Charset::from_name(charset)));
            text = value;
        }
        let NamedCharset(charset) = *self.named.get_or_insert(NamedCharset(self.usable));
        match charset {
            Some(charset) => {
                self.usable = Some(charset);
                Cow::Owned(charset.unquote(text))
            }
            None => Cow::Borrowed(text),
        }
    }
}

/// Decodes `charset'language'value` where no value before it can name the charset.
pub(crate) fn decode_extended(raw: &str) -> Cow<'_, str> {
    ExtendedValues::default().decode(raw)
}

/// Splits `charset'language'value`; the value goes as far as it is a token.
fn split_charset(text: &str) -> Option<(&str, &str)> {
    let is_charset = |character| is_token(character) && character != '\'';
    let (charset, rest) = text.split_once('\'')?;
    let (language, rest) = rest.split_once('\'')?;
    let (value, _) = split_token(rest);
    let fits = charset.chars().chain(language.chars()).all(is_charset) && !value.is_empty();
    fits.then_some((charset, value))
}

/// Takes off quotes and the three ways of writing a quote or a backslash between them.
fn undo_quotes(text: Cow<'_, str>) -> String {
    if !(text.starts_with('"') && text.ends_with('"')) {
        return text.into_owned();
    }
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or_default();
    inner
        .replace("\\\\", "\\")
        .replace("\\\"", "\"")
        .replace("%22", "\"")
}

/// Returns the name without the number of a continuation: `name*0`.
fn split_continuation(name: &str) -> Option<&str> {
    let without_digits = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let stem = without_digits.strip_suffix('*')?;
    (without_digits.len() < name.len()).then_some(stem)
}
