//! Building URLs: which rule suits, what it is filled with, what goes into the
//! query.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use crate::bound::BuildPiece;
use crate::error::Suggestion;
use crate::method::{Method, MethodSet};
use crate::{
    BuildError, Map, Rule, RuleId, UrlAdapter, ValidationError, Value, Values, nearest, quote,
};

/// Says how a URL is built.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'a> {
    /// Build by a rule for this method; when none, one for the method of the
    /// binding is preferred.
    pub method: Option<&'a str>,
    /// Give an absolute URL in any case.
    pub force_external: bool,
    /// Put values that are no arguments of the rule into the query: on by
    /// default.
    pub append_unknown: bool,
    /// The scheme of absolute URLs; that of the binding when none.
    pub url_scheme: Option<&'a str>,
}

impl Default for BuildOptions<'_> {
    fn default() -> Self {
        Self {
            method: None,
            force_external: false,
            append_unknown: true,
            url_scheme: None,
        }
    }
}

/// What a rule comes to: the domain, the path with the query.
type Built = (String, String);

impl UrlAdapter<'_> {
    /// Builds the URL of an endpoint.
    ///
    /// The path alone if the rule has the domain of the binding, otherwise an
    /// absolute URL.
    ///
    /// *Werkzeug:* `MapAdapter.build`.
    ///
    /// ```
    /// use carafe_routing::{Bind, BuildOptions, Map, Rule, Values};
    ///
    /// let mut map = Map::default();
    /// map.add(Rule::new("/user/<int:id>").endpoint("user"))?;
    /// let urls = map.bind(Bind::new("example.com"))?;
    /// let values = Values::new().with("id", 7).with("tab", "posts & more");
    /// let url = urls.build("user", &values, BuildOptions::default())?;
    /// assert_eq!(url, "/user/7?tab=posts+%26+more");
    ///
    /// let error = urls.build("usr", &values, BuildOptions::default()).unwrap_err();
    /// assert_eq!(error.closest_endpoint(), Some("user"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BuildErrorKind::NoRule`](crate::BuildErrorKind::NoRule) when no rule
    /// suits, [`BuildErrorKind::Value`](crate::BuildErrorKind::Value) when the
    /// chosen rule's converter refuses a value.
    pub fn build(
        &self,
        endpoint: &str,
        values: &Values<'_>,
        options: BuildOptions<'_>,
    ) -> Result<String, BuildError> {
        let ids = self.map.compiled().rules_of(endpoint);
        match self.build_from(ids, values, options) {
            Ok(Some(url)) => Ok(url),
            Ok(None) => Err(self.no_rule(endpoint, values, options.method)),
            Err(refusal) => Err(BuildError::value(endpoint, refusal)),
        }
    }

    pub(crate) fn build_from(
        &self,
        ids: &[RuleId],
        values: &Values<'_>,
        options: BuildOptions<'_>,
    ) -> Result<Option<String>, ValidationError> {
        let given;
        let values = match values.iter().any(|(_, value)| value.is_none()) {
            false => values,
            true => {
                let pairs = values.iter().filter(|(_, value)| !value.is_none());
                given = pairs
                    .map(|(name, value)| (name, value.borrowed()))
                    .collect();
                &given
            }
        };
        let mut found = None;
        if options.method.is_none() {
            found = self.choose(
                ids,
                values,
                Some(self.default_method),
                options.append_unknown,
            )?;
        }
        if found.is_none() {
            found = self.choose(ids, values, options.method, options.append_unknown)?;
        }
        Ok(found.map(|(rule, built)| self.url(rule, built, options)))
    }

    /// Werkzeug: `MapAdapter._partial_build`.
    fn choose(
        &self,
        ids: &[RuleId],
        values: &Values<'_>,
        method: Option<&str>,
        append_unknown: bool,
    ) -> Result<Option<(&Rule, Built)>, ValidationError> {
        let method = method.map(Method::new);
        let mut first = None;
        for id in ids {
            let rule = self.map.rule(*id);
            if method.is_some_and(|method| !rule.takes(method)) || !rule.suits(values) {
                continue;
            }
            let built = match rule.build(values, append_unknown, self.map) {
                Ok(built) => built,
                Err(error) if error.is_refusal() => return Err(error),
                Err(_) => continue,
            };
            if !self.map.options.host_matching || built.0 == self.server_name {
                return Ok(Some((rule, built)));
            }
            first.get_or_insert((rule, built));
        }
        Ok(first)
    }

    fn url(&self, rule: &Rule, (domain, path): Built, options: BuildOptions<'_>) -> String {
        let path = path.trim_start_matches('/');
        let is_here = match self.map.options.host_matching {
            true => domain == self.server_name,
            false => self.map.options.subdomain_matching && domain == self.subdomain,
        };
        if is_here && !options.force_external && !rule.websocket {
            return format!("{}/{path}", self.script_name.trim_end_matches('/'));
        }
        let scheme = options.url_scheme.unwrap_or(self.url_scheme);
        let secure = matches!(scheme, "https" | "wss");
        let scheme = match (rule.websocket, secure, scheme.is_empty()) {
            (true, true, _) => "wss:",
            (true, false, _) => "ws:",
            (false, true, _) => "https:",
            (false, false, false) => "http:",
            (false, false, true) => "",
        };
        let script = self
            .script_name
            .strip_suffix('/')
            .unwrap_or(&self.script_name);
        format!("{scheme}//{}{script}/{path}", self.host(Some(&domain)))
    }

    /// Werkzeug: `BuildError.closest_rule`.
    fn no_rule(&self, endpoint: &str, values: &Values<'_>, method: Option<&str>) -> BuildError {
        let given = values.iter().filter(|(_, value)| !value.is_none());
        let mut names: Vec<String> = given.map(|(name, _)| name.to_owned()).collect();
        names.sort_unstable();
        let score = |rule: &Rule| {
            let alike = nearest::ratio(rule.endpoint_name().unwrap_or("None"), endpoint);
            let known = |name: &String| rule.arguments().any(|(known, _)| known == name);
            let takes = method.is_some_and(|method| rule.lists_method(method));
            0.98 * alike
                + 0.01 * f64::from(u8::from(names.iter().all(known)))
                + 0.01 * f64::from(u8::from(takes))
        };
        let mut closest: Option<(f64, &Rule)> = None;
        for rule in self.map.rules() {
            let score = score(rule);
            if closest.is_none_or(|(best, _)| score > best) {
                closest = Some((score, rule));
            }
        }
        let suggestion = closest.and_then(|(_, rule)| {
            let mut missing: Vec<String> = rule
                .arguments()
                .filter(|(name, _)| values.get(name).is_none_or(Value::is_none))
                .map(|(name, _)| name.to_owned())
                .collect();
            missing.sort_unstable();
            let wrong_method =
                |methods: &&MethodSet| method.is_some_and(|method| !methods.has(method));
            Some(Suggestion {
                rule: rule.id()?,
                endpoint: rule.endpoint_name().unwrap_or_default().to_owned(),
                methods: rule
                    .methods
                    .as_ref()
                    .filter(wrong_method)
                    .map_or_else(Vec::new, MethodSet::sorted),
                missing,
            })
        });
        BuildError::no_rule(endpoint, method, names, suggestion)
    }
}

impl Rule {
    /// Whether the rule is for a method.
    pub(crate) fn takes(&self, method: Method<'_>) -> bool {
        self.methods
            .as_ref()
            .is_none_or(|methods| methods.contains(method))
    }

    /// Whether the values are enough for the rule and agree with its defaults.
    ///
    /// *Werkzeug:* `Rule.suitable_for`, which also looks at the method.
    pub(crate) fn suits(&self, values: &Values<'_>) -> bool {
        let given = |(name, default): (&str, Option<&Value<'_>>)| match (values.get(name), default)
        {
            (Some(value), Some(default)) => value == default,
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        let default_of = |name: &str| {
            self.default_values()
                .find_map(|(known, value)| (known == name).then_some(value))
        };
        self.arguments()
            .all(|(name, _)| given((name, default_of(name))))
    }

    /// Fills the rule with values.
    ///
    /// *Werkzeug:* `Rule.build`.
    pub(crate) fn build(
        &self,
        values: &Values<'_>,
        append_unknown: bool,
        map: &Map,
    ) -> Result<Built, ValidationError> {
        let Some(bound) = &self.bound else {
            return Err(ValidationError::new("the rule belongs to no map"));
        };
        let [domain, path] = &bound.pieces;
        let fill = |pieces: &[BuildPiece]| {
            let mut filled = String::with_capacity(64);
            for piece in pieces {
                match piece {
                    BuildPiece::Text(text) => filled.push_str(text),
                    BuildPiece::Variable(at) => {
                        let variable = bound.variables.get(*at);
                        let value = variable.and_then(|variable| values.get(&variable.name));
                        if let (Some(variable), Some(value)) = (variable, value) {
                            filled.push_str(&variable.converter.to_url(value)?);
                        }
                    }
                }
            }
            Ok(filled)
        };
        let (domain, mut path) = (fill(domain)?, fill(path)?);
        if append_unknown {
            let known = |name: &str| self.arguments().any(|(known, _)| known == name);
            let unknown = values.iter().filter(|(name, _)| !known(name));
            let query = match map.options.sort_parameters {
                false => quote::query(unknown)?,
                true => sorted_query(unknown)?,
            };
            if !query.is_empty() {
                path.push('?');
                path.push_str(&query);
            }
        }
        Ok((domain, path))
    }

    /// The order in which building tries the rules of an endpoint.
    ///
    /// *Werkzeug:* `Rule.build_compare_key`.
    pub(crate) fn build_order(&self) -> impl Ord + use<> {
        (
            self.alias,
            Reverse(self.arguments().len()),
            Reverse(self.defaults.len()),
        )
    }

    /// *Werkzeug:* `Rule.provides_defaults_for`; both have one endpoint.
    pub(crate) fn provides_defaults_for(&self, other: &Self) -> bool {
        let (Some(bound), Some(others)) = (&self.bound, &other.bound) else {
            return false;
        };
        let has = |name: &str| self.arguments().any(|(known, _)| known == name);
        !self.build_only
            && !self.defaults.is_empty()
            && bound.trace != others.trace
            && self.arguments().len() == other.arguments().len()
            && other.arguments().all(|(name, _)| has(name))
    }

    /// Whether two rules of one state match in the same way.
    ///
    /// *Werkzeug:* `Rule.is_duplicate`.
    pub(crate) fn is_duplicate(&self, other: &Self) -> bool {
        self.websocket == other.websocket
            && match (&self.methods, &other.methods) {
                (Some(methods), Some(others)) => methods == others || methods.overlaps(others),
                _ => true,
            }
    }
}

/// A query with its pairs in the order of names, then values.
fn sorted_query<'v>(
    pairs: impl Iterator<Item = (&'v str, &'v Value<'v>)>,
) -> Result<String, ValidationError> {
    let mut single: Vec<(&str, Cow<'_, Value<'_>>)> = Vec::new();
    for (name, value) in pairs {
        match value {
            Value::List(items) => {
                single.extend(items.iter().map(|item| (name, Cow::Borrowed(item))));
            }
            value => single.push((name, Cow::Borrowed(value))),
        }
    }
    single.sort_by(|(a, a_value), (b, b_value)| a.cmp(b).then_with(|| compare(a_value, b_value)));
    quote::query(single.iter().map(|(name, value)| (*name, value.as_ref())))
}

/// Orders numbers by amount and everything else by its text.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Int(a), Value::Float(b)) => (*a as f64).total_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.total_cmp(&(*b as f64)),
        (Value::BigInt(a), Value::BigInt(b)) => a.cmp(b),
        (a, b) => quote::text(a)
            .unwrap_or_default()
            .cmp(&quote::text(b).unwrap_or_default()),
    }
}
