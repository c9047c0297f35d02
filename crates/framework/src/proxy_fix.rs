//! What proxies in front tell of the client. Werkzeug: `werkzeug.middleware.proxy_fix`.

use std::net::{IpAddr, SocketAddr};

use http::header::{FORWARDED, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::headers::latin1;
use crate::headers::lists::parse_list_header;
use crate::headers::options::parse_options_header;
use crate::request::Connection;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// How many proxies in front of the app are trusted to tell of the client, header by header.
///
/// A header is a list to which each proxy adds what it has seen. The count says how many of the last entries
/// come from proxies of your own: the first of these is taken. Everything before it may have come from the
/// client, and with 0, which is the default, nothing is taken. A list that is shorter than the count is not
/// used at all.
///
/// | header | changes |
/// | --- | --- |
/// | `X-Forwarded-For` | [`remote_addr`](crate::Request::remote_addr); none if it is no IP address |
/// | `X-Forwarded-Proto` | [`scheme`](crate::Request::scheme), to `http` or `https` |
/// | `X-Forwarded-Host` | [`host`](crate::Request::host) and the `Host` header |
/// | `X-Forwarded-Port` | the port of the host |
/// | `X-Forwarded-Prefix` | [`script_root`](crate::Request::script_root) |
/// | `Forwarded` ([RFC 7239](https://www.rfc-editor.org/rfc/rfc7239)) | address, scheme and host |
///
/// It is set as `PROXY_FIX` of the configuration, whose value in files and in the environment is a table:
/// `CARAFE_PROXY_FIX__x_for=1`, or `PROXY_FIX = { x_for = 1 }`.
///
/// *Werkzeug:* `ProxyFix`, which trusts one proxy for the first two headers unless told otherwise, and which does
/// not know `Forwarded`.
///
/// ```
/// use carafe::{ProxyFix, prelude::*};
///
/// let mut app = App::new("docs");
/// app.config.proxy_fix(ProxyFix::new().x_for(1).x_proto(1).x_host(1));
/// app.route("/", || request().url()).endpoint("index");
/// let client = app.test_client();
/// let response = client
///     .get("/")
///     .header("x-forwarded-proto", "https")
///     .header("x-forwarded-host", "made-up.test, example.com")
///     .send();
/// assert_eq!(response.text(), "https://example.com/");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct ProxyFix {
    x_for: u32,
    x_proto: u32,
    x_host: u32,
    x_port: u32,
    x_prefix: u32,
    forwarded: u32,
}

macro_rules! counts {
    ($($(#[$doc:meta])* $field:ident)*) => {
        impl ProxyFix {
            $(
                $(#[$doc])*
                pub const fn $field(mut self, count: u32) -> Self {
                    self.$field = count;
                    self
                }
            )*

            /// The names and values of all counts.
            pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u32)> {
                [$((stringify!($field), self.$field)),*].into_iter()
            }

            /// The count of a name.
            pub(crate) fn count_mut(&mut self, name: &str) -> Option<&mut u32> {
                match name {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

counts! {
    /// Sets how many entries of `X-Forwarded-For` are trusted.
    x_for
    /// Sets how many entries of `X-Forwarded-Proto` are trusted.
    x_proto
    /// Sets how many entries of `X-Forwarded-Host` are trusted.
    x_host
    /// Sets how many entries of `X-Forwarded-Port` are trusted.
    x_port
    /// Sets how many entries of `X-Forwarded-Prefix` are trusted.
    x_prefix
    /// Sets how many entries of `Forwarded` are trusted, which count more than those of the other headers.
    forwarded
}

impl ProxyFix {
    /// Trusts no proxy.
    pub const fn new() -> Self {
        Self {
            x_for: 0,
            x_proto: 0,
            x_host: 0,
            x_port: 0,
            x_prefix: 0,
            forwarded: 0,
        }
    }

    /// Whether any proxy is trusted.
    pub(crate) const fn is_on(&self) -> bool {
        self.x_for | self.x_proto | self.x_host | self.x_port | self.x_prefix | self.forwarded != 0
    }

    /// Puts what trusted proxies tell in place of what the server sees.
    #[cold]
    pub(crate) fn apply(&self, parts: &mut Parts, mut connection: Connection) -> Connection {
        let told = |name, count| trusted(&parts.headers, &name, count);
        let client = told(X_FORWARDED_FOR, self.x_for);
        let scheme = told(X_FORWARDED_PROTO, self.x_proto);
        let host = told(X_FORWARDED_HOST, self.x_host);
        let port = told(X_FORWARDED_PORT, self.x_port);
        let prefix = told(X_FORWARDED_PREFIX, self.x_prefix);
        let forwarded = told(FORWARDED, self.forwarded);

        connection = tell(connection, client.as_deref(), scheme.as_deref());
        set_host(parts, host.as_deref());
        if let Some(port) = port {
            connection = set_port(parts, connection, &port);
        }
        if let Some(prefix) = prefix {
            connection = connection.mounted_at(format!("/{}", prefix.trim_start_matches('/')));
        }
        if let Some(forwarded) = forwarded {
            // The pairs are those of a header with options, of which only the value before them is missing.
            let (_, pairs) = parse_options_header(&format!("forwarded;{forwarded}"));
            let pair = |name: &str| pairs.get(name).map(String::as_str);
            connection = tell(connection, pair("for"), pair("proto"));
            set_host(parts, pair("host"));
        }
        connection
    }
}

/// The entry of a header that the outermost of so many trusted proxies has added.
fn trusted(headers: &HeaderMap, name: &HeaderName, count: u32) -> Option<String> {
    if count == 0 {
        return None;
    }
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| latin1::decode(value.as_bytes()))
        .collect();
    let place = usize::try_from(count).ok()?.checked_sub(1)?;
    // From the right: whatever the client has sent, a quotation mark say, stands before what proxies add.
    let lines = lines.join(",");
    let entry = lines.rsplit(',').nth(place)?;
    let entry = parse_list_header(entry).pop()?;
    Some(entry).filter(|entry| !entry.is_empty())
}

fn tell(mut connection: Connection, client: Option<&str>, scheme: Option<&str>) -> Connection {
    if let Some(client) = client {
        connection = connection.coming_from(address(client));
    }
    match scheme.map(str::to_ascii_lowercase).as_deref() {
        Some("https" | "wss") => connection.https(true),
        Some("http" | "ws") => connection.https(false),
        _ => connection,
    }
}

/// Reads an address with or without a port, an IPv6 one with or without brackets.
fn address(text: &str) -> Option<SocketAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match bare.unwrap_or(text).parse::<IpAddr>() {
        Ok(address) => Some((address, 0).into()),
        Err(_) => text.parse().ok(),
    }
}

fn set_host(parts: &mut Parts, host: Option<&str>) {
    if let Some(host) = host.and_then(latin1::header_value) {
        parts.headers.insert(HOST, host);
    }
}

/// Sets the port of the host that the client named; where it named none, that of the server.
fn set_port(parts: &mut Parts, connection: Connection, port: &str) -> Connection {
    let named = parts
        .headers
        .get(HOST)
        .map(|host| latin1::decode(host.as_bytes()));
    let host = named.or_else(|| Some(parts.uri.authority()?.as_str().into()));
    let Some(host) = host else {
        return match port.parse() {
            Ok(port) => connection.served_at_port(port),
            Err(_) => connection,
        };
    };
    // An IPv6 address is full of colons, the last of which stands before a port only outside of the brackets.
    let name = match host.rsplit_once(':') {
        Some((name, _)) if !host.ends_with(']') => name,
        _ => &host,
    };
    let host = format!("{name}:{port}");
    set_host(parts, Some(&host));
    connection
}

#[cfg(test)]
mod tests {
    use super::{ProxyFix, address};
    use crate::request::Connection;

    #[test]
    fn addresses_come_with_and_without_ports_and_brackets() {
        let cases = [
            ("192.0.2.1", Some("192.0.2.1:0")),
            ("192.0.2.1:80", Some("192.0.2.1:80")),
            ("2001:db8::1", Some("[2001:db8::1]:0")),
            ("[2001:db8::1]", Some("[2001:db8::1]:0")),
            ("[2001:db8::1]:80", Some("[2001:db8::1]:80")),
            ("unknown", None),
            ("_hidden", None),
            ("192.0.2.1:99999", None),
            ("[", None),
            ("", None),
        ];
        for (text, wanted) in cases {
            let read = address(text).map(|address| address.to_string());
            assert_eq!(read.as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_port_without_a_host_is_that_of_the_server() {
        let server = Some(([127, 0, 0, 1], 9000).into());
        for (told, wanted) in [("8080", 8080), ("none", 9000)] {
            let request = http::Request::builder().header("x-forwarded-port", told);
            let (mut parts, ()) = request.body(()).expect("a request").into_parts();
            let fixed = ProxyFix::new()
                .x_port(1)
                .apply(&mut parts, Connection::new(None, server));
            assert_eq!(
                fixed.local_addr().map(|address| address.port()),
                Some(wanted)
            );
            assert!(!parts.headers.contains_key("host"));
        }
    }
}
