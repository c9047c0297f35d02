//! Entity tags. Werkzeug: `quote_etag`, `unquote_etag`, `generate_etag`, `ETags`.

use std::collections::HashSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha3::{Digest, Sha3_256};

use crate::headers::python_text::{is_space, strip};

/// A tag that holds a quote, which no header can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidEtag;

impl fmt::Display for InvalidEtag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entity tag cannot hold a quote")
    }
}

impl std::error::Error for InvalidEtag {}

/// Puts a tag into quotes, marked as weak if it is.
///
/// *Werkzeug:* `quote_etag`.
///
/// # Errors
///
/// Fails when the tag holds a quote.
pub fn quote_etag(etag: &str, weak: bool) -> Result<String, InvalidEtag> {
    if etag.contains('"') {
        return Err(InvalidEtag);
    }
    Ok(format!("{}\"{etag}\"", if weak { "W/" } else { "" }))
}

/// Takes the quotes off a tag and tells whether it is weak; `None` for an empty header.
///
/// *Werkzeug:* `unquote_etag`.
///
/// ```
/// use carafe::headers::etag::unquote_etag;
///
/// assert_eq!(unquote_etag(r#"W/"bar""#), Some(("bar", true)));
/// ```
pub fn unquote_etag(text: &str) -> Option<(&str, bool)> {
    if text.is_empty() {
        return None;
    }
    let text = strip(text);
    let unmarked = text.strip_prefix("W/").or_else(|| text.strip_prefix("w/"));
    let tag = unmarked.unwrap_or(text);
    let inner = match tag {
        "\"" => Some(""),
        _ => tag
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"')),
    };
    Some((inner.unwrap_or(tag), unmarked.is_some()))
}

/// Makes a tag of the content itself: its SHA3-256 in Base64.
///
/// *Werkzeug:* `generate_etag`.
pub fn generate_etag(data: &[u8]) -> String {
    STANDARD_NO_PAD.encode(Sha3_256::digest(data))
}

/// The tags of an `If-Match` or `If-None-Match` header.
///
/// *Werkzeug:* `ETags`.
///
/// ```
/// use carafe::headers::etag::ETags;
///
/// let tags = ETags::from_header(r#""a", W/"b""#);
/// assert!(tags.contains("a") && !tags.contains("b"));
/// assert!(tags.contains_weak("b"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ETags {
    strong: HashSet<String>,
    weak: HashSet<String>,
    star: bool,
}

impl ETags {
    /// Reads a header.
    pub fn from_header(header: &str) -> Self {
        let mut tags = Self::default();
        for tag in (Tags {
            rest: header,
            closing: None,
        }) {
            if tag.text == "*" && !tag.quoted {
                return Self {
                    star: true,
                    ..Self::default()
                };
            }
            let set = if tag.weak {
                &mut tags.weak
            } else {
                &mut tags.strong
            };
            set.insert(tag.text.to_owned());
        }
        tags
    }

    /// Tells whether the header is `*`, which stands for any tag.
    pub fn star_tag(&self) -> bool {
        self.star
    }

    /// Tells whether the header names no tags.
    pub fn is_empty(&self) -> bool {
        !self.star && self.strong.is_empty() && self.weak.is_empty()
    }

    /// Tells whether a tag is among the weak ones.
    pub fn is_weak(&self, etag: &str) -> bool {
        self.weak.contains(etag)
    }

    /// Tells whether a tag is among the strong ones.
    pub fn is_strong(&self, etag: &str) -> bool {
        self.strong.contains(etag)
    }

    /// Tells whether a tag is among the strong ones, or any tag will do.
    pub fn contains(&self, etag: &str) -> bool {
        self.star || self.is_strong(etag)
    }

    /// Tells whether a tag is among the weak or strong ones, or any tag will do.
    pub fn contains_weak(&self, etag: &str) -> bool {
        self.is_weak(etag) || self.contains(etag)
    }

    /// Tells whether a tag that is still quoted is there, weak or strong as it says.
    pub fn contains_raw(&self, etag: &str) -> bool {
        match unquote_etag(etag) {
            Some((etag, true)) => self.contains_weak(etag),
            Some((etag, false)) => self.contains(etag),
            None => self.star,
        }
    }

    /// Iterates over the strong tags, in no order.
    pub fn strong(&self) -> impl Iterator<Item = &str> {
        self.strong.iter().map(String::as_str)
    }

    /// Iterates over the weak tags, in no order.
    pub fn weak(&self) -> impl Iterator<Item = &str> {
        self.weak.iter().map(String::as_str)
    }
}

/// The header, written back with its tags in the order of the alphabet.
impl fmt::Display for ETags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.star {
            return f.write_str("*");
        }
        let mut tags: Vec<_> = self.strong().map(|tag| format!("\"{tag}\"")).collect();
        tags.extend(self.weak().map(|tag| format!("W/\"{tag}\"")));
        tags.sort_unstable();
        f.write_str(&tags.join(", "))
    }
}

/// A tag as the header holds it.
struct Tag<'a> {
    text: &'a str,
    quoted: bool,
    weak: bool,
}

/// The tags of a header one by one.
///
/// A quoted tag ends at the first quote that a comma or the end follows, so that it may hold quotes and
/// commas itself; anything else ends at a comma.
struct Tags<'a> {
    rest: &'a str,
    /// What follows the next quote that can end a tag, once looked for: lines of quotes stay linear.
    closing: Option<Option<Closing<'a>>>,
}

#[derive(Clone, Copy)]
struct Closing<'a> {
    /// The text from the quote on.
    from: &'a str,
    /// The text after the comma, or the empty end.
    after: &'a str,
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let unmarked = self
            .rest
            .strip_prefix("W/")
            .or_else(|| self.rest.strip_prefix("w/"));
        let (weak, text) = (unmarked.is_some(), unmarked.unwrap_or(self.rest));
        if let Some(inside) = text.strip_prefix('"')
            && let Some(closing) = self.closing_quote(inside)
        {
            let length = inside.len() - closing.from.len();
            self.rest = closing.after;
            return Some(Tag {
                text: inside.get(..length)?,
                quoted: true,
                weak,
            });
        }
        let (text, after) = match text.split_once(',') {
            Some((text, after)) => (text.trim_end_matches(is_space), after),
            None => (text, ""),
        };
        self.rest = after.trim_start_matches(is_space);
        Some(Tag {
            text,
            quoted: false,
            weak,
        })
    }
}

impl<'a> Tags<'a> {
    fn closing_quote(&mut self, inside: &'a str) -> Option<Closing<'a>> {
        let known = self
            .closing
            .filter(|closing| closing.is_none_or(|closing| closing.from.len() <= inside.len()));
        *self
            .closing
            .insert(known.unwrap_or_else(|| find_closing_quote(inside)))
    }
}

fn find_closing_quote(text: &str) -> Option<Closing<'_>> {
    text.match_indices('"').find_map(|(index, _)| {
        let from = text.get(index..)?;
        let after = from.strip_prefix('"')?;
        if after.is_empty() {
            return Some(Closing { from, after });
        }
        let after = after.trim_start_matches(is_space).strip_prefix(',')?;
        Some(Closing {
            from,
            after: after.trim_start_matches(is_space),
        })
    })
}
