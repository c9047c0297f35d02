//! Rules: a URL pattern with its options, and what a map adds when it takes one.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::bound::Bound;
use crate::method::MethodSet;
use crate::{Map, RuleError, RuleId, UrlAdapter, Value, ValueType, Values};

/// Describes one URL pattern and what it stands for.
///
/// The text is a path with variables `<name>`, `<converter:name>` or
/// `<converter(arguments):name>` in it.
///
/// *Werkzeug:* `Rule`.
///
/// ```
/// use carafe_routing::{Map, Rule, ValueType};
///
/// let mut map = Map::default();
/// let id = map.add(
///     Rule::new("/user/<int:id>")
///         .endpoint("user")
///         .methods(["GET"])
///         .defaults([("page", 1)]),
/// )?;
/// let rule = map.rule(id);
/// assert!(rule.arguments().eq([("id", ValueType::Int), ("page", ValueType::Int)]));
/// assert_eq!(rule.method_names(), Some(vec!["GET".to_owned(), "HEAD".to_owned()]));
/// # Ok::<(), carafe_routing::RuleError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Rule {
    pub(crate) text: Arc<str>,
    pub(crate) endpoint: Option<Arc<str>>,
    pub(crate) methods: Option<MethodSet>,
    pub(crate) defaults: Vec<(Arc<str>, Arc<Value<'static>>)>,
    pub(crate) subdomain: Option<Arc<str>>,
    pub(crate) host: Option<Arc<str>>,
    pub(crate) strict_slashes: Option<bool>,
    pub(crate) merge_slashes: Option<bool>,
    pub(crate) redirect_to: Option<RedirectTo>,
    pub(crate) alias: bool,
    pub(crate) build_only: bool,
    pub(crate) websocket: bool,
    pub(crate) bound: Option<Arc<Bound>>,
}

impl Rule {
    /// Makes a rule that matches all methods and has no endpoint.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            endpoint: None,
            methods: None,
            defaults: Vec::new(),
            subdomain: None,
            host: None,
            strict_slashes: None,
            merge_slashes: None,
            redirect_to: None,
            alias: false,
            build_only: false,
            websocket: false,
            bound: None,
        }
    }

    /// Sets the name under which the program knows the rule.
    pub fn endpoint(mut self, endpoint: impl Into<Arc<str>>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Lists the methods that the rule matches; `HEAD` comes along with `GET`.
    pub fn methods<M: AsRef<str>>(mut self, methods: impl IntoIterator<Item = M>) -> Self {
        let mut set = MethodSet::default();
        for method in methods {
            set.insert(&method.as_ref().to_uppercase());
        }
        if set.has("GET") {
            set.insert("HEAD");
        }
        self.methods = Some(set);
        self
    }

    /// Sets values that the endpoint gets along with those from the URL.
    ///
    /// A URL of another rule of the endpoint that has just these values
    /// redirects to this rule, and building prefers this rule for them.
    pub fn defaults<N, V>(mut self, defaults: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Arc<str>>,
        V: Into<Value<'static>>,
    {
        for (name, value) in defaults {
            let (name, value) = (name.into(), Arc::new(value.into()));
            match self.defaults.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => self.defaults.push((name, value)),
            }
        }
        self
    }

    /// Sets the subdomain, which may have variables.
    pub fn subdomain(mut self, subdomain: impl Into<Arc<str>>) -> Self {
        self.subdomain = Some(subdomain.into());
        self
    }

    /// Sets the host, which may have variables, for maps with host matching.
    pub fn host(mut self, host: impl Into<Arc<str>>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets whether a URL without the rule's final slash redirects, instead of
    /// the map's choice.
    pub fn strict_slashes(mut self, strict: bool) -> Self {
        self.strict_slashes = Some(strict);
        self
    }

    /// Sets whether doubled slashes count as one, instead of the map's choice.
    pub fn merge_slashes(mut self, merge: bool) -> Self {
        self.merge_slashes = Some(merge);
        self
    }

    /// Makes the rule redirect to a URL in which `<name>` stands for the value
    /// of a variable.
    ///
    /// It is joined to the root of the program: a leading slash leads out of the
    /// script name.
    pub fn redirect_to(mut self, template: impl Into<Arc<str>>) -> Self {
        self.redirect_to = Some(RedirectTo::Template(template.into()));
        self
    }

    /// Makes the rule redirect to the URL that a function gives for the values.
    pub fn redirect_with<F>(mut self, target: F) -> Self
    where
        F: Fn(&UrlAdapter<'_>, &Values<'_>) -> String + Send + Sync + 'static,
    {
        self.redirect_to = Some(RedirectTo::Function(Arc::new(target)));
        self
    }

    /// Sets whether the rule is another way to write a rule with the same
    /// endpoint and arguments, to which it redirects.
    pub fn alias(mut self, alias: bool) -> Self {
        self.alias = alias;
        self
    }

    /// Sets whether the rule only builds URLs and matches none.
    pub fn build_only(mut self, build_only: bool) -> Self {
        self.build_only = build_only;
        self
    }

    /// Sets whether the rule matches WebSocket requests instead of HTTP ones.
    pub fn websocket(mut self, websocket: bool) -> Self {
        self.websocket = websocket;
        self
    }

    /// Returns the rule's place in its map; none before a map took it.
    #[must_use]
    pub fn id(&self) -> Option<RuleId> {
        self.bound.as_ref().map(|bound| bound.id)
    }

    /// Returns the text of the rule as it was given.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.text
    }

    /// Returns the endpoint.
    #[must_use]
    pub fn endpoint_name(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns the methods, sorted; none stands for all of them.
    #[must_use]
    pub fn method_names(&self) -> Option<Vec<String>> {
        self.methods.as_ref().map(MethodSet::sorted)
    }

    /// Returns whether the rule lists methods and this one is among them.
    #[must_use]
    pub fn lists_method(&self, method: &str) -> bool {
        self.methods
            .as_ref()
            .is_some_and(|methods| methods.has(method))
    }

    /// Goes through the defaults in the order in which they were given.
    pub fn default_values(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'static>)> {
        self.defaults
            .iter()
            .map(|(name, value)| (name.as_ref(), &**value))
    }

    /// Returns the subdomain; after being added, that of the map if none was set.
    #[must_use]
    pub fn subdomain_text(&self) -> Option<&str> {
        self.subdomain.as_deref()
    }

    /// Returns the host.
    #[must_use]
    pub fn host_text(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Returns whether a missing final slash redirects: none until it is set or
    /// a map took the rule.
    #[must_use]
    pub fn has_strict_slashes(&self) -> Option<bool> {
        self.strict_slashes
    }

    /// Returns whether doubled slashes count as one: none until it is set or a
    /// map took the rule.
    #[must_use]
    pub fn has_merge_slashes(&self) -> Option<bool> {
        self.merge_slashes
    }

    /// Returns whether the rule redirects by itself.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.redirect_to.is_some()
    }

    /// Returns whether the rule is an alias.
    #[must_use]
    pub fn is_alias(&self) -> bool {
        self.alias
    }

    /// Returns whether the rule only builds URLs.
    #[must_use]
    pub fn is_build_only(&self) -> bool {
        self.build_only
    }

    /// Returns whether the rule matches WebSocket requests.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.websocket
    }

    /// Goes through the names and types of the arguments: the variables as they
    /// stand in the rule (those of the subdomain or host first), then defaults
    /// for names that are no variables.
    ///
    /// Empty until a map took the rule.
    pub fn arguments(&self) -> impl ExactSizeIterator<Item = (&str, ValueType)> {
        let arguments = self
            .bound
            .as_ref()
            .map_or(&[][..], |bound| &bound.arguments);
        arguments
            .iter()
            .map(|(name, value_type)| (name.as_ref(), *value_type))
    }

    /// Gives a copy that no map has taken.
    ///
    /// *Werkzeug:* `Rule.empty`.
    pub fn unbound(&self) -> Self {
        Self {
            bound: None,
            ..self.clone()
        }
    }

    /// Gives a copy with another text that no map has taken.
    pub fn with_text(&self, text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            ..self.unbound()
        }
    }

    pub(crate) fn bound_to(mut self, map: &Map, id: RuleId) -> Result<Self, RuleError> {
        let options = &map.options;
        self.strict_slashes.get_or_insert(options.strict_slashes);
        self.merge_slashes.get_or_insert(options.merge_slashes);
        if self.subdomain.is_none() {
            self.subdomain = Some(options.default_subdomain.as_str().into());
        }
        self.bound = Some(Arc::new(Bound::new(&self, map, id)?));
        Ok(self)
    }
}

/// Where a rule redirects to.
#[derive(Clone)]
pub(crate) enum RedirectTo {
    Template(Arc<str>),
    Function(Arc<RedirectFunction>),
}

pub(crate) type RedirectFunction =
    dyn Fn(&UrlAdapter<'_>, &Values<'_>) -> String + Send + Sync + 'static;

impl fmt::Debug for RedirectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RedirectTo::Template(template) => template.fmt(f),
            RedirectTo::Function(_) => f.write_str("function"),
        }
    }
}

/// Puts a path in front of the text of rules.
///
/// *Werkzeug:* `Submount`.
///
/// ```
/// use carafe_routing::{Map, Rule, submount};
///
/// let mut map = Map::default();
/// map.add_all(submount("/blog", [Rule::new("/"), Rule::new("/entry/<slug>")]))?;
/// assert!(map.rules().map(Rule::rule).eq(["/blog/", "/blog/entry/<slug>"]));
/// # Ok::<(), carafe_routing::RuleError>(())
/// ```
pub fn submount(path: &str, rules: impl IntoIterator<Item = Rule>) -> impl Iterator<Item = Rule> {
    let path = path.trim_end_matches('/');
    rules.into_iter().map(move |rule| {
        let text = format!("{path}{}", rule.text);
        Rule {
            text: text.into(),
            ..rule.unbound()
        }
    })
}

/// Sets the subdomain of rules.
///
/// *Werkzeug:* `Subdomain`.
pub fn subdomain<'a>(
    subdomain: impl Into<Cow<'a, str>>,
    rules: impl IntoIterator<Item = Rule>,
) -> impl Iterator<Item = Rule> {
    let subdomain: Arc<str> = subdomain.into().as_ref().into();
    rules
        .into_iter()
        .map(move |rule| rule.unbound().subdomain(Arc::clone(&subdomain)))
}

/// Puts a text in front of the endpoints of rules; a rule without one keeps none.
///
/// *Werkzeug:* `EndpointPrefix`.
pub fn endpoint_prefix(
    prefix: &str,
    rules: impl IntoIterator<Item = Rule>,
) -> impl Iterator<Item = Rule> {
    rules.into_iter().map(move |rule| {
        let endpoint = rule
            .endpoint
            .as_ref()
            .map(|endpoint| format!("{prefix}{endpoint}").into());
        Rule {
            endpoint,
            ..rule.unbound()
        }
    })
}
