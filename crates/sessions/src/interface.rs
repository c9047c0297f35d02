//! What opens and saves sessions, and the erased form that an app holds.

use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use crate::cookie::cache::SigningCache;
use crate::cookie::interface::SecureCookie;
use crate::error::SessionError;
use crate::host::{ResponseHead, SameSite, SessionContext};
use crate::null::NullSession;
use crate::session::{BoxSession, SessionMixin};

/// Opens a session at the start of a request and saves it at the end.
///
/// *Flask:* `SessionInterface`. Methods may be written as `async fn`. Implement this one for
/// sessions of your own kind; to vary the signed cookie, implement
/// [`SecureCookieSessionInterface`](crate::SecureCookieSessionInterface) instead, which is one of
/// these.
///
/// ```
/// use carafe_sessions::{
///     AnySessionInterface, BoxSession, ResponseHead, SessionContext, SessionError,
///     SessionInterface, SessionMixin,
/// };
///
/// /// Requests have no session at all.
/// struct NoSession;
///
/// impl SessionInterface for NoSession {
///     async fn open_session(
///         &self,
///         _cx: &SessionContext<'_>,
///     ) -> Result<Option<BoxSession>, SessionError> {
///         Ok(None)
///     }
///
///     async fn save_session(
///         &self,
///         _cx: &SessionContext<'_>,
///         _session: &mut dyn SessionMixin,
///         _response: &mut ResponseHead<'_>,
///     ) -> Result<(), SessionError> {
///         Ok(())
///     }
/// }
///
/// let interface = AnySessionInterface::from(NoSession);
/// # let _ = interface;
/// ```
pub trait SessionInterface: Send + Sync + 'static {
    /// Opens the session of a request, before the URL is matched.
    ///
    /// `None` says that there can be no session; the request then gets the one that
    /// [`make_null_session`](Self::make_null_session) makes.
    ///
    /// # Errors
    ///
    /// The request is answered with the error's status, 503 for a store that is down.
    fn open_session(
        &self,
        cx: &SessionContext<'_>,
    ) -> impl Future<Output = Result<Option<BoxSession>, SessionError>> + Send;

    /// Saves the session into the response; not called for a null session.
    ///
    /// # Errors
    ///
    /// The response becomes a 500; nothing is dropped silently.
    fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> impl Future<Output = Result<(), SessionError>> + Send;

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

    /// Opens the session without waiting, for an interface that never waits.
    #[doc(hidden)]
    fn open_now(
        &self,
        _cx: &SessionContext<'_>,
    ) -> Option<Result<Option<BoxSession>, SessionError>> {
        None
    }

    /// Saves the session without waiting, for an interface that never waits.
    #[doc(hidden)]
    fn save_now(
        &self,
        _cx: &SessionContext<'_>,
        _session: &mut dyn SessionMixin,
        _response: &mut ResponseHead<'_>,
    ) -> Option<Result<(), SessionError>> {
        None
    }
}

/// An answer that is there, or a future that brings it.
///
/// It is a future itself, so `interface.open(&cx).await` reads the same either way.
pub enum MaybeReady<'a, T> {
    /// The answer; no future was boxed.
    Ready(Option<T>),
    /// The answer will come.
    Waiting(Later<'a, T>),
}

/// A future that brings an answer.
type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<T: Unpin> Future for MaybeReady<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<T> {
        match self.get_mut() {
            Self::Ready(answer) => match answer.take() {
                Some(answer) => std::task::Poll::Ready(answer),
                None => std::task::Poll::Pending,
            },
            Self::Waiting(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for MaybeReady<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Waiting(_) => "Waiting",
        })
    }
}

/// Any session interface, as an app holds it.
///
/// *Flask:* what `app.session_interface` is assigned: `app.session_interface = PathAware.into()`.
pub struct AnySessionInterface {
    interface: Box<dyn Erased>,
    cache: SigningCache,
    is_unchanged: bool,
}

impl AnySessionInterface {
    /// Returns whether this is [`SecureCookie`], Flask's own interface with nothing changed.
    ///
    /// With a secret key, a request without cookies then has an empty session that nobody need open.
    pub fn is_unchanged(&self) -> bool {
        self.is_unchanged
    }

    /// Opens the session of a request without waiting; none when [`open`](Self::open) has to be waited for.
    pub fn open_now(
        &self,
        cx: &SessionContext<'_>,
    ) -> Option<Result<Option<BoxSession>, SessionError>> {
        self.interface.open_now(&cx.with_cache(&self.cache))
    }

    /// Saves a session into a response without waiting; none when [`save`](Self::save) has to be waited for.
    pub fn save_now(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Option<Result<(), SessionError>> {
        let cx = cx.with_cache(&self.cache);
        self.interface.save_now(&cx, session, response)
    }

    /// Opens the session of a request.
    pub fn open<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
    ) -> MaybeReady<'a, Result<Option<BoxSession>, SessionError>> {
        match self.open_now(cx) {
            Some(answer) => MaybeReady::Ready(Some(answer)),
            None => MaybeReady::Waiting(self.interface.open_later(cx)),
        }
    }

    /// Saves a session into a response.
    pub fn save<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
        session: &'a mut dyn SessionMixin,
        response: &'a mut ResponseHead<'_>,
    ) -> MaybeReady<'a, Result<(), SessionError>> {
        match self.save_now(cx, session, response) {
            Some(answer) => MaybeReady::Ready(Some(answer)),
            None => MaybeReady::Waiting(self.interface.save_later(cx, session, response)),
        }
    }

    /// Makes the session of a request that can have none.
    pub fn make_null_session(&self, cx: &SessionContext<'_>) -> BoxSession {
        self.interface.make_null_session(cx)
    }

    /// Returns whether a session is a null session, which is not saved.
    pub fn is_null_session(&self, session: &dyn SessionMixin) -> bool {
        self.interface.is_null_session(session)
    }

    /// Returns the cookie's name.
    pub fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        self.interface.cookie_name(cx)
    }

    /// Returns the name of the interface's type, for logs.
    pub fn type_name(&self) -> &'static str {
        self.interface.type_name()
    }
}

impl<T: SessionInterface> From<T> for AnySessionInterface {
    fn from(interface: T) -> Self {
        Self {
            interface: Box::new(interface),
            cache: SigningCache::default(),
            is_unchanged: TypeId::of::<T>() == TypeId::of::<SecureCookie>(),
        }
    }
}

impl fmt::Debug for AnySessionInterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnySessionInterface({})", self.interface.type_name())
    }
}

/// The object-safe form: an answer at once if there is one, else a boxed future.
trait Erased: Send + Sync {
    fn open_now(&self, cx: &SessionContext<'_>)
    -> Option<Result<Option<BoxSession>, SessionError>>;

    fn open_later<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
    ) -> Later<'a, Result<Option<BoxSession>, SessionError>>;

    fn save_now(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Option<Result<(), SessionError>>;

    fn save_later<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
        session: &'a mut dyn SessionMixin,
        response: &'a mut ResponseHead<'_>,
    ) -> Later<'a, Result<(), SessionError>>;

    fn make_null_session(&self, cx: &SessionContext<'_>) -> BoxSession;

    fn is_null_session(&self, session: &dyn SessionMixin) -> bool;

    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str>;

    fn type_name(&self) -> &'static str;
}

impl<T: SessionInterface> Erased for T {
    fn open_now(
        &self,
        cx: &SessionContext<'_>,
    ) -> Option<Result<Option<BoxSession>, SessionError>> {
        SessionInterface::open_now(self, cx)
    }

    fn open_later<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
    ) -> Later<'a, Result<Option<BoxSession>, SessionError>> {
        Box::pin(self.open_session(cx))
    }

    fn save_now(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Option<Result<(), SessionError>> {
        SessionInterface::save_now(self, cx, session, response)
    }

    fn save_later<'a>(
        &'a self,
        cx: &'a SessionContext<'a>,
        session: &'a mut dyn SessionMixin,
        response: &'a mut ResponseHead<'_>,
    ) -> Later<'a, Result<(), SessionError>> {
        Box::pin(self.save_session(cx, session, response))
    }

    fn make_null_session(&self, cx: &SessionContext<'_>) -> BoxSession {
        SessionInterface::make_null_session(self, cx)
    }

    fn is_null_session(&self, session: &dyn SessionMixin) -> bool {
        SessionInterface::is_null_session(self, session)
    }

    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        SessionInterface::cookie_name(self, cx)
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<T>()
    }
}
