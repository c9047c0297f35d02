//! Makes a context current: opens the session, then matches the URL. Flask: `AppContext.push`.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use carafe_sessions::{BoxSession, SessionContext};

use crate::context::{AppContext, SessionSlot};
use crate::error::{Error, Result, panicked};
use crate::request::Request;

/// Does what the first push of a context does; the context is current already.
pub(crate) async fn push(ctx: &AppContext) -> Result<()> {
    ctx.app().signals().appcontext_pushed.emit(ctx).await?;
    let Some(request) = Request::of(ctx) else {
        return Ok(());
    };
    if !ctx.is_copy() {
        open_session(ctx, &request).await?;
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
pub(crate) async fn open_session(ctx: &AppContext, request: &Request) -> Result<()> {
    if !matches!(&*ctx.session_slot(), SessionSlot::Closed) {
        return Ok(());
    }
    let app = ctx.app();
    let interface = app.session_interface();
    let cx = SessionContext::new(app, request);
    let opened = guarded(|| interface.open(&cx)).await?;
    let session: BoxSession = opened.unwrap_or_else(|| interface.make_null_session(&cx));
    *ctx.session_slot() = SessionSlot::Open(session);
    Ok(())
}

/// Calls a session interface to its end, whose panics are errors and whose errors have a status.
pub(crate) async fn guarded<'a, T: Unpin>(
    call: impl FnOnce() -> carafe_sessions::MaybeReady<'a, Result<T, carafe_sessions::SessionError>>,
) -> Result<T> {
    let mut answer = catch_unwind(AssertUnwindSafe(call)).map_err(panicked)?;
    let polled =
        poll_fn(
            |cx| match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut answer).poll(cx))) {
                Ok(poll) => poll.map(Ok),
                Err(payload) => Poll::Ready(Err(panicked(payload))),
            },
        );
    polled.await?.map_err(session_error)
}

/// A store that is down is a 503; the rest is as unexpected as any error of the app.
fn session_error(error: carafe_sessions::SessionError) -> Error {
    if error.kind() == carafe_sessions::SessionErrorKind::Store {
        tracing::error!(target: "carafe::session", %error, "the session store failed");
        return crate::error::HttpError::new(503).with_source(error).into();
    }
    error.into()
}
