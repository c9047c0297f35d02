//! Text that may hold what Python's `str` may hold: lone surrogates too.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A piece of text, as Python knows it.
///
/// Nearly always this is plain UTF-8. JSON from Python may also carry a lone surrogate
/// (`"\ud800"`), which no Rust string can hold; such text is kept as WTF-8, so that it survives
/// a round trip. Texts order by code point, as Python orders them.
///
/// ```
/// use carafe_sessions::Text;
///
/// let text = Text::from("user");
/// assert_eq!(text, "user");
/// assert_eq!(text.as_str(), Some("user"));
/// ```
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// What nearly all keys and many values are, without a heap; holds no lone surrogate.
    Short(Short),
    Plain(String),
    /// Always holds at least one lone surrogate; never a surrogate pair.
    Surrogates(Box<[u8]>),
}

/// Text of at most fifteen bytes, which fits beside the two others without making them larger.
#[derive(Clone, Copy)]
struct Short {
    length: u8,
    bytes: [u8; 15],
}

impl Short {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 15];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        let length = text.len() as u8;
        Some(Self { length, bytes })
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("a short text is made of text")
    }
}

impl Text {
    /// Returns the text, unless it holds a lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Short(text) => Some(text.as_str()),
            Repr::Plain(text) => Some(text),
            Repr::Surrogates(_) => None,
        }
    }

    /// Returns the text with a replacement character for each lone surrogate.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Short(text) => Cow::Borrowed(text.as_str()),
            Repr::Plain(text) => Cow::Borrowed(text),
            Repr::Surrogates(_) => Cow::Owned(
                char::decode_utf16(self.utf16())
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            ),
        }
    }

    /// Turns the text into a string, or gives it back when it holds a lone surrogate.
    ///
    /// # Errors
    ///
    /// The text itself, when no string can hold it.
    pub fn into_string(self) -> Result<String, Self> {
        match self.0 {
            Repr::Short(text) => Ok(text.as_str().to_owned()),
            Repr::Plain(text) => Ok(text),
            repr @ Repr::Surrogates(_) => Err(Self(repr)),
        }
    }

    /// Makes a text from UTF-16 code units, lone surrogates included.
    ///
    /// ```
    /// use carafe_sessions::Text;
    ///
    /// assert_eq!(Text::from_utf16(&[0x61, 0xd83d, 0xde00]), "a😀");
    /// assert_eq!(Text::from_utf16(&[0xd83d]).as_str(), None);
    /// ```
    pub fn from_utf16(units: &[u16]) -> Self {
        let mut bytes = Vec::with_capacity(units.len());
        let mut lone = false;
        for unit in char::decode_utf16(units.iter().copied()) {
            match unit {
                Ok(character) => {
                    let mut buffer = [0; 4];
                    bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
                }
                Err(surrogate) => {
                    lone = true;
                    push_surrogate(&mut bytes, surrogate.unpaired_surrogate());
                }
            }
        }
        if lone {
            return Self(Repr::Surrogates(bytes.into_boxed_slice()));
        }
        Self(Repr::Plain(String::from_utf8(bytes).unwrap_or_else(
            |error| String::from_utf8_lossy(error.as_bytes()).into_owned(),
        )))
    }

    /// Makes a text of code points, lone surrogates included; what is none is left out.
    pub(crate) fn from_code_points(points: impl Iterator<Item = u32>) -> Self {
        let mut bytes = Vec::new();
        for point in points {
            match (char::from_u32(point), u16::try_from(point)) {
                (Some(character), _) => {
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                (None, Ok(surrogate)) => push_surrogate(&mut bytes, surrogate),
                (None, Err(_)) => {}
            }
        }
        // Two halves that came to stand side by side are one character.
        let units: Vec<u16> = utf16_of(&bytes).collect();
        Self::from_utf16(&units)
    }

    /// Makes a text of one code point.
    pub(crate) fn from_code_point(point: u32) -> Self {
        Self::from_code_points(std::iter::once(point))
    }

    /// Returns the text with more behind it.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        match &self.0 {
            Repr::Short(text) => format!("{}{suffix}", text.as_str()).into(),
            Repr::Plain(text) => format!("{text}{suffix}").into(),
            Repr::Surrogates(bytes) => {
                let bytes = [bytes, suffix.as_bytes()].concat();
                Self(Repr::Surrogates(bytes.into_boxed_slice()))
            }
        }
    }

    /// Makes a text of UTF-8 or WTF-8, if the bytes are that.
    ///
    /// ```
    /// use carafe_sessions::Text;
    ///
    /// let text = Text::from_utf16(&[0xd800]);
    /// assert_eq!(Text::from_wtf8(text.as_wtf8()), Some(text));
    /// assert_eq!(Text::from_wtf8(b"\xff"), None);
    /// ```
    pub fn from_wtf8(bytes: &[u8]) -> Option<Self> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(text.into());
        }
        // What decodes and encodes to the same bytes is WTF-8 in its one valid form.
        let units: Vec<u16> = utf16_of(bytes).collect();
        let text = Self::from_utf16(&units);
        (text.as_wtf8() == bytes).then_some(text)
    }

    /// Returns the text's UTF-16 code units.
    pub fn utf16(&self) -> impl Iterator<Item = u16> + '_ {
        utf16_of(self.as_wtf8())
    }

    /// Returns the text's code points, lone surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        CodePoints(self.as_wtf8())
    }

    /// Returns the text's bytes: UTF-8, or WTF-8 when it holds a lone surrogate.
    pub fn as_wtf8(&self) -> &[u8] {
        match &self.0 {
            Repr::Short(text) => text.as_bytes(),
            Repr::Plain(text) => text.as_bytes(),
            Repr::Surrogates(bytes) => bytes,
        }
    }

    /// Returns whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.as_wtf8().is_empty()
    }
}

fn utf16_of(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    CodePoints(bytes).flat_map(|point| {
        let (first, second) = match point.checked_sub(0x1_0000) {
            None => (point as u16, None),
            Some(rest) => (
                0xd800 | (rest >> 10) as u16,
                Some(0xdc00 | (rest & 0x3ff) as u16),
            ),
        };
        std::iter::once(first).chain(second)
    })
}

/// Writes a surrogate the way UTF-8 would if it allowed it.
fn push_surrogate(bytes: &mut Vec<u8>, unit: u16) {
    bytes.extend_from_slice(&[
        0xe0 | (unit >> 12) as u8,
        0x80 | ((unit >> 6) & 0x3f) as u8,
        0x80 | (unit & 0x3f) as u8,
    ]);
}

struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, mut rest) = self.0.split_first()?;
        let (length, mut point) = match first {
            0..0x80 => (0, u32::from(first)),
            0x80..0xe0 => (1, u32::from(first & 0x1f)),
            0xe0..0xf0 => (2, u32::from(first & 0x0f)),
            _ => (3, u32::from(first & 0x07)),
        };
        for _ in 0..length {
            let (&next, after) = rest.split_first()?;
            point = point << 6 | u32::from(next & 0x3f);
            rest = after;
        }
        self.0 = rest;
        Some(point)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Repr::Plain(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        match Short::new(text) {
            Some(short) => Self(Repr::Short(short)),
            None => Self(Repr::Plain(text.to_owned())),
        }
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_wtf8() == other.as_wtf8()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_wtf8() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_wtf8() == other.as_bytes()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        // The bytes of UTF-8 and of WTF-8 order as their code points do.
        self.as_wtf8().cmp(other.as_wtf8())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_wtf8().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Short(text) => fmt::Debug::fmt(text.as_str(), f),
            Repr::Plain(text) => fmt::Debug::fmt(text, f),
            Repr::Surrogates(_) => {
                f.write_str("\"")?;
                for unit in char::decode_utf16(self.utf16()) {
                    match unit {
                        Ok(character) => write!(f, "{}", character.escape_debug())?,
                        Err(lone) => write!(f, "\\u{{{:x}}}", lone.unpaired_surrogate())?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_survive_a_round_trip() {
        let units = [0x61, 0xd800, 0x62, 0xdfff, 0xd83d, 0xde00];
        let text = Text::from_utf16(&units);
        assert_eq!(text.utf16().collect::<Vec<_>>(), units);
        assert_eq!(text.as_str(), None);
        assert_eq!(text.to_string_lossy(), "a\u{fffd}b\u{fffd}😀");
    }

    #[test]
    fn short_text_is_the_same_as_the_string_of_it() {
        assert_eq!(size_of::<Text>(), size_of::<String>());
        for length in [0, 1, 14, 15, 16, 40] {
            for character in ["a", "é", "😀"] {
                let string = character.repeat(length);
                let (copied, owned) = (Text::from(string.as_str()), Text::from(string.clone()));
                assert_eq!(copied, owned);
                assert_eq!(copied.as_str(), Some(string.as_str()));
                assert_eq!(copied.to_string_lossy(), string);
                assert_eq!(format!("{copied:?}"), format!("{owned:?}"));
                assert_eq!(copied.with_suffix("__"), owned.with_suffix("__"));
                assert_eq!(copied.clone().into_string(), Ok(string));
            }
        }
    }

    #[test]
    fn text_orders_by_code_point() {
        let mut texts = [
            Text::from("😀"),
            Text::from_utf16(&[0xdc00]),
            Text::from("\u{ffff}"),
            Text::from("z"),
        ];
        texts.sort();
        let points: Vec<u32> = texts.iter().flat_map(Text::code_points).collect();
        assert_eq!(points, [0x7a, 0xdc00, 0xffff, 0x1f600]);
    }
}
