//! On which conditions the client wants an answer, and which part of it. Werkzeug: `Request.if_match`,
//! `Request.range`, `Request.cache_control`, ….

use http::HeaderName;
use http::header::{
    CACHE_CONTROL, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
    PRAGMA, RANGE,
};

use crate::headers::cache_control::RequestCacheControl;
use crate::headers::date::{HttpDate, parse_date};
use crate::headers::edited;
use crate::headers::etag::ETags;
use crate::headers::header_set::HeaderSet;
use crate::headers::range::{IfRange, Range};
use crate::request::Request;

impl Request {
    /// The tags of which the resource must have one.
    ///
    /// *Flask:* `request.if_match`.
    pub fn if_match(&self) -> ETags {
        ETags::from_header(&self.text(&IF_MATCH).unwrap_or_default())
    }

    /// The tags of which the resource must have none.
    ///
    /// *Flask:* `request.if_none_match`.
    pub fn if_none_match(&self) -> ETags {
        ETags::from_header(&self.text(&IF_NONE_MATCH).unwrap_or_default())
    }

    /// The time after which the resource must have changed.
    ///
    /// *Flask:* `request.if_modified_since`.
    pub fn if_modified_since(&self) -> Option<HttpDate> {
        self.moment(&IF_MODIFIED_SINCE)
    }

    /// The time after which the resource must not have changed.
    ///
    /// *Flask:* `request.if_unmodified_since`.
    pub fn if_unmodified_since(&self) -> Option<HttpDate> {
        self.moment(&IF_UNMODIFIED_SINCE)
    }

    /// The state of the resource for which a part of it will do.
    ///
    /// *Flask:* `request.if_range`.
    pub fn if_range(&self) -> IfRange {
        IfRange::from_header(&self.text(&IF_RANGE).unwrap_or_default())
    }

    /// The parts of the resource that are asked for.
    ///
    /// *Flask:* `request.range`.
    pub fn range(&self) -> Option<Range> {
        Range::from_header(&self.text(&RANGE)?)
    }

    /// How old an answer may be, and the like.
    ///
    /// *Flask:* `request.cache_control`.
    pub fn cache_control(&self) -> RequestCacheControl {
        RequestCacheControl::from_header(&self.text(&CACHE_CONTROL).unwrap_or_default())
    }

    /// What HTTP/1.0 has in place of [`cache_control`](Self::cache_control).
    ///
    /// *Flask:* `request.pragma`.
    pub fn pragma(&self) -> HeaderSet {
        edited::read(self.headers(), &PRAGMA)
    }

    pub(super) fn moment(&self, name: &HeaderName) -> Option<HttpDate> {
        parse_date(&self.text(name)?)
    }
}
