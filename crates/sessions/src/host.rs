//! What a session interface needs of its host: the app's settings, the request, the response.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, StatusCode, header};

use crate::cookie::cache::SigningCache;
use crate::cookie::set_cookie::SetCookie;
use crate::error::SessionError;
use crate::session::SessionMixin;
use crate::vary;

/// The app's settings that sessions depend on.
///
/// *Flask:* `app.config` and `app.secret_key`. Every method but [`secret_key`] has Flask's
/// default.
///
/// [`secret_key`]: Self::secret_key
pub trait SessionConfig: Send + Sync {
    /// Returns the key that signs; none, or an empty one, leaves sessions unavailable.
    fn secret_key(&self) -> Option<&[u8]>;

    /// Returns older keys that still verify, oldest first.
    fn secret_key_fallbacks(&self) -> &[Vec<u8>] {
        &[]
    }

    /// Returns `SESSION_COOKIE_NAME`.
    fn session_cookie_name(&self) -> &str {
        "session"
    }

    /// Returns `SESSION_COOKIE_DOMAIN`.
    fn session_cookie_domain(&self) -> Option<&str> {
        None
    }

    /// Returns `SESSION_COOKIE_PATH`; none or an empty one falls back to `APPLICATION_ROOT`.
    fn session_cookie_path(&self) -> Option<&str> {
        None
    }

    /// Returns `APPLICATION_ROOT`.
    fn application_root(&self) -> &str {
        "/"
    }

    /// Returns `SESSION_COOKIE_HTTPONLY`.
    fn session_cookie_httponly(&self) -> bool {
        true
    }

    /// Returns `SESSION_COOKIE_SECURE`.
    fn session_cookie_secure(&self) -> bool {
        false
    }

    /// Returns `SESSION_COOKIE_SAMESITE`.
    fn session_cookie_samesite(&self) -> Option<SameSite> {
        None
    }

    /// Returns `SESSION_COOKIE_PARTITIONED`.
    fn session_cookie_partitioned(&self) -> bool {
        false
    }

    /// Returns `PERMANENT_SESSION_LIFETIME`.
    fn permanent_session_lifetime(&self) -> Duration {
        Duration::from_secs(31 * 24 * 60 * 60)
    }

    /// Returns `SESSION_REFRESH_EACH_REQUEST`.
    fn session_refresh_each_request(&self) -> bool {
        true
    }

    /// Returns `MAX_COOKIE_SIZE`; 0 turns the warning off.
    fn max_cookie_size(&self) -> usize {
        4093
    }

    /// Returns whether the app's JSON provider sorts keys.
    fn json_sort_keys(&self) -> bool {
        true
    }

    /// Returns whether the app's JSON provider escapes everything outside ASCII.
    fn json_ensure_ascii(&self) -> bool {
        true
    }

    /// Returns the time; the one seam through which sessions know it.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The request, as far as a session interface may look at it.
///
/// *Flask:* the `request` that `open_session` gets. Everything here may be asked for before the
/// URL is matched, and nothing is worked out that is not asked for.
pub trait SessionRequest: Send + Sync {
    /// Returns the first value of a cookie, after parsing of the Cookie header.
    fn cookie(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Returns the method.
    fn method(&self) -> &Method;

    /// Returns the decoded path, without the prefix that the app is mounted at.
    fn path(&self) -> Cow<'_, str>;

    /// Returns the whole URL.
    fn url(&self) -> Cow<'_, str>;

    /// Returns the host, with the port where it is not the scheme's own.
    fn host(&self) -> Cow<'_, str>;

    /// Returns whether the request came over HTTPS.
    fn is_secure(&self) -> bool;

    /// Matches the URL, once; later calls give the same answer.
    ///
    /// *Flask:* `app_ctx.match_request()`.
    ///
    /// # Errors
    ///
    /// The URL does not lead to a view; dispatch answers with the routing error later on.
    fn match_request(&self) -> Result<(), RoutingFailed>;

    /// Returns the endpoint, once the URL has been matched.
    fn endpoint(&self) -> Option<Cow<'_, str>>;

    /// Returns a variable of the URL as text, once the URL has been matched.
    fn view_arg(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Returns the names of the URL's variables, once the URL has been matched.
    fn view_arg_names(&self) -> Vec<Cow<'_, str>>;
}

/// The URL does not lead to a view; the request holds the routing error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoutingFailed;

impl fmt::Display for RoutingFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the URL does not lead to a view")
    }
}

impl std::error::Error for RoutingFailed {}

/// The values of a cookie's `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// Sent only with requests from the same site.
    Strict,
    /// Sent with top-level navigation from other sites too.
    Lax,
    /// Sent with every request.
    None,
    /// A setting that is none of these: a cookie with it cannot be written.
    ///
    /// *Werkzeug:* the `ValueError` of `dump_cookie`.
    Unknown,
}

impl SameSite {
    /// Returns the attribute's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
            Self::Unknown => "",
        }
    }

    /// Reads the attribute without regard to case, as Werkzeug does.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Strict, Self::Lax, Self::None]
            .into_iter()
            .find(|policy| policy.as_str().eq_ignore_ascii_case(text))
    }
}

/// What every method of a session interface is given: the app's settings and the request.
///
/// It can be copied, and a future that holds one can move between threads.
#[derive(Clone, Copy)]
pub struct SessionContext<'a> {
    config: &'a dyn SessionConfig,
    request: &'a dyn SessionRequest,
    cache: Option<&'a SigningCache>,
}

impl<'a> SessionContext<'a> {
    /// Makes a context of an app's settings and a request.
    pub fn new(config: &'a dyn SessionConfig, request: &'a dyn SessionRequest) -> Self {
        Self {
            config,
            request,
            cache: None,
        }
    }

    /// Lends the interface's cache to whoever makes the signer.
    pub(crate) fn with_cache(self, cache: &'a SigningCache) -> Self {
        Self {
            cache: Some(cache),
            ..self
        }
    }

    pub(crate) fn cache(&self) -> Option<&'a SigningCache> {
        self.cache
    }

    /// Returns the app's settings.
    pub fn config(&self) -> &'a dyn SessionConfig {
        self.config
    }

    /// Returns the request.
    pub fn request(&self) -> &'a dyn SessionRequest {
        self.request
    }

    /// Returns the time.
    pub fn now(&self) -> SystemTime {
        self.config.now()
    }

    /// Returns the cookie's path as Flask chooses it: the configured one, else the app's root.
    ///
    /// *Flask:* what `super().get_cookie_path(app)` gives.
    pub fn cookie_path(&self) -> &'a str {
        match self.config.session_cookie_path() {
            Some(path) if !path.is_empty() => path,
            _ => self.config.application_root(),
        }
    }

    /// Returns when a session expires as Flask chooses it: only a permanent one does.
    ///
    /// *Flask:* what `super().get_expiration_time(app, session)` gives.
    pub fn expiration_time(&self, session: &dyn SessionMixin) -> Option<SystemTime> {
        session
            .permanent()
            .then(|| self.now() + self.config.permanent_session_lifetime())
    }

    /// Returns whether the cookie is to be set as Flask chooses it: the session was modified, or
    /// it is permanent and each request renews it.
    ///
    /// *Flask:* what `super().should_set_cookie(app, session)` gives.
    pub fn should_set_cookie(&self, session: &dyn SessionMixin) -> bool {
        session.modified() || (session.permanent() && self.config.session_refresh_each_request())
    }
}

impl fmt::Debug for SessionContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionContext")
            .field("method", self.request.method())
            .field("path", &self.request.path())
            .finish_non_exhaustive()
    }
}

/// The head of the response that a session is saved into.
///
/// *Flask:* the `response` that `save_session` gets.
#[derive(Debug)]
pub struct ResponseHead<'a> {
    status: StatusCode,
    headers: &'a mut HeaderMap,
}

impl<'a> ResponseHead<'a> {
    /// Makes the head of a response from its parts.
    pub fn new(status: StatusCode, headers: &'a mut HeaderMap) -> Self {
        Self { status, headers }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// Returns the headers, to change.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers
    }

    /// Adds a `Set-Cookie` header.
    ///
    /// # Errors
    ///
    /// The cookie's name or attributes cannot stand in a header.
    pub fn set_cookie(&mut self, cookie: &SetCookie<'_>) -> Result<(), SessionError> {
        let value = cookie.to_header_value()?;
        self.headers.append(header::SET_COOKIE, value);
        Ok(())
    }

    /// Adds a `Set-Cookie` header that removes a cookie with these attributes.
    ///
    /// *Werkzeug:* `Response.delete_cookie`.
    ///
    /// # Errors
    ///
    /// The cookie's name or attributes cannot stand in a header.
    pub fn delete_cookie(&mut self, cookie: SetCookie<'_>) -> Result<(), SessionError> {
        self.set_cookie(&cookie.removal())
    }

    /// Adds `Cookie` to the `Vary` header, unless it stands there.
    ///
    /// *Werkzeug:* `response.vary.add("Cookie")`.
    pub fn add_vary_cookie(&mut self) {
        vary::add_cookie(self.headers);
    }
}
