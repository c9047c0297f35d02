//! Makes a context current: opens the session, then matches the URL. Flask: `AppContext.push`.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use carafe_sessions::{BoxSession, SessionContext, SessionError, SessionErrorKind};

use crate::context::{AppContext, SessionSlot};
use crate::error::{Error, Result, panicked};
use crate::lifecycle::waiting::{For, Step, Waiting};
use crate::maybe_ready::BoxFuture;
use crate::request::Request;

/// Does what the first push of a context does; the context is current already.
#[derive(Default)]
pub(super) struct Pushing(Next);

#[derive(Clone, Copy, Default, PartialEq)]
enum Next {
    #[default]
    Count,
    Tell,
    OpenSession,
    Match,
}

impl Pushing {
    /// A push that is counted, and that nobody was told of yet.
    pub(super) fn counted() -> Self {
        Self(Next::Tell)
    }

    /// Whether anything has been done that a pop undoes.
    pub(super) fn has_begun(&self) -> bool {
        !matches!(self.0, Next::Count | Next::Tell)
    }

    #[inline]
    pub(super) fn go_on(&mut self, ctx: &AppContext, waiting: &mut Waiting) -> Result<Step> {
        // The context is pushed already when this is another push of it.
        if self.0 == Next::Count && !ctx.count_push() {
            self.0 = Next::Match;
            return Ok(Step::Done);
        }
        if matches!(self.0, Next::Count | Next::Tell) {
            self.0 = Next::OpenSession;
            if ctx.app().signals().appcontext_pushed.has_receivers() {
                waiting.start(For::Nothing(appcontext_pushed(ctx)));
                return Ok(Step::Waits);
            }
        }
        if self.0 == Next::OpenSession {
            self.0 = Next::Match;
            if ctx.has_session_to_open()
                && let Some(opening) = begin_to_open(ctx)?
            {
                waiting.start(For::Nothing(opening));
                return Ok(Step::Waits);
            }
        }
        // The session is there by now, so that converters can read it.
        if !ctx.is_matched() {
            match_request(ctx)?;
        }
        Ok(Step::Done)
    }
}

/// Counts a push of a context and does what the first one does.
pub(crate) async fn push(ctx: &AppContext) -> Result<()> {
    let (mut push, mut waiting) = (Pushing::default(), Waiting::default());
    poll_fn(|cx| {
        loop {
            ready!(waiting.poll(cx)).1?;
            if let Step::Done = push.go_on(ctx, &mut waiting)? {
                return Poll::Ready(Ok(()));
            }
        }
    })
    .await
}

#[cold]
fn appcontext_pushed(ctx: &AppContext) -> BoxFuture<'static, Result<()>> {
    let ctx = ctx.clone();
    Box::pin(async move { ctx.app().signals().appcontext_pushed.emit(&ctx).await })
}

#[cold] // most matches are known when a context is made
fn match_request(ctx: &AppContext) -> Result<()> {
    // A routing error is for dispatch to answer.
    match catch_unwind(AssertUnwindSafe(|| ctx.match_request())) {
        Ok(()) => Ok(()),
        Err(payload) => Err(panicked(payload)),
    }
}

/// Opens the session of a context at once; gives what is to be waited for where the interface waits.
#[inline(never)] // most requests have no session to open
fn begin_to_open(ctx: &AppContext) -> Result<Option<BoxFuture<'static, Result<()>>>> {
    let Some(request) = Request::of(ctx) else {
        return Ok(None);
    };
    if !matches!(&*ctx.session_slot(), SessionSlot::Closed) {
        return Ok(None);
    }
    let app = ctx.app();
    let opened = {
        let cx = SessionContext::new(app, &request);
        let open = || app.session_interface().open_now(&cx);
        catch_unwind(AssertUnwindSafe(open)).map_err(panicked)?
    };
    match opened {
        Some(opened) => keep(&request, opened)?,
        None => return Ok(Some(Box::pin(async move { open_session(&request).await }))),
    }
    Ok(None)
}

/// Opens the session of the request, if it is not open.
///
/// *Flask:* `AppContext._get_session`.
pub(crate) async fn open_session(request: &Request) -> Result<()> {
    let (ctx, app) = (request.context(), request.app());
    if !matches!(&*ctx.session_slot(), SessionSlot::Closed) {
        return Ok(());
    }
    let cx = SessionContext::new(app, request);
    let opened = guarded(|| app.session_interface().open(&cx))?.await?;
    keep(request, opened)
}

/// Keeps the session that the interface has opened.
fn keep(request: &Request, opened: Result<Option<BoxSession>, SessionError>) -> Result<()> {
    let (ctx, app) = (request.context(), request.app());
    let session = opened.map_err(opening_failed)?.unwrap_or_else(|| {
        let cx = SessionContext::new(app, request);
        app.session_interface().make_null_session(&cx)
    });
    *ctx.session_slot() = SessionSlot::Open(session);
    Ok(())
}

/// Calls a session interface; a panic in it, or in its future, is an error.
pub(crate) fn guarded<'a, T>(
    call: impl FnOnce() -> carafe_sessions::MaybeReady<'a, Result<T, SessionError>>,
) -> Result<Guarded<'a, T>> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(answer) => Ok(Guarded(answer)),
        Err(payload) => Err(panicked(payload)),
    }
}

/// What a session interface answers.
pub(crate) struct Guarded<'a, T>(carafe_sessions::MaybeReady<'a, Result<T, SessionError>>);

impl<T: Unpin> Future for Guarded<'_, T> {
    type Output = Result<Result<T, SessionError>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.0).poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(panicked(payload))),
        }
    }
}

/// A store that is down is told apart: it is not the app that failed.
fn opening_failed(error: SessionError) -> Error {
    match error.kind() {
        SessionErrorKind::Store => StoreUnavailable(error).into(),
        _ => error.into(),
    }
}

/// The session could not be opened because its store cannot be reached, which is answered with a 503.
#[derive(Debug)]
pub(crate) struct StoreUnavailable(SessionError);

impl fmt::Display for StoreUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the session store is unavailable: {}", self.0)
    }
}

impl std::error::Error for StoreUnavailable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
