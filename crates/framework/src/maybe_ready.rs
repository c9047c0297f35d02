//! Answers that may be ready at once: synchronous user code pays for no boxed future.

use std::fmt;
use std::future::Future;
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

/// Calls a user's function to its end: a panic in it, or in its future, is an error.
pub(crate) async fn call_user<T>(
    function: impl FnOnce() -> MaybeReady<Result<T, Error>>,
) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(function)) {
        Ok(MaybeReady::Ready(answer)) => answer,
        Ok(MaybeReady::Waiting(future)) => CatchUnwind(future).await,
        Err(payload) => Err(panicked(payload)),
    }
}

/// Polls a user's future; a panic in it becomes the error it answers with.
pub(crate) struct CatchUnwind<T>(BoxFuture<'static, Result<T, Error>>);

impl<T> CatchUnwind<T> {
    pub(crate) fn new(future: BoxFuture<'static, Result<T, Error>>) -> Self {
        Self(future)
    }
}

impl<T> Future for CatchUnwind<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(payload) => Poll::Ready(Err(panicked(payload))),
        }
    }
}
