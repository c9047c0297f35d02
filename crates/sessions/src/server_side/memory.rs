//! Records in this process's memory: for tests, and for apps of one process.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::error::SessionError;
use crate::server_side::changes::Changes;
use crate::server_side::store::{Applied, Record, Revision, SessionId, SessionStore, Terms};
use crate::value::Dict;

/// Keeps sessions in memory, at most so many, those that end first giving way.
///
/// As many deletions are remembered at the most.
///
/// They are lost when the process ends, and no other process sees them.
///
/// ```
/// use carafe_sessions::AnySessionInterface;
/// use carafe_sessions::server_side::{MemoryStore, ServerSideSessionInterface};
///
/// let interface = ServerSideSessionInterface::new(MemoryStore::new(100_000));
/// let session_interface: AnySessionInterface = interface.into();
/// # let _ = session_interface;
/// ```
pub struct MemoryStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// How many records there may be, and how many deletions are remembered.
    capacity: usize,
    records: HashMap<SessionId, Record>,
    /// The records by their end, for sweeping and for giving way.
    ends: BTreeSet<(SystemTime, SessionId)>,
    subjects: HashMap<Arc<str>, HashSet<SessionId>>,
    /// Ids that were deleted, and until when that is remembered.
    deleted: HashMap<SessionId, SystemTime>,
    forget: BTreeSet<(SystemTime, SessionId)>,
}

impl MemoryStore {
    /// Makes an empty store for at most so many sessions.
    pub fn new(capacity: usize) -> Self {
        Self(Mutex::new(Kept {
            capacity: capacity.max(1),
            ..Kept::default()
        }))
    }

    /// Returns the number of records, those included that ended and were not swept.
    pub fn len(&self) -> usize {
        self.lock().records.len()
    }

    /// Returns whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Locks what is kept; nothing of a user's runs while it is locked.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.lock();
        f.debug_struct("MemoryStore")
            .field("capacity", &kept.capacity)
            .field("len", &kept.records.len())
            .finish_non_exhaustive()
    }
}

impl Kept {
    /// Returns a record that has not ended.
    fn live(&self, id: &SessionId, now: SystemTime) -> Option<&Record> {
        self.records
            .get(id)
            .filter(|record| record.expires_at > now)
    }

    fn put(&mut self, id: &SessionId, record: Record) {
        self.take(id);
        self.ends.insert((record.expires_at, id.clone()));
        if let Some(subject) = &record.subject {
            let ids = self.subjects.entry(subject.clone()).or_default();
            ids.insert(id.clone());
        }
        self.records.insert(id.clone(), record);
    }

    fn take(&mut self, id: &SessionId) -> Option<Record> {
        let record = self.records.remove(id)?;
        self.ends.remove(&(record.expires_at, id.clone()));
        if let Some(subject) = &record.subject
            && let Some(ids) = self.subjects.get_mut(subject)
        {
            ids.remove(id);
            if ids.is_empty() {
                self.subjects.remove(subject);
            }
        }
        Some(record)
    }

    fn bury(&mut self, id: &SessionId, terms: Terms) -> Option<Record> {
        if let Some(until) = self.deleted.insert(id.clone(), terms.remember_until) {
            self.forget.remove(&(until, id.clone()));
        }
        self.forget.insert((terms.remember_until, id.clone()));
        if self.deleted.len() > self.capacity
            && let Some((_, oldest)) = self.forget.pop_first()
        {
            self.deleted.remove(&oldest);
        }
        self.take(id)
    }

    /// Forgets what has ended; every write does so too, so that nobody has to call it.
    fn sweep(&mut self, now: SystemTime) -> u64 {
        let mut swept = 0;
        while let Some((end, id)) = self.ends.first().cloned() {
            if end > now {
                break;
            }
            self.take(&id);
            swept += 1;
        }
        while let Some((until, id)) = self.forget.first().cloned() {
            if until > now {
                break;
            }
            self.forget.remove(&(until, id.clone()));
            self.deleted.remove(&id);
        }
        swept
    }

    fn create(&mut self, id: &SessionId, changes: &Changes, terms: Terms) -> bool {
        if self.records.contains_key(id) || self.deleted.contains_key(id) {
            return false;
        }
        let mut values = Dict::new();
        changes.apply_to(&mut values);
        let record = Record {
            values: Arc::new(values),
            subject: changes.new_subject().flatten().map(Into::into),
            revision: Revision(1),
            created_at: terms.now,
            expires_at: terms.expires_at,
        };
        self.put(id, record);
        true
    }

    fn apply(
        &mut self,
        id: &SessionId,
        expected: Option<Revision>,
        changes: &Changes,
        terms: Terms,
    ) -> Applied {
        let Some(record) = self.live(id, terms.now) else {
            return Applied::Gone;
        };
        if expected.is_some_and(|expected| expected != record.revision) {
            return Applied::Conflict(record.clone());
        }
        let mut record = record.clone();
        changes.apply_to(Arc::make_mut(&mut record.values));
        if record.values.is_empty() {
            self.bury(id, terms);
            return Applied::Emptied;
        }
        if let Some(subject) = changes.new_subject() {
            record.subject = subject.map(Into::into);
        }
        record.revision = Revision(record.revision.0 + 1);
        record.expires_at = terms.expires_at;
        let revision = record.revision;
        self.put(id, record);
        Applied::Merged(revision)
    }
}

impl SessionStore for MemoryStore {
    async fn load(&self, id: &SessionId, now: SystemTime) -> Result<Option<Record>, SessionError> {
        Ok(self.lock().live(id, now).cloned())
    }

    async fn create(
        &self,
        id: &SessionId,
        changes: &Changes,
        terms: Terms,
    ) -> Result<bool, SessionError> {
        let mut kept = self.lock();
        kept.sweep(terms.now);
        let created = kept.create(id, changes, terms);
        while kept.records.len() > kept.capacity {
            // The one that ends first gives way, unless it is the new one.
            let mut by_end = kept.ends.iter().map(|(_, first)| first);
            let Some(first) = by_end.find(|first| *first != id).cloned() else {
                break;
            };
            kept.bury(&first, terms);
        }
        Ok(created)
    }

    async fn apply(
        &self,
        id: &SessionId,
        expected: Option<Revision>,
        changes: &Changes,
        terms: Terms,
    ) -> Result<Applied, SessionError> {
        Ok(self.lock().apply(id, expected, changes, terms))
    }

    async fn touch(&self, id: &SessionId, terms: Terms) -> Result<bool, SessionError> {
        let mut kept = self.lock();
        let Some(record) = kept.live(id, terms.now) else {
            return Ok(false);
        };
        let record = Record {
            expires_at: terms.expires_at,
            ..record.clone()
        };
        kept.put(id, record);
        Ok(true)
    }

    async fn rename(
        &self,
        old: &SessionId,
        new: &SessionId,
        terms: Terms,
    ) -> Result<bool, SessionError> {
        let mut kept = self.lock();
        let known = kept.records.contains_key(new) || kept.deleted.contains_key(new);
        if known || kept.live(old, terms.now).is_none() {
            return Ok(false);
        }
        if let Some(record) = kept.bury(old, terms) {
            kept.put(new, record);
        }
        Ok(true)
    }

    async fn delete(&self, id: &SessionId, terms: Terms) -> Result<(), SessionError> {
        let mut kept = self.lock();
        kept.sweep(terms.now);
        kept.bury(id, terms);
        Ok(())
    }

    async fn delete_for_subject(&self, subject: &str, terms: Terms) -> Result<u64, SessionError> {
        let mut kept = self.lock();
        let ids = kept.subjects.get(subject).cloned().unwrap_or_default();
        let live = |id: &&SessionId| kept.live(id, terms.now).is_some();
        let deleted = ids.iter().filter(live).count() as u64;
        for id in &ids {
            kept.bury(id, terms);
        }
        Ok(deleted)
    }

    async fn sweep(&self, now: SystemTime) -> Result<u64, SessionError> {
        Ok(self.lock().sweep(now))
    }
}
