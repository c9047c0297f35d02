//! The journey of a request, one file a step. Flask: `Flask.wsgi_app`, `Flask.full_dispatch_request`.

mod handle; // what the server asks: from a request to the response that hyper sends
mod push; // make the context current, open the session, match the URL
mod preprocess; // url_value_preprocessors, before_request
mod dispatch; // routing errors, automatic OPTIONS, the view
mod errors; // which handler answers an error, and the 500 when none does
mod finalize; // make_response, after_request, save_session
mod pop; // teardown: on return, error, panic and drop
mod waiting; // what a journey waits for

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::context::{AppContext, Arrival, EmptyContext, Ended, begin_after, in_context};
use crate::error::{Error, Result};
use crate::lifecycle::finalize::Finalizing;
use crate::lifecycle::pop::Popping;
use crate::lifecycle::preprocess::Preprocessing;
use crate::lifecycle::push::Pushing;
use crate::lifecycle::waiting::{For, Step, Waiting};
use crate::request::Request;
use crate::response::Response;
use crate::spare::{self, Spare};

pub(crate) use self::handle::{Handling, handle};
pub(crate) use self::pop::{Pushed, block_on};
pub(crate) use self::push::push;

/// The journey of one request: to its response, or to the error that leaves the app.
///
/// It is a future by hand, since most requests meet nobody who waits: they pass all stages in one poll, and pay
/// for no stage that could be left and entered again. What does wait is boxed.
#[derive(Default)]
pub(crate) struct Journey {
    /// None before it begins and once it has ended.
    request: Option<Request>,
    /// The context of the request before, if the journey is used again.
    spare: Option<EmptyContext>,
    /// A context that a guard has made current, from one poll to the next.
    guarded: Option<AppContext>,
    way: Way,
}

thread_local! {
    /// The journey that ended last on this thread: the server moves the future of an answer about, which is to be
    /// no more than a pointer.
    static SPARE: Spare<Box<Journey>> = const { Spare::none() };
}

/// Where a journey is on its way, and what it carries along.
#[derive(Default)]
struct Way {
    stage: Stage,
    push: Pushing,
    preprocess: Preprocessing,
    finalize: Finalizing,
    /// What the stage waits for.
    waiting: Waiting,
    ended: Ended,
    pop: Option<Box<Popping>>,
    /// The error that leaves the app, in place of a response.
    failure: Option<Error>,
}

/// How far a journey has come.
#[derive(Clone, Copy, Default, PartialEq)]
enum Stage {
    #[default]
    Push,
    Preprocess,
    Dispatch,
    HandleUserException,
    Finalize,
    HandleException,
    Pop,
    Done,
}

/// Lets go of the connection that the server leaves: while it is there, requests that came together share one
/// reference.
pub(crate) fn let_go() {
    if let Some(mut journey) = spare::take(&SPARE) {
        if let Some(spare) = &mut journey.spare {
            spare.let_go();
        }
        spare::keep(&SPARE, journey);
    }
}

/// Where a request goes: a journey that has not begun, and a context.
pub(crate) struct Place {
    journey: Box<Journey>,
    context: EmptyContext,
}

impl Place {
    /// A place for a request that came by a connection.
    pub(crate) fn take(arrival: &Arc<Arrival>) -> Self {
        let mut journey = spare::take(&SPARE).unwrap_or_default();
        let context = EmptyContext::of(journey.spare.take(), arrival);
        Self { journey, context }
    }
}

impl Journey {
    /// Has it begin with a request whose context nobody else has yet.
    #[inline]
    fn with(mut self: Box<Self>, request: Request) -> Box<Self> {
        request.context().count_first_push();
        self.way.push = Pushing::counted();
        self.request = Some(request);
        self
    }

    /// Ends a journey, to use it again.
    #[inline]
    fn give_up(mut self: Box<Self>) {
        self.end();
        spare::keep(&SPARE, self);
    }

    #[inline]
    fn end(&mut self) {
        let Some(request) = self.request.take() else {
            return;
        };
        match self.way.stage {
            Stage::Done => self.way.begin_anew(),
            _ => self.break_off(request.context()),
        }
        self.guarded = None;
        self.spare = request.give_up();
    }

    /// Ends it half-way.
    #[cold]
    fn break_off(&mut self, ctx: &AppContext) {
        let Self { guarded, way, .. } = self;
        let is_pushed = way.push.has_begun() && way.stage != Stage::Pop;
        // What waits may use the context once more, like `finally` in Python.
        in_context(ctx, guarded, || {
            // Popped last, also when what is dropped before panics.
            let _pushed = is_pushed.then(|| Pushed::counted(ctx.clone()));
            way.waiting = Waiting::default();
            way.finalize = Finalizing::default();
            // Dropped half-way, it goes on by itself.
            way.pop = None;
        });
        self.way = Way::default();
    }

    pub(crate) fn context(&self) -> &AppContext {
        let request = self.request.as_ref();
        request
            .expect("a journey lasts no longer than its request")
            .context()
    }
}

impl Way {
    /// Forgets where it led. What was waited for is gone by its end.
    fn begin_anew(&mut self) {
        self.stage = Stage::default();
        self.push = Pushing::default();
        self.preprocess = Preprocessing::default();
        self.finalize = Finalizing::default();
        self.pop = None;
        if !matches!(self.ended, Ended::Finished) {
            self.ended = Ended::default();
        }
    }

    /// Goes on until something is waited for, or to the end.
    ///
    /// *Flask:* `Flask.wsgi_app`, `Flask.full_dispatch_request`.
    fn travel(&mut self, request: &Request, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        loop {
            while self.waiting.is_for_something() {
                ready!(self.poll_waiting(request, cx));
            }
            match self.pass(request) {
                Ok(Step::Waits) => {}
                Err(error) => self.failed(request, error),
                Ok(_) if self.stage == Stage::Pop => return self.poll_pop(cx),
                // An error is handled when what its handlers wait for has come.
                Ok(_) => return Poll::Pending,
            }
        }
    }

    /// Passes the stages from the one that it is at.
    fn pass(&mut self, request: &Request) -> Result<Step> {
        let waiting = &mut self.waiting;
        if self.stage == Stage::Push {
            if let Step::Waits = self.push.go_on(request.context(), waiting)? {
                return Ok(Step::Waits);
            }
            self.stage = Stage::Preprocess;
        }
        let rule = request.rule_entry();
        let hooks = request.app().hooks(rule);
        if self.stage == Stage::Preprocess {
            match self.preprocess.go_on(request, hooks, waiting)? {
                Step::Waits => return Ok(Step::Waits),
                Step::Answers(early) => {
                    self.finalize.give(early);
                    self.stage = Stage::Finalize;
                }
                Step::Done => self.stage = Stage::Dispatch,
            }
        }
        if self.stage == Stage::Dispatch {
            let Step::Answers(response) = dispatch::dispatch_request(request, rule, waiting)?
            else {
                return Ok(Step::Waits);
            };
            self.finalize.give(response);
            self.stage = Stage::Finalize;
        }
        if self.stage == Stage::Finalize {
            if let Step::Waits = self.finalize.go_on(request, hooks, waiting)? {
                return Ok(Step::Waits);
            }
            self.pop(request);
        }
        Ok(Step::Done)
    }

    /// Goes on with what was waited for.
    #[cold]
    fn poll_waiting(&mut self, request: &Request, cx: &mut Context<'_>) -> Poll<()> {
        let (response, outcome) = ready!(self.waiting.poll(cx));
        if let Some(response) = response {
            self.answered(request, response);
        }
        if let Err(error) = outcome {
            self.failed(request, error);
        }
        Poll::Ready(())
    }

    /// Goes on with a response that was waited for.
    fn answered(&mut self, request: &Request, response: Response) {
        self.finalize.give(response);
        match self.stage {
            Stage::HandleException => self.pop(request),
            _ => self.stage = Stage::Finalize,
        }
    }

    /// Goes on with an error: one of a hook or the view is asked about first, and an error that no handler takes
    /// care of becomes a 500.
    #[cold]
    fn failed(&mut self, request: &Request, error: Error) {
        let handled = request.clone();
        match self.stage {
            Stage::Preprocess | Stage::Dispatch => {
                self.stage = Stage::HandleUserException;
                self.waiting.start(For::Response(Box::pin(async move {
                    errors::handle_user_exception(handled.context(), error).await
                })));
            }
            Stage::HandleException => {
                self.failure = Some(error);
                self.pop(request);
            }
            _ => {
                // A response that could not be finished ends here, in its context.
                self.finalize = Finalizing::default();
                self.stage = Stage::HandleException;
                self.ended = Ended::from(error.clone());
                self.waiting.start(For::Response(Box::pin(async move {
                    errors::handle_exception(handled.context(), &error).await
                })));
            }
        }
    }

    fn pop(&mut self, request: &Request) {
        self.pop = Popping::counted(request.context(), &self.ended);
        self.stage = Stage::Pop;
    }

    fn poll_pop(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        if let Some(pop) = &mut self.pop
            && let Err(error) = ready!(Pin::new(&mut **pop).poll(cx))
        {
            self.finalize = Finalizing::default();
            self.failure = Some(error);
        }
        self.stage = Stage::Done;
        Poll::Ready(match self.failure.take() {
            None => self.finalize.response(),
            Some(error) => Err(error),
        })
    }
}

impl Future for Journey {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        let Self {
            request,
            guarded,
            way,
            ..
        } = &mut *self;
        let Some(request) = request else {
            return Poll::Pending;
        };
        let travelling = in_context(request.context(), guarded, || way.travel(request, cx));
        let mut answer = ready!(travelling);
        if let Ok(response) = &mut answer {
            begin_after(request.context(), response);
        }
        Poll::Ready(answer)
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        self.end();
    }
}

/// Answers the request of a context that was not pushed yet, or gives the error that leaves the app.
#[cfg(feature = "testing")]
pub(crate) async fn answer_in(ctx: &AppContext) -> Result<Response> {
    match Request::of(ctx) {
        Some(request) => {
            let mut journey = Journey::default();
            journey.request = Some(request);
            journey.await
        }
        None => Err(Error::msg("there is no request to answer")),
    }
}
