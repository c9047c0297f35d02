//! A match that needs no binding: where neither the host nor a redirect has a say.

use crate::matcher::arguments::{plain, values};
use crate::matcher::{Found, Target, Trail, normalized};
use crate::method::Method;
use crate::{Map, Match, MatchError};

impl Map {
    /// What [`LazyMatch::match_direct`](crate::LazyMatch::match_direct) finds, given to a function: a match that is
    /// made where it stays is not moved there.
    #[inline]
    pub(crate) fn match_direct(
        &self,
        subdomain: &str,
        path: &str,
        method: &str,
        websocket: bool,
        give: impl FnOnce(Result<Match, MatchError>),
    ) {
        if self.options.host_matching || i32::try_from(path.len()).is_err() {
            return;
        }
        let domain = match self.options.matches_subdomains() {
            true => subdomain,
            false => "",
        };
        let (path, shift) = normalized(path);
        let method = Method::new(method);
        if !method.is_usual() {
            return;
        }
        let target = Target {
            domain,
            path: &path,
            method,
            websocket,
        };
        let compiled = self.compiled();
        let mut trail = Trail::default();
        let Found::Rule(candidate) = compiled.search(&self.rules, target, &mut trail) else {
            return;
        };
        if candidate.is_plain {
            match trail.spans.is_empty() {
                true => give(Ok(Match::without_args(candidate.id))),
                false => give(Ok(plain(candidate.id, &trail.spans, shift))),
            }
        } else if !candidate.redirects && !candidate.is_custom {
            let found = values(candidate, &self.rules, target, &trail.spans, shift);
            give(found.map_err(|_| trail.into_error()));
        }
    }
}
