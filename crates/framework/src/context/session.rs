//! The session of the request. Flask: `flask.session`.

use std::fmt;

use carafe_sessions::{
    BoxSession, Dict, SessionError, SessionErrorKind, SessionMixin, SessionState, Value,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::AppContext;

/// The place of the session in a context.
#[derive(Default)]
pub(crate) enum SessionSlot {
    /// It was not opened yet.
    #[default]
    Closed,
    Open(BoxSession),
    /// The interface has it, to save it.
    Lent,
}

/// The session of the current request.
///
/// It is a handle: cloning it counts a reference. Using it marks the session as accessed.
///
/// *Flask:* `flask.session`.
///
/// ```
/// # use carafe::prelude::*;
/// # let mut app = App::new("docs");
/// # app.config.secret_key("docs");
/// # let ctx = app.build()?.test_request_context("/").build()?;
/// # let _guard = ctx.push()?;
/// session().insert("visits", session().get::<u32>("visits").unwrap_or(0) + 1)?;
/// session().modify("seen", |seen: &mut Vec<String>| seen.push("front page".into()))?;
/// assert_eq!(session().get("visits"), Some(1));
/// assert!(session().modified());
/// # Ok::<(), carafe::Error>(())
/// ```
#[derive(Clone)]
pub struct Session(AppContext);

/// What can be wrong with a session that the context does not have.
fn missing() -> SessionError {
    SessionError::new(
        SessionErrorKind::Other,
        "the session is not open: it is being opened or saved, or the context was not pushed",
    )
}

impl Session {
    pub(crate) fn of(ctx: AppContext) -> Self {
        Self(ctx)
    }

    /// Runs a function on the session, which the interface may have made of a type of yours.
    ///
    /// The session is locked while it runs: it must not use [`session()`](crate::session) itself.
    ///
    /// # Errors
    /// When the session is not open.
    pub fn with<T>(
        &self,
        read: impl FnOnce(&mut dyn SessionMixin) -> T,
    ) -> Result<T, SessionError> {
        // The session is out of its place meanwhile, so that no lock is held while user code runs.
        let mut lent = Lent::take(&self.0).ok_or_else(missing)?;
        let session = lent.session.as_deref_mut().ok_or_else(missing)?;
        session.set_accessed(true);
        Ok(read(session))
    }

    fn read<T>(&self, read: impl FnOnce(&SessionState) -> T) -> Option<T> {
        match &mut *self.0.session_slot() {
            SessionSlot::Open(session) => {
                session.set_accessed(true);
                Some(read(session.state()))
            }
            _ => None,
        }
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut SessionState) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        match &mut *self.0.session_slot() {
            SessionSlot::Open(session) => {
                session.set_accessed(true);
                change(session.state_mut())
            }
            _ => Err(missing()),
        }
    }

    /// Reads a value as a type; none when it is missing or of another type.
    ///
    /// *Flask:* `session.get`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.get_value(key)?;
        carafe_sessions::from_value(&value).ok()
    }

    /// A copy of a value as it is stored.
    pub fn get_value(&self, key: &str) -> Option<Value> {
        self.read(|state| state.get_value(key).cloned())?
    }

    /// Stores a value of any type that serde knows.
    ///
    /// *Flask:* `session[key] = value`.
    ///
    /// # Errors
    /// When the session has no secret key to be signed with, or the value has no form in a session.
    pub fn insert<T: Serialize>(&self, key: &str, value: T) -> Result<(), SessionError> {
        // Serialize is user code: it runs before the session is locked.
        let value = carafe_sessions::to_value(&value)?;
        self.insert_value(key, value)
    }

    /// Stores a value in the session's own form: tuples, bytes, dates and the like.
    ///
    /// # Errors
    /// When the session refuses changes.
    pub fn insert_value(&self, key: &str, value: impl Into<Value>) -> Result<(), SessionError> {
        let value = value.into();
        self.change(|state| state.insert_value(key, value))
    }

    /// Takes a value out.
    ///
    /// *Flask:* `session.pop(key, None)`.
    ///
    /// # Errors
    /// When the session refuses changes.
    pub fn remove(&self, key: &str) -> Result<Option<Value>, SessionError> {
        self.change(|state| state.remove(key))
    }

    /// Changes a value in place: it is made by `Default` if missing.
    ///
    /// *Flask:* `session[key].append(…)`, which Flask does not notice.
    ///
    /// # Errors
    /// When the session refuses changes, or the value is of another type.
    pub fn modify<T: Serialize + DeserializeOwned + Default, R>(
        &self,
        key: &str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, SessionError> {
        let mut value = match self.get_value(key) {
            Some(value) => carafe_sessions::from_value(&value)?,
            None => T::default(),
        };
        let output = change(&mut value);
        self.insert(key, value)?;
        Ok(output)
    }

    /// Reads a value, stored first if it is missing.
    ///
    /// *Flask:* `session.setdefault`.
    ///
    /// # Errors
    /// When the session refuses changes, or the value has no form in a session.
    pub fn setdefault<T: Serialize>(&self, key: &str, default: T) -> Result<Value, SessionError> {
        if let Some(value) = self.get_value(key) {
            return Ok(value);
        }
        let value = carafe_sessions::to_value(&default)?;
        self.insert_value(key, value.clone())?;
        Ok(value)
    }

    /// Stores several values.
    ///
    /// *Flask:* `session.update`.
    ///
    /// # Errors
    /// When the session refuses changes.
    pub fn update<K: AsRef<str>, V: Into<Value>>(
        &self,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), SessionError> {
        values
            .into_iter()
            .try_for_each(|(key, value)| self.insert_value(key.as_ref(), value))
    }

    /// Removes everything.
    ///
    /// *Flask:* `session.clear`.
    ///
    /// # Errors
    /// When the session refuses changes.
    pub fn clear(&self) -> Result<(), SessionError> {
        self.change(SessionState::clear)
    }

    /// Whether a value is there.
    ///
    /// *Flask:* `key in session`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.read(|state| state.get_value(key).is_some())
            .unwrap_or(false)
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.read(|state| state.values().len()).unwrap_or(0)
    }

    /// Whether there is no value.
    ///
    /// *Flask:* `not session`.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of all values.
    ///
    /// *Flask:* `dict(session)`.
    pub fn values(&self) -> Dict {
        self.read(|state| state.values().clone())
            .unwrap_or_default()
    }

    /// Whether the session outlives the browser.
    ///
    /// *Flask:* `session.permanent`.
    pub fn permanent(&self) -> bool {
        self.with(|session| session.permanent()).unwrap_or(false)
    }

    /// Says whether the session outlives the browser.
    ///
    /// # Errors
    /// When the session refuses changes.
    pub fn set_permanent(&self, permanent: bool) -> Result<(), SessionError> {
        self.with(|session| session.set_permanent(permanent))?
    }

    /// Whether the session was changed.
    ///
    /// *Flask:* `session.modified`.
    pub fn modified(&self) -> bool {
        self.with(|session| session.modified()).unwrap_or(false)
    }

    /// Says whether the session was changed; rarely needed, changes are noticed.
    ///
    /// # Errors
    /// When the session is not open.
    pub fn set_modified(&self, modified: bool) -> Result<(), SessionError> {
        self.with(|session| session.set_modified(modified))
    }

    /// Whether the request looked at the session: by asking, it has.
    ///
    /// *Flask:* `session.accessed`.
    pub fn accessed(&self) -> bool {
        self.with(|session| session.accessed()).unwrap_or(false)
    }

    /// Whether the session was made for this request; the signed cookie cannot tell.
    ///
    /// *Flask:* `session.new`.
    pub fn is_new(&self) -> bool {
        self.with(|session| session.is_new()).unwrap_or(false)
    }

    /// Gives the session a new id when it is saved; nothing for sessions in a cookie.
    ///
    /// *Beyond Flask:* call it at login.
    ///
    /// # Errors
    /// When the session is not open.
    pub fn regenerate(&self) -> Result<(), SessionError> {
        self.with(|session| session.regenerate())
    }

    /// Says whose session this is, to end all sessions of a user at once; nothing for sessions in a cookie.
    ///
    /// *Beyond Flask.*
    ///
    /// # Errors
    /// When the session is not open.
    pub fn set_subject(&self, subject: Option<&str>) -> Result<(), SessionError> {
        self.with(|session| session.set_subject(subject))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets, and debug output ends up in logs.
        f.debug_struct("Session")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// A session out of its place, which it returns to, also after a panic.
pub(crate) struct Lent<'a> {
    ctx: &'a AppContext,
    pub(crate) session: Option<BoxSession>,
}

impl<'a> Lent<'a> {
    /// Takes the session out; none when it is not open.
    pub(crate) fn take(ctx: &'a AppContext) -> Option<Self> {
        let mut slot = ctx.session_slot();
        match std::mem::replace(&mut *slot, SessionSlot::Lent) {
            SessionSlot::Open(session) => Some(Self {
                ctx,
                session: Some(session),
            }),
            other => {
                *slot = other;
                None
            }
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            *self.ctx.session_slot() = SessionSlot::Open(session);
        }
    }
}
