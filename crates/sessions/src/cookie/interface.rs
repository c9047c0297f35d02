//! The signed-cookie family of session interfaces. Flask: `SecureCookieSessionInterface`.

use std::borrow::Cow;
use std::time::SystemTime;

use crate::cookie::behavior;
use crate::error::SessionError;
use crate::host::{ResponseHead, SameSite, SessionContext};
use crate::interface::SessionInterface;
use crate::json::{SessionSerializer, TaggedJson};
use crate::null::NullSession;
use crate::session::{BoxSession, SessionMixin, SessionState};
use crate::signing::{Digest, KeyDerivation};
use crate::value::Dict;

/// A session that lives in a signed cookie.
///
/// *Flask:* `SecureCookieSession`.
#[derive(Debug, Default)]
pub struct SecureCookieSession(SessionState);

impl SecureCookieSession {
    /// Makes an empty session; allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a session of what a cookie held.
    pub fn with_values(values: Dict) -> Self {
        Self(SessionState::with_values(values))
    }
}

impl SessionMixin for SecureCookieSession {
    fn state(&self) -> &SessionState {
        &self.0
    }

    fn state_mut(&mut self) -> &mut SessionState {
        &mut self.0
    }
}

/// Keeps sessions in a signed cookie, with every step open to change.
///
/// *Flask:* `SecureCookieSessionInterface`. Every method has Flask's answer. What overrides one
/// is seen by the rest: a cookie name of your own is the one that `open_session` reads and
/// `save_session` writes. To add to what Flask does, call the functions of
/// [`cookie::behavior`](crate::cookie::behavior), as `super()` is called in Python.
///
/// ```
/// use carafe_sessions::cookie::behavior;
/// use carafe_sessions::{
///     BoxSession, SecureCookieSessionInterface, SessionContext, SessionError,
/// };
///
/// /// Views of the endpoint `skip` get no session.
/// struct ByEndpoint;
///
/// impl SecureCookieSessionInterface for ByEndpoint {
///     fn open_session(
///         &self,
///         cx: &SessionContext<'_>,
///     ) -> Result<Option<BoxSession>, SessionError> {
///         // A routing error is not the session's business; dispatch answers with it.
///         let _ = cx.request().match_request();
///         match cx.request().endpoint().as_deref() {
///             Some("skip") => Ok(None),
///             _ => behavior::open_session(self, cx),
///         }
///     }
/// }
/// # let _ = carafe_sessions::AnySessionInterface::from(ByEndpoint);
/// ```
pub trait SecureCookieSessionInterface: Send + Sync + 'static {
    /// Returns the salt that sets this use of the secret key apart.
    fn salt(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(b"cookie-session")
    }

    /// Returns the hash function of the signature. *Flask:* `digest_method`.
    fn digest(&self) -> Digest {
        Digest::Sha1
    }

    /// Returns how the signing key comes of the secret key and the salt.
    fn key_derivation(&self) -> KeyDerivation {
        KeyDerivation::Hmac
    }

    /// Returns what turns the session's values into text.
    fn serializer(&self) -> &dyn SessionSerializer {
        TaggedJson::shared()
    }

    /// Makes the session of what the cookie held. *Flask:* `session_class`.
    fn make_session(&self, values: Dict) -> BoxSession {
        SecureCookieSession::with_values(values).into()
    }

    /// Makes the session of a request that can have none.
    fn make_null_session(&self, _cx: &SessionContext<'_>) -> BoxSession {
        NullSession::new().into()
    }

    /// Returns whether a session is a null session, which is not saved.
    fn is_null_session(&self, session: &dyn SessionMixin) -> bool {
        session.is_null()
    }

    /// Returns the cookie's name. *Flask:* `get_cookie_name`.
    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        cx.config().session_cookie_name().into()
    }

    /// Returns the cookie's `Domain`. *Flask:* `get_cookie_domain`.
    fn cookie_domain<'a>(&'a self, cx: &SessionContext<'a>) -> Option<Cow<'a, str>> {
        cx.config().session_cookie_domain().map(Into::into)
    }

    /// Returns the cookie's `Path`. *Flask:* `get_cookie_path`.
    fn cookie_path<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        cx.cookie_path().into()
    }

    /// Returns whether the cookie is `HttpOnly`. *Flask:* `get_cookie_httponly`.
    fn cookie_httponly(&self, cx: &SessionContext<'_>) -> bool {
        cx.config().session_cookie_httponly()
    }

    /// Returns whether the cookie is `Secure`. *Flask:* `get_cookie_secure`.
    fn cookie_secure(&self, cx: &SessionContext<'_>) -> bool {
        cx.config().session_cookie_secure()
    }

    /// Returns the cookie's `SameSite`. *Flask:* `get_cookie_samesite`.
    fn cookie_samesite(&self, cx: &SessionContext<'_>) -> Option<SameSite> {
        cx.config().session_cookie_samesite()
    }

    /// Returns whether the cookie is `Partitioned`. *Flask:* `get_cookie_partitioned`.
    fn cookie_partitioned(&self, cx: &SessionContext<'_>) -> bool {
        cx.config().session_cookie_partitioned()
    }

    /// Returns when the session expires, if it does. *Flask:* `get_expiration_time`.
    fn expiration_time(
        &self,
        cx: &SessionContext<'_>,
        session: &dyn SessionMixin,
    ) -> Option<SystemTime> {
        cx.expiration_time(session)
    }

    /// Returns whether the response sets the cookie. *Flask:* `should_set_cookie`.
    fn should_set_cookie(&self, cx: &SessionContext<'_>, session: &dyn SessionMixin) -> bool {
        cx.should_set_cookie(session)
    }

    /// Opens the session of a request.
    ///
    /// # Errors
    ///
    /// The cookie is rightly signed and yet unreadable: something else signs with this key.
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        behavior::open_session(self, cx)
    }

    /// Saves the session into the response.
    ///
    /// # Errors
    ///
    /// The session or the cookie's attributes cannot be written.
    fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        behavior::save_session(self, cx, session, response)
    }
}

/// Flask's own session interface: the signed cookie with nothing changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecureCookie;

impl SecureCookieSessionInterface for SecureCookie {}

impl<T: SecureCookieSessionInterface> SessionInterface for T {
    async fn open_session(
        &self,
        cx: &SessionContext<'_>,
    ) -> Result<Option<BoxSession>, SessionError> {
        SecureCookieSessionInterface::open_session(self, cx)
    }

    async fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        SecureCookieSessionInterface::save_session(self, cx, session, response)
    }

    fn make_null_session(&self, cx: &SessionContext<'_>) -> BoxSession {
        SecureCookieSessionInterface::make_null_session(self, cx)
    }

    fn is_null_session(&self, session: &dyn SessionMixin) -> bool {
        SecureCookieSessionInterface::is_null_session(self, session)
    }

    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        SecureCookieSessionInterface::cookie_name(self, cx)
    }

    fn cookie_domain<'a>(&'a self, cx: &SessionContext<'a>) -> Option<Cow<'a, str>> {
        SecureCookieSessionInterface::cookie_domain(self, cx)
    }

    fn cookie_path<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        SecureCookieSessionInterface::cookie_path(self, cx)
    }

    fn cookie_httponly(&self, cx: &SessionContext<'_>) -> bool {
        SecureCookieSessionInterface::cookie_httponly(self, cx)
    }

    fn cookie_secure(&self, cx: &SessionContext<'_>) -> bool {
        SecureCookieSessionInterface::cookie_secure(self, cx)
    }

    fn cookie_samesite(&self, cx: &SessionContext<'_>) -> Option<SameSite> {
        SecureCookieSessionInterface::cookie_samesite(self, cx)
    }

    fn cookie_partitioned(&self, cx: &SessionContext<'_>) -> bool {
        SecureCookieSessionInterface::cookie_partitioned(self, cx)
    }

    fn expiration_time(
        &self,
        cx: &SessionContext<'_>,
        session: &dyn SessionMixin,
    ) -> Option<SystemTime> {
        SecureCookieSessionInterface::expiration_time(self, cx, session)
    }

    fn should_set_cookie(&self, cx: &SessionContext<'_>, session: &dyn SessionMixin) -> bool {
        SecureCookieSessionInterface::should_set_cookie(self, cx, session)
    }

    fn open_now(
        &self,
        cx: &SessionContext<'_>,
    ) -> Option<Result<Option<BoxSession>, SessionError>> {
        Some(SecureCookieSessionInterface::open_session(self, cx))
    }

    fn save_now(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Option<Result<(), SessionError>> {
        Some(SecureCookieSessionInterface::save_session(
            self, cx, session, response,
        ))
    }
}
