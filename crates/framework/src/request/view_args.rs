//! The endpoint and the URL's variables. Flask: `request.endpoint`, `request.view_args`, `request.blueprints`.

use carafe_routing::{MatchError, Rule, Value, Values};

use crate::app::{RequestHooks, RuleEntry};
use crate::error::HttpError;
use crate::request::{Request, RoutingError};

impl Request {
    /// The rule that matched; none before matching, and when none did.
    ///
    /// *Flask:* `request.url_rule`.
    pub fn url_rule(&self) -> Option<&Rule> {
        self.matched().map(|found| found.rule(self.app().url_map()))
    }

    /// Why no rule matched; none before matching, and when one did.
    ///
    /// A redirect to another URL is such a reason too. It is what the request is answered with, unless a `before_request` function answers.
    ///
    /// *Flask:* `request.routing_exception`.
    pub fn routing_exception(&self) -> Option<HttpError> {
        match self.routing_error()? {
            RoutingError::NoMatch(MatchError::RequestRedirect { url, code }) => Some(
                HttpError::custom(*code, format!("the resource is at {url}")),
            ),
            error => Some(error.to_http_error()),
        }
    }

    /// The endpoint that matched.
    pub fn endpoint(&self) -> Option<&str> {
        self.url_rule()?.endpoint_name()
    }

    /// The variables of the URL by name; empty before matching.
    pub fn view_args(&self) -> Values<'static> {
        self.view_args_borrowed()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone().into_owned()))
            .collect()
    }

    pub(crate) fn view_args_borrowed(&self) -> Values<'_> {
        if let Some(changed) = self.inner().changed_view_args() {
            return changed
                .iter()
                .map(|(name, value)| (name, value.borrowed()))
                .collect();
        }
        match self.matched() {
            Some(found) => found
                .named_args(self.app().url_map(), self.inner().path())
                .collect(),
            None => Values::default(),
        }
    }

    /// The variable at a place; none when there are not as many.
    pub(crate) fn view_arg(&self, place: usize) -> Option<Value<'_>> {
        match self.inner().changed_view_args() {
            Some(changed) => changed.iter().nth(place).map(|(_, value)| value.borrowed()),
            None => self.matched()?.arg(place, self.inner().path()),
        }
    }

    /// Keeps the variables as the preprocessors left them.
    pub(crate) fn set_view_args(&self, values: Values<'static>) {
        // They run once a request, so there is nothing to replace.
        let _ = self.inner().read().view_args.set(values);
    }

    /// The name of the blueprint that the endpoint belongs to, with those it is nested in.
    pub fn blueprint(&self) -> Option<&str> {
        self.endpoint()?
            .rsplit_once('.')
            .map(|(blueprint, _)| blueprint)
    }

    /// The names of the blueprint and of those it is nested in, innermost first.
    pub fn blueprints(&self) -> Vec<&str> {
        std::iter::successors(self.blueprint(), |name| {
            name.rsplit_once('.').map(|(outer, _)| outer)
        })
        .collect()
    }

    /// What runs around the request.
    pub(crate) fn hooks(&self) -> &RequestHooks {
        self.app().hooks(self.rule_entry())
    }

    /// What the app keeps for the rule that matched.
    pub(crate) fn rule_entry(&self) -> Option<&RuleEntry> {
        self.app().rule_entry(self.matched()?.rule_id())
    }
}
