//! Takes a context along: to threads, tasks and the time after the view.
//! Flask: `flask.copy_current_request_context`, `flask.after_this_request`.

use std::future::Future;

use crate::context::globals::current_request_context;
use crate::context::{Ended, OutsideContext, Scope, SlotGuard};
use crate::error::Error;
use crate::hook::AfterRequestFunction;
use crate::lifecycle::{self, Pushed};

/// Runs a function on the response of the current request, after the view.
///
/// *Flask:* `flask.after_this_request`.
///
/// # Errors
/// Outside of a request.
///
/// ```
/// use carafe::{Response, Result, after_this_request};
///
/// fn view() -> Result<&'static str> {
///     after_this_request(|mut response: Response| {
///         response.set_header("x-late", "yes")?;
///         Ok::<_, carafe::Error>(response)
///     })?;
///     Ok("hello")
/// }
/// ```
pub fn after_this_request<F, M>(function: F) -> Result<(), OutsideContext>
where
    F: AfterRequestFunction<M>,
    M: 'static,
{
    let ctx = current_request_context("after_this_request")?;
    ctx.add_after_request(function.erased());
    Ok(())
}

/// A function bound to a copy of the current context, to be called on another thread.
///
/// The copy has the same request and session and its own `g`; it is popped, with its teardown functions,
/// when the function returns.
///
/// *Flask:* `flask.copy_current_request_context`.
///
/// # Errors
/// Outside of a request.
pub fn copy_current_request_context<T>(
    function: impl FnOnce() -> T + Send,
) -> Result<impl FnOnce() -> T + Send, OutsideContext> {
    let ctx = current_request_context("copy_current_request_context")?.copy();
    Ok(move || {
        let _slot = SlotGuard::enter(ctx.clone());
        let (pushed, outcome) = lifecycle::block_on(Pushed::new(ctx));
        log_failure(outcome);
        let output = function();
        pushed.pop_now(Ended::Finished);
        output
    })
}

/// Runs a blocking function on tokio's pool for such, with a copy of the current context.
///
/// # Errors
/// When the function panics.
///
/// # Panics
/// Outside of a request, and outside of a tokio runtime.
///
/// *Beyond Flask:* Flask's views may block, since each has a thread.
pub async fn blocking<T: Send + 'static>(
    function: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let function = copy_current_request_context(function)?;
    match tokio::task::spawn_blocking(function).await {
        Ok(output) => Ok(output),
        Err(failed) => match failed.try_into_panic() {
            Ok(payload) => Err(crate::error::panicked(payload)),
            Err(cancelled) => Err(cancelled.into()),
        },
    }
}

/// Spawns a future on the runtime, with a copy of the current context.
///
/// *Beyond Flask.*
///
/// # Errors
/// Outside of a request.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn spawn<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Result<tokio::task::JoinHandle<T>, OutsideContext> {
    let ctx = current_request_context("spawn")?.copy();
    let copied = ctx.clone();
    let work = async move {
        let (pushed, outcome) = Pushed::new(copied).await;
        log_failure(outcome);
        let output = future.await;
        pushed.pop_now(Ended::Finished);
        output
    };
    Ok(tokio::spawn(Scope::new(ctx, Box::pin(work))))
}

/// The copy of a context has its session open and its URL matched; what fails is a receiver of the signal.
fn log_failure(outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        tracing::error!(target: "carafe::app", %error, "pushing the copy of a context failed");
    }
}
