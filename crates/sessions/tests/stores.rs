//! The stores that come with the crate pass the suite that every store must pass.

use std::time::SystemTime;

use carafe_sessions::server_side::{
    Applied, Changes, MemoryStore, Record, Revision, SessionId, SessionStore, Terms,
};
use carafe_sessions::{SessionError, acceptance};

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn the_store_in_memory_passes_the_suite() {
    let report = acceptance::check(
        || async { MemoryStore::new(1000) },
        |task| {
            let running = tokio::spawn(task);
            async move { running.await.unwrap_or_default() }
        },
    )
    .await;
    report.assert_passed();
}

/// A store with the mistakes that session layers make: it writes what it has back over what is
/// there, and makes a record where there is none.
struct Careless(MemoryStore);

impl SessionStore for Careless {
    async fn load(&self, id: &SessionId, now: SystemTime) -> Result<Option<Record>, SessionError> {
        self.0.load(id, now).await
    }

    async fn create(
        &self,
        id: &SessionId,
        changes: &Changes,
        terms: Terms,
    ) -> Result<bool, SessionError> {
        self.0.create(id, changes, terms).await
    }

    async fn apply(
        &self,
        id: &SessionId,
        _expected: Option<Revision>,
        changes: &Changes,
        terms: Terms,
    ) -> Result<Applied, SessionError> {
        let Some(record) = self.0.load(id, terms.now).await? else {
            self.0.create(id, changes, terms).await?;
            return Ok(Applied::Merged(Revision(1)));
        };
        let mut whole = Changes::new().clear();
        for (key, value) in record.values.iter() {
            whole = whole.set(key.clone(), value.clone());
        }
        // Other requests write here, and what they wrote is lost.
        tokio::task::yield_now().await;
        for (key, value) in changes.keys() {
            whole = match value {
                Some(value) => whole.set(key.clone(), value.clone()),
                None => whole.remove(key.clone()),
            };
        }
        self.0.apply(id, None, &whole, terms).await
    }

    async fn touch(&self, id: &SessionId, terms: Terms) -> Result<bool, SessionError> {
        self.0.touch(id, terms).await
    }

    async fn rename(
        &self,
        old: &SessionId,
        new: &SessionId,
        terms: Terms,
    ) -> Result<bool, SessionError> {
        self.0.rename(old, new, terms).await
    }

    async fn delete(&self, id: &SessionId, terms: Terms) -> Result<(), SessionError> {
        self.0.delete(id, terms).await
    }

    async fn delete_for_subject(&self, subject: &str, terms: Terms) -> Result<u64, SessionError> {
        self.0.delete_for_subject(subject, terms).await
    }

    async fn sweep(&self, now: SystemTime) -> Result<u64, SessionError> {
        self.0.sweep(now).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn the_suite_finds_a_store_that_loses_updates() {
    let report = acceptance::check(
        || async { Careless(MemoryStore::new(1000)) },
        |task| {
            let running = tokio::spawn(task);
            async move { running.await.unwrap_or_default() }
        },
    )
    .await;
    let found: Vec<&str> = report
        .cases()
        .filter_map(|(name, failure)| failure.map(|_| name))
        .collect();
    for case in [
        "changes_never_make_a_record",
        "an_unexpected_revision_changes_nothing",
        "counters_are_exact",
    ] {
        assert!(found.contains(&case), "{report}");
    }
}
