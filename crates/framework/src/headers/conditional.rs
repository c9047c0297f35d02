//! Conditional requests: answers that a client has already, and parts of answers. Werkzeug:
//! `is_resource_modified`, `Response.make_conditional`.

use std::borrow::Cow;
use std::time::SystemTime;

use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderName, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::error::http_error::HttpError;
use crate::headers::date::{self, http_date, parse_date};
use crate::headers::etag::{ETags, unquote_etag};
use crate::headers::latin1;
use crate::headers::range::{IfRange, Range};

/// The headers of a request that make it conditional.
#[derive(Debug, Clone, Default)]
pub struct Conditions<'a> {
    /// The `Range` header.
    pub range: Option<Cow<'a, str>>,
    /// The `If-Range` header.
    pub if_range: Option<Cow<'a, str>>,
    /// The `If-Modified-Since` header.
    pub if_modified_since: Option<Cow<'a, str>>,
    /// The `If-None-Match` header.
    pub if_none_match: Option<Cow<'a, str>>,
    /// The `If-Match` header.
    pub if_match: Option<Cow<'a, str>>,
}

impl<'a> Conditions<'a> {
    /// Reads the headers of a request.
    pub fn from_headers(headers: &'a HeaderMap) -> Self {
        Self {
            range: text(headers, &RANGE),
            if_range: text(headers, &IF_RANGE),
            if_modified_since: text(headers, &IF_MODIFIED_SINCE),
            if_none_match: text(headers, &IF_NONE_MATCH),
            if_match: text(headers, &IF_MATCH),
        }
    }

    /// Tells whether a resource is another one than the client has.
    ///
    /// The resource is told by its tag, with or without quotes, and by when it was last modified, in
    /// seconds since the epoch. `If-Range` only counts where it is not to be ignored.
    ///
    /// *Werkzeug:* `is_resource_modified`.
    pub fn is_modified(
        &self,
        etag: Option<&str>,
        last_modified: Option<i64>,
        ignore_if_range: bool,
    ) -> bool {
        // A server must ignore `If-Range` in a request without `Range`.
        let if_range = if !ignore_if_range && self.range.is_some() {
            IfRange::from_header(self.if_range.as_deref().unwrap_or_default())
        } else {
            IfRange::default()
        };
        let since = if_range
            .date
            .or_else(|| parse_date(self.if_modified_since.as_deref()?));
        let mut unmodified = match (since, last_modified) {
            (Some(since), Some(last_modified)) => last_modified <= since.unix(),
            _ => false,
        };
        if let Some((etag, _)) = etag.and_then(unquote_etag) {
            match &if_range.etag {
                Some(wanted) => unmodified = ETags::from_header(wanted).contains(etag),
                None => self.match_etag(etag, &mut unmodified),
            }
        }
        !unmodified
    }

    /// Lets the tag decide where the request names tags: weakly for `If-None-Match`, else strongly.
    fn match_etag(&self, etag: &str, unmodified: &mut bool) {
        let tags = |header: &Option<Cow<'_, str>>| {
            header
                .as_deref()
                .map(ETags::from_header)
                .filter(|tags| !tags.is_empty())
        };
        if let Some(if_none_match) = tags(&self.if_none_match) {
            *unmodified = if_none_match.contains_weak(etag);
        }
        if let Some(if_match) = tags(&self.if_match) {
            *unmodified = !if_match.is_strong(etag);
        }
    }
}

/// What of a body is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyPart {
    /// All of it.
    Whole,
    /// The bytes from the first number up to, but not including, the second.
    Range(u64, u64),
}

/// What is known of a body before it is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct BodyLength {
    /// The length of the whole resource, of which ranges may be asked for.
    pub complete: Option<u64>,
    /// The length of the body as it is, if that is known without reading it.
    pub actual: Option<u64>,
}

/// Makes a response conditional: 304, 412 or 206 as the request's headers ask, else left as it is.
///
/// Only `GET` and `HEAD` are conditional. Ranges are only served in the units of `accept_ranges`. The
/// caller sends the part of the body that is returned.
///
/// *Werkzeug:* `Response.make_conditional`.
///
/// # Errors
///
/// Fails with a 416 when the range that is asked for cannot be served.
pub fn make_conditional(
    (method, request): (&Method, &HeaderMap),
    status: &mut StatusCode,
    headers: &mut HeaderMap,
    accept_ranges: Option<&str>,
    length: BodyLength,
) -> Result<BodyPart, HttpError> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Ok(BodyPart::Whole);
    }
    if !headers.contains_key(DATE) {
        insert(headers, DATE, &http_date(SystemTime::now()));
    }
    let conditions = Conditions::from_headers(request);
    let part = match accept_ranges {
        Some(units) => make_partial(&conditions, status, headers, units, length.complete)?,
        None => BodyPart::Whole,
    };
    if part == BodyPart::Whole && !is_modified(&conditions, headers, true) {
        let if_match = conditions.if_match.as_deref().unwrap_or_default();
        *status = match ETags::from_header(if_match).is_empty() {
            true => StatusCode::NOT_MODIFIED,
            false => StatusCode::PRECONDITION_FAILED,
        };
    }
    if let Some(length) = length
        .actual
        .filter(|_| !headers.contains_key(CONTENT_LENGTH))
    {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    Ok(part)
}

/// Turns the response into the part that the request asks for, if it does and still may.
fn make_partial(
    conditions: &Conditions<'_>,
    status: &mut StatusCode,
    headers: &mut HeaderMap,
    units: &str,
    complete: Option<u64>,
) -> Result<BodyPart, HttpError> {
    insert(headers, ACCEPT_RANGES, units);
    let still_the_same = conditions.if_range.is_none() || !is_modified(conditions, headers, false);
    let (Some(complete), Some(range), true) = (
        complete.filter(|length| *length > 0),
        &conditions.range,
        still_the_same,
    ) else {
        return Ok(BodyPart::Whole);
    };
    let range = Range::from_header(range);
    let part = range.as_ref().and_then(|range| {
        Some((
            range.range_for_length(Some(complete))?,
            range.to_content_range_header(Some(complete))?,
        ))
    });
    let Some(((start, stop), content_range)) = part else {
        return Err(
            HttpError::requested_range_not_satisfiable().with_content_length(complete, "bytes")
        );
    };
    headers.insert(CONTENT_LENGTH, stop.saturating_sub(start).into());
    insert(headers, CONTENT_RANGE, &content_range);
    *status = StatusCode::PARTIAL_CONTENT;
    Ok(BodyPart::Range(start, stop))
}

fn is_modified(conditions: &Conditions<'_>, headers: &HeaderMap, ignore_if_range: bool) -> bool {
    let etag = text(headers, &ETAG);
    let last_modified = text(headers, &LAST_MODIFIED).and_then(|date| date::parse_date(&date));
    conditions.is_modified(
        etag.as_deref(),
        last_modified.map(|date| date.unix()),
        ignore_if_range,
    )
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    latin1::text(headers, name)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
