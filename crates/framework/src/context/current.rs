//! The slot that says which context is current, and the two ways into it. Flask: `_cv_app`.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use scoped_tls::scoped_thread_local;

use crate::context::{AppContext, Ended};
use crate::error::Error;
use crate::lifecycle;

thread_local! {
    /// The context that a guard made current. A thread runs one poll at a time, so the slot needs no lock; each
    /// poll of a future with a context of its own finds it empty, and restores what it found.
    static GUARDED: RefCell<Option<AppContext>> = const { RefCell::new(None) };
}

scoped_thread_local! {
    /// The context of the future that is polled, where no guard has made another one current meanwhile.
    static POLLED: AppContext
}

/// Reads the current context. The slot is borrowed for the read alone, never while user code runs.
pub(crate) fn with_current<T>(read: impl FnOnce(Option<&AppContext>) -> T) -> T {
    GUARDED.with_borrow(|guarded| match guarded {
        Some(ctx) => read(Some(ctx)),
        None if POLLED.is_set() => POLLED.with(|ctx| read(Some(ctx))),
        None => read(None),
    })
}

/// Reads the current context in a panic hook, which may run while the slot is borrowed or gone.
pub(crate) fn peek_current<T>(read: impl FnOnce(Option<&AppContext>) -> T) -> Option<T> {
    let guarded = GUARDED.try_with(|guarded| Some(guarded.try_borrow().ok()?.clone()));
    match guarded.ok().flatten()? {
        Some(ctx) => Some(read(Some(&ctx))),
        None if POLLED.is_set() => Some(POLLED.with(|ctx| read(Some(ctx)))),
        None => Some(read(None)),
    }
}

/// Makes a context current for the length of a call, without a reference counted.
///
/// `guarded` keeps the context of a guard that is held from one call to the next.
pub(crate) fn in_context<T>(
    ctx: &AppContext,
    guarded: &mut Option<AppContext>,
    call: impl FnOnce() -> T,
) -> T {
    let _guarded = Exchanged::with(guarded);
    POLLED.set(ctx, call)
}

/// Puts a context into the slot and restores the former one when dropped.
pub(crate) struct SlotGuard {
    former: Option<AppContext>,
    stays_on_its_thread: PhantomData<*const ()>,
}

impl SlotGuard {
    pub(crate) fn enter(ctx: AppContext) -> Self {
        let former = GUARDED.replace(Some(ctx));
        Self {
            former,
            stays_on_its_thread: PhantomData,
        }
    }
}

impl Drop for SlotGuard {
    fn drop(&mut self) {
        // The slot is free again before the context may be dropped, whose values may look at it.
        drop(GUARDED.replace(self.former.take()));
    }
}

/// A future that runs in a context: it is current during each poll, and while the future is dropped, and not
/// between.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct Scope<F> {
    ctx: AppContext,
    guarded: Option<AppContext>,
    future: Option<F>,
}

impl<F: Future + Unpin> Future for Scope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self {
            ctx,
            guarded,
            future,
        } = &mut *self;
        in_context(ctx, guarded, || match future {
            Some(future) => Pin::new(future).poll(cx),
            None => Poll::Pending,
        })
    }
}

impl<F> Drop for Scope<F> {
    fn drop(&mut self) {
        // What the future holds may use the context once more, like `finally` in Python.
        in_context(&self.ctx, &mut self.guarded, || self.future = None);
    }
}

impl<F> Scope<F> {
    pub(crate) fn new(ctx: AppContext, future: F) -> Self {
        Self {
            ctx,
            guarded: None,
            future: Some(future),
        }
    }
}

/// The content of a place and that of the slot, exchanged until this is dropped: no reference is counted.
struct Exchanged<'a>(&'a mut Option<AppContext>);

impl<'a> Exchanged<'a> {
    fn with(place: &'a mut Option<AppContext>) -> Self {
        GUARDED.with_borrow_mut(|current| std::mem::swap(current, place));
        Self(place)
    }
}

impl Drop for Exchanged<'_> {
    fn drop(&mut self) {
        GUARDED.with_borrow_mut(|current| std::mem::swap(current, self.0));
    }
}

impl AppContext {
    /// Runs a future with this context as the current one.
    ///
    /// The context is pushed before and popped after, with its teardown functions, also when the future
    /// panics or is dropped.
    ///
    /// *Flask:* `with app.app_context():` around asynchronous code.
    ///
    /// # Errors
    /// When opening the session or a teardown function fails.
    ///
    /// # Cancel safety
    /// Dropping the future pops the context.
    pub async fn scope<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        let body = async {
            let (pushed, outcome) = lifecycle::Pushed::new(self.clone()).await;
            if let Err(error) = outcome {
                pushed.pop_now(Ended::from(error.clone()));
                return Err(error);
            }
            let output = future.await;
            pushed.pop(Ended::Finished).await?;
            Ok(output)
        };
        Scope::new(self.clone(), Box::pin(body)).await
    }

    /// Makes this context the current one until the guard is dropped.
    ///
    /// The first push opens the session and matches the URL; dropping the last guard runs the teardown
    /// functions. Pushes nest and are counted.
    ///
    /// *Flask:* `with app.test_request_context():`, `AppContext.push`.
    ///
    /// # Errors
    /// When the session could not be opened.
    pub fn push(&self) -> Result<ContextGuard, Error> {
        let slot = SlotGuard::enter(self.clone());
        let (pushed, outcome) = lifecycle::block_on(lifecycle::Pushed::new(self.clone()));
        if let Err(error) = outcome {
            pushed.pop_now(Ended::from(error.clone()));
            return Err(error);
        }
        Ok(ContextGuard {
            pushed: Some(pushed),
            _slot: slot,
        })
    }
}

/// Keeps a context current; dropping it pops the context.
///
/// It stays on its thread: a future that holds one across an `.await` cannot be spawned.
#[must_use = "the context is popped when the guard is dropped"]
pub struct ContextGuard {
    pushed: Option<lifecycle::Pushed>,
    _slot: SlotGuard,
}

impl ContextGuard {
    /// Pops the context, telling teardown functions why.
    ///
    /// *Flask:* `AppContext.pop(exc)`.
    ///
    /// # Errors
    /// When a teardown function fails; the others have run all the same.
    pub fn pop(mut self, ended: Ended) -> Result<(), Error> {
        match self.pushed.take() {
            Some(pushed) => lifecycle::block_on(pushed.pop(ended)),
            None => Ok(()),
        }
    }
}

impl Drop for ContextGuard {
    fn drop(&mut self) {
        // A panic has the push tell it when it is dropped.
        if let Some(pushed) = self.pushed.take()
            && !std::thread::panicking()
        {
            pushed.pop_now(Ended::Finished);
        }
    }
}

impl fmt::Debug for ContextGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContextGuard")
    }
}
