//! Credentials that a client sends. Werkzeug: `Authorization`.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::headers::lists::{dump_dict_header, parse_dict_header};
use crate::headers::params::Params;
use crate::headers::python_text::{strip, title};

/// An `Authorization` header.
///
/// Schemes either have parameters or one token. Those of `Basic` are `username` and `password`.
///
/// *Werkzeug:* `Authorization`.
///
/// ```
/// use carafe::headers::authorization::Authorization;
///
/// let auth = Authorization::from_header("Basic dXNlcjpwYXNz").ok_or("malformed")?;
/// assert_eq!((auth.username(), auth.password()), (Some("user"), Some("pass")));
/// assert_eq!(Authorization::bearer("abc").to_string(), "Bearer abc");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    auth_type: String,
    parameters: Params<Option<String>>,
    token: Option<String>,
}

impl Authorization {
    /// Makes credentials of the `Basic` scheme.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        let parameters = [
            ("username", Some(username.into())),
            ("password", Some(password.into())),
        ];
        Self::with_parameters("basic", Params::from_iter(parameters))
    }

    /// Makes credentials of the `Bearer` scheme.
    pub fn bearer(token: impl Into<String>) -> Self {
        Self::with_token("bearer", token)
    }

    /// Makes credentials of any scheme with parameters.
    pub fn with_parameters(auth_type: &str, parameters: Params<Option<String>>) -> Self {
        Self {
            auth_type: auth_type.to_lowercase(),
            parameters,
            token: None,
        }
    }

    /// Makes credentials of any scheme with a token.
    pub fn with_token(auth_type: &str, token: impl Into<String>) -> Self {
        Self {
            auth_type: auth_type.to_lowercase(),
            parameters: Params::new(),
            token: Some(token.into()),
        }
    }

    /// Reads a header; `None` when it is empty or its `Basic` part is not Base64 of UTF-8.
    pub fn from_header(header: &str) -> Option<Self> {
        let (auth_type, rest) = split_scheme(header)?;
        if auth_type == "basic" {
            let pair = String::from_utf8(decode_base64(rest)?).ok()?;
            let (username, password) = pair.split_once(':').unwrap_or((&pair, ""));
            return Some(Self::basic(username, password));
        }
        Some(match parameters_of(rest) {
            Some(parameters) => Self::with_parameters(&auth_type, parameters),
            None => Self::with_token(&auth_type, rest),
        })
    }

    /// Returns the scheme in lower case. *Werkzeug:* `Authorization.type`.
    pub fn auth_type(&self) -> &str {
        &self.auth_type
    }

    /// Returns the parameters; there are none when there is a token.
    pub fn parameters(&self) -> &Params<Option<String>> {
        &self.parameters
    }

    /// Returns the token, of schemes that have one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.as_deref()
    }

    /// Returns the user name, of `Basic` and `Digest`.
    pub fn username(&self) -> Option<&str> {
        self.get("username")
    }

    /// Returns the password, of `Basic`.
    pub fn password(&self) -> Option<&str> {
        self.get("password")
    }
}

/// Splits a header into its scheme, in lower case, and the rest; `None` for an empty header.
pub(crate) fn split_scheme(header: &str) -> Option<(String, &str)> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    (!header.is_empty()).then(|| (scheme.to_lowercase(), strip(rest)))
}

/// Reads the rest of a header as parameters, unless it is a token: one with `=` at most at its end.
pub(crate) fn parameters_of(rest: &str) -> Option<Params<Option<String>>> {
    rest.trim_end_matches('=')
        .contains('=')
        .then(|| parse_dict_header(rest))
}

/// Decodes Base64 as Python does: what is not in the alphabet is skipped, padding ends the text.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone);
    if !text.is_ascii() {
        return None;
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut pads = 0;
    for byte in text.bytes() {
        match byte {
            b'=' if digits.len() % 4 >= 2 => {
                pads += 1;
                if digits.len() % 4 + pads >= 4 {
                    return GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
                        .decode(digits)
                        .ok();
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                pads = 0;
                digits.push(byte);
            }
            _ => {}
        }
    }
    STANDARD.decode(digits).ok()
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.auth_type == "basic" {
            let username = self.username().unwrap_or_default();
            let password = self.password().unwrap_or_default();
            return write!(
                f,
                "Basic {}",
                STANDARD.encode(format!("{username}:{password}"))
            );
        }
        let scheme = title(&self.auth_type);
        match &self.token {
            Some(token) => write!(f, "{scheme} {token}"),
            None => write!(f, "{scheme} {}", dump_params(&self.parameters)),
        }
    }
}

/// Credentials are not for logs: only the scheme is shown.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("auth_type", &self.auth_type)
            .finish_non_exhaustive()
    }
}

/// Writes parameters as a header.
pub(crate) fn dump_params(parameters: &Params<Option<String>>) -> String {
    dump_dict_header(
        parameters
            .iter()
            .map(|(name, value)| (name, value.as_deref())),
    )
}
