//! Which host a request is for, and whether it may be. Werkzeug: `get_host`, `host_is_trusted`.

use std::borrow::Cow;

use crate::error::http_error::HttpError;
use crate::uri::idna;

/// Tells whether a host is well-formed and among the trusted ones; without a list, all are trusted.
///
/// A trusted name that starts with a dot stands for its subdomains too. The port is no matter.
///
/// *Werkzeug:* `host_is_trusted`.
///
/// ```
/// use carafe::headers::host::host_is_trusted;
///
/// assert!(host_is_trusted("www.example.com:8000", &[".example.com"]));
/// assert!(!host_is_trusted("example.com.evil.test", &["example.com"]));
/// assert!(!host_is_trusted("exa mple.com", &[]));
/// ```
pub fn host_is_trusted(host: &str, trusted: &[&str]) -> bool {
    let Some(name) = host_name(host) else {
        return false;
    };
    if trusted.is_empty() {
        return true;
    }
    for trusted in trusted {
        let (trusted, with_subdomains) = match trusted.strip_prefix('.') {
            Some(domain) => (domain, true),
            None => (*trusted, false),
        };
        let Ok(trusted) = idna::encode(trusted) else {
            return false;
        };
        let is_subdomain = || {
            name.strip_suffix(trusted.as_str())
                .is_some_and(|subdomain| subdomain.ends_with('.'))
        };
        if name == trusted || with_subdomains && is_subdomain() {
            return true;
        }
    }
    false
}

/// Takes the port off a host that is well-formed: a name, an IPv4 address, or an IPv6 one in brackets.
fn host_name(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') {
        let end = host.find(']')?;
        let (before, after) = host.get(1..end)?.split_once(':')?;
        let is_hex = |byte: u8| byte.is_ascii_hexdigit();
        let is_address = before.bytes().all(is_hex)
            && !after.is_empty()
            && after
                .bytes()
                .all(|byte| is_hex(byte) || matches!(byte, b'.' | b':'));
        is_address.then_some(end + 1)?
    } else {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let end = host
            .bytes()
            .position(|byte| !is_name(byte))
            .unwrap_or(host.len());
        (end > 0).then_some(end)?
    };
    let (name, rest) = host.split_at_checked(end)?;
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

/// Returns the host of a request, without the port that its scheme implies.
///
/// Without a `Host` header it is the server's own name and port; a malformed host is empty. A Unix socket
/// has no port.
///
/// *Werkzeug:* `get_host`.
///
/// # Errors
///
/// Fails with a 400 when there is a list of trusted hosts and this one is not on it.
pub fn get_host(
    scheme: &str,
    header: Option<&str>,
    server: Option<(&str, Option<u16>)>,
    trusted: &[&str],
) -> Result<String, HttpError> {
    let host = match (header, server) {
        (Some(header), _) => Cow::Borrowed(header),
        (None, Some((name, Some(port)))) if name.contains(':') && !name.starts_with('[') => {
            Cow::Owned(format!("[{name}]:{port}"))
        }
        (None, Some((name, Some(port)))) => Cow::Owned(format!("{name}:{port}")),
        (None, _) => return Ok(String::new()),
    };
    let implied_port = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        _ => "",
    };
    let host = host.strip_suffix(implied_port).unwrap_or(&host);
    if host_is_trusted(host, trusted) {
        Ok(host.to_owned())
    } else if trusted.is_empty() {
        Ok(String::new())
    } else {
        Err(HttpError::untrusted_host(host))
    }
}
