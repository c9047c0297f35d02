//! What keeps the records of server-side sessions.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use crate::error::{SessionError, SessionErrorKind};
use crate::server_side::changes::Changes;
use crate::signing::url_safe;
use crate::value::Dict;

/// The id of a session: 256 bits from the operating system, in base64.
///
/// Printing one for debugging shows nothing of it: who knows it has the session.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// Makes a new id.
    ///
    /// # Errors
    ///
    /// The operating system gives no random bytes.
    pub fn generate() -> Result<Self, SessionError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|cause| {
            SessionError::new(
                SessionErrorKind::Other,
                "the operating system gives no random bytes",
            )
            .with_source(cause)
        })?;
        Ok(Self(url_safe(&bytes).into()))
    }

    /// Reads an id that a client sent; none if it cannot be one of ours.
    ///
    /// ```
    /// use carafe_sessions::server_side::SessionId;
    ///
    /// let id = SessionId::generate()?;
    /// assert_eq!(SessionId::parse(id.as_str()), Some(id));
    /// assert_eq!(SessionId::parse("42"), None);
    /// # Ok::<(), carafe_sessions::SessionError>(())
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == 43 && text.bytes().all(digits)).then(|| Self(text.into()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// How often a record was written; each write gives a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// A session as a store keeps it.
#[derive(Debug, Clone)]
pub struct Record {
    /// What the session holds.
    pub values: Arc<Dict>,
    /// Whose session it is, once somebody said so.
    pub subject: Option<Arc<str>>,
    /// How often it was written.
    pub revision: Revision,
    /// When the session began; its absolute expiry counts from here.
    pub created_at: SystemTime,
    /// When the session ends unless it is used before.
    pub expires_at: SystemTime,
}

/// The times that go with a write.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The time of the write: a record that ended before is gone.
    pub now: SystemTime,
    /// When the session ends unless it is used before.
    pub expires_at: SystemTime,
    /// Until when a store remembers that an id was deleted, so that no slow request brings it
    /// back.
    pub remember_until: SystemTime,
}

/// What became of changes to a record.
#[derive(Debug, Clone)]
pub enum Applied {
    /// They were merged.
    Merged(Revision),
    /// They were merged and left nothing: the record was deleted.
    Emptied,
    /// The record is at another revision than expected; nothing was changed.
    Conflict(Record),
    /// There is no such record, or none anymore; nothing was changed.
    Gone,
}

/// Keeps the records of server-side sessions.
///
/// Beyond Flask. Every method is atomic: what other requests do to the same id happens before or
/// after it, never in between. Prove a store of your own with [`acceptance`](crate::acceptance).
///
/// Two rules keep an ended session from coming back: only [`create`](Self::create) makes a
/// record, and it refuses an id that was deleted and is still remembered.
pub trait SessionStore: Send + Sync + 'static {
    /// Returns the record of an id, unless it has ended.
    ///
    /// # Errors
    ///
    /// The store fails or cannot be reached. So for all methods.
    fn load(
        &self,
        id: &SessionId,
        now: SystemTime,
    ) -> impl Future<Output = Result<Option<Record>, SessionError>> + Send;

    /// Makes a record, and says whether it did: not for an id that is known or remembered.
    fn create(
        &self,
        id: &SessionId,
        changes: &Changes,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Merges changes into a record by key, and never makes one.
    ///
    /// With an expected revision, a record at any other is left alone and returned. A record
    /// that the changes leave empty is deleted, as by [`delete`](Self::delete).
    fn apply(
        &self,
        id: &SessionId,
        expected: Option<Revision>,
        changes: &Changes,
        terms: Terms,
    ) -> impl Future<Output = Result<Applied, SessionError>> + Send;

    /// Moves the end of a record without writing it anew; says whether there is one.
    fn touch(
        &self,
        id: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Moves a record to a new id and remembers the old one as deleted; says whether it did.
    ///
    /// Its values, subject, beginning and end stay.
    fn rename(
        &self,
        old: &SessionId,
        new: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Deletes a record and remembers its id until `terms.remember_until`, known or not.
    fn delete(
        &self,
        id: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Deletes every record of a subject as [`delete`](Self::delete) does; returns how many.
    fn delete_for_subject(
        &self,
        subject: &str,
        terms: Terms,
    ) -> impl Future<Output = Result<u64, SessionError>> + Send;

    /// Forgets records that have ended and deletions that need no longer be remembered.
    ///
    /// Returns how many records it forgot.
    fn sweep(&self, now: SystemTime) -> impl Future<Output = Result<u64, SessionError>> + Send;
}
