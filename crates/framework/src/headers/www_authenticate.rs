//! Challenges that a server answers with. Werkzeug: `WWWAuthenticate`.

use std::fmt;

use crate::headers::authorization::{dump_params, parameters_of, split_scheme};
use crate::headers::params::Params;
use crate::headers::python_text::title;
use crate::headers::quoting::quote_header_value;

/// A `WWW-Authenticate` header.
///
/// *Werkzeug:* `WWWAuthenticate`.
///
/// ```
/// use carafe::headers::www_authenticate::WwwAuthenticate;
///
/// let challenge = WwwAuthenticate::new("basic").with("realm", "the back office");
/// assert_eq!(challenge.to_string(), r#"Basic realm="the back office""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WwwAuthenticate {
    auth_type: String,
    parameters: Params<Option<String>>,
    token: Option<String>,
}

impl WwwAuthenticate {
    /// Makes a challenge of a scheme, without parameters.
    pub fn new(auth_type: &str) -> Self {
        let auth_type = auth_type.to_lowercase();
        Self {
            auth_type,
            parameters: Params::new(),
            token: None,
        }
    }

    /// Reads a header; `None` when it is empty.
    pub fn from_header(header: &str) -> Option<Self> {
        let (auth_type, rest) = split_scheme(header)?;
        let parameters = parameters_of(rest);
        let token = parameters.is_none().then(|| rest.to_owned());
        Some(Self {
            auth_type,
            parameters: parameters.unwrap_or_default(),
            token,
        })
    }

    /// Sets a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name, Some(value.into()));
        self
    }

    /// Sets the token, which is then sent in place of the parameters.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Returns the scheme in lower case. *Werkzeug:* `WWWAuthenticate.type`.
    pub fn auth_type(&self) -> &str {
        &self.auth_type
    }

    /// Returns the parameters.
    pub fn parameters(&self) -> &Params<Option<String>> {
        &self.parameters
    }

    /// Returns the parameters, to be changed.
    pub fn parameters_mut(&mut self) -> &mut Params<Option<String>> {
        &mut self.parameters
    }

    /// Returns a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.as_deref()
    }

    /// Returns the token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

impl fmt::Display for WwwAuthenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&title(&self.auth_type))?;
        if let Some(token) = &self.token {
            return write!(f, " {token}");
        }
        if self.parameters.is_empty() {
            return Ok(());
        }
        if self.auth_type != "digest" {
            return write!(f, " {}", dump_params(&self.parameters));
        }
        for (index, (name, value)) in self.parameters.iter().enumerate() {
            // Clients expect some of the parameters of Digest in quotes, and others without.
            let quoted = matches!(name, "realm" | "domain" | "nonce" | "opaque" | "qop");
            let value = quote_header_value(value.as_deref().unwrap_or("None"), !quoted);
            write!(f, "{}{name}={value}", if index > 0 { ", " } else { " " })?;
        }
        Ok(())
    }
}
