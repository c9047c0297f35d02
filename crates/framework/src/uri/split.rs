//! The parts of a URL, as Python takes it apart. Python: `urllib.parse.urlsplit`, `urlunsplit`.

use std::fmt;
use std::net::Ipv6Addr;

use unicode_normalization::UnicodeNormalization;

use crate::uri::InvalidUri;

/// A URL in its five parts; a part that is missing is empty.
#[derive(Debug)]
pub(crate) struct SplitUri {
    pub(crate) scheme: String,
    pub(crate) netloc: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) fragment: String,
}

/// The schemes whose URLs have a host, even if it is empty.
const SCHEMES_WITH_HOST: [&str; 26] = [
    "ftp",
    "http",
    "gopher",
    "nntp",
    "telnet",
    "imap",
    "wais",
    "file",
    "mms",
    "https",
    "shttp",
    "snews",
    "prospero",
    "rtsp",
    "rtsps",
    "rtspu",
    "rsync",
    "svn",
    "svn+ssh",
    "sftp",
    "nfs",
    "git",
    "git+ssh",
    "ws",
    "wss",
    "itms-services",
];

impl SplitUri {
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidUri> {
        let trimmed = url.trim_start_matches(|character| character <= ' ');
        let plain = trimmed.replace(['\t', '\r', '\n'], "");
        let (scheme, rest) = split_scheme(&plain);
        let (netloc, rest) = match rest.strip_prefix("//") {
            Some(rest) => split_at(rest, rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        check_brackets(netloc)?;
        check_normal_form(netloc)?;
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Ok(Self {
            scheme: scheme.to_ascii_lowercase(),
            netloc: netloc.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
        })
    }

    /// Returns the user name and the password before the host.
    pub(crate) fn credentials(&self) -> Option<(&str, Option<&str>)> {
        let (credentials, _) = self.netloc.rsplit_once('@')?;
        Some(match credentials.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (credentials, None),
        })
    }

    /// Returns the host in lower case, an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> Option<String> {
        let (host, _) = self.host_and_port();
        let (name, zone) = split_at(host, host.find('%').unwrap_or(host.len()));
        (!host.is_empty()).then(|| name.to_lowercase() + zone)
    }

    /// Returns the port, if there is one.
    pub(crate) fn port(&self) -> Result<Option<u16>, InvalidUri> {
        let (_, port) = self.host_and_port();
        if port.is_empty() {
            return Ok(None);
        }
        let digits = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number
            .map(Some)
            .ok_or(InvalidUri::new("the port is no number up to 65535"))
    }

    fn host_and_port(&self) -> (&str, &str) {
        let host = self
            .netloc
            .rsplit_once('@')
            .map_or(self.netloc.as_str(), |(_, host)| host);
        let (host, port) = match host.split_once('[') {
            Some((_, bracketed)) => {
                let (host, after) = bracketed.split_once(']').unwrap_or((bracketed, ""));
                (host, after.split_once(':'))
            }
            None => (host.split(':').next().unwrap_or(host), host.split_once(':')),
        };
        (host, port.map_or("", |(_, port)| port))
    }
}

fn split_scheme(url: &str) -> (&str, &str) {
    let is_scheme = |scheme: &str| {
        let mut bytes = scheme.bytes();
        bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    url.split_once(':')
        .filter(|(scheme, _)| is_scheme(scheme))
        .unwrap_or(("", url))
}

fn split_at(text: &str, index: usize) -> (&str, &str) {
    text.split_at_checked(index).unwrap_or((text, ""))
}

/// Refuses brackets without a partner, and what is between them unless it is an IPv6 address.
fn check_brackets(netloc: &str) -> Result<(), InvalidUri> {
    if !netloc.contains(['[', ']']) {
        return Ok(());
    }
    if !netloc.contains('[') || !netloc.contains(']') {
        return Err(InvalidUri::new("a bracket without its partner"));
    }
    let (_, inside) = netloc.split_once('[').unwrap_or_default();
    let address = inside.split(']').next().unwrap_or_default();
    let is_valid = match address.strip_prefix('v') {
        Some(future) => future.split_once('.').is_some_and(|(version, rest)| {
            let is_hex = version.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hex && !version.is_empty() && !rest.is_empty()
        }),
        None => match address.split_once('%') {
            Some((address, zone)) => {
                !zone.is_empty() && !zone.contains('%') && address.parse::<Ipv6Addr>().is_ok()
            }
            None => address.parse::<Ipv6Addr>().is_ok(),
        },
    };
    if is_valid {
        Ok(())
    } else {
        Err(InvalidUri::new("no IPv6 address between brackets"))
    }
}

/// Refuses characters that turn into delimiters when a host is brought into its normal form.
fn check_normal_form(netloc: &str) -> Result<(), InvalidUri> {
    if netloc.is_ascii() {
        return Ok(());
    }
    let plain = netloc.replace(['@', ':', '#', '?'], "");
    let normal: String = plain.nfkc().collect();
    if plain != normal && normal.contains(['/', '?', '#', '@', ':']) {
        return Err(InvalidUri::new(
            "a character of the host stands for a delimiter",
        ));
    }
    Ok(())
}

impl fmt::Display for SplitUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        let scheme_has_host = SCHEMES_WITH_HOST.contains(&self.scheme.as_str());
        if !self.netloc.is_empty() || scheme_has_host && !self.path.starts_with("//") {
            write!(f, "//{}", self.netloc)?;
            if !self.path.is_empty() && !self.path.starts_with('/') {
                f.write_str("/")?;
            }
        }
        f.write_str(&self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.fragment)?;
        }
        Ok(())
    }
}
