//! The session object: what it holds, its flags, and how it is passed around.

mod boxed; // BoxSession
mod entry; // Entry
pub(crate) mod log; // what changed, key by key
pub(crate) mod state; // SessionState

use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};

pub use crate::session::boxed::BoxSession;
pub use crate::session::entry::Entry;
pub use crate::session::state::SessionState;

use crate::error::SessionError;
use crate::value::Value;

/// A session: a dictionary with text keys and a few flags.
///
/// *Flask:* `SessionMixin`. A type of your own keeps a [`SessionState`] and hands it out; the
/// dictionary's methods then are there on any session, because `dyn SessionMixin` dereferences
/// to its state.
///
/// ```
/// use carafe_sessions::{BoxSession, SessionMixin, SessionState};
///
/// /// A session that knows its id.
/// #[derive(Debug, Default)]
/// struct MemorySession {
///     state: SessionState,
///     sid: String,
/// }
///
/// impl SessionMixin for MemorySession {
///     fn state(&self) -> &SessionState {
///         &self.state
///     }
///
///     fn state_mut(&mut self) -> &mut SessionState {
///         &mut self.state
///     }
/// }
///
/// let mut session = BoxSession::from(MemorySession::default());
/// session.insert("user", 7)?;
/// assert_eq!(session.get::<i64>("user"), Some(7));
/// if let Some(session) = session.downcast_mut::<MemorySession>() {
///     session.sid = "sid-1".to_owned();
/// }
/// # Ok::<(), carafe_sessions::SessionError>(())
/// ```
pub trait SessionMixin: Any + fmt::Debug + Send + Sync {
    /// Returns the dictionary and the flags.
    fn state(&self) -> &SessionState;

    /// Returns the dictionary and the flags, to change.
    fn state_mut(&mut self) -> &mut SessionState;

    /// Returns whether the session outlives the browser: the `_permanent` key.
    fn permanent(&self) -> bool {
        self.state()
            .get_value("_permanent")
            .is_some_and(Value::is_truthy)
    }

    /// Sets the `_permanent` key.
    ///
    /// # Errors
    ///
    /// The session refuses changes.
    fn set_permanent(&mut self, permanent: bool) -> Result<(), SessionError> {
        self.state_mut().insert_value("_permanent", permanent)
    }

    /// Returns whether the session was changed since it was opened.
    fn modified(&self) -> bool {
        self.state().modified_flag()
    }

    /// Says whether the session was changed; rarely needed, changes are noticed.
    fn set_modified(&mut self, modified: bool) {
        self.state_mut().set_modified_flag(modified);
    }

    /// Returns whether the request looked at the session.
    fn accessed(&self) -> bool {
        self.state().accessed_flag()
    }

    /// Says that the request looked at the session; the framework does.
    fn set_accessed(&mut self, accessed: bool) {
        self.state_mut().set_accessed_flag(accessed);
    }

    /// Returns whether the session was made for this request; the signed cookie cannot tell.
    fn is_new(&self) -> bool {
        self.state().new_flag()
    }

    /// Returns whether the session stands in for one that cannot be had.
    fn is_null(&self) -> bool {
        false
    }

    /// Gives the session a new id when it is saved, and kills the old one.
    ///
    /// Beyond Flask: call it at login, so that an id planted before is worth nothing. A session
    /// in a cookie has no id and does nothing.
    fn regenerate(&mut self) {}

    /// Says whose session this is, so that all sessions of a user can be ended at once.
    ///
    /// Beyond Flask: see `SessionStore::delete_for_subject`. A session in a cookie cannot be
    /// found again and does nothing.
    fn set_subject(&mut self, _subject: Option<&str>) {}
}

impl dyn SessionMixin {
    /// Returns whether the session is of a type.
    pub fn is<T: SessionMixin>(&self) -> bool {
        (self as &dyn Any).is::<T>()
    }

    /// Returns the session as the type that an interface made it of.
    pub fn downcast_ref<T: SessionMixin>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// Returns the session as the type that an interface made it of, to change.
    pub fn downcast_mut<T: SessionMixin>(&mut self) -> Option<&mut T> {
        (self as &mut dyn Any).downcast_mut()
    }
}

impl Deref for dyn SessionMixin {
    type Target = SessionState;

    fn deref(&self) -> &SessionState {
        self.state()
    }
}

impl DerefMut for dyn SessionMixin {
    fn deref_mut(&mut self) -> &mut SessionState {
        self.state_mut()
    }
}
