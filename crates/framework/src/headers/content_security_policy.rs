//! What a page may load and do. Werkzeug: `ContentSecurityPolicy`.

use std::fmt;

use crate::headers::edited::editable;
use crate::headers::params::Params;
use crate::headers::python_text::strip;

/// A `Content-Security-Policy` header: directives with their values.
///
/// *Werkzeug:* `ContentSecurityPolicy`, whose properties are named after the directives.
///
/// ```
/// use carafe::headers::content_security_policy::ContentSecurityPolicy;
///
/// let mut policy = ContentSecurityPolicy::from_header("default-src 'self'");
/// policy.set("img-src", "*");
/// assert_eq!(policy.to_string(), "default-src 'self'; img-src *");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ContentSecurityPolicy {
    directives: Params,
    changed: bool,
}

impl ContentSecurityPolicy {
    /// Reads a header; a directive without a value is left out.
    pub fn from_header(header: &str) -> Self {
        let directives = header
            .split(';')
            .filter_map(|directive| strip(directive).split_once(' '))
            .map(|(directive, value)| (strip(directive), strip(value).to_owned()));
        Self {
            directives: directives.collect(),
            changed: false,
        }
    }

    /// Returns the value of a directive.
    pub fn get(&self, directive: &str) -> Option<&str> {
        self.directives.get(directive).map(String::as_str)
    }

    /// Sets the value of a directive.
    pub fn set(&mut self, directive: &str, value: impl Into<String>) {
        self.changed = true;
        self.directives.insert(directive, value.into());
    }

    /// Removes a directive.
    pub fn remove(&mut self, directive: &str) {
        self.changed |= self.directives.remove(directive).is_some();
    }

    /// Iterates over directives and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.directives
            .iter()
            .map(|(directive, value)| (directive, value.as_str()))
    }

    /// Tells whether there are no directives.
    pub fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }
}

impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (directive, value)) in self.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            write!(f, "{separator}{directive} {value}")?;
        }
        Ok(())
    }
}

editable!(ContentSecurityPolicy);
