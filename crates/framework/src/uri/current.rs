//! The URL of a request, put together from its parts. Werkzeug: `get_current_url`.

use crate::uri::quote::quote;
use crate::uri::{InvalidUri, uri_to_iri_of_any_host};

/// Joins the parts of a request into the URL that people read, as far as there are parts.
///
/// Without `root_path` the URL ends after the host, without `path` after the root path; an empty query
/// is left out.
///
/// *Werkzeug:* `werkzeug.sansio.utils.get_current_url`.
///
/// ```
/// use carafe::uri::current::get_current_url;
///
/// let url = get_current_url("http", "example.com", Some("/app"), Some("/ä b"), Some(b"q=%C3%B6"))?;
/// assert_eq!(url, "http://example.com/app/ä%20b?q=ö");
/// # Ok::<(), carafe::uri::InvalidUri>(())
/// ```
///
/// # Errors
///
/// Fails when the host is malformed.
pub fn get_current_url(
    scheme: &str,
    host: &str,
    root_path: Option<&str>,
    path: Option<&str>,
    query: Option<&[u8]>,
) -> Result<String, InvalidUri> {
    const SAFE_IN_PATH: &[u8] = b"!$&'()*+,/:;=@%";
    const SAFE_IN_QUERY: &[u8] = b"!$&'()*+,/:;=?@%";
    let mut url = format!("{scheme}://{host}");
    let root_path = root_path.map(|root_path| root_path.trim_end_matches('/'));
    url.push_str(&quote(
        root_path.unwrap_or_default().as_bytes(),
        SAFE_IN_PATH,
    ));
    url.push('/');
    if let (Some(_), Some(path)) = (root_path, path) {
        url.push_str(&quote(
            path.trim_start_matches('/').as_bytes(),
            SAFE_IN_PATH,
        ));
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            url.push('?');
            url.push_str(&quote(query, SAFE_IN_QUERY));
        }
    }
    // Any client can send such a host, which is no reason to refuse the request.
    uri_to_iri_of_any_host(&url)
}
