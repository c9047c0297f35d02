//! What a journey waits for. One place for all stages, since a journey waits for one thing at a time.

use std::task::{Context, Poll, ready};

use crate::error::Result;
use crate::maybe_ready::{BoxFuture, poll_user};
use crate::response::Response;

/// How far a stage has come.
pub(super) enum Step {
    /// Somebody is waited for, after which it goes on.
    Waits,
    Done,
    /// There is a response, which ends the stage.
    Answers(Response),
}

/// What a journey waits for, if it does.
#[derive(Default)]
pub(super) struct Waiting(Option<For>);

/// A future, by what it gives.
pub(super) enum For {
    Nothing(BoxFuture<'static, Result<()>>),
    Early(BoxFuture<'static, Result<Option<Response>>>),
    Response(BoxFuture<'static, Result<Response>>),
    /// The response comes back, saved or not.
    Saved(BoxFuture<'static, (Response, Result<()>)>),
}

impl Waiting {
    #[inline(never)] // out of the way of requests that wait for nobody
    pub(super) fn start(&mut self, what: For) {
        self.0 = Some(what);
    }

    #[inline]
    pub(super) fn is_for_something(&self) -> bool {
        self.0.is_some()
    }

    /// Waits; gives the response that came, if one did, and how it went.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(Option<Response>, Result<()>)> {
        match &mut self.0 {
            None => Poll::Ready((None, Ok(()))),
            Some(what) => {
                let outcome = ready!(what.poll(cx));
                self.0 = None;
                Poll::Ready(outcome)
            }
        }
    }
}

impl For {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(Option<Response>, Result<()>)> {
        let answer = match self {
            Self::Nothing(future) => ready!(poll_user(future, cx)).map(|()| None),
            Self::Early(future) => ready!(poll_user(future, cx)),
            Self::Response(future) => ready!(poll_user(future, cx)).map(Some),
            Self::Saved(future) => {
                let (response, saved) = ready!(future.as_mut().poll(cx));
                return Poll::Ready((Some(response), saved));
            }
        };
        Poll::Ready(match answer {
            Ok(response) => (response, Ok(())),
            Err(error) => (None, Err(error)),
        })
    }
}
