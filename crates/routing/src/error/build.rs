//! Why no URL could be built, and what may have been meant.

use std::fmt;

use crate::{RuleId, ValidationError};

/// Says why no URL could be built for an endpoint.
///
/// *Werkzeug:* `BuildError`; a refused value is a `ValueError` there.
#[derive(Debug, Clone)]
pub struct BuildError {
    inner: Box<BuildInner>,
}

#[derive(Debug, Clone)]
struct BuildInner {
    kind: BuildErrorKind,
    endpoint: String,
    method: Option<String>,
    given: Vec<String>,
    suggestion: Option<Suggestion>,
    source: Option<ValidationError>,
}

/// Names the reasons for a [`BuildError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// No rule of the endpoint suits the values and the method.
    NoRule,
    /// A rule was chosen and a converter refused the value of its variable.
    Value,
}

/// Names the rule that comes closest to what a failed build asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub(crate) rule: RuleId,
    pub(crate) endpoint: String,
    pub(crate) methods: Vec<String>,
    pub(crate) missing: Vec<String>,
}

impl Suggestion {
    /// Returns the closest rule.
    #[must_use]
    pub fn rule_id(&self) -> RuleId {
        self.rule
    }

    /// Returns the endpoint of the closest rule.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the methods of the closest rule when the wrong one was asked for.
    #[must_use]
    pub fn methods(&self) -> &[String] {
        &self.methods
    }

    /// Returns the values, sorted, that the closest rule has and the call lacks.
    #[must_use]
    pub fn missing_values(&self) -> &[String] {
        &self.missing
    }
}

impl BuildError {
    pub(crate) fn no_rule(
        endpoint: &str,
        method: Option<&str>,
        given: Vec<String>,
        suggestion: Option<Suggestion>,
    ) -> Self {
        Self {
            inner: Box::new(BuildInner {
                kind: BuildErrorKind::NoRule,
                endpoint: endpoint.to_owned(),
                method: method.map(str::to_owned),
                given,
                suggestion,
                source: None,
            }),
        }
    }

    pub(crate) fn value(endpoint: &str, source: ValidationError) -> Self {
        Self {
            inner: Box::new(BuildInner {
                kind: BuildErrorKind::Value,
                endpoint: endpoint.to_owned(),
                method: None,
                given: Vec::new(),
                suggestion: None,
                source: Some(source),
            }),
        }
    }

    /// Tells the reason.
    #[must_use]
    pub fn kind(&self) -> BuildErrorKind {
        self.inner.kind
    }

    /// Returns the endpoint that was asked for.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.inner.endpoint
    }

    /// Returns the method that the URL was to be for, if one was asked for.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.inner.method.as_deref()
    }

    /// Returns the names of the values that were given, sorted, for a
    /// [`BuildErrorKind::NoRule`].
    ///
    /// *Werkzeug:* the keys of `BuildError.values`.
    #[must_use]
    pub fn value_names(&self) -> &[String] {
        &self.inner.given
    }

    /// Returns the rule that comes closest, for a [`BuildErrorKind::NoRule`].
    #[must_use]
    pub fn suggestion(&self) -> Option<&Suggestion> {
        self.inner.suggestion.as_ref()
    }

    /// Returns the closest endpoint.
    #[must_use]
    pub fn closest_endpoint(&self) -> Option<&str> {
        self.suggestion().map(Suggestion::endpoint)
    }

    /// Returns the values that the endpoint's closest rule needs and the call
    /// lacks; empty when the endpoint itself is unknown.
    #[must_use]
    pub fn missing_values(&self) -> &[String] {
        match self.suggestion() {
            Some(closest) if closest.endpoint == self.inner.endpoint => &closest.missing,
            _ => &[],
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        write!(f, "could not build a URL for endpoint {:?}", inner.endpoint)?;
        if let Some(source) = &inner.source {
            return write!(f, ": {source}");
        }
        if let Some(method) = &inner.method {
            write!(f, " and method {method:?}")?;
        }
        if !inner.given.is_empty() {
            write!(f, " with values {:?}", inner.given)?;
        }
        match &inner.suggestion {
            Some(closest) if closest.endpoint != inner.endpoint => {
                write!(f, "; did you mean {:?} instead?", closest.endpoint)
            }
            Some(closest) => {
                if !closest.methods.is_empty() {
                    write!(f, "; did you mean to use methods {:?}?", closest.methods)?;
                }
                if !closest.missing.is_empty() {
                    write!(
                        f,
                        "; did you forget to specify values {:?}?",
                        closest.missing
                    )?;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_ref().map(|source| source as _)
    }
}
