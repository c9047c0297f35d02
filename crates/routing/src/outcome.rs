//! What matching gives: a match that owns nothing of the request, or an error.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::{Map, Rule, RuleId, Value};

/// Holds the rule that matched and the values of its arguments.
///
/// A match borrows nothing: text is kept as a place in the path that was
/// matched, so the path is passed in to read it back. A match of up to four
/// arguments is made without a heap allocation, unless an argument comes from
/// the subdomain or host, is an integer beyond 64 bits, or was made by a
/// converter of the user's own.
///
/// ```
/// use carafe_routing::{Bind, Map, Rule, Value};
///
/// let mut map = Map::default();
/// map.add(Rule::new("/user/<name>/<int:page>").endpoint("user"))?;
/// let path = "/user/ada/2";
/// let found = map.bind(Bind::new("localhost"))?.match_path(path, "GET", false)?;
/// assert_eq!(found.rule(&map).endpoint_name(), Some("user"));
/// assert_eq!(found.get("name", &map, path), Some(Value::from("ada")));
/// assert!(found.args(path).eq([Value::from("ada"), Value::from(2)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Match {
    pub(crate) rule: RuleId,
    /// None of a rule without variables, which leaves nothing to be dropped.
    pub(crate) args: Option<Args>,
}

pub(crate) type Args = SmallVec<[Arg; 4]>;

/// One argument of a match, in 16 bytes.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    /// A place in the matched path.
    Span {
        start: u32,
        end: u32,
    },
    /// A place in the matched path that holds a UUID: read when it is asked for,
    /// since the value is larger than its place.
    Uuid {
        start: u32,
        end: u32,
    },
    Int(i64),
    Float(f64),
    /// Everything that does not fit: defaults, text from the domain, big
    /// integers and the user's own types.
    Shared(Arc<Value<'static>>),
}

impl Arg {
    pub(crate) fn value<'a>(&'a self, path: &'a str) -> Value<'a> {
        // Another path than the one that was matched gives other values, never a
        // panic.
        let text =
            |start: &u32, end: &u32| path.get(*start as usize..*end as usize).unwrap_or_default();
        match self {
            Arg::Span { start, end } => Value::from(text(start, end)),
            Arg::Uuid { start, end } => text(start, end).parse().map_or(Value::None, Value::Uuid),
            Arg::Int(number) => Value::Int(*number),
            Arg::Float(number) => Value::Float(*number),
            Arg::Shared(value) => value.borrowed(),
        }
    }
}

impl Match {
    #[inline]
    pub(crate) fn without_args(rule: RuleId) -> Self {
        Self { rule, args: None }
    }

    #[inline]
    pub(crate) fn with_arg(rule: RuleId, arg: Arg) -> Self {
        let mut args = Args::new();
        args.push(arg);
        Self {
            rule,
            args: Some(args),
        }
    }

    #[inline]
    fn list(&self) -> &[Arg] {
        self.args.as_deref().unwrap_or_default()
    }

    /// Returns the rule that matched.
    #[must_use]
    pub fn rule_id(&self) -> RuleId {
        self.rule
    }

    /// Returns the rule that matched, looked up in the map it belongs to.
    ///
    /// # Panics
    /// When the match comes from another map that has more rules.
    pub fn rule<'m>(&self, map: &'m Map) -> &'m Rule {
        map.rule(self.rule)
    }

    /// Counts the arguments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list().len()
    }

    /// Returns whether the rule has no arguments.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// Returns the argument at a place, in the order of [`Rule::arguments`].
    #[must_use]
    pub fn arg<'a>(&'a self, index: usize, path: &'a str) -> Option<Value<'a>> {
        self.list().get(index).map(|arg| arg.value(path))
    }

    /// Goes through the arguments in the order of [`Rule::arguments`].
    ///
    /// `path` is the path that was matched.
    pub fn args<'a>(&'a self, path: &'a str) -> impl ExactSizeIterator<Item = Value<'a>> {
        self.list().iter().map(move |arg| arg.value(path))
    }

    /// Returns an argument by name.
    #[must_use]
    pub fn get<'a>(&'a self, name: &str, map: &Map, path: &'a str) -> Option<Value<'a>> {
        let rule = self.rule(map);
        let index = rule.arguments().position(|(known, _)| known == name)?;
        self.arg(index, path)
    }

    /// Goes through names and arguments in the order of [`Rule::arguments`].
    pub fn named_args<'a>(
        &'a self,
        map: &'a Map,
        path: &'a str,
    ) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let names = self.rule(map).arguments().map(|(name, _)| name);
        names.zip(self.args(path))
    }
}

/// Says why a request matches no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MatchError {
    /// No rule matches the path.
    NotFound,
    /// Rules match the path, though not the method.
    MethodNotAllowed {
        /// The methods that would match, sorted.
        allowed: Vec<String>,
    },
    /// The request should be made to another URL.
    ///
    /// *Werkzeug:* `RequestRedirect`.
    RequestRedirect {
        /// The absolute URL to redirect to.
        url: String,
        /// The status: 308, which keeps the method and the body.
        code: u16,
    },
    /// Rules match the path, though for WebSocket requests when this is none, or
    /// the other way around.
    WebsocketMismatch,
}

impl MatchError {
    pub(crate) fn redirect(url: String) -> Self {
        MatchError::RequestRedirect { url, code: 308 }
    }
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MatchError::NotFound => f.write_str("no rule matches the path"),
            MatchError::MethodNotAllowed { allowed } => {
                write!(f, "the path takes only the methods {}", allowed.join(", "))
            }
            MatchError::RequestRedirect { url, code } => {
                write!(f, "redirect to {url} with status {code}")
            }
            MatchError::WebsocketMismatch => {
                f.write_str("the path matches a rule for the other of HTTP and WebSocket")
            }
        }
    }
}

impl std::error::Error for MatchError {}
