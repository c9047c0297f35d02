//! Ends a context: its teardown functions run on return, error, panic and drop, and from here alone.
//! Flask: `AppContext.pop`, `Flask.do_teardown_request`, `Flask.do_teardown_appcontext`.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::context::{AppContext, Ended, Scope, SlotGuard};
use crate::error::{Error, Result};
use crate::maybe_ready::call_user;
use crate::request::Request;

/// A push that was counted. It is popped by [`pop`](Self::pop), or when it is dropped: the future that
/// held it is gone, because the client is.
#[must_use = "dropping it pops the context at once"]
pub(crate) struct Pushed(Option<AppContext>);

impl Pushed {
    /// Counts a push of a context.
    pub(crate) fn new(ctx: AppContext) -> Self {
        ctx.count_push();
        Self(Some(ctx))
    }

    /// Counts a push for a stream that keeps a context which others have pushed.
    pub(crate) fn new_if_pushed(ctx: AppContext) -> Self {
        Self::new(ctx)
    }

    /// Pushes the copy of a context, whose session is open and whose URL is matched.
    pub(crate) fn copied(ctx: AppContext) -> Self {
        let pushed = Self::new(ctx.clone());
        if let Err(error) = block_on(crate::lifecycle::push(&ctx)) {
            tracing::error!(target: "carafe::app", %error, "pushing the copy of a context failed");
        }
        pushed
    }

    /// Pops the context, in the scope of which this runs.
    ///
    /// # Errors
    /// The first error of the teardown functions, all of which run.
    pub(crate) async fn pop(mut self, ended: Ended) -> Result<()> {
        match self.0.take() {
            Some(ctx) => {
                Popping {
                    ctx: Some(ctx),
                    ended,
                }
                .run()
                .await
            }
            None => Ok(()),
        }
    }

    /// Pops the context where nobody can wait: what teardown functions wait for goes on as a task.
    pub(crate) fn pop_now(mut self, ended: Ended) {
        if let Some(ctx) = self.0.take() {
            pop_detached(ctx, ended);
        }
    }
}

impl Drop for Pushed {
    fn drop(&mut self) {
        if let Some(ctx) = self.0.take() {
            let ended = match thread::panicking() {
                true => Ended::Panicked(Error::msg("the code in the context panicked")),
                false => Ended::ClientGone,
            };
            pop_detached(ctx, ended);
        }
    }
}

/// A pop under way. Dropped half-way it finishes on its own: teardown always runs to its end.
struct Popping {
    ctx: Option<AppContext>,
    ended: Ended,
}

impl Popping {
    async fn run(mut self) -> Result<()> {
        let Some(ctx) = self.ctx.clone() else {
            return Ok(());
        };
        if !ctx.count_pop() {
            self.ctx = None;
            return Ok(());
        }
        // Functions that have nothing to wait for, which is nearly all, are done before the first await.
        let result = teardown(&ctx, self.ended.clone()).await;
        self.ctx = None;
        result
    }
}

fn pop_detached(ctx: AppContext, ended: Ended) {
    let _slot = SlotGuard::enter(ctx.clone());
    let scoped = ctx.clone();
    let mut popping = Scope::new(
        scoped,
        Box::pin(
            Popping {
                ctx: Some(ctx),
                ended,
            }
            .run(),
        ),
    );
    let mut cx = Context::from_waker(Waker::noop());
    match std::pin::Pin::new(&mut popping).poll(&mut cx) {
        Poll::Ready(result) => log_failure(result),
        Poll::Pending => match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move { log_failure(popping.await) });
            }
            Err(_) => log_failure(block_on(popping)),
        },
    }
}

fn log_failure(result: Result<()>) {
    if let Err(error) = result {
        tracing::error!(target: "carafe::app", %error, "a teardown function failed");
    }
}

/// Runs everything that ends a context; the first error is given back when all is done.
async fn teardown(ctx: &AppContext, ended: Ended) -> Result<()> {
    let app = ctx.app();
    let mut first = Ok(());
    let mut note = |result: Result<()>| {
        if let Err(error) = result {
            tracing::error!(target: "carafe::app", %error, "a teardown function failed");
            if first.is_ok() {
                first = Err(error);
            }
        }
    };
    if let Some(request) = Request::of(ctx) {
        for hooks in app.scopes_outwards(request.rule_entry()) {
            for function in hooks.teardown_request.iter().rev() {
                note(call_user(|| function(ended.clone())).await);
            }
        }
        note(app.signals().request_tearing_down.emit(&ended).await);
    }
    for function in app.inner().teardown_appcontext.iter().rev() {
        note(call_user(|| function(ended.clone())).await);
    }
    note(app.signals().appcontext_tearing_down.emit(&ended).await);
    note(app.signals().appcontext_popped.emit(ctx).await);
    first
}

/// Runs a future to its end on this thread.
///
/// Synchronous code pushes and pops contexts with it; futures of the default session interface and of
/// synchronous hooks are ready at the first poll.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
