//! The journey of a request, one file a step. Flask: `Flask.wsgi_app`, `Flask.full_dispatch_request`.

mod push; // make the context current, open the session, match the URL
mod preprocess; // url_value_preprocessors, before_request
mod dispatch; // routing errors, automatic OPTIONS, the view
mod errors; // which handler answers an error, and the 500 when none does
mod finalize; // make_response, after_request, save_session
mod pop; // teardown: on return, error, panic and drop
mod handle; // what the server asks: from a request to the response that hyper sends

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::context::{AppContext, Ended, Exchanged, begin_after};
use crate::error::{Error, Result};
use crate::lifecycle::finalize::Finalizing;
use crate::lifecycle::pop::Popping;
use crate::lifecycle::preprocess::Preprocessing;
use crate::lifecycle::push::Pushing;
use crate::maybe_ready::{BoxFuture, Called, poll_user};
use crate::request::Request;
use crate::response::Response;

pub(crate) use self::handle::{Handling, handle};
pub(crate) use self::pop::{Pushed, block_on};
pub(crate) use self::push::push;

/// The journey of one request: to its response, or to the error that leaves the app.
///
/// It is a future by hand, since most requests meet nobody who waits: they pass all stages in one poll, and pay
/// for no stage that could be left and entered again. What does wait is boxed.
pub(crate) struct Journey {
    /// The context, which is in the slot while it is current.
    ctx: Option<AppContext>,
    request: Request,
    stage: Stage,
    push: Pushing,
    preprocess: Preprocessing,
    /// What the view, or an error handler, answers later.
    answer: Option<BoxFuture<'static, Result<Response>>>,
    finalize: Finalizing,
    ended: Ended,
    pop: Option<Box<Popping>>,
    /// The error that leaves the app, in place of a response.
    failure: Option<Error>,
}

/// How far a journey has come.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Push,
    Preprocess,
    Dispatch,
    HandleUserException,
    Finalize,
    HandleException,
    Pop,
    Done,
}

impl Journey {
    /// The journey of a request whose context was not pushed yet.
    pub(crate) fn new(request: Request) -> Self {
        Self {
            ctx: Some(request.context().clone()),
            request,
            stage: Stage::Push,
            push: Pushing::default(),
            preprocess: Preprocessing::default(),
            answer: None,
            finalize: Finalizing::default(),
            ended: Ended::Finished,
            pop: None,
            failure: None,
        }
    }

    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Goes on from stage to stage.
    ///
    /// *Flask:* `Flask.wsgi_app`, `Flask.full_dispatch_request`.
    fn travel(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        loop {
            match self.stage {
                Stage::Push => match ready!(self.push.poll(self.request.context(), cx)) {
                    Ok(()) => self.stage = Stage::Preprocess,
                    Err(error) => self.handle_exception(error),
                },
                Stage::Preprocess => match ready!(self.preprocess.poll(&self.request, cx)) {
                    Ok(None) => self.dispatch(),
                    Ok(Some(response)) => self.finalize(response),
                    Err(error) => self.handle_user_exception(error),
                },
                Stage::Dispatch => match ready!(self.poll_answer(cx)) {
                    Ok(response) => self.finalize(response),
                    Err(error) => self.handle_user_exception(error),
                },
                Stage::HandleUserException => match ready!(self.poll_answer(cx)) {
                    Ok(response) => self.finalize(response),
                    Err(error) => self.handle_exception(error),
                },
                Stage::Finalize => match ready!(self.finalize.poll(&self.request, cx)) {
                    Ok(()) => self.pop(),
                    Err(error) => self.handle_exception(error),
                },
                Stage::HandleException => {
                    match ready!(self.poll_answer(cx)) {
                        Ok(response) => self.finalize.give(response),
                        Err(error) => self.failure = Some(error),
                    }
                    self.pop();
                }
                Stage::Pop => {
                    if let Some(pop) = &mut self.pop
                        && let Err(error) = ready!(Pin::new(&mut **pop).poll(cx))
                    {
                        self.failure = Some(error);
                    }
                    self.stage = Stage::Done;
                    return Poll::Ready(match self.failure.take() {
                        None => self.finalize.response(),
                        Some(error) => Err(error),
                    });
                }
                Stage::Done => return Poll::Pending,
            }
        }
    }

    /// Calls the view.
    #[inline]
    fn dispatch(&mut self) {
        match dispatch::dispatch_request(&self.request) {
            Called::Ready(Ok(response)) => self.finalize(response),
            Called::Ready(Err(error)) => self.handle_user_exception(error),
            Called::Waiting(answer) => self.wait(Stage::Dispatch, answer),
        }
    }

    /// Has an error of a hook or a view handled.
    fn handle_user_exception(&mut self, error: Error) {
        let request = self.request.clone();
        let handler = async move { errors::handle_user_exception(request.context(), error).await };
        self.wait(Stage::HandleUserException, Box::pin(handler));
    }

    /// Has an error answered that no handler took care of.
    fn handle_exception(&mut self, error: Error) {
        let request = self.request.clone();
        self.ended = Ended::from(error.clone());
        let handler = async move { errors::handle_exception(request.context(), &error).await };
        self.wait(Stage::HandleException, Box::pin(handler));
    }

    fn wait(&mut self, stage: Stage, answer: BoxFuture<'static, Result<Response>>) {
        self.answer = Some(answer);
        self.stage = stage;
    }

    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        let answer = match &mut self.answer {
            Some(answer) => ready!(poll_user(answer, cx)),
            None => Err(Error::msg("nothing answers the request")),
        };
        self.answer = None;
        Poll::Ready(answer)
    }

    fn finalize(&mut self, response: Response) {
        self.finalize.give(response);
        self.stage = Stage::Finalize;
    }

    fn pop(&mut self) {
        self.pop = Popping::counted(self.request.context(), &self.ended);
        self.stage = Stage::Pop;
    }
}

impl Future for Journey {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        let mut ctx = self.ctx.take();
        let answer = {
            let _slot = Exchanged::with(&mut ctx);
            self.travel(cx)
        };
        self.ctx = ctx;
        let mut answer = ready!(answer);
        if let Ok(response) = &mut answer {
            begin_after(self.request.context(), response);
        }
        Poll::Ready(answer)
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        let is_pushed = self.push.has_begun() && self.stage != Stage::Pop;
        if self.stage == Stage::Done {
            return;
        }
        let mut ctx = self.ctx.take();
        // What waits may use the context once more, like `finally` in Python.
        let _slot = Exchanged::with(&mut ctx);
        self.push = Pushing::default();
        self.preprocess = Preprocessing::default();
        self.answer = None;
        self.finalize = Finalizing::default();
        // Dropped half-way, it goes on by itself.
        self.pop = None;
        if is_pushed {
            drop(Pushed::counted(self.request.context().clone()));
        }
    }
}

/// Answers the request of a context that was not pushed yet, or gives the error that leaves the app.
pub(crate) async fn answer_in(ctx: &AppContext) -> Result<Response> {
    match Request::of(ctx) {
        Some(request) => Journey::new(request).await,
        None => Err(Error::msg("there is no request to answer")),
    }
}
