//! Runs futures for callers that cannot wait for them themselves.

use std::future::Future;
use std::thread;

use tokio::runtime::Builder;

use crate::error::{Result, panicked};

/// Runs a future on a runtime and a thread of its own, so that the caller may itself be in a runtime, as an
/// asynchronous test or a view is. A panic is an error.
pub(crate) fn on_a_runtime<T: Send>(work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(work)
        });
        thread
            .join()
            .unwrap_or_else(|payload| Err(panicked(payload)))
    })
}
