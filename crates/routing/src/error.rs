//! What can go wrong with rules, bindings and building, each with its place.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::RuleId;

mod build;

pub use build::{BuildError, BuildErrorKind, Suggestion};

/// Says why a rule was refused, where in its text, and what was expected.
///
/// `{}` gives one sentence; `{:#}` adds the rule with a caret under the column.
///
/// *Werkzeug:* `DuplicateRuleError`, and `ValueError`, `LookupError`,
/// `TypeError` or `SyntaxError` for invalid rules.
///
/// ```
/// use carafe_routing::{Map, Rule, RuleErrorKind};
///
/// let error = Map::default().add(Rule::new("/user/<in:id>")).unwrap_err();
/// assert_eq!(error.kind(), RuleErrorKind::UnknownConverter);
/// assert_eq!(error.column(), Some(8));
/// assert_eq!(
///     error.to_string(),
///     "rule \"/user/<in:id>\", column 8: unknown converter \"in\", did you mean \"int\"?",
/// );
/// ```
#[derive(Clone)]
pub struct RuleError {
    inner: Box<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    kind: RuleErrorKind,
    text: Arc<str>,
    column: Option<usize>,
    message: Cow<'static, str>,
    existing: Option<RuleId>,
}

/// Names the ways in which a rule can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// The rule does not begin with a slash.
    MissingSlash,
    /// The rule's text cannot be read.
    Malformed,
    /// The rule names a converter that the map does not have.
    UnknownConverter,
    /// The converter refuses the arguments that the rule gives to it.
    ConverterArguments,
    /// The converter's regular expression cannot be used.
    Pattern,
    /// The rule uses a variable name twice.
    DuplicateVariable,
    /// The converter refuses the default that the rule gives for its variable.
    Default,
    /// The rule lists methods that do not go with its other options.
    Methods,
    /// The redirect template names a variable that the rule does not have.
    RedirectTemplate,
    /// The map has a rule that matches in the same way.
    Duplicate,
}

impl RuleError {
    pub(crate) fn new(
        kind: RuleErrorKind,
        text: &str,
        column: Option<usize>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                text: text.into(),
                column,
                message: message.into(),
                existing: None,
            }),
        }
    }

    pub(crate) fn duplicate(text: &str, existing: RuleId, existing_text: &str) -> Self {
        let message = format!("the map has {existing_text:?}, which matches in the same way");
        let mut error = Self::new(RuleErrorKind::Duplicate, text, None, message);
        error.inner.existing = Some(existing);
        error
    }

    /// Tells which way of being wrong this is.
    #[must_use]
    pub fn kind(&self) -> RuleErrorKind {
        self.inner.kind
    }

    /// Returns the text in which the mistake stands: the rule, its subdomain or
    /// its host.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.inner.text
    }

    /// Returns the place in [`RuleError::rule`], in characters from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.inner.column
    }

    /// Returns what was expected or what is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Returns the rule that a [`RuleErrorKind::Duplicate`] collides with.
    #[must_use]
    pub fn existing(&self) -> Option<RuleId> {
        self.inner.existing
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            text,
            column,
            message,
            ..
        } = &*self.inner;
        match column {
            Some(column) => write!(f, "rule {text:?}, column {column}: {message}")?,
            None => write!(f, "rule {text:?}: {message}")?,
        }
        if let (true, Some(column)) = (f.alternate(), column) {
            write!(f, "\n    {text}\n    {:>column$}", '^')?;
        }
        Ok(())
    }
}

impl fmt::Debug for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl std::error::Error for RuleError {}

/// Says why a map cannot be bound to a server name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindError {
    kind: BindErrorKind,
}

/// Names the reasons for a [`BindError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BindErrorKind {
    /// The server name cannot be encoded by IDNA.
    ///
    /// *Werkzeug:* `BadHost`.
    BadHost,
    /// A subdomain was given although the map matches whole hosts.
    ///
    /// *Werkzeug:* `RuntimeError`.
    SubdomainWithHostMatching,
}

impl BindError {
    pub(crate) fn new(kind: BindErrorKind) -> Self {
        Self { kind }
    }

    /// Tells the reason.
    #[must_use]
    pub fn kind(&self) -> BindErrorKind {
        self.kind
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BindErrorKind::BadHost => "the server name is no valid host name",
            BindErrorKind::SubdomainWithHostMatching => {
                "a subdomain cannot be given when host matching is enabled"
            }
        })
    }
}

impl std::error::Error for BindError {}

/// Says that a converter does not accept a text or a value.
///
/// *Werkzeug:* `ValidationError` for [`ValidationError::new`], another
/// `ValueError` for [`ValidationError::refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    reason: Cow<'static, str>,
    refusal: bool,
}

impl ValidationError {
    /// Makes the error that lets building go on with the endpoint's next rule.
    #[must_use]
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
            refusal: false,
        }
    }

    /// Makes the error that ends building: the rule is right, the value is not.
    #[must_use]
    pub fn refusal(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
            refusal: true,
        }
    }

    /// Returns whether building ends with this error.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.refusal
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ValidationError {}
