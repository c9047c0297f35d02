//! The context of a request, or of work for an app without one. Flask: `flask.ctx.AppContext`.

mod after_response; // work that goes on once the response is sent
mod arrival; // the app and the connection
mod carry; // taking a context along to threads and tasks
mod current; // the slot that says which context is current
mod g; // values that live as long as the context
mod globals; // request(), session(), g(), current_app()
mod session; // the session of the request
mod spare; // contexts that are used again
mod stream; // taking a context along to a stream

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use carafe_sessions::SecureCookieSession;

use crate::app::ReadyApp;
use crate::debug::Step;
use crate::error::Error;
use crate::flash::Flashed;
use crate::hook::AfterRequest;
use crate::maybe_ready::BoxFuture;
use crate::request::{Connection, Request, RequestData};

pub use self::after_response::after_response;
pub(crate) use self::after_response::{AfterWork, begin_after};
pub(crate) use self::arrival::Arrival;
pub use self::carry::{after_this_request, blocking, copy_current_request_context, spawn};
pub use self::current::ContextGuard;
pub(crate) use self::current::{Scope, SlotGuard, in_context, peek_current, with_current};
pub use self::g::G;
pub use self::globals::{
    OutsideContext, current_app, g, has_app_context, has_request_context, request, session,
    try_current_app, try_g, try_request, try_session,
};
pub(crate) use self::globals::{current_context, current_request_context};
pub use self::session::Session;
pub(crate) use self::session::{Lent, SessionSlot};
pub(crate) use self::spare::EmptyContext;
pub use self::stream::stream_with_context;

/// The context of one request, or of work for an app outside of any request.
///
/// It is one allocation, and cloning it counts a reference. While it is current, [`request()`],
/// [`session()`], [`g()`] and [`current_app()`] read from it. It becomes current by [`push`](Self::push)
/// in synchronous code and by [`scope`](Self::scope) around a future.
///
/// *Flask:* `flask.ctx.AppContext`, which is the request context too since 3.2.
#[derive(Clone)]
pub struct AppContext(triomphe::Arc<ContextData>);

/// The context of a request: Flask 3.2 merged the two, and so does Carafe.
pub type RequestContext = AppContext;

#[derive(Default)]
struct ContextData {
    request: RequestData,
    /// The context that this one is a copy of: it has the request and the session.
    original: Option<AppContext>,
    /// Made by whoever looks at the session first.
    session: OnceLock<Mutex<SessionSlot>>,
    /// What few requests have, so that the others need not make place for it.
    rare: OnceLock<Box<Rare>>,
    pushes: AtomicU32,
    /// None only while the context is put aside. Dropped last: what is in a context may need the app.
    arrival: Option<Arc<Arrival>>,
}

#[derive(Default)]
struct Rare {
    g: Mutex<g::Values>,
    after_request: Mutex<Vec<AfterRequest>>,
    after_response: Mutex<Vec<BoxFuture<'static, ()>>>,
    flashes: Mutex<Option<Vec<Flashed>>>,
    /// What the debug error page tells of the way of the request.
    steps: Mutex<Vec<Step>>,
    /// Where the command that runs in the context writes.
    #[cfg(feature = "cli")]
    output: Option<crate::cli::Output>,
}

impl Rare {
    #[cold]
    fn after_request_at(&self, place: usize) -> Option<AfterRequest> {
        locked(&self.after_request).get(place).cloned()
    }
}

/// Why a context ended, as its teardown functions are told.
///
/// *Flask:* the `exc` argument of teardown functions; that the client has gone is beyond Flask.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Ended {
    /// The request was answered, or the work is done.
    #[default]
    Finished,
    /// An error that no handler took care of; also after the answer to it was made.
    Error(Error),
    /// A panic that no handler took care of.
    Panicked(Error),
    /// The client closed the connection before it was answered.
    ClientGone,
    /// A stream that kept the context was not sent, as answers to HEAD have no body.
    ///
    /// *Flask:* `GeneratorExit`.
    StreamClosed,
}

impl Ended {
    /// The error that ended the work.
    ///
    /// *Flask:* the value of `exc`.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Error(error) | Self::Panicked(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        if error.is_panic() {
            Self::Panicked(error)
        } else {
            Self::Error(error)
        }
    }
}

impl AppContext {
    /// A context without a request.
    pub(crate) fn of_app(app: ReadyApp) -> Self {
        EmptyContext::of_app(&Arrival::new(app, Connection::default()))
    }

    /// The context of a request that somebody made up.
    #[cfg(feature = "testing")]
    pub(crate) fn of_request(
        app: ReadyApp,
        request: http::Request<crate::request::RequestBody>,
        connection: Connection,
    ) -> Self {
        let arrival = Arrival::new(app, connection);
        EmptyContext::of(None, &arrival).filled(&arrival, request, |body| body)
    }

    /// Counts the first push of a context that nobody else has yet.
    pub(crate) fn count_first_push(&self) {
        self.0.pushes.store(1, Ordering::Relaxed);
    }

    /// Counts the pop of a journey; true for the last, as when nobody else has the context to push it.
    pub(crate) fn count_journeys_pop(&self) -> bool {
        if self.0.is_unique() {
            self.0.pushes.store(0, Ordering::Relaxed);
            return true;
        }
        self.count_pop()
    }

    /// The context of a command, which writes to an output.
    #[cfg(feature = "cli")]
    pub(crate) fn of_command(app: ReadyApp, output: crate::cli::Output) -> Self {
        let ctx = Self::of_app(app);
        let rare = Rare {
            output: Some(output),
            ..Rare::default()
        };
        // Nobody else has seen the context, so that the place is empty.
        let _ = ctx.0.rare.set(Box::new(rare));
        ctx
    }

    /// Where the command that runs in the context writes.
    #[cfg(feature = "cli")]
    pub(crate) fn output(&self) -> Option<&crate::cli::Output> {
        self.0.rare.get()?.output.as_ref()
    }

    /// A new context with the same request and session, and values of its own in `g`.
    ///
    /// *Flask:* `AppContext.copy`.
    #[must_use]
    pub fn copy(&self) -> Self {
        EmptyContext::of_copy(self)
    }

    /// The app that this context is of.
    pub fn app(&self) -> &ReadyApp {
        self.arrival().app()
    }

    pub(crate) fn arrival(&self) -> &Arc<Arrival> {
        let arrival = self.0.arrival.as_ref();
        arrival.expect("a context that is put aside is nobody's")
    }

    /// Whether the context is that of a request.
    pub fn has_request(&self) -> bool {
        self.request_data().is_some()
    }

    /// The request, in the context of one.
    pub fn request(&self) -> Option<Request> {
        Request::of(self)
    }

    /// The values that live as long as this context.
    pub fn g(&self) -> G {
        G::of(self.clone())
    }

    /// Matches the request's URL, if that has not been done: it is done once, by whoever asks first.
    ///
    /// A session interface may call it from `open_session` to learn the endpoint; the push of the context
    /// would do it afterwards otherwise. Outside of a request it does nothing.
    ///
    /// *Flask:* `AppContext.match_request`.
    pub fn match_request(&self) {
        if let Some(request) = Request::of(self) {
            // Whoever wants to know the answer asks the request.
            let _ = request.match_request();
        }
    }

    #[inline]
    pub(crate) fn request_data(&self) -> Option<&RequestData> {
        match self.0.request.is_there() {
            true => Some(&self.0.request),
            false => self.request_data_of_original(),
        }
    }

    #[cold]
    fn request_data_of_original(&self) -> Option<&RequestData> {
        self.0.original.as_ref()?.request_data()
    }

    pub(crate) fn session_slot(&self) -> MutexGuard<'_, SessionSlot> {
        match &self.0.original {
            None => locked(self.0.session.get_or_init(|| {
                Mutex::new(match self.implies_session() {
                    true => SessionSlot::Open(SecureCookieSession::new().into()),
                    false => SessionSlot::Closed,
                })
            })),
            Some(original) => original.session_slot(),
        }
    }

    /// Whether the session is empty without being opened: Flask's own interface finds nothing to read.
    pub(crate) fn implies_session(&self) -> bool {
        let has_none = |request: &RequestData| !request.has_cookies();
        self.app().inner().implies_sessions && self.request_data().is_some_and(has_none)
    }

    /// Whether a push has to open the session.
    pub(crate) fn has_session_to_open(&self) -> bool {
        self.0.request.is_there() && !self.implies_session()
    }

    /// Whether the match is there for whoever asks.
    pub(crate) fn is_matched(&self) -> bool {
        self.request_data().is_none_or(RequestData::show_match)
    }

    /// Whether nobody has looked at the session, so that there is nothing to save.
    pub(crate) fn leaves_session(&self) -> bool {
        match &self.0.original {
            None => self.0.session.get().is_none() && self.implies_session(),
            Some(original) => original.leaves_session(),
        }
    }

    pub(crate) fn g_values(&self) -> MutexGuard<'_, g::Values> {
        locked(&self.rare().g)
    }

    fn rare(&self) -> &Rare {
        self.0.rare.get_or_init(Box::default)
    }

    pub(crate) fn flashes(&self) -> MutexGuard<'_, Option<Vec<Flashed>>> {
        locked(&self.rare().flashes)
    }

    pub(crate) fn steps(&self) -> MutexGuard<'_, Vec<Step>> {
        locked(&self.rare().steps)
    }

    pub(crate) fn add_after_response(&self, future: BoxFuture<'static, ()>) {
        locked(&self.rare().after_response).push(future);
    }

    /// Whether the context has anything of what few have.
    pub(crate) fn has_rare(&self) -> bool {
        self.0.rare.get().is_some()
    }

    pub(crate) fn take_after_response(&self) -> Vec<BoxFuture<'static, ()>> {
        match self.0.rare.get() {
            Some(rare) => std::mem::take(&mut *locked(&rare.after_response)),
            None => Vec::new(),
        }
    }

    pub(crate) fn add_after_request(&self, function: AfterRequest) {
        locked(&self.rare().after_request).push(function);
    }

    /// The function of `after_this_request` at a place: one may register another.
    #[inline]
    pub(crate) fn after_request_at(&self, place: usize) -> Option<AfterRequest> {
        self.0.rare.get()?.after_request_at(place)
    }

    /// Counts a push; true for the first.
    pub(crate) fn count_push(&self) -> bool {
        self.0.pushes.fetch_add(1, Ordering::AcqRel) == 0
    }

    /// Counts a pop; true for the last.
    pub(crate) fn count_pop(&self) -> bool {
        self.0.pushes.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

/// Locks a value of the context. The locks are held for single reads and writes, never while user code runs.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for AppContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<AppContext of {}", self.app().name())?;
        if let Some(request) = self.request() {
            write!(f, ", {} {:?}", request.method(), request.url())?;
        }
        f.write_str(">")
    }
}
