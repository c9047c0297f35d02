//! Answers that may be ready at once: synchronous user code pays for no boxed future.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::{Error, panicked};

/// A future that is boxed and may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An answer that is there already, or a future that will give it.
///
/// *Beyond Flask:* Flask's functions are synchronous or wrapped; here both kinds are called directly.
pub enum MaybeReady<T> {
    /// The answer.
    Ready(T),
    /// The future of the answer.
    Waiting(BoxFuture<'static, T>),
}

impl<T> MaybeReady<T> {
    /// Boxes a future that gives the answer later.
    pub fn waiting(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self::Waiting(Box::pin(future))
    }

    /// Changes the answer, now or when it comes.
    ///
    /// ```
    /// use carafe::MaybeReady;
    ///
    /// let answer = MaybeReady::Ready(20).map(|number| number + 1);
    /// assert!(matches!(answer, MaybeReady::Ready(21)));
    /// ```
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'static) -> MaybeReady<U>
    where
        T: 'static,
    {
        match self {
            Self::Ready(answer) => MaybeReady::Ready(change(answer)),
            Self::Waiting(future) => MaybeReady::waiting(async move { change(future.await) }),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for MaybeReady<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(answer) => f.debug_tuple("Ready").field(answer).finish(),
            Self::Waiting(_) => f.write_str("Waiting(..)"),
        }
    }
}

/// What a function of the user's answers: a panic in it is an error.
pub(crate) enum Called<T> {
    Ready(Result<T, Error>),
    /// To be polled by [`poll_user`].
    Waiting(BoxFuture<'static, Result<T, Error>>),
}

/// Calls a function of the user's.
#[inline]
pub(crate) fn call_user<T>(function: impl FnOnce() -> MaybeReady<Result<T, Error>>) -> Called<T> {
    match catch_unwind(AssertUnwindSafe(function)) {
        Ok(MaybeReady::Ready(answer)) => Called::Ready(answer),
        Ok(MaybeReady::Waiting(future)) => Called::Waiting(future),
        Err(payload) => Called::Ready(Err(panicked(payload))),
    }
}

/// Polls a future of the user's; a panic in it becomes the error it answers with.
pub(crate) fn poll_user<T>(
    future: &mut BoxFuture<'static, Result<T, Error>>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Error>> {
    match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll,
        Err(payload) => Poll::Ready(Err(panicked(payload))),
    }
}

impl<T> Called<T> {
    /// Waits for the answer.
    pub(crate) async fn answer(self) -> Result<T, Error> {
        match self {
            Self::Ready(answer) => answer,
            Self::Waiting(mut future) => poll_fn(|cx| poll_user(&mut future, cx)).await,
        }
    }
}
