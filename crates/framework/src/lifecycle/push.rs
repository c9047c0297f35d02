//! Makes a context current: opens the session, then matches the URL. Flask: `AppContext.push`.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use carafe_sessions::{BoxSession, SessionContext, SessionError, SessionErrorKind};

use crate::context::{AppContext, SessionSlot};
use crate::error::{Error, Result, panicked};
use crate::request::Request;

/// Does what the first push of a context does; the context is current already.
pub(crate) async fn push(ctx: &AppContext) -> Result<()> {
    let pushed = &ctx.app().signals().appcontext_pushed;
    if pushed.has_receivers() {
        Box::pin(pushed.emit(ctx)).await?;
    }
    let Some(request) = Request::of(ctx) else {
        return Ok(());
    };
    if !ctx.is_copy() {
        open_session(&request).await?;
    }
    // The session is there by now, so that converters can read it.
    match catch_unwind(AssertUnwindSafe(|| request.match_request().is_ok())) {
        Ok(_) => Ok(()),
        Err(payload) => Err(panicked(payload)),
    }
}

/// Opens the session of the request, if it is not open.
///
/// *Flask:* `AppContext._get_session`.
pub(crate) async fn open_session(request: &Request) -> Result<()> {
    let (ctx, app) = (request.context(), request.app());
    if !matches!(&*ctx.session_slot(), SessionSlot::Closed) {
        return Ok(());
    }
    let interface = app.session_interface();
    let cx = SessionContext::new(app, request);
    let opened = guarded(|| interface.open(&cx))?
        .await?
        .map_err(opening_failed)?;
    let session: BoxSession = opened.unwrap_or_else(|| interface.make_null_session(&cx));
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
