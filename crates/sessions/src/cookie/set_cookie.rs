//! A `Set-Cookie` header. Werkzeug: `dump_cookie`.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use crate::cookie::quote::quote;
use crate::error::{SessionError, SessionErrorKind};
use crate::host::SameSite;
use crate::value::DateTime;

/// A cookie to set, with Werkzeug's defaults.
///
/// *Werkzeug:* the arguments of `dump_cookie`.
///
/// ```
/// use carafe_sessions::cookie::SetCookie;
///
/// let cookie = SetCookie::new("theme", "dark blue").secure(true);
/// assert_eq!(cookie.to_header_value()?, "theme=\"dark blue\"; Secure; Path=/");
/// # Ok::<(), carafe_sessions::SessionError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SetCookie<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    max_age: Option<i64>,
    expires: Option<Expires<'a>>,
    now: Option<SystemTime>,
    pub(crate) path: Option<Cow<'a, str>>,
    pub(crate) domain: Option<Cow<'a, str>>,
    pub(crate) secure: bool,
    pub(crate) httponly: bool,
    pub(crate) samesite: Option<SameSite>,
    pub(crate) partitioned: bool,
    pub(crate) max_size: usize,
}

#[derive(Debug, Clone)]
enum Expires<'a> {
    At(DateTime),
    Text(Cow<'a, str>),
    OutOfRange,
}

impl<'a> SetCookie<'a> {
    /// Makes a cookie for the path `/` that lasts as long as the browser runs.
    pub fn new(name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            max_age: None,
            expires: None,
            now: None,
            path: Some(Cow::Borrowed("/")),
            domain: None,
            secure: false,
            httponly: false,
            samesite: None,
            partitioned: false,
            max_size: 4093,
        }
    }

    /// Sets the seconds that the cookie lasts; also written as `Expires` unless that is set.
    pub fn max_age(mut self, seconds: impl Into<Option<i64>>) -> Self {
        self.max_age = seconds.into();
        self
    }

    /// Sets when the cookie ends.
    pub fn expires(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.set_expires(time.into());
        self
    }

    pub(crate) fn set_expires(&mut self, time: Option<SystemTime>) {
        self.expires = time.map(|time| match DateTime::try_from(time) {
            Ok(date) => Expires::At(date),
            Err(_) => Expires::OutOfRange,
        });
    }

    /// Sets when the cookie ends, as text that is written as it is.
    pub fn expires_text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.expires = Some(Expires::Text(text.into()));
        self
    }

    /// Sets the time that `max_age` counts from; the system's time by default.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// Sets the path; none leaves the attribute out.
    pub fn path(mut self, path: Option<impl Into<Cow<'a, str>>>) -> Self {
        self.path = path.map(Into::into);
        self
    }

    /// Sets the domain; none leaves the attribute out.
    pub fn domain(mut self, domain: Option<impl Into<Cow<'a, str>>>) -> Self {
        self.domain = domain.map(Into::into);
        self
    }

    /// Sets whether the cookie is only sent over HTTPS.
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Sets whether scripts are kept from the cookie.
    pub fn httponly(mut self, httponly: bool) -> Self {
        self.httponly = httponly;
        self
    }

    /// Sets which requests from other sites the cookie is sent with.
    pub fn samesite(mut self, samesite: Option<SameSite>) -> Self {
        self.samesite = samesite;
        self
    }

    /// Sets whether the cookie is stored apart for each top-level site; makes it `Secure` too.
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.partitioned = partitioned;
        self
    }

    /// Sets the size beyond which a warning is logged; 0 turns it off.
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.max_size = bytes;
        self
    }

    /// Makes the cookie with the same attributes that removes this one.
    ///
    /// *Werkzeug:* `delete_cookie`.
    pub fn removal(mut self) -> Self {
        self.value = Cow::Borrowed("");
        self.max_age = Some(0);
        self.expires(UNIX_EPOCH)
    }

    /// Writes the header's value.
    ///
    /// # Errors
    ///
    /// The domain is no domain, the time is beyond the year 9999, or the name, the value or an
    /// attribute holds a character that cannot stand in a header.
    pub fn to_header_value(&self) -> Result<HeaderValue, SessionError> {
        header_value(self.to_header()?.as_bytes())
    }

    /// Writes the header's value around a cookie's value that needs no quotes, which a closure
    /// appends; says too how long that is.
    ///
    /// # Errors
    ///
    /// As [`to_header_value`](Self::to_header_value), and what the closure gives.
    pub(crate) fn header_value_around(
        &self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), SessionError>,
    ) -> Result<(HeaderValue, usize), SessionError> {
        let mut header = Vec::with_capacity(256);
        push(&mut header, &self.name, "=");
        let before = header.len();
        write(&mut header)?;
        let value_size = header.len() - before;
        self.push_attributes(&mut header)?;
        Ok((header_value(&header)?, value_size))
    }

    /// Writes the header as text, as Werkzeug does: of the control characters, those from 1A to 1F
    /// stay as they are, and no header may hold them.
    ///
    /// # Errors
    ///
    /// The domain is no domain, or the time is beyond the year 9999.
    pub fn to_header(&self) -> Result<String, SessionError> {
        let value = quote(&self.value);
        let mut header = Vec::with_capacity(value.len() + 128);
        push(&mut header, &self.name, "=");
        push(&mut header, &value, "");
        self.push_attributes(&mut header)?;
        self.warn_of_size(value.len(), header.len());
        Ok(String::from_utf8(header).expect("the parts of a cookie are text"))
    }

    /// Writes the attributes in Werkzeug's order.
    fn push_attributes(&self, header: &mut Vec<u8>) -> Result<(), SessionError> {
        if let Some(domain) = &self.domain {
            push(header, "; Domain=", &ascii_domain(domain)?);
        }
        match &self.expires {
            Some(Expires::At(date)) => {
                push(header, "; Expires=", "");
                date.push_http_date(header);
            }
            Some(Expires::Text(text)) => push(header, "; Expires=", text),
            Some(Expires::OutOfRange) => {
                return Err(refused("a cookie's expiry is beyond the year 9999"));
            }
            None => {
                if let Some(seconds) = self.max_age {
                    push(header, "; Expires=", &self.end_of(seconds)?.to_http_date());
                }
            }
        }
        if let Some(seconds) = self.max_age {
            push(header, "; Max-Age=", &seconds.to_string());
        }
        if self.secure || self.partitioned {
            push(header, "; Secure", "");
        }
        if self.httponly {
            push(header, "; HttpOnly", "");
        }
        if let Some(path) = &self.path {
            push(header, "; Path=", &quote_path(path));
        }
        match self.samesite {
            Some(SameSite::Unknown) => {
                return Err(refused("SameSite must be 'Strict', 'Lax', or 'None'"));
            }
            Some(samesite) => push(header, "; SameSite=", samesite.as_str()),
            None => {}
        }
        if self.partitioned {
            push(header, "; Partitioned", "");
        }
        Ok(())
    }

    fn end_of(&self, seconds: i64) -> Result<DateTime, SessionError> {
        let now = self.now.unwrap_or_else(SystemTime::now);
        let age = Duration::from_secs(seconds.unsigned_abs());
        let end = match seconds < 0 {
            true => now.checked_sub(age),
            false => now.checked_add(age),
        };
        end.and_then(|end| DateTime::try_from(end).ok())
            .ok_or_else(|| refused("a cookie's age leads beyond the year 9999"))
    }

    /// Warns of a cookie that a browser may ignore, in Werkzeug's words.
    fn warn_of_size(&self, value_size: usize, size: usize) {
        // Werkzeug counts characters of the header, with a name outside ASCII as its bytes.
        if self.max_size == 0 || size <= self.max_size {
            return;
        }
        tracing::warn!(
            target: "carafe::session",
            "The '{}' cookie is too large: the value was {value_size} bytes but the header \
             required {} extra bytes. The final size was {size} bytes but the limit is {} bytes. \
             Browsers may silently ignore cookies larger than this.",
            self.name,
            size - value_size,
            self.max_size,
        );
    }
}

fn header_value(header: &[u8]) -> Result<HeaderValue, SessionError> {
    HeaderValue::from_bytes(header).map_err(|cause| {
        refused("a cookie's name, value or attributes cannot stand in a header").with_source(cause)
    })
}

fn push(header: &mut Vec<u8>, name: &str, value: &str) {
    header.extend_from_slice(name.as_bytes());
    header.extend_from_slice(value.as_bytes());
}

fn refused(message: &str) -> SessionError {
    SessionError::new(SessionErrorKind::Cookie, message)
}

/// Drops the port and leading dots of a domain, and spells it in ASCII.
fn ascii_domain(domain: &str) -> Result<Cow<'_, str>, SessionError> {
    let bare = domain
        .split(':')
        .next()
        .unwrap_or_default()
        .trim_start_matches('.');
    let ascii = match bare.is_ascii() {
        true => Cow::Borrowed(bare),
        false => Cow::Owned(
            domain_to_ascii(bare)
                .ok_or_else(|| refused("a cookie's domain cannot be spelled in ASCII"))?,
        ),
    };
    let labels = ascii.strip_suffix('.').unwrap_or(&ascii);
    let fits = |label: &str| (1..64).contains(&label.len());
    match ascii.is_empty() || labels.split('.').all(fits) {
        true => Ok(ascii),
        false => Err(refused("a label of a cookie's domain is empty or too long")),
    }
}

/// Spells a domain in ASCII label by label; one that is ASCII already stays as it is.
#[cfg(feature = "idna")]
fn domain_to_ascii(domain: &str) -> Option<String> {
    let labels = domain.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']);
    let labels: Option<Vec<_>> = labels.map(label_to_ascii).collect();
    Some(labels?.join("."))
}

/// Encodes a label by IDNA 2003, as Python does, which maps a few letters that UTS 46 keeps.
#[cfg(feature = "idna")]
fn label_to_ascii(label: &str) -> Option<Cow<'_, str>> {
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

    if label.is_ascii() {
        return Some(Cow::Borrowed(label));
    }
    let mut mapped = String::with_capacity(label.len());
    for character in label.chars() {
        match character {
            '\u{df}' | '\u{1e9e}' => mapped.push_str("ss"),
            '\u{3c2}' => mapped.push('\u{3c3}'),
            '\u{200c}' | '\u{200d}' => {}
            other => mapped.push(other),
        }
    }
    let (deny, length) = (AsciiDenyList::EMPTY, DnsLength::Ignore);
    let encoded = Uts46::new().to_ascii(mapped.as_bytes(), deny, Hyphens::Allow, length);
    let encoded = encoded.ok().filter(|encoded| !encoded.is_empty());
    Some(Cow::Owned(encoded?.into_owned()))
}

/// Without the tables of IDNA no domain outside ASCII can be spelled in it.
#[cfg(not(feature = "idna"))]
fn domain_to_ascii(_domain: &str) -> Option<String> {
    None
}

/// Percent-encodes what a cookie's path cannot hold; what is encoded already stays.
fn quote_path(path: &str) -> Cow<'_, str> {
    let bare = |byte: u8| {
        let punctuation = b"_.-~%!$&'()*+,/:=@";
        byte == b'/' || byte.is_ascii_alphanumeric() || punctuation.contains(&byte)
    };
    if path.bytes().all(bare) {
        return Cow::Borrowed(path);
    }
    let mut quoted = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        match bare(byte) {
            true => quoted.push(char::from(byte)),
            false => quoted.push_str(&format!("%{byte:02X}")),
        }
    }
    Cow::Owned(quoted)
}
