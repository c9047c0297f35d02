//! A store that the app keeps a handle to, next to the interface that uses it.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use crate::error::SessionError;
use crate::server_side::changes::Changes;
use crate::server_side::store::{Applied, Record, Revision, SessionId, SessionStore, Terms};

impl<S: SessionStore> SessionStore for Arc<S> {
    fn load(
        &self,
        id: &SessionId,
        now: SystemTime,
    ) -> impl Future<Output = Result<Option<Record>, SessionError>> + Send {
        (**self).load(id, now)
    }

    fn create(
        &self,
        id: &SessionId,
        changes: &Changes,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send {
        (**self).create(id, changes, terms)
    }

    fn apply(
        &self,
        id: &SessionId,
        expected: Option<Revision>,
        changes: &Changes,
        terms: Terms,
    ) -> impl Future<Output = Result<Applied, SessionError>> + Send {
        (**self).apply(id, expected, changes, terms)
    }

    fn touch(
        &self,
        id: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send {
        (**self).touch(id, terms)
    }

    fn rename(
        &self,
        old: &SessionId,
        new: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send {
        (**self).rename(old, new, terms)
    }

    fn delete(
        &self,
        id: &SessionId,
        terms: Terms,
    ) -> impl Future<Output = Result<(), SessionError>> + Send {
        (**self).delete(id, terms)
    }

    fn delete_for_subject(
        &self,
        subject: &str,
        terms: Terms,
    ) -> impl Future<Output = Result<u64, SessionError>> + Send {
        (**self).delete_for_subject(subject, terms)
    }

    fn sweep(&self, now: SystemTime) -> impl Future<Output = Result<u64, SessionError>> + Send {
        (**self).sweep(now)
    }
}
