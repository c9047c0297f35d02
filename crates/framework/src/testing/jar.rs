//! The cookies of a test client. Flask: `werkzeug.test.Client`'s cookies.

use std::time::{Duration, SystemTime};

use cookie::Cookie;
use http::HeaderMap;
use http::header::SET_COOKIE;

/// Cookies with the hosts and paths they are for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jar(Vec<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    name: String,
    value: String,
    domain: String,
    /// Whether the cookie is for the domain itself alone.
    host_only: bool,
    path: String,
    expires: Option<SystemTime>,
}

impl Jar {
    /// Keeps what a response sets, and forgets what it deletes.
    pub(crate) fn store(&mut self, host: &str, headers: &HeaderMap) {
        let host = without_port(host);
        for header in headers.get_all(SET_COOKIE) {
            let Some(cookie) = header
                .to_str()
                .ok()
                .and_then(|text| Cookie::parse(text.to_owned()).ok())
            else {
                continue;
            };
            let domain = cookie
                .domain()
                .map(|domain| domain.trim_start_matches('.').to_owned());
            let expires = match cookie.max_age() {
                Some(age) => Some(SystemTime::now() + Duration::try_from(age).unwrap_or_default()),
                None => cookie.expires_datetime().map(SystemTime::from),
            };
            let kept = Kept {
                name: cookie.name().to_owned(),
                value: cookie.value().to_owned(),
                host_only: domain.is_none(),
                domain: domain.unwrap_or_else(|| host.to_owned()),
                path: cookie.path().unwrap_or("/").to_owned(),
                expires,
            };
            self.0.retain(|old| {
                (&old.name, &old.domain, &old.path) != (&kept.name, &kept.domain, &kept.path)
            });
            if kept
                .expires
                .is_none_or(|expires| expires > SystemTime::now())
            {
                self.0.push(kept);
            }
        }
    }

    /// The `Cookie` header for a URL.
    pub(crate) fn header(&self, host: &str, path: &str) -> Option<String> {
        let host = without_port(host);
        let now = SystemTime::now();
        let pairs: Vec<_> = self
            .0
            .iter()
            .filter(|kept| {
                kept.is_for(host, path) && kept.expires.is_none_or(|expires| expires > now)
            })
            .map(|kept| format!("{}={}", kept.name, kept.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The value of a cookie for a host and path.
    pub(crate) fn get(&self, host: &str, path: &str, name: &str) -> Option<String> {
        let host = without_port(host);
        self.0
            .iter()
            .find(|kept| kept.name == name && kept.is_for(host, path))
            .map(|kept| kept.value.clone())
    }

    /// Sets a cookie for a host, as if a response had.
    pub(crate) fn set(&mut self, host: &str, name: &str, value: &str) {
        let host = without_port(host);
        self.0.retain(|old| old.name != name || old.domain != host);
        self.0.push(Kept {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: host.to_owned(),
            host_only: true,
            path: "/".to_owned(),
            expires: None,
        });
    }

    /// Forgets a cookie of a host.
    pub(crate) fn delete(&mut self, host: &str, name: &str) {
        let host = without_port(host);
        self.0.retain(|old| old.name != name || old.domain != host);
    }
}

impl Kept {
    fn is_for(&self, host: &str, path: &str) -> bool {
        let below = |whole: &str, part: &str| {
            whole
                .strip_suffix(part)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let host_fits = if self.host_only {
            self.domain == host
        } else {
            below(host, &self.domain)
        };
        let path_fits = path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/')
        });
        host_fits && path_fits
    }
}

fn without_port(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}
