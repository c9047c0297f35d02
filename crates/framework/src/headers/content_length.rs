//! How long a request's body is. Werkzeug: `get_content_length`.

use crate::headers::header_set::HeaderSet;
use crate::headers::python_text::parse_plain_int;

/// Returns the length that a request announces; `None` when it announces none, as with chunks.
///
/// A malformed length is 0.
///
/// *Werkzeug:* `werkzeug.sansio.utils.get_content_length`.
///
/// ```
/// use carafe::headers::content_length::get_content_length;
///
/// assert_eq!(get_content_length(Some("10"), None), Some(10));
/// assert_eq!(get_content_length(Some("10"), Some("chunked")), None);
/// assert_eq!(get_content_length(Some("ten"), None), Some(0));
/// ```
pub fn get_content_length(
    content_length: Option<&str>,
    transfer_encoding: Option<&str>,
) -> Option<u64> {
    let chunked = transfer_encoding
        .is_some_and(|codings| HeaderSet::from_header(codings).contains("chunked"));
    let length = content_length.filter(|_| !chunked)?;
    Some(
        parse_plain_int(length)
            .and_then(|length| u64::try_from(length).ok())
            .unwrap_or(0),
    )
}
