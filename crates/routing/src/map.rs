//! The map: rules and converters in, bound adapters out.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::converter::{AnyConverter, Factory, builtin};
use crate::matcher::{Compiled, Trie};
use crate::{ArgumentError, Converter, ConverterArguments, Rule, RuleError};

/// Identifies a rule of a [`Map`]: its place in the order of adding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u32);

impl RuleId {
    /// Returns the place of the rule in the order of adding, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Holds the options that concern a whole [`Map`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapOptions {
    /// Redirect a URL that lacks the final slash of its rule: on by default, and
    /// the default for rules added later.
    pub strict_slashes: bool,
    /// Redirect a URL with doubled slashes to the one without: on by default,
    /// and the default for rules added later.
    pub merge_slashes: bool,
    /// Redirect to the rule that has the arguments as defaults: on by default.
    pub redirect_defaults: bool,
    /// The subdomain of rules and bindings that name none: empty by default.
    pub default_subdomain: String,
    /// Match the host of rules instead of their subdomain: off by default. Set
    /// it before adding rules.
    pub host_matching: bool,
    /// Match the subdomain of rules: on by default, without effect under
    /// `host_matching`. Set it before adding rules.
    pub subdomain_matching: bool,
    /// Sort the names in the query of built URLs: off by default.
    pub sort_parameters: bool,
}

impl Default for MapOptions {
    fn default() -> Self {
        Self {
            strict_slashes: true,
            merge_slashes: true,
            redirect_defaults: true,
            default_subdomain: String::new(),
            host_matching: false,
            subdomain_matching: true,
            sort_parameters: false,
        }
    }
}

impl MapOptions {
    /// Whether subdomains take part, which host matching turns off.
    pub(crate) fn matches_subdomains(&self) -> bool {
        self.subdomain_matching && !self.host_matching
    }
}

/// Holds the rules of a program and matches and builds URLs by them.
///
/// Rules and options may be added at any time; what matching needs is compiled
/// on the first use after a change. To match or build, [`bind`](Map::bind) the
/// map to a server name.
///
/// *Werkzeug:* `Map`.
pub struct Map {
    pub(crate) options: MapOptions,
    converters: HashMap<String, Factory>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) trie: Trie,
    compiled: OnceLock<Compiled>,
}

impl Default for Map {
    fn default() -> Self {
        Self::new(MapOptions::default())
    }
}

impl Map {
    /// Makes a map without rules, with the built-in converters.
    #[must_use]
    pub fn new(options: MapOptions) -> Self {
        Self {
            options,
            converters: builtin(),
            rules: Vec::new(),
            trie: Trie::default(),
            compiled: OnceLock::new(),
        }
    }

    /// Returns the options.
    #[must_use]
    pub fn options(&self) -> &MapOptions {
        &self.options
    }

    /// Returns the options for changing; what concerns single rules takes effect
    /// for rules added later.
    pub fn options_mut(&mut self) -> &mut MapOptions {
        self.compiled.take();
        &mut self.options
    }

    /// Registers a converter of the user's own under a name; it may replace a
    /// built-in one, and `default` is the one of `<variable>`.
    ///
    /// The factory is called for each variable of a later rule that names the
    /// converter, with the arguments that the rule gives.
    pub fn add_converter<C, F>(&mut self, name: impl Into<String>, factory: F)
    where
        C: Converter,
        F: Fn(&ConverterArguments) -> Result<C, ArgumentError> + Send + Sync + 'static,
    {
        let factory: Factory =
            Arc::new(move |arguments| Ok(AnyConverter::Custom(Arc::new(factory(arguments)?))));
        self.converters.insert(name.into(), factory);
    }

    /// Returns whether a converter is registered under a name.
    #[must_use]
    pub fn has_converter(&self, name: &str) -> bool {
        self.converters.contains_key(name)
    }

    /// Adds a rule.
    ///
    /// # Errors
    /// A rule that cannot be read, names a converter that the map lacks, gives a
    /// converter arguments it does not take, or matches in the same way as a
    /// rule before it. The map is then as it was.
    pub fn add(&mut self, rule: Rule) -> Result<RuleId, RuleError> {
        let id = RuleId(u32::try_from(self.rules.len()).unwrap_or(u32::MAX));
        let rule = rule.bound_to(self, id)?;
        if !rule.is_build_only() {
            self.trie.add(&rule, &self.rules)?;
        }
        self.rules.push(rule);
        self.compiled.take();
        Ok(id)
    }

    /// Adds several rules.
    ///
    /// # Errors
    /// That of the first rule that is refused; the rules before it stay added.
    pub fn add_all(&mut self, rules: impl IntoIterator<Item = Rule>) -> Result<(), RuleError> {
        rules
            .into_iter()
            .try_for_each(|rule| self.add(rule).map(drop))
    }

    /// Returns a rule.
    ///
    /// # Panics
    /// When the identifier comes from another map that has more rules.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.index()]
    }

    /// Goes through the rules in the order of adding.
    ///
    /// *Werkzeug:* `Map.iter_rules`.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &Rule> + DoubleEndedIterator {
        self.rules.iter()
    }

    /// Goes through the rules of an endpoint in the order in which building
    /// tries them.
    pub fn rules_of(&self, endpoint: &str) -> impl ExactSizeIterator<Item = &Rule> {
        let rules = self.compiled().rules_of(endpoint);
        rules.iter().map(|id| self.rule(*id))
    }

    /// Returns whether a rule of the endpoint has all these arguments.
    ///
    /// *Werkzeug:* `Map.is_endpoint_expecting`.
    #[must_use]
    pub fn is_endpoint_expecting(&self, endpoint: &str, arguments: &[&str]) -> bool {
        self.rules_of(endpoint).any(|rule| {
            let has = |name: &&str| rule.arguments().any(|(known, _)| known == *name);
            arguments.iter().all(has)
        })
    }

    /// Compiles what matching and building need, which the first use after a
    /// change does otherwise.
    ///
    /// *Werkzeug:* `Map.update`.
    pub fn compile(&self) {
        self.compiled();
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| Compiled::new(self))
    }

    pub(crate) fn converter(&self, name: &str) -> Option<&Factory> {
        self.converters.get(name)
    }

    pub(crate) fn converter_names(&self) -> impl Iterator<Item = &str> {
        self.converters.keys().map(String::as_str)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_struct("Map");
        map.field("options", &self.options)
            .field("rules", &self.rules);
        map.finish_non_exhaustive()
    }
}
