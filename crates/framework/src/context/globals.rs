//! What the current context gives to code anywhere below it. Flask: `flask.globals`.

use std::fmt;

use crate::app::ReadyApp;
use crate::context::current::with_current;
use crate::context::{AppContext, G, Session};
use crate::request::Request;

/// The function was called where the context that it reads from is missing.
///
/// *Flask:* the `RuntimeError` "Working outside of request context."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutsideContext {
    function: &'static str,
    kind: &'static str,
}

impl OutsideContext {
    const fn request(function: &'static str) -> Self {
        Self {
            function,
            kind: "request",
        }
    }

    const fn app(function: &'static str) -> Self {
        Self {
            function,
            kind: "application",
        }
    }
}

impl fmt::Display for OutsideContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, kind } = self;
        write!(f, "Working outside of {kind} context.\n\n")?;
        if *kind == "request" {
            write!(
                f,
                "Attempted to use `{function}`, which needs an active request. A view, a hook or an error handler has \
                 one; in a test use `app.test_request_context(\"/path\").push()`, and in a thread or task wrap the \
                 work with `copy_current_request_context`."
            )
        } else {
            write!(
                f,
                "Attempted to use `{function}`, which needs the current application. To set one up, use \
                 `app.app_context().push()`, or `app.app_context().scope(future)` around a future."
            )
        }
    }
}

impl std::error::Error for OutsideContext {}

pub(crate) fn current_context(function: &'static str) -> Result<AppContext, OutsideContext> {
    with_current(|current| current.cloned()).ok_or(OutsideContext::app(function))
}

pub(crate) fn current_request_context(
    function: &'static str,
) -> Result<AppContext, OutsideContext> {
    with_current(|current| current.filter(|ctx| ctx.has_request()).cloned())
        .ok_or(OutsideContext::request(function))
}

/// The current request.
///
/// *Flask:* `flask.request`.
///
/// # Panics
/// Outside of a request; [`try_request`] gives an error instead.
#[track_caller]
pub fn request() -> Request {
    match try_request() {
        Ok(request) => request,
        Err(outside) => panic!("{outside}"),
    }
}

/// The current request, or the error that there is none.
///
/// # Errors
/// Outside of a request.
pub fn try_request() -> Result<Request, OutsideContext> {
    let outside = OutsideContext::request("request()");
    with_current(|current| current.and_then(Request::of)).ok_or(outside)
}

/// The session of the current request.
///
/// Using it marks the session as accessed, so that the response varies by the `Cookie` header.
///
/// *Flask:* `flask.session`.
///
/// # Panics
/// Outside of a request; [`try_session`] gives an error instead.
#[track_caller]
pub fn session() -> Session {
    match try_session() {
        Ok(session) => session,
        Err(outside) => panic!("{outside}"),
    }
}

/// The session of the current request, or the error that there is none.
///
/// # Errors
/// Outside of a request.
pub fn try_session() -> Result<Session, OutsideContext> {
    current_request_context("session()").map(Session::of)
}

/// Values that live as long as the current context.
///
/// *Flask:* `flask.g`.
///
/// # Panics
/// Outside of a context; [`try_g`] gives an error instead.
#[track_caller]
pub fn g() -> G {
    match try_g() {
        Ok(g) => g,
        Err(outside) => panic!("{outside}"),
    }
}

/// Values that live as long as the current context, or the error that there is none.
///
/// # Errors
/// Outside of a context.
pub fn try_g() -> Result<G, OutsideContext> {
    current_context("g()").map(G::of)
}

/// The app that handles the current request or runs the current work.
///
/// *Flask:* `flask.current_app`.
///
/// # Panics
/// Outside of a context; [`try_current_app`] gives an error instead.
#[track_caller]
pub fn current_app() -> ReadyApp {
    match try_current_app() {
        Ok(app) => app,
        Err(outside) => panic!("{outside}"),
    }
}

/// The app of the current context, or the error that there is none.
///
/// # Errors
/// Outside of a context.
pub fn try_current_app() -> Result<ReadyApp, OutsideContext> {
    let outside = OutsideContext::app("current_app()");
    with_current(|current| current.map(|ctx| ctx.app().clone())).ok_or(outside)
}

/// Whether there is a current request.
///
/// *Flask:* `flask.has_request_context`.
pub fn has_request_context() -> bool {
    with_current(|current| current.is_some_and(AppContext::has_request))
}

/// Whether there is a current context.
///
/// *Flask:* `flask.has_app_context`.
pub fn has_app_context() -> bool {
    with_current(|current| current.is_some())
}
