//! Ends a context: its teardown functions run on return, error, panic and drop, and from here alone.
//! Flask: `AppContext.pop`, `Flask.do_teardown_request`, `Flask.do_teardown_appcontext`.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker, ready};
use std::thread::{self, Thread};

use crate::context::{AppContext, Ended, Scope, SlotGuard};
use crate::error::{Error, Result};
use crate::hook::Teardown;
use crate::lifecycle::push;
use crate::maybe_ready::{BoxFuture, Called, call_user, poll_user};
use crate::request::Request;
use crate::signals::Signal;

/// A push that was counted. It is popped by [`pop`](Self::pop), or when it is dropped: the future that
/// held it is gone, because the client is.
#[must_use = "dropping it pops the context at once"]
pub(crate) struct Pushed(Option<AppContext>);

impl Pushed {
    /// Counts a push of a context, which others may have pushed already.
    pub(crate) fn again(ctx: AppContext) -> Self {
        ctx.count_push();
        Self(Some(ctx))
    }

    /// Counts a push of a context, in the scope of which this runs, and does what the first one does.
    ///
    /// # Errors
    /// When the session could not be opened: the push is given back all the same, to be popped.
    pub(crate) async fn new(ctx: AppContext) -> (Self, Result<()>) {
        let pushed = Self(Some(ctx.clone()));
        let outcome = push(&ctx).await;
        (pushed, outcome)
    }

    /// A push that was counted already.
    pub(super) fn counted(ctx: AppContext) -> Self {
        Self(Some(ctx))
    }

    /// Pops the context, in the scope of which this runs.
    ///
    /// # Errors
    /// The first error of the teardown functions, all of which run.
    pub(crate) async fn pop(mut self, ended: Ended) -> Result<()> {
        match self.0.take().filter(AppContext::count_pop) {
            Some(ctx) if is_told(&ctx) => Popping::new(ctx, ended).await,
            _ => Ok(()),
        }
    }

    /// Pops the context where nobody can wait: what teardown functions wait for goes on as a task.
    pub(crate) fn pop_now(mut self, ended: Ended) {
        if let Some(ctx) = self.0.take().filter(AppContext::count_pop) {
            detach(Popping::new(ctx, ended));
        }
    }
}

impl Drop for Pushed {
    fn drop(&mut self) {
        if let Some(ctx) = self.0.take().filter(AppContext::count_pop) {
            let ended = match thread::panicking() {
                true => Ended::Panicked(Error::msg("the code in the context panicked")),
                false => Ended::ClientGone,
            };
            detach(Popping::new(ctx, ended));
        }
    }
}

/// Whether anybody is told of the end of a context.
fn is_told(ctx: &AppContext) -> bool {
    let (app, signals) = (ctx.app().inner(), ctx.app().signals());
    app.has_teardown
        || signals.request_tearing_down.has_receivers()
        || signals.appcontext_tearing_down.has_receivers()
        || signals.appcontext_popped.has_receivers()
}

/// A pop under way. Dropped half-way it finishes on its own: teardown always runs to its end.
pub(super) struct Popping {
    ctx: AppContext,
    ended: Ended,
    next: Step,
    /// What the function called last waits for.
    waiting: Option<BoxFuture<'static, Result<()>>>,
    /// The first error, which is given back when all is done.
    outcome: Result<()>,
    is_detached: bool,
}

/// What a pop does next.
#[derive(Clone, Copy)]
enum Step {
    RequestFunction(usize),
    RequestTearingDown,
    ContextFunction(usize),
    ContextTearingDown,
    Popped,
    Done,
}

impl Popping {
    /// Counts a journey's pop; none when it is not the last one, or when nobody is told of it.
    #[inline]
    pub(super) fn counted(ctx: &AppContext, ended: &Ended) -> Option<Box<Self>> {
        let is_last = ctx.count_journeys_pop();
        (is_last && is_told(ctx)).then(|| Box::new(Self::new(ctx.clone(), ended.clone())))
    }

    fn new(ctx: AppContext, ended: Ended) -> Self {
        let next = match ctx.has_request() {
            true => Step::RequestFunction(0),
            false => Step::ContextFunction(0),
        };
        Self {
            ctx,
            ended,
            next,
            waiting: None,
            outcome: Ok(()),
            is_detached: false,
        }
    }

    /// Calls the next teardown function, or tells the next signal; none when all is done.
    fn step(&mut self) -> Option<Called<()>> {
        loop {
            let step = self.next;
            match step {
                Step::RequestFunction(place) => match self.request_function(place) {
                    Some(function) => {
                        self.next = Step::RequestFunction(place + 1);
                        return Some(call_user(|| function(self.ended.clone())));
                    }
                    None => self.next = Step::RequestTearingDown,
                },
                Step::ContextFunction(place) => {
                    match self
                        .ctx
                        .app()
                        .inner()
                        .teardown_appcontext
                        .iter()
                        .rev()
                        .nth(place)
                    {
                        Some(function) => {
                            self.next = Step::ContextFunction(place + 1);
                            return Some(call_user(|| function(self.ended.clone())));
                        }
                        None => self.next = Step::ContextTearingDown,
                    }
                }
                Step::RequestTearingDown => {
                    self.next = Step::ContextFunction(0);
                    return Some(self.tell(&self.ctx.app().signals().request_tearing_down));
                }
                Step::ContextTearingDown => {
                    self.next = Step::Popped;
                    return Some(self.tell(&self.ctx.app().signals().appcontext_tearing_down));
                }
                Step::Popped => {
                    self.next = Step::Done;
                    let ctx = self.ctx.clone();
                    return Some(tell(&self.ctx.app().signals().appcontext_popped, ctx));
                }
                Step::Done => return None,
            }
        }
    }

    /// The teardown function at a place: those of the innermost blueprint first, each in reverse order.
    fn request_function(&self, place: usize) -> Option<Teardown> {
        let request = Request::of(&self.ctx)?;
        request.hooks().teardown_request.get(place).cloned()
    }

    fn tell(&self, signal: &Signal<Ended>) -> Called<()> {
        tell(signal, self.ended.clone())
    }

    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            tracing::error!(target: "carafe::app", %error, "a teardown function failed");
            if self.outcome.is_ok() {
                self.outcome = Err(error);
            }
        }
    }
}

impl Future for Popping {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                let result = ready!(poll_user(waiting, cx));
                self.waiting = None;
                self.note(result);
            }
            match self.step() {
                Some(Called::Ready(result)) => self.note(result),
                Some(Called::Waiting(future)) => self.waiting = Some(future),
                None => return Poll::Ready(std::mem::replace(&mut self.outcome, Ok(()))),
            }
        }
    }
}

impl Drop for Popping {
    fn drop(&mut self) {
        if matches!(self.next, Step::Done) && self.waiting.is_none() {
            return;
        }
        let rest = Self {
            ctx: self.ctx.clone(),
            ended: self.ended.clone(),
            next: std::mem::replace(&mut self.next, Step::Done),
            waiting: self.waiting.take(),
            outcome: Ok(()),
            is_detached: true,
        };
        // A task that is dropped belongs to a runtime that ends: nothing can be waited for any more.
        if self.is_detached {
            rest.finish_in_haste()
        } else {
            detach(rest)
        }
    }
}

impl Popping {
    /// Calls what is left and waits for none of it.
    fn finish_in_haste(mut self) {
        let _slot = SlotGuard::enter(self.ctx.clone());
        self.waiting = None;
        while let Some(answer) = self.step() {
            let mut answer = pin!(answer.answer());
            let mut cx = Context::from_waker(Waker::noop());
            let result = answer.as_mut().poll(&mut cx);
            self.note(match result {
                Poll::Ready(result) => result,
                Poll::Pending => Err(Error::msg(
                    "the runtime ended before a teardown function did",
                )),
            });
        }
    }
}

/// Tells the receivers of a signal, if it has any.
fn tell<P: Send + Sync + 'static>(signal: &Signal<P>, payload: P) -> Called<()> {
    if !signal.has_receivers() {
        return Called::Ready(Ok(()));
    }
    let signal = signal.clone();
    Called::Waiting(Box::pin(async move { signal.emit(&payload).await }))
}

/// Finishes a pop that nobody waits for: here and now if it can, and otherwise as a task.
fn detach(mut popping: Popping) {
    popping.is_detached = true;
    let ctx = popping.ctx.clone();
    let mut popping = Scope::new(ctx, popping);
    match Pin::new(&mut popping).poll(&mut Context::from_waker(Waker::noop())) {
        // What failed was logged when it did.
        Poll::Ready(_) => {}
        Poll::Pending => match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(popping)),
            Err(_) => drop(block_on(popping)),
        },
    }
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
