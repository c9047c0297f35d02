//! One rule with its view, as it is registered. Flask: `Scaffold.route`, `Flask.add_url_rule`.

use std::fmt;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;

use carafe_routing::{Rule, UrlAdapter, Value, Values};

use crate::files::MaxAgeFunction;
use crate::static_files::static_view;
use crate::view::ViewFunction;

/// A rule with its view, whose options can be chained on.
///
/// *Flask:* the options of `route`.
#[derive(Clone)]
pub struct Route {
    pub(crate) rule: Rule,
    pub(crate) text: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) view: Option<ViewFunction>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) defaults: Values<'static>,
    pub(crate) has_subdomain: bool,
    pub(crate) provide_automatic_options: Option<bool>,
    pub(crate) location: &'static Location<'static>,
}

impl Route {
    pub(crate) fn new(
        text: &str,
        view: Option<ViewFunction>,
        location: &'static Location<'static>,
    ) -> Self {
        Self {
            rule: Rule::new(text),
            text: text.to_owned(),
            endpoint: None,
            view,
            methods: None,
            defaults: Values::default(),
            has_subdomain: false,
            provide_automatic_options: None,
            location,
        }
    }

    /// The route of a static folder.
    pub(crate) fn of_static_files(
        url_path: &str,
        folder: PathBuf,
        max_age: Option<MaxAgeFunction>,
        location: &'static Location<'static>,
    ) -> Self {
        let text = format!("{url_path}/<path:filename>");
        let mut route = Self::new(&text, static_view(folder, max_age), location);
        route.endpoint("static");
        route
    }

    /// Names the endpoint; without, it is the view function's name.
    pub fn endpoint(&mut self, endpoint: impl Into<String>) -> &mut Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Names the methods; without, it is GET (and with it HEAD).
    pub fn methods<S: Into<String>>(&mut self, methods: impl IntoIterator<Item = S>) -> &mut Self {
        self.methods = Some(methods.into_iter().map(Into::into).collect());
        self
    }

    /// Gives a value that the view gets although the rule has no variable of that name.
    pub fn default(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Value<'static>>,
    ) -> &mut Self {
        self.defaults.insert(name.into(), value.into());
        self
    }

    /// Gives several such values.
    pub fn defaults<N: Into<String>, V: Into<Value<'static>>>(
        &mut self,
        defaults: impl IntoIterator<Item = (N, V)>,
    ) -> &mut Self {
        for (name, value) in defaults {
            self.default(name, value);
        }
        self
    }

    /// Sets whether OPTIONS is answered for the view; without, it is unless the view answers it itself.
    pub fn provide_automatic_options(&mut self, provide: bool) -> &mut Self {
        self.provide_automatic_options = Some(provide);
        self
    }

    /// Matches on this subdomain only; it may have variables.
    pub fn subdomain(&mut self, subdomain: impl Into<String>) -> &mut Self {
        self.has_subdomain = true;
        self.change(|rule| rule.subdomain(subdomain.into()))
    }

    /// Matches on this host only, when the map matches hosts; it may have variables.
    pub fn host(&mut self, host: impl Into<String>) -> &mut Self {
        self.change(|rule| rule.host(host.into()))
    }

    /// Sets whether a missing slash at the end is answered with a redirect.
    pub fn strict_slashes(&mut self, strict: bool) -> &mut Self {
        self.change(|rule| rule.strict_slashes(strict))
    }

    /// Sets whether several slashes in a row are answered with a redirect to one.
    pub fn merge_slashes(&mut self, merge: bool) -> &mut Self {
        self.change(|rule| rule.merge_slashes(merge))
    }

    /// Answers with a redirect, in place of the view: `<name>` stands for the value of a variable.
    pub fn redirect_to(&mut self, template: impl Into<Arc<str>>) -> &mut Self {
        self.change(|rule| rule.redirect_to(template))
    }

    /// Answers with a redirect to what a function makes of the values, in place of the view.
    pub fn redirect_with(
        &mut self,
        target: impl Fn(&UrlAdapter<'_>, &Values<'_>) -> String + Send + Sync + 'static,
    ) -> &mut Self {
        self.change(|rule| rule.redirect_with(target))
    }

    /// Declares the rule another spelling of its endpoint, which redirects to the first.
    pub fn alias(&mut self) -> &mut Self {
        self.change(|rule| rule.alias(true))
    }

    /// Uses the rule for building URLs only.
    pub fn build_only(&mut self) -> &mut Self {
        self.change(|rule| rule.build_only(true))
    }

    fn change(&mut self, change: impl FnOnce(Rule) -> Rule) -> &mut Self {
        let rule = std::mem::replace(&mut self.rule, Rule::new(""));
        self.rule = change(rule);
        self
    }

    /// The endpoint that the route has or would get.
    pub(crate) fn endpoint_name(&self) -> Option<&str> {
        self.endpoint
            .as_deref()
            .or_else(|| self.view.as_ref()?.name)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("rule", &self.text)
            .field("endpoint", &self.endpoint_name())
            .finish_non_exhaustive()
    }
}
