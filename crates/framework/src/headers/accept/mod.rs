//! What a client accepts, with how much it likes each. Werkzeug: `werkzeug.datastructures.accept`.

pub mod charset; // names of charsets
pub mod language; // language tags
pub mod mime; // media types

use std::cmp::Reverse;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

pub use charset::CharsetAccept;
pub use language::LanguageAccept;
pub use mime::{InvalidMimeType, MimeAccept};

use crate::headers::lists::parse_list_header;
use crate::headers::options::{dump_options_header, parse_options_header};
use crate::headers::python_text::{float_repr, strip};

/// An `Accept-Encoding` header, or any other whose values are names that match when they are equal.
///
/// *Werkzeug:* `Accept`.
///
/// ```
/// use carafe::headers::accept::EncodingAccept;
///
/// let accept = EncodingAccept::from_header(Some("gzip;q=0.5, br"));
/// assert_eq!(accept.best_match(["gzip", "br"]), Some("br"));
/// assert_eq!(accept.quality("gzip"), 0.5);
/// ```
pub type EncodingAccept = Accept<Names>;

/// What an `Accept` header of some kind lists.
///
/// Values are sorted by how specific they are, then by how much they are wanted, then as they were sent.
///
/// *Werkzeug:* `Accept` and the classes below it; [`MimeAccept`] is a type of its own, because it can
/// refuse what it is asked about.
#[derive(Clone, PartialEq)]
pub struct Accept<K> {
    values: Values,
    kind: PhantomData<fn() -> K>,
}

/// How values of an `Accept` header match; the implementors are the kinds of headers.
pub trait Kind: Sized {
    /// Tells whether the value that is offered is meant by the value that the client listed.
    fn matches(offered: &str, listed: &str) -> bool;

    /// Chooses the offer that the client likes best.
    fn best_match<'a>(accept: &Accept<Self>, offers: &[&'a str]) -> Option<&'a str> {
        accept.best_direct_match(offers)
    }
}

/// Names that match when they are equal in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Names;

impl Kind for Names {
    fn matches(offered: &str, listed: &str) -> bool {
        listed == "*" || listed.to_lowercase() == offered.to_lowercase()
    }
}

impl<K: Kind> Accept<K> {
    /// Reads a header, or what it means that there is none.
    pub fn from_header(header: Option<&str>) -> Self {
        Self {
            values: Values::from_header(header, star_specificity),
            kind: PhantomData,
        }
    }

    /// Returns the offer that the client likes best, and of equally good ones the first.
    pub fn best_match<'a>(&self, offers: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        K::best_match(self, &offers.into_iter().collect::<Vec<_>>())
    }

    fn best_direct_match<'a>(&self, offers: &[&'a str]) -> Option<&'a str> {
        let index = ok(self
            .values
            .best_match(offers, infallible::<K>, star_specificity))?;
        offers.get(index).copied()
    }

    /// Returns how much the client likes a value, from 0 to 1; 0 for what it does not list.
    pub fn quality(&self, value: &str) -> f64 {
        ok(self.values.find(value, infallible::<K>)).map_or(0.0, |(_, quality)| quality)
    }

    /// Tells whether the client lists a value, though it may be with quality 0.
    pub fn contains(&self, value: &str) -> bool {
        self.find(value).is_some()
    }

    /// Returns the place of a value in the list.
    pub fn find(&self, value: &str) -> Option<usize> {
        ok(self.values.find(value, infallible::<K>)).map(|(index, _)| index)
    }

    /// Returns the first value of the list.
    pub fn best(&self) -> Option<&str> {
        self.iter().next().map(|(value, _)| value)
    }

    /// Tells whether there was a header at all.
    pub fn provided(&self) -> bool {
        self.values.provided
    }

    /// Iterates over values and their qualities, the best first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter()
    }
}

impl<K> fmt::Debug for Accept<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.iter()).finish()
    }
}

/// The header, written back.
impl<K> fmt::Display for Accept<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}

fn infallible<K: Kind>(offered: &str, listed: &str) -> Result<bool, Infallible> {
    Ok(K::matches(offered, listed))
}

fn ok<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
    }
}

/// How specific a value is: parts that are not `*`, compared in order.
type Specificity = Vec<bool>;

fn star_specificity(value: &str) -> Specificity {
    vec![value != "*"]
}

/// The sorted values of a header with their qualities.
#[derive(Debug, Clone, PartialEq)]
struct Values {
    items: Vec<(String, f64)>,
    provided: bool,
}

impl Values {
    fn from_header(header: Option<&str>, specificity: impl Fn(&str) -> Specificity) -> Self {
        let Some(header) = header.filter(|header| !header.is_empty()) else {
            return Self {
                items: Vec::new(),
                provided: false,
            };
        };
        let items = parse_list_header(header)
            .iter()
            .filter_map(|item| parse_item(item))
            .collect();
        Self::sorted(items, specificity)
    }

    fn sorted(mut items: Vec<(String, f64)>, specificity: impl Fn(&str) -> Specificity) -> Self {
        // Qualities are between 0 and 1, where floats sort as the integers of their bits do.
        items.sort_by_cached_key(|(value, quality)| {
            Reverse((specificity(value), quality.abs().to_bits()))
        });
        Self {
            items,
            provided: true,
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.items
            .iter()
            .map(|(value, quality)| (value.as_str(), *quality))
    }

    /// Returns place and quality of the first value that is meant by an offer.
    fn find<E>(
        &self,
        offered: &str,
        matches: impl Fn(&str, &str) -> Result<bool, E>,
    ) -> Result<Option<(usize, f64)>, E> {
        for (index, (listed, quality)) in self.iter().enumerate() {
            if matches(offered, listed)? {
                return Ok(Some((index, quality)));
            }
        }
        Ok(None)
    }

    /// Returns the index of the best offer.
    fn best_match<E>(
        &self,
        offers: &[&str],
        matches: impl Fn(&str, &str) -> Result<bool, E>,
        specificity: impl Fn(&str) -> Specificity,
    ) -> Result<Option<usize>, E> {
        let mut best: Option<(usize, f64, Specificity)> = None;
        for (index, offer) in offers.iter().enumerate() {
            let Some((place, quality)) = self.find(offer, &matches)? else {
                continue;
            };
            let specific = self.items.get(place).map(|(listed, _)| specificity(listed));
            let Some(specific) = specific.filter(|_| quality > 0.0) else {
                continue;
            };
            let is_better = best
                .as_ref()
                .is_none_or(|(_, best_quality, best_specific)| {
                    quality > *best_quality || quality == *best_quality && specific > *best_specific
                });
            if is_better {
                best = Some((index, quality, specific));
            }
        }
        Ok(best.map(|(index, ..)| index))
    }
}

/// Reads one value with its quality; `None` when the quality is malformed or out of bounds.
fn parse_item(item: &str) -> Option<(String, f64)> {
    let (value, mut options) = parse_options_header(item);
    let quality = match options.remove("q") {
        Some(text) => parse_quality(strip(&text))?,
        None => 1.0,
    };
    if options.is_empty() {
        return Some((value, quality));
    }
    let options = options
        .iter()
        .map(|(name, value)| (name, Some(value.as_str())));
    Some((dump_options_header(Some(&value), options), quality))
}

/// Reads digits with at most one point between them, which make a number from 0 to 1.
fn parse_quality(text: &str) -> Option<f64> {
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_quality = match unsigned.split_once('.') {
        Some((whole, fraction)) => is_number(whole) && is_number(fraction),
        None => is_number(unsigned),
    };
    text.parse()
        .ok()
        .filter(|quality| is_quality && (0.0..=1.0).contains(quality))
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (value, quality)) in self.iter().enumerate() {
            let separator = if index > 0 { "," } else { "" };
            write!(f, "{separator}{value}")?;
            if quality != 1.0 {
                write!(f, ";q={}", float_repr(quality))?;
            }
        }
        Ok(())
    }
}
