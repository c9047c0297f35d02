//! URLs as text: between the form that people read and the form that is sent. Werkzeug: `werkzeug.urls`.

pub mod current; // the URL of a request
pub(crate) mod idna; // host names beyond ASCII
pub mod query; // query strings and urlencoded forms
pub(crate) mod quote; // percent-encoding
mod split; // the parts of a URL

use std::fmt;

use crate::uri::quote::{quote, unquote_all_but};
use crate::uri::split::SplitUri;

/// A URL that has no meaning: a port that is no number, brackets that do not match, a host that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUri {
    reason: &'static str,
}

impl InvalidUri {
    pub(crate) fn new(reason: &'static str) -> Self {
        Self { reason }
    }
}

impl fmt::Display for InvalidUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a valid URL: {}", self.reason)
    }
}

impl std::error::Error for InvalidUri {}

/// Turns a URL that people read into one that can be sent: all of it ASCII.
///
/// What is percent-encoded already stays so. *Werkzeug:* `iri_to_uri`.
///
/// ```
/// use carafe::uri::iri_to_uri;
///
/// assert_eq!(iri_to_uri("http://bücher.example/ä?ö=1")?, "http://xn--bcher-kva.example/%C3%A4?%C3%B6=1");
/// # Ok::<(), carafe::uri::InvalidUri>(())
/// ```
///
/// # Errors
///
/// Fails when the host or the port is malformed.
pub fn iri_to_uri(iri: &str) -> Result<String, InvalidUri> {
    let parts = SplitUri::parse(iri)?;
    let netloc = join_netloc(&parts, idna::encode, |user| {
        quote(user.as_bytes(), b"%!$&'()*+,;=")
    })?;
    Ok(SplitUri {
        scheme: parts.scheme,
        netloc,
        path: quote(parts.path.as_bytes(), b"%!$&'()*+,/:;=@"),
        query: quote(parts.query.as_bytes(), b"%!$&'()*+,/:;=?@"),
        fragment: quote(parts.fragment.as_bytes(), b"%!#$&'()*+,/:;=?@"),
    }
    .to_string())
}

/// Turns a URL that can be sent into one that people read.
///
/// Only what keeps its meaning is decoded: an encoded slash in a path stays encoded.
///
/// *Werkzeug:* `uri_to_iri`.
///
/// ```
/// use carafe::uri::uri_to_iri;
///
/// assert_eq!(uri_to_iri("http://xn--bcher-kva.example/%C3%A4%2Fb")?, "http://bücher.example/ä%2Fb");
/// # Ok::<(), carafe::uri::InvalidUri>(())
/// ```
///
/// # Errors
///
/// Fails when the host or the port is malformed.
pub fn uri_to_iri(uri: &str) -> Result<String, InvalidUri> {
    to_iri(uri, idna::decode)
}

/// Does what [`uri_to_iri`] does, but keeps a host that is no proper encoding.
pub(crate) fn uri_to_iri_of_any_host(uri: &str) -> Result<String, InvalidUri> {
    to_iri(uri, |host| {
        Ok(idna::decode(host).unwrap_or_else(|_| host.to_owned()))
    })
}

fn to_iri(
    uri: &str,
    decode_host: impl Fn(&str) -> Result<String, InvalidUri>,
) -> Result<String, InvalidUri> {
    let parts = SplitUri::parse(uri)?;
    let netloc = join_netloc(&parts, decode_host, |user| unquote_all_but(user, b":@/?#"))?;
    Ok(SplitUri {
        scheme: parts.scheme,
        netloc,
        path: unquote_all_but(&parts.path, b"/?#"),
        query: unquote_all_but(&parts.query, b"&=+#"),
        fragment: unquote_all_but(&parts.fragment, b""),
    }
    .to_string())
}

/// Converts host and credentials, and leaves out what is empty.
fn join_netloc(
    parts: &SplitUri,
    convert_host: impl Fn(&str) -> Result<String, InvalidUri>,
    convert_user: impl Fn(&str) -> String,
) -> Result<String, InvalidUri> {
    let mut netloc = match parts.host() {
        Some(host) => convert_host(&host)?,
        None => String::new(),
    };
    if netloc.contains(':') {
        netloc = format!("[{netloc}]");
    }
    if let Some(port) = parts.port()?.filter(|port| *port != 0) {
        netloc = format!("{netloc}:{port}");
    }
    let Some((user, password)) = parts.credentials().filter(|(user, _)| !user.is_empty()) else {
        return Ok(netloc);
    };
    let user = convert_user(user);
    match password.filter(|password| !password.is_empty()) {
        Some(password) => Ok(format!("{user}:{}@{netloc}", convert_user(password))),
        None => Ok(format!("{user}@{netloc}")),
    }
}
