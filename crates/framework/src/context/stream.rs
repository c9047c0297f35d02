//! Takes a context along to a stream. Flask: `flask.stream_with_context`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use http::Method;

use crate::context::globals::current_request_context;
use crate::context::{AppContext, Ended, OutsideContext, SlotGuard};
use crate::error::{Error, Result, panicked};
use crate::lifecycle::Pushed;
use crate::maybe_ready::BoxFuture;

/// Keeps the current context for the length of a stream: the context is popped when the stream has ended.
///
/// An error ends the stream, and teardown functions are told of it; their own errors break the stream off.
///
/// *Flask:* `flask.stream_with_context`.
///
/// # Errors
/// Outside of a request.
///
/// ```
/// use carafe::{Body, Error, Response, Result, request, stream_with_context};
/// use futures_util::stream;
///
/// fn view() -> Result {
///     let names = stream::iter(["ada", "kim"]).map(|name| {
///         Ok::<_, Error>(format!("{name} asked for {}\n", request().path()))
///     });
///     Ok(Response::new(Body::stream(stream_with_context(names)?)))
/// }
/// # use futures_util::StreamExt;
/// ```
pub fn stream_with_context<S, T, E>(
    stream: S,
) -> Result<impl Stream<Item = Result<T>> + Send + 'static, OutsideContext>
where
    S: Stream<Item = Result<T, E>> + Send + 'static,
    T: 'static,
    E: Into<Error> + 'static,
{
    let ctx = current_request_context("stream_with_context")?;
    let pushed = Pushed::again(ctx.clone());
    let stream = Box::pin(stream);
    let state = State::Streaming { stream, pushed };
    Ok(StreamWithContext { ctx, state })
}

struct StreamWithContext<S> {
    ctx: AppContext,
    state: State<S>,
}

enum State<S> {
    Streaming {
        stream: Pin<Box<S>>,
        pushed: Pushed,
    },
    /// The stream has ended, perhaps with an error, which is told after the context is popped.
    Popping {
        pop: BoxFuture<'static, Result<()>>,
        error: Option<Error>,
    },
    Done,
}

impl<S> StreamWithContext<S> {
    /// Ends the stream and begins to pop: the stream's own destructors still see the context.
    fn pop(&mut self, error: Option<Error>) {
        if let State::Streaming { stream, pushed } = std::mem::replace(&mut self.state, State::Done)
        {
            drop(stream);
            let ended = error.clone().map_or(Ended::Finished, Ended::from);
            let pop = Box::pin(pushed.pop(ended));
            self.state = State::Popping { pop, error };
        }
    }
}

impl<S, T, E> Stream for StreamWithContext<S>
where
    S: Stream<Item = Result<T, E>>,
    E: Into<Error>,
{
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let this = &mut *self;
        let _slot = SlotGuard::enter(this.ctx.clone());
        if let State::Streaming { stream, .. } = &mut this.state {
            match catch_unwind(AssertUnwindSafe(|| stream.as_mut().poll_next(cx))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(Some(Ok(item)))) => return Poll::Ready(Some(Ok(item))),
                Ok(Poll::Ready(Some(Err(error)))) => this.pop(Some(error.into())),
                Ok(Poll::Ready(None)) => this.pop(None),
                Err(payload) => this.pop(Some(panicked(payload))),
            }
        }
        let State::Popping { pop, error } = &mut this.state else {
            return Poll::Ready(None);
        };
        let popped = ready!(pop.as_mut().poll(cx));
        let error = error.take().or(popped.err());
        this.state = State::Done;
        Poll::Ready(error.map(Err))
    }
}

impl<S> Drop for StreamWithContext<S> {
    fn drop(&mut self) {
        if let State::Streaming { stream, pushed } = std::mem::replace(&mut self.state, State::Done)
        {
            let _slot = SlotGuard::enter(self.ctx.clone());
            drop(stream);
            // The answer to HEAD has no body, so that the stream is not even begun.
            let is_head = self
                .ctx
                .request()
                .is_some_and(|request| request.method() == Method::HEAD);
            if is_head && !std::thread::panicking() {
                pushed.pop_now(Ended::StreamClosed);
            }
        }
    }
}
