//! A match that needs no binding: where neither the host nor a redirect has a say.

use crate::matcher::{Found, Missed, Target, normalized, upper, values};
use crate::method::Method;
use crate::{Map, Match, MatchError};

impl Map {
    /// Matches a percent-decoded path without binding the map to a host.
    ///
    /// Gives the answer that an adapter would give, for less. None says nothing about the path: what may
    /// end in a redirect, and all of a map that matches hosts or subdomains, is for an adapter to answer.
    /// *Beyond Werkzeug.*
    ///
    /// ```
    /// use carafe_routing::{Map, Rule};
    ///
    /// let mut map = Map::default();
    /// map.add(Rule::new("/user/<int:id>").endpoint("user"))?;
    /// map.add(Rule::new("/branch/").endpoint("branch"))?;
    /// assert!(map.match_direct("/user/7", "GET", false).is_some());
    /// assert!(map.match_direct("/branch", "GET", false).is_none());
    /// # Ok::<(), carafe_routing::RuleError>(())
    /// ```
    ///
    /// # Errors
    /// See [`MatchError`].
    pub fn match_direct(
        &self,
        path: &str,
        method: &str,
        websocket: bool,
    ) -> Option<Result<Match, MatchError>> {
        if self.options.host_matching || self.options.matches_subdomains() {
            return None;
        }
        let (path, shift) = normalized(path);
        let method = upper(method);
        let target = Target {
            domain: "",
            path: &path,
            method: Method::new(&method),
            websocket,
        };
        let compiled = self.compiled();
        let mut missed = Missed::default();
        let Found::Rule(id, spans) = compiled.search(&self.rules, target, &mut missed) else {
            return None;
        };
        let rule = self.rule(id);
        let may_redirect =
            rule.alias || rule.redirect_to.is_some() || !compiled.default_targets(id).is_empty();
        if may_redirect {
            return None;
        }
        Some(values(rule, target, &spans, shift).map_err(|_| missed.into_error()))
    }
}
