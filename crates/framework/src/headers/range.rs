//! Ranges of bytes: `Range`, `If-Range` and `Content-Range`. Werkzeug: `werkzeug.datastructures.range`.

use std::fmt;

use crate::headers::date::{self, HttpDate};
use crate::headers::etag::{self, InvalidEtag};
use crate::headers::python_text::{parse_plain_int, strip};

/// A `Range` header: which parts of a resource a client asks for.
///
/// *Werkzeug:* `Range`.
///
/// ```
/// use carafe::headers::range::Range;
///
/// let range = Range::from_header("bytes=-500").ok_or("malformed")?;
/// assert_eq!(range.range_for_length(Some(2000)), Some((1500, 2000)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    units: String,
    ranges: Vec<(i64, Option<i64>)>,
}

impl Range {
    /// Reads a header; `None` when it is malformed.
    pub fn from_header(header: &str) -> Option<Self> {
        let (units, list) = header.split_once('=')?;
        let mut ranges = Vec::new();
        // A range that is open at its end can only be the last one.
        let mut last_end = Some(0);
        for item in list.split(',') {
            let (start, stop) = parse_item(strip(item), last_end?)?;
            last_end = stop;
            ranges.push((start, stop));
        }
        Some(Self {
            units: strip(units).to_lowercase(),
            ranges,
        })
    }

    /// Returns the units, usually `bytes`.
    pub fn units(&self) -> &str {
        &self.units
    }

    /// Returns the ranges; a stop is exclusive, a negative start counts from the end.
    pub fn ranges(&self) -> &[(i64, Option<i64>)] {
        &self.ranges
    }

    /// Returns the part of a resource of some length, if one range of bytes was asked for and it fits.
    ///
    /// *Werkzeug:* `Range.range_for_length`.
    pub fn range_for_length(&self, length: Option<u64>) -> Option<(u64, u64)> {
        let [(start, stop)] = *self.ranges.as_slice() else {
            return None;
        };
        let length = i64::try_from(length?)
            .ok()
            .filter(|_| self.units == "bytes")?;
        let start = if start < 0 && stop.is_none() {
            start.saturating_add(length)
        } else {
            start
        };
        let stop = stop.unwrap_or(length);
        if !is_byte_range_valid(Some(start), Some(stop), Some(length)) {
            return None;
        }
        Some((
            u64::try_from(start).ok()?,
            u64::try_from(stop.min(length)).ok()?,
        ))
    }

    /// Returns which part of a resource of some length is sent, if it can be.
    ///
    /// *Werkzeug:* `Range.make_content_range`.
    pub fn make_content_range(&self, length: Option<u64>) -> Option<ContentRange> {
        let (start, stop) = self.range_for_length(length)?;
        let number = |number: u64| i64::try_from(number).ok();
        ContentRange::new(&self.units, number(start), number(stop), number(length?)).ok()
    }

    /// Returns the `Content-Range` of the part that is sent, if it can be.
    ///
    /// *Werkzeug:* `Range.to_content_range_header`.
    pub fn to_content_range_header(&self, length: Option<u64>) -> Option<String> {
        Some(self.make_content_range(length)?.to_string())
    }
}

fn parse_item(item: &str, last_end: i64) -> Option<(i64, Option<i64>)> {
    if item.starts_with('-') {
        return Some((parse_plain_int(item)?, None));
    }
    let (start, stop) = item.split_once('-')?;
    let start = parse_plain_int(start).filter(|start| *start >= last_end)?;
    if strip(stop).is_empty() {
        return Some((start, None));
    }
    let stop = parse_plain_int(stop)?.saturating_add(1);
    (start < stop).then_some((start, Some(stop)))
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.units)?;
        for (index, (start, stop)) in self.ranges.iter().enumerate() {
            let separator = if index > 0 { "," } else { "" };
            match stop {
                Some(stop) => write!(f, "{separator}{start}-{}", stop - 1)?,
                None if *start < 0 => write!(f, "{separator}{start}")?,
                None => write!(f, "{separator}{start}-")?,
            }
        }
        Ok(())
    }
}

/// Tells whether a part of a resource can be sent. *Werkzeug:* `is_byte_range_valid`.
fn is_byte_range_valid(start: Option<i64>, stop: Option<i64>, length: Option<i64>) -> bool {
    match (start, stop, length) {
        (None, None, length) => length.is_none_or(|length| length >= 0),
        (Some(start), Some(stop), None) => 0 <= start && start < stop,
        (Some(start), Some(stop), Some(length)) => 0 <= start && start < stop && start < length,
        _ => false,
    }
}

/// A range that is no range: it ends before it starts, or lies outside of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidRange;

impl fmt::Display for InvalidRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a valid range of bytes")
    }
}

impl std::error::Error for InvalidRange {}

/// A `Content-Range` header: which part of a resource the body is.
///
/// *Werkzeug:* `ContentRange`.
///
/// ```
/// use carafe::headers::range::ContentRange;
///
/// let range = ContentRange::new("bytes", Some(0), Some(5), Some(10))?;
/// assert_eq!(range.to_string(), "bytes 0-4/10");
/// # Ok::<(), carafe::headers::range::InvalidRange>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRange {
    units: String,
    start: Option<i64>,
    stop: Option<i64>,
    length: Option<i64>,
}

impl ContentRange {
    /// Makes a range of `start` to `stop`, which is exclusive; without both, only the length is told.
    ///
    /// # Errors
    ///
    /// Fails when the range lies outside of the resource.
    pub fn new(
        units: impl Into<String>,
        start: Option<i64>,
        stop: Option<i64>,
        length: Option<i64>,
    ) -> Result<Self, InvalidRange> {
        if !is_byte_range_valid(start, stop, length) {
            return Err(InvalidRange);
        }
        Ok(Self {
            units: units.into(),
            start,
            stop,
            length,
        })
    }

    /// Reads a header; `None` when it is malformed.
    pub fn from_header(header: &str) -> Option<Self> {
        let (units, range) = strip(header).split_once(' ')?;
        let (range, length) = range.split_once('/')?;
        let length = match length {
            "*" => None,
            length => Some(parse_plain_int(length)?),
        };
        if range == "*" {
            return Self::new(units, None, None, length).ok();
        }
        let (start, stop) = range.split_once('-')?;
        let stop = parse_plain_int(stop)?.saturating_add(1);
        Self::new(units, Some(parse_plain_int(start)?), Some(stop), length).ok()
    }

    /// Returns the units, usually `bytes`.
    pub fn units(&self) -> &str {
        &self.units
    }

    /// Returns where the part starts.
    pub fn start(&self) -> Option<i64> {
        self.start
    }

    /// Returns where the part stops, exclusive.
    pub fn stop(&self) -> Option<i64> {
        self.stop
    }

    /// Returns the length of the whole resource.
    pub fn length(&self) -> Option<i64> {
        self.length
    }
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.units)?;
        match (self.start, self.stop) {
            (Some(start), Some(stop)) => write!(f, "{start}-{}/", stop - 1)?,
            _ => f.write_str("*/")?,
        }
        match self.length {
            Some(length) => write!(f, "{length}"),
            None => f.write_str("*"),
        }
    }
}

/// An `If-Range` header: the state of the resource that a range is wanted of.
///
/// *Werkzeug:* `IfRange`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IfRange {
    /// The strong tag, without quotes. A weak tag is no tag here.
    pub etag: Option<String>,
    /// The date, when the header is one.
    pub date: Option<HttpDate>,
}

impl IfRange {
    /// Reads a header, which is a date or a tag.
    pub fn from_header(header: &str) -> Self {
        if let Some(date) = date::parse_date(header) {
            return Self {
                date: Some(date),
                etag: None,
            };
        }
        let strong = etag::unquote_etag(header).filter(|(_, weak)| !weak);
        Self {
            etag: strong.map(|(etag, _)| etag.to_owned()),
            date: None,
        }
    }

    /// Writes the header.
    ///
    /// # Errors
    ///
    /// Fails when the tag holds a quote.
    pub fn to_header(&self) -> Result<String, InvalidEtag> {
        match (self.date, &self.etag) {
            (Some(date), _) => Ok(date::http_date_from_unix(date.unix())),
            (None, Some(etag)) => etag::quote_etag(etag, false),
            (None, None) => Ok(String::new()),
        }
    }
}
