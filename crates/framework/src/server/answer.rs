//! What can answer the requests of a connection: an app, or a tower service around one.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use hyper::body::Incoming;
use tower_service::Service;

use crate::app::ReadyApp;
use crate::context::Arrival;
use crate::lifecycle::{self, Handling, Place};
use crate::maybe_ready::BoxFuture;
use crate::request::{Connection, RequestBody};
use crate::response::{Body, Response};
use crate::server::access::Entry;
use crate::server::activity::Activity;
use crate::server::dev::{Reload, Supervisor};
use crate::server::idle::{Watched, awaited};

/// Answers the requests of connections.
pub(crate) trait Answer: Clone + Send + 'static {
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>>
        + Default
        + Send
        + 'static;
    /// It gives what hyper asks for: to wrap an answer is to move it.
    type Future: Future<Output = Result<http::Response<Self::Body>, Infallible>> + Send;
    /// Where a request goes.
    type Place;

    /// What answers the requests of one connection, which the server watches.
    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self;

    /// Takes a place for a request. It is taken first: a request that had to wait for it would be copied once more.
    fn place(&self) -> Self::Place;

    /// Answers a request, and has its entry go into the log.
    fn answer(
        &self,
        place: Self::Place,
        request: http::Request<Incoming>,
        entry: Option<Box<Entry>>,
    ) -> Self::Future;

    /// Answers a request whose head is too long for the app to see it.
    fn refuse() -> Self::Future;
}

/// An app: straight to the journey, since the future of a tower service would have to be boxed.
#[derive(Clone)]
pub(crate) struct Served {
    arrival: Arc<Arrival>,
    /// Who has its pages load themselves anew.
    supervisor: Option<Supervisor>,
}

impl Served {
    pub(crate) fn new(app: &ReadyApp, supervisor: Option<Supervisor>) -> Self {
        let arrival = Arrival::new(app.clone(), Connection::default());
        Self {
            arrival,
            supervisor,
        }
    }
}

impl Answer for Served {
    type Body = Body;
    type Future = AppAnswering;
    type Place = Place;

    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self {
        let app = self.arrival.app().clone();
        Self {
            arrival: Arrival::watched(app, connection, activity),
            supervisor: self.supervisor.clone(),
        }
    }

    fn place(&self) -> Place {
        Place::take(&self.arrival)
    }

    #[inline(always)] // so that a request is copied once: to where it stays
    fn answer(
        &self,
        place: Place,
        request: http::Request<Incoming>,
        entry: Option<Box<Entry>>,
    ) -> AppAnswering {
        let read = |body| awaited(body, self.arrival.activity());
        let handling = lifecycle::handle(place, &self.arrival, request, read);
        let supervisor = self.supervisor.as_ref();
        let reload = supervisor.and_then(|supervisor| supervisor.reload(handling.context()));
        let is_noted = entry.is_some() || reload.is_some();
        AppAnswering {
            handling,
            notes: is_noted.then(|| Box::new(Notes { entry, reload })),
        }
    }

    fn refuse() -> AppAnswering {
        AppAnswering {
            handling: Handling::of_no_request(),
            notes: None,
        }
    }
}

/// The answer of an app, on its way: two pointers, which are moved without a detour through memory.
pub(crate) struct AppAnswering {
    handling: Handling,
    notes: Option<Box<Notes>>,
}

/// What is to be done about an answer besides, if it is.
struct Notes {
    entry: Option<Box<Entry>>,
    reload: Option<Reload>,
}

impl Future for AppAnswering {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { handling, notes } = &mut *self;
        if handling.is_of_no_request() {
            return Poll::Ready(Ok(head_too_long()));
        }
        let mut response = ready!(Pin::new(&mut *handling).poll(cx));
        // The head and the body are changed while they are still behind one pointer.
        if let Some(activity) = handling.context().arrival().activity() {
            if closes(activity, response.body()) {
                close_after(&mut response);
            }
            response.watch(activity);
        }
        match notes {
            None => Poll::Ready(Ok(response.into_http())),
            Some(notes) => Poll::Ready(Ok(notes.end(response))),
        }
    }
}

impl Notes {
    #[cold]
    fn end(&mut self, response: Response) -> http::Response<Body> {
        log(&mut self.entry, response.status());
        match &self.reload {
            None => response.into_http(),
            Some(reload) => reload.added_to(response.into_http()),
        }
    }
}

const CLOSE: HeaderValue = HeaderValue::from_static("close");
/// The status of a head that is too long, as hyper has it when it sees so by itself.
pub(crate) const TOO_LONG: StatusCode = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;

#[cold]
fn close_after(response: &mut Response) {
    response.headers_mut().insert(CONNECTION, CLOSE);
}

#[cold]
fn head_too_long<B: Default>() -> http::Response<B> {
    let mut response = http::Response::new(B::default());
    *response.status_mut() = TOO_LONG;
    response.headers_mut().insert(CONNECTION, CLOSE);
    response
}

/// Whether a connection is of no use after an answer. A stream may read on while it is sent; any other answer has
/// left the rest of the request's body unread.
fn closes(activity: &Activity, body: &impl http_body::Body) -> bool {
    activity.leaves_body() && body.size_hint().exact().is_some()
}

fn log(entry: &mut Option<Box<Entry>>, status: StatusCode) {
    if let Some(entry) = entry.take() {
        entry.log(status);
    }
}

/// A tower service that answers.
#[derive(Clone)]
pub(crate) struct Tower<S> {
    service: S,
    connection: Connection,
    activity: Option<Arc<Activity>>,
}

impl<S> Tower<S> {
    pub(crate) fn new(service: S) -> Self {
        Self {
            service,
            connection: Connection::default(),
            activity: None,
        }
    }
}

impl<S, B> Answer for Tower<S>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    type Body = Watched<B>;
    type Place = ();
    type Future = BoxFuture<'static, Result<http::Response<Watched<B>>, Infallible>>;

    fn of_connection(&self, connection: Connection, activity: Arc<Activity>) -> Self {
        Self {
            service: self.service.clone(),
            connection,
            activity: Some(activity),
        }
    }

    fn place(&self) {}

    fn answer(
        &self,
        (): (),
        request: http::Request<Incoming>,
        mut entry: Option<Box<Entry>>,
    ) -> Self::Future {
        let mut request = request.map(|body| awaited(body, self.activity.as_ref()));
        request.extensions_mut().insert(self.connection.clone());
        let (mut service, activity) = (self.service.clone(), self.activity.clone());
        Box::pin(async move {
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            let Ok(mut response) = service.call(request).await;
            if let Some(activity) = &activity
                && closes(activity, response.body())
            {
                response.headers_mut().insert(CONNECTION, CLOSE);
            }
            log(&mut entry, response.status());
            Ok(response.map(|body| Watched::new(body, activity.as_ref())))
        })
    }

    fn refuse() -> Self::Future {
        Box::pin(async { Ok(head_too_long()) })
    }
}
