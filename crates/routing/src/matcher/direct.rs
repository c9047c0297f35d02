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
        if self.options.host_matching {
            return;
        }
        let domain = match self.options.matches_subdomains() {
            true => subdomain,
            false => "",
        };
        let method = Method::new(method);
        if !method.is_usual() {
            return;
        }
        let target = Target {
            domain,
            path,
            method,
            websocket,
        };
        match self.compiled().fast.exact(&self.rules, target) {
            Some(only) if only.is_plain => give(Ok(Match::without_args(only.id))),
            _ => self.take_apart(target, give),
        }
    }

    /// The same where the path has to be taken apart: most often a variable is all behind its last slash.
    #[inline(never)]
    fn take_apart(&self, target: Target<'_>, give: impl FnOnce(Result<Match, MatchError>)) {
        if i32::try_from(target.path.len()).is_err() {
            return;
        }
        match self.compiled().fast.last(&self.rules, target) {
            Some(found) => give(Ok(found)),
            None => self.search_direct(target, give),
        }
    }

    /// The same where it takes a search.
    #[inline(never)]
    fn search_direct(&self, target: Target<'_>, give: impl FnOnce(Result<Match, MatchError>)) {
        let (path, shift) = normalized(target.path);
        let target = Target {
            path: &path,
            ..target
        };
        let compiled = self.compiled();
        let mut trail = Trail::default();
        let found = compiled.search_by_parts(&self.rules, target, &mut trail);
        let Found::Rule(candidate) = found else {
            return;
        };
        if candidate.is_plain {
            give(Ok(plain(candidate.id, &trail.spans, shift)));
        } else if !candidate.redirects && !candidate.is_custom {
            let found = values(candidate, &self.rules, target, &trail.spans, shift);
            give(found.map_err(|_| trail.into_error()));
        }
    }
}
