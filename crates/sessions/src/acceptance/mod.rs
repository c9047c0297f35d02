//! The suite that every session store must pass. Beyond Flask.
//!
//! Call [`check`] in a test of your store, with a function that makes an empty one and a
//! function that starts a task on the runtime that your store needs:
//!
//! ```
//! use carafe_sessions::acceptance;
//! use carafe_sessions::server_side::MemoryStore;
//!
//! # tokio::runtime::Builder::new_multi_thread().build()?.block_on(async {
//! let report = acceptance::check(
//!     || async { MemoryStore::new(1000) },
//!     |task| {
//!         let running = tokio::spawn(task);
//!         async move { running.await.unwrap_or_default() }
//!     },
//! )
//! .await;
//! report.assert_passed();
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod records; // what each method promises
mod requests; // what requests at the same time see
mod visitor; // a request and an app around a session

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::SessionError;
use crate::server_side::SessionStore;

/// A task of the suite, to be started on the store's runtime.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the suite found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    cases: Vec<(&'static str, Result<(), String>)>,
}

impl Report {
    /// Returns each case with what went wrong, if something did.
    pub fn cases(&self) -> impl ExactSizeIterator<Item = (&'static str, Option<&str>)> + '_ {
        self.cases
            .iter()
            .map(|(name, result)| (*name, result.as_ref().err().map(String::as_str)))
    }

    /// Returns whether every case passed.
    pub fn passed(&self) -> bool {
        self.cases.iter().all(|(_, result)| result.is_ok())
    }

    /// Stops the test unless every case passed.
    ///
    /// # Panics
    ///
    /// A case did not pass; the text names all of those.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.passed(), "the store breaks its promises:\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, result) in &self.cases {
            match result {
                Ok(()) => writeln!(f, "ok      {name}")?,
                Err(why) => writeln!(f, "FAILED  {name}: {why}")?,
            }
        }
        Ok(())
    }
}

/// Why a case did not pass.
#[derive(Debug)]
struct Failure(String);

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Self(format!("{error}: {}", cause.unwrap_or_default()))
    }
}

type Verdict = Result<(), Failure>;

/// Ends a case unless something holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(crate::acceptance::Failure(format!($($text)+)));
        }
    };
}
use ensure;

/// Runs every case, each on a store of its own.
///
/// `spawn` starts a task at once and returns a future that ends with it.
pub async fn check<S, New, Making, Spawn, Spawned>(new_store: New, spawn: Spawn) -> Report
where
    S: SessionStore,
    New: Fn() -> Making,
    Making: Future<Output = S>,
    Spawn: Fn(Task) -> Spawned,
    Spawned: Future<Output = ()>,
{
    let mut report = Report::default();
    macro_rules! run {
        ($($module:ident :: $case:ident),+ $(,)?) => {$(
            let store = Arc::new(new_store().await);
            let verdict = $module::$case(store, &spawn).await;
            let result = verdict.map_err(|failure| failure.0);
            report.cases.push((stringify!($case), result));
        )+};
    }
    run!(
        records::an_unknown_id_has_no_record,
        records::a_created_record_is_loaded_as_it_was,
        records::a_known_id_is_not_created_again,
        records::changes_merge_by_key,
        records::clearing_comes_before_setting,
        records::changes_never_make_a_record,
        records::an_unexpected_revision_changes_nothing,
        records::a_record_left_empty_is_deleted,
        records::a_deleted_id_stays_deleted,
        records::touching_moves_the_end_alone,
        records::an_ended_record_is_gone,
        records::renaming_keeps_everything_and_kills_the_old_id,
        records::the_sessions_of_a_subject_end_together,
        records::sweeping_forgets_what_has_ended,
        records::every_kind_of_value_survives,
        requests::nothing_is_stored_until_a_key_is_set,
        requests::an_id_that_a_client_made_up_is_not_adopted,
        requests::tasks_on_distinct_keys_lose_no_update,
        requests::counters_are_exact,
        requests::a_save_after_a_logout_brings_nothing_back,
        requests::regeneration_keeps_the_data_and_kills_the_old_id,
        requests::all_sessions_of_a_user_end_while_requests_run,
    );
    report
}
