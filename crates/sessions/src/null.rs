//! The session of a request that can have none.

use crate::session::state::Refusal;
use crate::session::{SessionMixin, SessionState};

/// A session that reads as empty and refuses every change.
///
/// *Flask:* `NullSession`, which an app without a secret key gets.
#[derive(Debug)]
pub struct NullSession(SessionState);

impl NullSession {
    /// Makes a null session; allocates nothing.
    pub fn new() -> Self {
        Self(SessionState::refusing(Refusal::NoSecretKey))
    }
}

impl NullSession {
    /// Makes the session of a request that goes on though the session's store failed.
    ///
    /// Beyond Flask: it reads as empty, and its changes fail naming the store.
    pub fn of_failed_store() -> Self {
        Self(SessionState::refusing(Refusal::StoreFailed))
    }
}

impl Default for NullSession {
    fn default() -> Self {
        Self::new()
    }
}

impl SessionMixin for NullSession {
    fn state(&self) -> &SessionState {
        &self.0
    }

    fn state_mut(&mut self) -> &mut SessionState {
        &mut self.0
    }

    fn is_null(&self) -> bool {
        true
    }
}
