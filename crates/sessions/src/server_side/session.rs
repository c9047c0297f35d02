//! The session whose values live in a store.

use std::sync::Arc;
use std::time::SystemTime;

use crate::error::SessionError;
use crate::server_side::changes::Changes;
use crate::server_side::store::{Record, Revision, SessionId, Terms};
use crate::session::{SessionMixin, SessionState};
use crate::value::Dict;

/// A session whose values live in a store and whose cookie holds an id.
///
/// Beyond Flask. It notes every change by key, so that two requests of one session do not
/// overwrite each other's.
#[derive(Debug)]
pub struct ServerSideSession {
    state: SessionState,
    pub(crate) stored: Option<Stored>,
    pub(crate) regenerate: bool,
    /// The client does not know the id yet.
    pub(crate) id_is_new: bool,
    pub(crate) subject: Option<Option<Arc<str>>>,
}

/// What is known of the record that the session was loaded from.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: SessionId,
    pub(crate) revision: Revision,
    pub(crate) created_at: SystemTime,
    pub(crate) expires_at: SystemTime,
    subject: Option<Arc<str>>,
}

impl Stored {
    /// What is known of a record that was made this moment.
    pub(crate) fn first(id: SessionId, terms: Terms) -> Self {
        Self {
            id,
            revision: Revision(1),
            created_at: terms.now,
            expires_at: terms.expires_at,
            subject: None,
        }
    }

    pub(crate) fn with_id(&self, id: SessionId) -> Self {
        Self { id, ..self.clone() }
    }

    pub(crate) fn at(mut self, revision: Revision, terms: Terms) -> Self {
        self.revision = revision;
        self.expires_at = terms.expires_at;
        self
    }
}

impl ServerSideSession {
    /// Makes a session that no store knows yet.
    pub(crate) fn fresh() -> Self {
        Self {
            state: SessionState::logging(Arc::new(Dict::new())).with_new(true),
            stored: None,
            regenerate: false,
            id_is_new: false,
            subject: None,
        }
    }

    /// Makes the session of a record.
    pub(crate) fn of(id: SessionId, record: Record) -> Self {
        Self {
            state: SessionState::logging(record.values),
            stored: Some(Stored {
                id,
                revision: record.revision,
                created_at: record.created_at,
                expires_at: record.expires_at,
                subject: record.subject,
            }),
            regenerate: false,
            id_is_new: false,
            subject: None,
        }
    }

    /// Returns the id under which the store knows the session; none before it is saved.
    pub fn id(&self) -> Option<&SessionId> {
        self.stored.as_ref().map(|stored| &stored.id)
    }

    /// Returns whose session it is.
    pub fn subject(&self) -> Option<&str> {
        match (&self.subject, &self.stored) {
            (Some(subject), _) => subject.as_deref(),
            (None, Some(stored)) => stored.subject.as_deref(),
            (None, None) => None,
        }
    }

    /// Notes that the record has an id that the client does not know yet.
    pub(crate) fn moved_to(&mut self, stored: Stored) {
        self.stored = Some(stored);
        self.regenerate = false;
        self.id_is_new = true;
    }

    /// Notes that the store has the changes: saving again must not do them twice.
    pub(crate) fn saved(&mut self, mut stored: Stored) {
        if let Some(subject) = self.subject.take() {
            stored.subject = subject;
        }
        self.stored = Some(stored);
        self.state.start_log_anew();
    }

    /// Returns whether the request left something to write.
    pub(crate) fn has_changes(&self) -> bool {
        self.modified() || self.regenerate || self.subject.is_some()
    }

    /// Returns the changes, on top of a fresh record where the first try met a newer one.
    pub(crate) fn changes(&self, fresh: Option<&Dict>) -> Result<Changes, SessionError> {
        let subject = self.subject.clone();
        let changes = match self.state.log().filter(|_| self.modified()) {
            Some(log) => {
                Changes::of_keys(log.was_cleared(), log.changes(self.state.values(), fresh)?)
            }
            None => Changes::new(),
        };
        Ok(changes.with_subject(subject))
    }

    /// Returns the revision that the changes build on, if it matters to them.
    pub(crate) fn expected(&self) -> Option<Revision> {
        let depends = self.state.log().is_some_and(|log| log.depends_on_stored());
        let stored = self
            .stored
            .as_ref()
            .filter(|_| depends && self.modified())?;
        Some(stored.revision)
    }
}

impl SessionMixin for ServerSideSession {
    fn state(&self) -> &SessionState {
        &self.state
    }

    fn state_mut(&mut self) -> &mut SessionState {
        &mut self.state
    }

    fn regenerate(&mut self) {
        self.regenerate = true;
    }

    fn set_subject(&mut self, subject: Option<&str>) {
        self.subject = Some(subject.map(Into::into));
    }
}
