//! The redirects that a match can end in, and how their URLs are written.

use std::borrow::Cow;

use crate::bound::Bound;
use crate::method::Method;
use crate::rule::RedirectTo;
use crate::{
    BuildOptions, Match, MatchError, QueryArgs, Rule, RuleId, UrlAdapter, Value, Values, join,
    parse, quote,
};

impl UrlAdapter<'_> {
    /// The URL of a path with its slashes put right.
    pub(crate) fn path_redirect(&self, path: &str, query: QueryArgs<'_>) -> String {
        self.redirect_url(&quote::path(path), query, None)
    }

    /// Gives the URL that a matched rule redirects to, if it does.
    ///
    /// The order is Werkzeug's: an alias, then defaults, then `redirect_to`.
    pub(crate) fn redirect(
        &self,
        rule: &Rule,
        found: &Match,
        path: &str,
        method: Method<'_>,
        query: QueryArgs<'_>,
    ) -> Result<Option<String>, MatchError> {
        let redirects = self.map.options.redirect_defaults;
        let targets = match redirects {
            true => self.map.compiled().default_targets(found.rule),
            false => &[],
        };
        if !(redirects && rule.alias) && targets.is_empty() && rule.redirect_to.is_none() {
            return Ok(None);
        }
        let mut values = found.to_values(rule, path);
        if redirects && rule.alias {
            return self
                .alias_redirect(rule, &values, method.name(), query)
                .map(Some);
        }
        if let Some(url) = self.default_redirect(targets, &mut values, method, query) {
            return Ok(Some(url));
        }
        Ok(rule
            .redirect_to
            .as_ref()
            .and_then(|target| self.redirect_to(rule, target, &values)))
    }

    /// Werkzeug: `MapAdapter.make_alias_redirect_url`.
    fn alias_redirect(
        &self,
        rule: &Rule,
        values: &Values<'_>,
        method: &str,
        query: QueryArgs<'_>,
    ) -> Result<String, MatchError> {
        let options = BuildOptions {
            method: Some(method),
            force_external: true,
            append_unknown: false,
            url_scheme: None,
        };
        let ids = self.map.compiled().rules_like(rule);
        // A map whose alias leads nowhere has no such page.
        let built = self
            .build_from(ids, values, options)
            .map_err(|_| MatchError::NotFound)?;
        let mut url = built.ok_or(MatchError::NotFound)?;
        if query.is_given() {
            url.push('?');
            url.push_str(&query.encoded());
        }
        Ok(url)
    }

    /// Werkzeug: `MapAdapter.get_default_redirect`.
    fn default_redirect<'v>(
        &self,
        targets: &[RuleId],
        values: &mut Values<'v>,
        method: Method<'_>,
        query: QueryArgs<'_>,
    ) -> Option<String> {
        let target = targets
            .iter()
            .map(|id| self.map.rule(*id))
            .find(|target| target.takes(method) && target.suits(values))?;
        for (name, value) in target.default_values() {
            values.insert(name.to_owned(), value.clone());
        }
        let (domain, path) = target.build(values, true, self.map).ok()?;
        Some(self.redirect_url(&path, query, Some(&domain)))
    }

    fn redirect_to(&self, rule: &Rule, target: &RedirectTo, values: &Values<'_>) -> Option<String> {
        let target = match target {
            RedirectTo::Function(target) => target(self, values),
            RedirectTo::Template(template) => fill(template, rule.bound.as_deref()?, values)?,
        };
        let host = match &*self.subdomain {
            "" => Cow::Borrowed(&*self.server_name),
            subdomain => Cow::Owned(format!("{subdomain}.{}", self.server_name)),
        };
        Some(join::join(self.scheme(), &host, &self.script_name, &target))
    }

    /// Werkzeug: `MapAdapter.make_redirect_url`.
    fn redirect_url(&self, path: &str, query: QueryArgs<'_>, domain: Option<&str>) -> String {
        let script = self.script_name.trim_matches('/');
        let path = format!("{script}/{}", path.trim_start_matches('/'));
        let query = query.encoded();
        join::unsplit(self.scheme(), &self.host(domain), &path, Some(&query), None)
    }

    fn scheme(&self) -> &str {
        match self.url_scheme {
            "" => "http",
            scheme => scheme,
        }
    }

    /// The whole host for the domain of a rule: its subdomain, or its host.
    ///
    /// *Werkzeug:* `MapAdapter.get_host`.
    pub(crate) fn host<'h>(&'h self, domain: Option<&'h str>) -> Cow<'h, str> {
        if self.map.options.host_matching {
            return Cow::Borrowed(domain.unwrap_or(&self.server_name));
        }
        match domain.unwrap_or(&self.subdomain) {
            "" => Cow::Borrowed(&self.server_name),
            subdomain => Cow::Owned(format!("{subdomain}.{}", self.server_name)),
        }
    }
}

/// Puts the values into a redirect template.
fn fill(template: &str, bound: &Bound, values: &Values<'_>) -> Option<String> {
    let mut filled = String::with_capacity(template.len());
    let mut at = 0;
    while let Some((start, end)) = parse::placeholder(template, at) {
        filled.push_str(template.get(at..start)?);
        let name = template.get(start + 1..end - 1)?;
        let variable = bound
            .variables
            .iter()
            .find(|variable| *variable.name == *name)?;
        let value = values.get(name).unwrap_or(&Value::None);
        filled.push_str(&variable.converter.to_url(value).ok()?);
        at = end;
    }
    filled.push_str(template.get(at..)?);
    Some(filled)
}
