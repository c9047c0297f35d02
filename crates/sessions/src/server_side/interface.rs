//! The session interface over a store.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::cookie::set_cookie::SetCookie;
use crate::error::{SessionError, SessionErrorKind};
use crate::host::{ResponseHead, SessionContext};
use crate::interface::SessionInterface;
use crate::null::NullSession;
use crate::server_side::session::{ServerSideSession, Stored};
use crate::server_side::store::{Applied, SessionId, SessionStore, Terms};
use crate::session::{BoxSession, SessionMixin};
use crate::signing::{KeyDerivation, Signer, SignerBuilder};

/// How often a save starts anew because other requests wrote meanwhile.
const MAX_TRIES: usize = 10_000;

/// Keeps sessions in a store, and an id in the cookie.
///
/// Beyond Flask. The cookie's name and attributes are those of the signed cookie. To vary one,
/// write an interface that holds this one and calls [`open_for`](Self::open_for) and
/// [`save_for`](Self::save_for) with itself.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use carafe_sessions::AnySessionInterface;
/// use carafe_sessions::server_side::{MemoryStore, ServerSideSessionInterface};
///
/// let store = Arc::new(MemoryStore::new(100_000));
/// let session_interface: AnySessionInterface = ServerSideSessionInterface::new(store.clone())
///     .idle_timeout(Duration::from_secs(30 * 60))
///     .absolute_timeout(Duration::from_secs(12 * 60 * 60))
///     .into();
/// # let _ = session_interface;
/// ```
#[must_use]
pub struct ServerSideSessionInterface<S> {
    store: S,
    signed: bool,
    goes_on: bool,
    idle: Option<Duration>,
    absolute: Option<Duration>,
    request_limit: Duration,
    touch_every: Duration,
}

impl<S: SessionStore> ServerSideSessionInterface<S> {
    /// Makes an interface over a store; a store behind an `Arc` can be used elsewhere too.
    pub fn new(store: S) -> Self {
        Self {
            store,
            signed: false,
            goes_on: false,
            idle: None,
            absolute: None,
            request_limit: Duration::from_secs(60 * 60),
            touch_every: Duration::from_secs(60),
        }
    }

    /// Signs the id in the cookie with the secret key; an id is hard enough to guess without.
    pub fn signed(mut self, signed: bool) -> Self {
        self.signed = signed;
        self
    }

    /// Goes on without a session when the store fails, instead of answering 503.
    pub fn go_on_without_store(mut self, goes_on: bool) -> Self {
        self.goes_on = goes_on;
        self
    }

    /// Ends sessions that nobody used for so long; `PERMANENT_SESSION_LIFETIME` by default.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle = Some(timeout);
        self
    }

    /// Ends sessions so long after they began, used or not; never by default.
    pub fn absolute_timeout(mut self, timeout: Duration) -> Self {
        self.absolute = Some(timeout);
        self
    }

    /// Sets for how long a deleted id is remembered: as long as a request may run, an hour.
    pub fn request_limit(mut self, limit: Duration) -> Self {
        self.request_limit = limit;
        self
    }

    /// Sets how far the end of a session that is only read may lag behind, a minute.
    pub fn touch_every(mut self, interval: Duration) -> Self {
        self.touch_every = interval;
        self
    }

    /// Returns the store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Ends every session of a subject, and returns how many there were.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub async fn end_sessions_of(&self, subject: &str) -> Result<u64, SessionError> {
        let terms = self.terms(SystemTime::now(), Duration::ZERO, None);
        self.store.delete_for_subject(subject, terms).await
    }

    /// Opens a session for an interface that holds this one and varies the cookie.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub async fn open_for<I: SessionInterface>(
        &self,
        interface: &I,
        cx: &SessionContext<'_>,
    ) -> Result<Option<BoxSession>, SessionError> {
        let signer = match (self.signed, self.signer(cx)) {
            (true, None) => return Ok(None),
            (_, signer) => signer,
        };
        let id = self.id_of(&interface.cookie_name(cx), cx, signer.as_ref());
        let Some(id) = id else {
            return Ok(Some(ServerSideSession::fresh().into()));
        };
        let record = match self.store.load(&id, cx.now()).await {
            Ok(record) => record,
            Err(error) if self.goes_on => {
                tracing::error!(
                    target: "carafe::session",
                    %error,
                    "the session store failed; the request goes on without a session"
                );
                return Ok(Some(NullSession::of_failed_store().into()));
            }
            Err(error) => return Err(error),
        };
        let too_old = |created: SystemTime| {
            let end = self.absolute.and_then(|limit| created.checked_add(limit));
            end.is_some_and(|end| end <= cx.now())
        };
        Ok(Some(
            match record {
                Some(record) if !too_old(record.created_at) => ServerSideSession::of(id, record),
                _ => ServerSideSession::fresh(),
            }
            .into(),
        ))
    }

    /// Saves a session for an interface that holds this one and varies the cookie.
    ///
    /// # Errors
    ///
    /// The store fails, or the session is none that this interface opened.
    pub async fn save_for<I: SessionInterface>(
        &self,
        interface: &I,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        if session.accessed() {
            response.add_vary_cookie();
        }
        let sets_cookie = interface.should_set_cookie(cx, session);
        let expires = interface.expiration_time(cx, session);
        let Some(session) = session.downcast_mut::<ServerSideSession>() else {
            return Err(SessionError::new(
                SessionErrorKind::Save,
                "the session was opened by another interface",
            ));
        };
        let saved = self.write(cx, session).await.map_err(|cause| {
            SessionError::new(SessionErrorKind::Save, "the session could not be saved")
                .with_source(cause)
        })?;
        let value = match saved {
            Saved::Kept(id) if session.id_is_new || sets_cookie => self.cookie_value(cx, &id),
            Saved::Ended if session.modified() => None,
            _ => return Ok(()),
        };
        response.add_vary_cookie();
        let cookie = SetCookie::new(interface.cookie_name(cx), value.clone().unwrap_or_default())
            .domain(interface.cookie_domain(cx))
            .path(Some(interface.cookie_path(cx)))
            .secure(interface.cookie_secure(cx))
            .httponly(interface.cookie_httponly(cx))
            .samesite(interface.cookie_samesite(cx))
            .partitioned(interface.cookie_partitioned(cx));
        match value {
            Some(_) => response.set_cookie(&cookie.expires(expires)),
            None => response.delete_cookie(cookie),
        }
    }

    /// Brings the store up to what the request did.
    async fn write(
        &self,
        cx: &SessionContext<'_>,
        session: &mut ServerSideSession,
    ) -> Result<Saved, SessionError> {
        let Some(stored) = session.stored.clone() else {
            return self.create(cx, session).await;
        };
        let idle = self.idle_of(cx);
        let terms = self.terms(cx.now(), idle, Some(stored.created_at));
        if !session.has_changes() {
            return Ok(match self.touch(&stored, terms).await? {
                true => Saved::Kept(stored.id),
                false => Saved::Gone,
            });
        }
        let mut id = stored.id.clone();
        if session.regenerate {
            let new = SessionId::generate()?;
            if !self.store.rename(&id, &new, terms).await? {
                return Ok(self.gone());
            }
            id = new;
            session.moved_to(stored.with_id(id.clone()));
        }
        Ok(match self.apply(&id, session, terms).await? {
            Applied::Merged(revision) => {
                session.saved(stored.with_id(id.clone()).at(revision, terms));
                Saved::Kept(id)
            }
            Applied::Emptied => Saved::Ended,
            Applied::Conflict(_) | Applied::Gone => self.gone(),
        })
    }

    /// Merges the changes, as often as other requests come in between.
    async fn apply(
        &self,
        id: &SessionId,
        session: &ServerSideSession,
        terms: Terms,
    ) -> Result<Applied, SessionError> {
        let mut expected = session.expected();
        let mut changes = session.changes(None)?;
        for _ in 0..MAX_TRIES {
            match self.store.apply(id, expected, &changes, terms).await? {
                Applied::Conflict(record) => {
                    expected = Some(record.revision);
                    changes = session.changes(Some(&record.values))?;
                }
                applied => return Ok(applied),
            }
        }
        Err(SessionError::new(
            SessionErrorKind::Store,
            "other requests kept writing to the session",
        ))
    }

    async fn create(
        &self,
        cx: &SessionContext<'_>,
        session: &mut ServerSideSession,
    ) -> Result<Saved, SessionError> {
        if session.state().is_empty() || !session.modified() {
            return Ok(Saved::Ended);
        }
        let id = SessionId::generate()?;
        let terms = self.terms(cx.now(), self.idle_of(cx), None);
        let changes = session.changes(None)?;
        match self.store.create(&id, &changes, terms).await? {
            true => {
                let stored = Stored::first(id.clone(), terms);
                session.moved_to(stored.clone());
                session.saved(stored);
                Ok(Saved::Kept(id))
            }
            false => Err(SessionError::new(
                SessionErrorKind::Store,
                "the store knows an id that was made this moment",
            )),
        }
    }

    /// Moves the end of a session that was only read, once it lags behind far enough.
    async fn touch(&self, stored: &Stored, terms: Terms) -> Result<bool, SessionError> {
        let lag = terms.expires_at.duration_since(stored.expires_at);
        match lag.is_ok_and(|lag| lag >= self.touch_every && !lag.is_zero()) {
            true => self.store.touch(&stored.id, terms).await,
            false => Ok(true),
        }
    }

    fn gone(&self) -> Saved {
        tracing::warn!(
            target: "carafe::session",
            "the session ended while the request ran; its changes are dropped"
        );
        Saved::Gone
    }

    fn idle_of(&self, cx: &SessionContext<'_>) -> Duration {
        self.idle
            .unwrap_or_else(|| cx.config().permanent_session_lifetime())
    }

    fn terms(&self, now: SystemTime, idle: Duration, created: Option<SystemTime>) -> Terms {
        let idle_end = now.checked_add(idle).unwrap_or(now);
        let absolute_end = self
            .absolute
            .and_then(|limit| created.unwrap_or(now).checked_add(limit));
        Terms {
            now,
            expires_at: absolute_end.map_or(idle_end, |end| end.min(idle_end)),
            remember_until: now.checked_add(self.request_limit).unwrap_or(now),
        }
    }

    /// Reads the id that the client sent.
    fn id_of(
        &self,
        name: &str,
        cx: &SessionContext<'_>,
        signer: Option<&Signer>,
    ) -> Option<SessionId> {
        let cookie = cx.request().cookie(name)?;
        match signer {
            Some(signer) => SessionId::parse(signer.unsign(&cookie).ok()?),
            None => SessionId::parse(&cookie),
        }
    }

    fn cookie_value(&self, cx: &SessionContext<'_>, id: &SessionId) -> Option<String> {
        match self.signer(cx) {
            Some(signer) => Some(signer.sign(id.as_str())),
            None => Some(id.as_str().to_owned()),
        }
    }

    fn signer(&self, cx: &SessionContext<'_>) -> Option<Signer> {
        let secret_key = cx.config().secret_key().filter(|key| !key.is_empty());
        let secret_key = secret_key.filter(|_| self.signed)?;
        SignerBuilder::new(secret_key)
            .older_keys(cx.config().secret_key_fallbacks())
            .salt("carafe-session-id")
            .key_derivation(KeyDerivation::Hmac)
            .signer()
            .ok()
    }
}

/// What became of a session.
enum Saved {
    /// It is in the store.
    Kept(SessionId),
    /// It holds nothing, and the store nothing of it.
    Ended,
    /// It ended elsewhere; its cookie is another request's business.
    Gone,
}

impl<S: SessionStore> SessionInterface for ServerSideSessionInterface<S> {
    async fn open_session(
        &self,
        cx: &SessionContext<'_>,
    ) -> Result<Option<BoxSession>, SessionError> {
        self.open_for(self, cx).await
    }

    async fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        self.save_for(self, cx, session, response).await
    }
}

impl<S> fmt::Debug for ServerSideSessionInterface<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerSideSessionInterface")
            .field("signed", &self.signed)
            .field("idle", &self.idle)
            .field("absolute", &self.absolute)
            .finish_non_exhaustive()
    }
}
