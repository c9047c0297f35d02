//! The journey of a match: from an adapter and a path to a rule and its values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::method::{Method, MethodSet};
use crate::part::Spans;
use crate::{Map, Match, MatchError, MatchOptions, QueryArgs, Rule, RuleId, UrlAdapter, parse};

mod arguments;
mod direct;
mod fast;
mod last;
mod segments;
mod statics;
mod trie;

use arguments::{plain, values};
use segments::Candidate;
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
enum Found<'c> {
    Rule(&'c Candidate),
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

/// What a search leaves behind besides its result.
#[derive(Debug, Default)]
struct Trail {
    /// The places of the captured text, in the order of the rule's variables.
    spans: Spans,
    /// The methods of rules that match but for the method.
    methods: MethodSet,
    /// Whether a rule matches but for the protocol.
    websocket: bool,
}

impl Trail {
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
        let mut default_targets: Vec<Vec<RuleId>> = vec![Vec::new(); map.rules.len()];
        for ids in by_endpoint.values_mut() {
            ids.sort_by_key(|id| map.rule(*id).build_order());
            // Few rules have defaults, and no other is worth a look.
            let mut before: Vec<RuleId> = Vec::new();
            for id in ids.iter() {
                let rule = map.rule(*id);
                let provides = |other: &RuleId| map.rule(*other).provides_defaults_for(rule);
                if let Some(targets) = default_targets.get_mut(id.index()) {
                    *targets = before.iter().copied().filter(provides).collect();
                }
                if !rule.defaults.is_empty() {
                    before.push(*id);
                }
            }
        }
        let redirects = |rule: &Rule| rule.may_redirect(&map.options, &default_targets);
        let states = segments::States::new(&map.trie, &map.rules, redirects);
        Self {
            fast: fast::Fast::new(&states),
            states,
            by_endpoint,
            default_targets,
        }
    }

    /// Searches; the path of a rule without variables takes one look.
    fn search(&self, rules: &[Rule], target: Target<'_>, trail: &mut Trail) -> Found<'_> {
        trail.spans.clear();
        match self.fast.exact(rules, target) {
            Some(only) => Found::Rule(only),
            None => self.search_by_parts(rules, target, trail),
        }
    }

    /// Asks the first tier, and the second one if that cannot tell.
    fn search_by_parts(&self, rules: &[Rule], target: Target<'_>, trail: &mut Trail) -> Found<'_> {
        match self.fast.search(&self.states, rules, target, trail) {
            Some(found) => found,
            None => self.states.search(rules, target, trail),
        }
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
        let path = options.path_info.unwrap_or(self.path_info);
        let method = options.method.unwrap_or(self.default_method);
        let websocket = options.websocket.unwrap_or(self.is_websocket());
        self.find(
            path,
            method,
            websocket,
            options.query_args.unwrap_or(self.query_args),
        )
    }

    /// The whole journey: prepare the request, search for a rule, then either
    /// hand its values out or say why not.
    pub(crate) fn find(
        &self,
        given: &str,
        method: &str,
        websocket: bool,
        query: QueryArgs<'_>,
    ) -> Result<Match, MatchError> {
        let upper;
        let mut method = Method::new(method);
        if !method.is_usual() {
            upper = method.name().to_uppercase();
            method = Method::new(&upper);
        }
        if i32::try_from(given.len()).is_err() {
            // Places in a path are kept in 31 bits; no server takes such a path.
            return Err(MatchError::NotFound);
        }
        let (path, shift) = normalized(given);
        let target = Target {
            domain: self.domain(),
            path: &path,
            method,
            websocket,
        };
        let mut trail = Trail::default();
        match self
            .map
            .compiled()
            .search(&self.map.rules, target, &mut trail)
        {
            Found::Rule(candidate) if candidate.is_plain => {
                Ok(plain(candidate.id, &trail.spans, shift))
            }
            Found::Rule(candidate) if !candidate.redirects => {
                values(candidate, &self.map.rules, target, &trail.spans, shift)
                    .map_err(|_| trail.into_error())
            }
            Found::Rule(candidate) => self.converted(candidate, target, trail, shift, given, query),
            Found::SlashRequired => Err(self.slash_redirect(&path, query)),
            Found::Nothing => Err(self.merged(target, trail, query)),
        }
    }

    /// Converts the values of a rule, and redirects if the rule or they ask for it.
    #[inline(never)] // keeps the way of a plain match short
    fn converted(
        &self,
        candidate: &Candidate,
        target: Target<'_>,
        trail: Trail,
        shift: i32,
        given: &str,
        query: QueryArgs<'_>,
    ) -> Result<Match, MatchError> {
        let rules = &self.map.rules;
        let Ok(found) = values(candidate, rules, target, &trail.spans, shift) else {
            return Err(trail.into_error());
        };
        let rule = self.map.rule(candidate.id);
        match self.redirect(rule, &found, given, target.method, query)? {
            Some(url) => Err(MatchError::redirect(url)),
            None => Ok(found),
        }
    }

    #[cold]
    fn slash_redirect(&self, path: &str, query: QueryArgs<'_>) -> MatchError {
        MatchError::redirect(self.path_redirect(&format!("{path}/"), query))
    }

    /// Searches again with doubled slashes merged, which can only redirect.
    #[cold]
    fn merged(&self, target: Target<'_>, mut trail: Trail, query: QueryArgs<'_>) -> MatchError {
        // Without doubled slashes this search would end as the first did.
        if !self.map.options.merge_slashes || !target.path.contains("//") {
            return trail.into_error();
        }
        let merged = parse::merge(target.path);
        let target = Target {
            path: &merged,
            ..target
        };
        let path = match self
            .map
            .compiled()
            .search(&self.map.rules, target, &mut trail)
        {
            Found::Rule(found) if self.map.rule(found.id).merge_slashes == Some(true) => merged,
            Found::SlashRequired => Cow::Owned(format!("{merged}/")),
            Found::Rule(..) | Found::Nothing => return trail.into_error(),
        };
        MatchError::redirect(self.path_redirect(&path, query))
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
}

/// Gives the path with one slash in front, and how far it is moved against the
/// path as it was given: by -1 when the slash had to be added.
fn normalized(given: &str) -> (Cow<'_, str>, i32) {
    let slashes = given.bytes().take_while(|byte| *byte == b'/').count();
    match slashes {
        1 => (Cow::Borrowed(given), 0),
        0 if given.is_empty() => (Cow::Borrowed(given), 0),
        0 => (Cow::Owned(format!("/{given}")), -1),
        _ => {
            let path = given.get(slashes - 1..).unwrap_or_default();
            (
                Cow::Borrowed(path),
                i32::try_from(slashes - 1).unwrap_or(i32::MAX),
            )
        }
    }
}

#[cfg(test)]
mod tests;
