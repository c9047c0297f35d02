//! The journey of a match: from an adapter and a path to a rule and its values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::converter::{AnyConverter, Builtin};
use crate::method::{Method, MethodSet};
use crate::outcome::Arg;
use crate::part::Spans;
use crate::{
    Map, Match, MatchError, MatchOptions, Rule, RuleId, UrlAdapter, ValidationError, Value, Values,
    parse,
};

mod direct;
mod fast;
mod segments;
mod statics;
mod trie;

pub(crate) use trie::Trie;

/// What matching and building need of a map's rules, made on first use.
#[derive(Debug)]
pub(crate) struct Compiled {
    fast: fast::Fast,
    states: segments::States,
    /// The rules of each endpoint in the order in which building tries them.
    by_endpoint: HashMap<Option<Arc<str>>, Vec<RuleId>>,
    /// For each rule the rules before it in that order that have its arguments
    /// as defaults.
    default_targets: Vec<Vec<RuleId>>,
}

/// What the search through the states found.
#[derive(Debug)]
enum Found {
    Rule(RuleId, Spans),
    /// A rule matches once a slash is added.
    SlashRequired,
    Nothing,
}

/// One request as the search sees it.
#[derive(Debug, Clone, Copy)]
struct Target<'a> {
    domain: &'a str,
    path: &'a str,
    method: Method<'a>,
    websocket: bool,
}

/// What rules that match the path alone ask for.
#[derive(Debug, Default)]
struct Missed {
    methods: MethodSet,
    websocket: bool,
}

impl Missed {
    fn into_error(self) -> MatchError {
        if !self.methods.is_empty() {
            return MatchError::MethodNotAllowed {
                allowed: self.methods.sorted(),
            };
        }
        match self.websocket {
            true => MatchError::WebsocketMismatch,
            false => MatchError::NotFound,
        }
    }
}

impl Compiled {
    pub(crate) fn new(map: &Map) -> Self {
        let mut by_endpoint: HashMap<Option<Arc<str>>, Vec<RuleId>> = HashMap::new();
        for (rule, id) in map.rules.iter().zip(0..) {
            by_endpoint
                .entry(rule.endpoint.clone())
                .or_default()
                .push(RuleId(id));
        }
        let mut default_targets = vec![Vec::new(); map.rules.len()];
        for ids in by_endpoint.values_mut() {
            ids.sort_by_key(|id| map.rule(*id).build_order());
            for (at, id) in ids.iter().enumerate() {
                let before = ids.iter().take(at).copied();
                let provides =
                    |other: &RuleId| map.rule(*other).provides_defaults_for(map.rule(*id));
                if let Some(targets) = default_targets.get_mut(id.index()) {
                    *targets = before.filter(provides).collect();
                }
            }
        }
        let states = segments::States::new(&map.trie, &map.rules);
        Self {
            fast: fast::Fast::new(&states),
            states,
            by_endpoint,
            default_targets,
        }
    }

    /// Asks the first tier, and the second one if that cannot tell.
    fn search(&self, rules: &[Rule], target: Target<'_>, missed: &mut Missed) -> Found {
        let fast = self.fast.search(&self.states, rules, target, missed);
        fast.unwrap_or_else(|| self.states.search(rules, target, missed))
    }

    pub(crate) fn rules_of(&self, endpoint: &str) -> &[RuleId] {
        let endpoint: Option<Arc<str>> = Some(endpoint.into());
        self.by_endpoint.get(&endpoint).map_or(&[], Vec::as_slice)
    }

    /// The rules with the endpoint of a rule, which may have none.
    pub(crate) fn rules_like(&self, rule: &Rule) -> &[RuleId] {
        self.by_endpoint
            .get(&rule.endpoint)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn default_targets(&self, rule: RuleId) -> &[RuleId] {
        self.default_targets
            .get(rule.index())
            .map_or(&[], Vec::as_slice)
    }
}

impl UrlAdapter<'_> {
    /// Matches a request that differs from the binding in parts.
    ///
    /// *Werkzeug:* `MapAdapter.match`.
    ///
    /// # Errors
    /// See [`MatchError`].
    pub fn match_with(&self, options: MatchOptions<'_>) -> Result<Match, MatchError> {
        let given = options.path_info.unwrap_or(self.path_info);
        let (path, shift) = normalized(given);
        let method = upper(options.method.unwrap_or(self.default_method));
        let target = Target {
            domain: self.domain(),
            path: &path,
            method: Method::new(&method),
            websocket: options.websocket.unwrap_or(self.is_websocket()),
        };
        let query = options.query_args.unwrap_or(self.query_args);
        let mut missed = Missed::default();
        let (id, spans) = match self.search(target, &mut missed) {
            Ok(found) => found,
            Err(Some(path)) => return Err(MatchError::redirect(self.path_redirect(&path, query))),
            Err(None) => return Err(missed.into_error()),
        };
        let rule = self.map.rule(id);
        let found = values(rule, target, &spans, shift).map_err(|_| missed.into_error())?;
        match self.redirect(rule, &found, given, target.method, &method, query)? {
            Some(url) => Err(MatchError::redirect(url)),
            None => Ok(found),
        }
    }

    /// The text that the first part of a rule is matched against.
    fn domain(&self) -> &str {
        let options = &self.map.options;
        match (options.host_matching, options.subdomain_matching) {
            (true, _) => &self.server_name,
            (false, true) => &self.subdomain,
            (false, false) => "",
        }
    }

    /// Finds the rule; otherwise the path to redirect to, if there is one.
    fn search(
        &self,
        target: Target<'_>,
        missed: &mut Missed,
    ) -> Result<(RuleId, Spans), Option<String>> {
        let compiled = self.map.compiled();
        match compiled.search(&self.map.rules, target, missed) {
            Found::Rule(id, spans) => return Ok((id, spans)),
            Found::SlashRequired => return Err(Some(format!("{}/", target.path))),
            Found::Nothing => {}
        }
        // Without doubled slashes the second search would end as the first did.
        if !self.map.options.merge_slashes || !target.path.contains("//") {
            return Err(None);
        }
        let merged = parse::merge(target.path);
        let target = Target {
            path: &merged,
            ..target
        };
        match compiled.search(&self.map.rules, target, missed) {
            Found::Rule(id, _) if self.map.rule(id).merge_slashes == Some(true) => {
                Err(Some(merged.into_owned()))
            }
            Found::SlashRequired => Err(Some(format!("{merged}/"))),
            Found::Rule(..) | Found::Nothing => Err(None),
        }
    }
}

/// Gives the path with one slash in front, and how many bytes lie before it in
/// the path as it was given: -1 when the slash had to be added.
fn normalized(given: &str) -> (Cow<'_, str>, isize) {
    let rest = given.trim_start_matches('/');
    let leading = given.len() - rest.len();
    match (leading, given.is_empty()) {
        (_, true) => (Cow::Borrowed(""), 0),
        (0, _) => (Cow::Owned(format!("/{rest}")), -1),
        (leading, _) => {
            let shift = leading - 1;
            let path = given.get(shift..).unwrap_or_default();
            (Cow::Borrowed(path), shift.cast_signed())
        }
    }
}

fn upper(method: &str) -> Cow<'_, str> {
    match method
        .bytes()
        .any(|byte| byte.is_ascii_lowercase() || !byte.is_ascii())
    {
        true => Cow::Owned(method.to_uppercase()),
        false => Cow::Borrowed(method),
    }
}

/// Converts the captured places to the arguments of the rule.
fn values(
    rule: &Rule,
    target: Target<'_>,
    spans: &Spans,
    shift: isize,
) -> Result<Match, ValidationError> {
    let Some(bound) = &rule.bound else {
        return Err(ValidationError::new("the rule belongs to no map"));
    };
    let mut args = SmallVec::new();
    let default = |at: usize| {
        rule.defaults
            .get(at)
            .map(|(_, value)| Arg::Shared(Arc::clone(value)))
    };
    for (at, (variable, (start, end))) in bound.variables.iter().zip(spans).enumerate() {
        let in_domain = at < bound.domain_variables;
        let text = if in_domain {
            target.domain
        } else {
            target.path
        };
        let text = text.get(*start..*end).unwrap_or_default();
        let place = match in_domain {
            true => None,
            false => start
                .checked_add_signed(shift)
                .zip(end.checked_add_signed(shift)),
        };
        let arg = convert(&variable.converter, text, place)?;
        // A default takes the place of what the URL has, as in Werkzeug; the
        // text had to be converted all the same, since that may refuse it.
        let default = bound
            .default_of
            .get(at)
            .copied()
            .flatten()
            .and_then(default);
        args.push(default.unwrap_or(arg));
    }
    for at in bound.default_of.iter().skip(bound.variables.len()) {
        args.extend(at.and_then(default));
    }
    Ok(Match {
        rule: bound.id,
        args,
    })
}

fn convert(
    converter: &AnyConverter,
    text: &str,
    place: Option<(usize, usize)>,
) -> Result<Arg, ValidationError> {
    Ok(match converter {
        AnyConverter::Builtin(builtin) => match builtin {
            Builtin::Text { .. } | Builtin::Any(_) | Builtin::Path => text_arg(text, place),
            Builtin::Int(int) => match int.to_value(text)? {
                Value::Int(number) => Arg::Int(number),
                other => Arg::Shared(Arc::new(other)),
            },
            Builtin::Float(float) => Arg::Float(float.to_value(text)?),
            Builtin::Uuid => match text.parse() {
                Ok(uuid) => Arg::Uuid(uuid),
                Err(_) => return Err(ValidationError::new("not a UUID")),
            },
        },
        AnyConverter::Custom(custom) => match custom.to_value(text)? {
            Value::Int(number) => Arg::Int(number),
            Value::Float(number) => Arg::Float(number),
            Value::Uuid(uuid) => Arg::Uuid(uuid),
            // The converter handed the text over as it came.
            Value::Str(Cow::Borrowed(same)) if std::ptr::eq(same, text) => text_arg(text, place),
            other => Arg::Shared(Arc::new(other.into_owned())),
        },
    })
}

fn text_arg(text: &str, place: Option<(usize, usize)>) -> Arg {
    let place =
        place.and_then(|(start, end)| Some((u32::try_from(start).ok()?, u32::try_from(end).ok()?)));
    match place {
        Some((start, end)) => Arg::Span { start, end },
        None => Arg::Shared(Arc::new(Value::Str(Cow::Owned(text.to_owned())))),
    }
}

impl Match {
    /// The arguments by name, as redirects and building take them.
    pub(crate) fn to_values<'a>(&'a self, rule: &'a Rule, path: &'a str) -> Values<'a> {
        rule.arguments()
            .map(|(name, _)| name)
            .zip(self.args(path))
            .collect()
    }
}

#[cfg(test)]
mod tests;
