//! Work that goes on once the response is sent.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::sync::watch;

use crate::context::{AppContext, OutsideContext, Scope, current_request_context};
use crate::error::panicked;
use crate::maybe_ready::BoxFuture;
use crate::response::Response;

/// Goes on with a future once the response of the current request is sent, or its client has gone.
///
/// The context is current in it, although its teardown functions have run. Serving does not end before it is
/// done, for as long as requests under way are waited for. A panic in it is logged. It is dropped when an
/// error leaves the app.
///
/// *Beyond Flask:* what `call_on_close` and threads are used for.
///
/// # Errors
/// Outside of a request.
///
/// ```
/// use carafe::prelude::*;
/// use std::sync::{Arc, Mutex};
///
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let sent = log.clone();
/// let mut app = App::new("docs");
/// app.route("/order", move || -> Result<&'static str> {
///     let sent = sent.clone();
///     carafe::after_response(async move { sent.lock().unwrap().push(request().path().to_owned()) })?;
///     Ok("ordered")
/// })
/// .endpoint("order");
/// app.test_client().get("/order").send();
/// assert_eq!(*log.lock().unwrap(), ["/order"]);
/// ```
pub fn after_response(
    future: impl Future<Output = ()> + Send + 'static,
) -> Result<(), OutsideContext> {
    let ctx = current_request_context("after_response")?;
    ctx.add_after_response(Box::pin(future));
    Ok(())
}

/// Lets the futures of a context begin when its response has been sent.
#[inline]
pub(crate) fn begin_after(ctx: &AppContext, response: &mut Response) {
    if ctx.has_rare() {
        begin_some_after(ctx, response);
    }
}

#[cold]
fn begin_some_after(ctx: &AppContext, response: &mut Response) {
    let futures = ctx.take_after_response();
    if futures.is_empty() {
        return;
    }
    let ctx = ctx.clone();
    response.call_on_close(move || match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            let under_way = ctx.app().after_work().begin();
            runtime.spawn(async move {
                for future in futures {
                    run(&ctx, future).await;
                }
                drop(under_way);
            });
        }
        Err(_) => {
            tracing::error!(target: "carafe::app", "there is no runtime for work after the response");
        }
    });
}

async fn run(ctx: &AppContext, future: BoxFuture<'static, ()>) {
    let caught = AssertUnwindSafe(Scope::new(ctx.clone(), future)).catch_unwind();
    if let Err(payload) = caught.await {
        let error = panicked(payload);
        tracing::error!(target: "carafe::app", %error, "work after a response failed");
    }
}

/// Counts what goes on after responses, for those who wait for its end.
#[derive(Debug)]
pub(crate) struct AfterWork(watch::Sender<usize>);

impl Default for AfterWork {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl AfterWork {
    fn begin(&self) -> UnderWay {
        self.0.send_modify(|count| *count += 1);
        UnderWay(self.0.clone())
    }

    /// Waits until nothing goes on.
    pub(crate) async fn done(&self) {
        // The sender is here, so that there is always somebody to hear from.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// Counts as going on until it is dropped, also by a task that is.
struct UnderWay(watch::Sender<usize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
