//! Host names: lower case, IDNA, the subdomain in front of a server name.

use std::borrow::Cow;

/// Gives a host name with its optional port in lower case and encoded by IDNA.
///
/// As Python's `idna` codec, a name that is ASCII already is checked for the
/// length of its labels alone.
pub(crate) fn encode(name: &str) -> Option<Cow<'_, str>> {
    let name = lower(name);
    // The port is no part of the name and might push a label over the limit.
    let port = name.find(':').unwrap_or(name.len());
    let (host, port) = name.split_at_checked(port)?;
    if host.is_ascii() {
        let (front, last) = host
            .rsplit_once('.')
            .map_or((None, host), |(f, l)| (Some(f), l));
        let fits = |label: &str| !label.is_empty() && label.len() < 64;
        let fits = last.len() < 64 && front.is_none_or(|front| front.split('.').all(fits));
        return fits.then_some(name);
    }
    let mut encoded = String::with_capacity(name.len() * 2);
    let mut labels = host
        .split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .peekable();
    while let Some(label) = labels.next() {
        let is_last = labels.peek().is_none();
        if !(is_last && label.is_empty()) {
            encoded.push_str(&encode_label(label)?);
        }
        if !is_last {
            encoded.push('.');
        }
    }
    encoded.push_str(port);
    Some(Cow::Owned(encoded))
}

/// Encodes one label as IDNA 2003 does, which maps a few letters that UTS 46
/// keeps.
fn encode_label(label: &str) -> Option<Cow<'_, str>> {
    let fits = |label: &str| !label.is_empty() && label.len() < 64;
    if label.is_ascii() {
        return fits(label).then_some(Cow::Borrowed(label));
    }
    let mut mapped = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            '\u{df}' => mapped.push_str("ss"),
            '\u{3c2}' => mapped.push('\u{3c3}'),
            '\u{200c}' | '\u{200d}' => {}
            c => mapped.push(c),
        }
    }
    to_ascii(&mapped)
        .filter(|encoded| fits(encoded))
        .map(Cow::Owned)
}

#[cfg(feature = "idna")]
fn to_ascii(label: &str) -> Option<String> {
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

    let label = label.as_bytes();
    let (deny, length) = (AsciiDenyList::EMPTY, DnsLength::Ignore);
    let encoded = Uts46::new().to_ascii(label, deny, Hyphens::Allow, length);
    Some(encoded.ok()?.into_owned())
}

/// Without the tables of IDNA such a label is as unfit as one that they do not know.
#[cfg(not(feature = "idna"))]
fn to_ascii(label: &str) -> Option<String> {
    label.is_ascii().then(|| label.to_owned())
}

pub(crate) fn lower(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        };
    }
    Cow::Owned(name.to_lowercase())
}

/// Takes off the port that the scheme has by itself.
pub(crate) fn without_standard_port<'n>(name: Cow<'n, str>, scheme: &str) -> Cow<'n, str> {
    let port = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        _ => return name,
    };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.strip_suffix(port).unwrap_or(name)),
        Cow::Owned(mut name) => {
            if name.ends_with(port) {
                name.truncate(name.len() - port.len());
            }
            Cow::Owned(name)
        }
    }
}

/// Finds the subdomain: the labels of a host in front of the server name's; none
/// when the host does not end with the server name.
pub(crate) fn subdomain<'h>(host: Cow<'h, str>, server_name: &str) -> Option<Cow<'h, str>> {
    let front = host.strip_suffix(server_name)?;
    let end = match front {
        "" => 0,
        front => front.strip_suffix('.')?.len(),
    };
    Some(match host {
        Cow::Borrowed(host) => Cow::Borrowed(host.get(..end)?),
        Cow::Owned(mut host) => {
            host.truncate(end);
            Cow::Owned(host)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{encode, subdomain, without_standard_port};

    #[test]
    fn ascii_names_are_lowered_and_their_labels_measured() {
        assert_eq!(encode("Site.TEST:8080").as_deref(), Some("site.test:8080"));
        assert_eq!(encode("site.test.").as_deref(), Some("site.test."));
        assert_eq!(encode("").as_deref(), Some(""));
        assert_eq!(encode("a..b"), None);
        assert_eq!(encode(".a"), None);
        assert_eq!(encode(&"x".repeat(63)).map(|name| name.len()), Some(63));
        assert_eq!(encode(&"x".repeat(64)), None);
    }

    #[cfg(feature = "idna")]
    #[test]
    fn other_names_are_encoded_as_idna_2003_does() {
        assert_eq!(
            encode("b\u{fc}cher.test:80").as_deref(),
            Some("xn--bcher-kva.test:80")
        );
        assert_eq!(encode("stra\u{df}e.test").as_deref(), Some("strasse.test"));
        assert_eq!(encode("\u{fc}..test"), None);
    }

    #[test]
    fn the_subdomain_is_what_stands_before_the_server_name() {
        let subdomain = |host, name| subdomain(std::borrow::Cow::Borrowed(host), name);
        assert_eq!(
            subdomain("a.b.site.test", "site.test").as_deref(),
            Some("a.b")
        );
        assert_eq!(subdomain("site.test", "site.test").as_deref(), Some(""));
        assert_eq!(subdomain("mysite.test", "site.test"), None);
        assert_eq!(subdomain("127.0.0.1", "site.test"), None);
    }

    #[test]
    fn only_the_standard_port_of_the_scheme_is_taken_off() {
        let strip = |name, scheme| without_standard_port(std::borrow::Cow::Borrowed(name), scheme);
        assert_eq!(strip("a:80", "http"), "a");
        assert_eq!(strip("a:443", "http"), "a:443");
        assert_eq!(strip("a:443", "wss"), "a");
    }
}
