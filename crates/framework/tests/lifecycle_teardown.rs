//! Teardown runs exactly once, however a request ends, and to its end.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::fmt;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use carafe::prelude::*;
use carafe::{
    Body, ReadyApp, RequestBody, SecureCookieSessionInterface, SessionContext, SessionError,
    has_app_context, stream_with_context,
};
use futures_util::stream::{self, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_service::Service;

use server::{begin, get, read_until, serve};

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Debug)]
struct Mended;

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mended")
    }
}

impl std::error::Error for Mended {}

fn reason(ended: &Ended) -> &'static str {
    match ended {
        Ended::Finished => "finished",
        Ended::Error(_) => "error",
        Ended::Panicked(_) => "panicked",
        Ended::ClientGone => "client gone",
        Ended::StreamClosed => "stream closed",
        _ => "something else",
    }
}

/// Tells that a view has begun.
#[derive(Default)]
struct Begun {
    view: Notify,
}

async fn wait_for_ever(begun: State<Begun>) -> &'static str {
    begun.view.notify_one();
    pending().await
}

fn endless(with_context: bool) -> Result {
    let chunks = stream::iter([Ok::<_, Error>("first")]).chain(stream::pending());
    match with_context {
        true => make_response(Body::stream(stream_with_context(chunks)?)),
        false => make_response(Body::stream(chunks)),
    }
}

/// An app that tells how each of its requests ended: the path, the function and the reason.
fn app() -> (ReadyApp, UnboundedReceiver<String>) {
    let (told, ends) = unbounded_channel();
    let mut app = App::new("teardown");
    app.state(Begun::default());
    let tell = move |what: &'static str, told: &UnboundedSender<String>| {
        let told = told.clone();
        move |ended: Ended| {
            let _ = told.send(format!("{} {what} {}", request().path(), reason(&ended)));
        }
    };
    app.teardown_request(tell("request", &told));
    app.teardown_appcontext(tell("context", &told));
    app.error_handler_for(|_: &Mended| ("mended", 400));
    app.route("/success", || "fine").endpoint("success");
    app.route("/handled", || -> Result { Err(Mended.into()) })
        .endpoint("handled");
    app.route("/unhandled", || -> Result { Err(Broken.into()) })
        .endpoint("unhandled");
    app.route("/panic", || -> Result { panic!("in a view") })
        .endpoint("panic");
    app.route("/later-panic", async || -> Result {
        tokio::task::yield_now().await;
        panic!("in an async view")
    })
    .endpoint("later_panic");
    app.route("/wait", wait_for_ever).methods(["GET", "POST"]);
    app.route("/endless", || endless(false)).endpoint("endless");
    app.route("/endless-context", || endless(true))
        .endpoint("endless_context");
    (app.build().unwrap(), ends)
}

/// The next two ends, which are those of one request; and that there were no more before the last request.
async fn ends_of(ends: &mut UnboundedReceiver<String>, path: &str, reason: &str) {
    assert_eq!(
        ends.recv().await.unwrap(),
        format!("{path} request {reason}")
    );
    assert_eq!(
        ends.recv().await.unwrap(),
        format!("{path} context {reason}")
    );
    assert!(ends.is_empty());
}

#[tokio::test]
async fn teardown_runs_once_for_each_way_to_be_answered() {
    let (app, mut ends) = app();
    let address = serve(app).await;
    for (path, status, reason) in [
        ("/success", "200 OK", "finished"),
        ("/handled", "400 Bad Request", "finished"),
        ("/unhandled", "500 Internal Server Error", "error"),
        ("/panic", "500 Internal Server Error", "panicked"),
        ("/later-panic", "500 Internal Server Error", "panicked"),
        ("/nowhere", "404 Not Found", "finished"),
    ] {
        let answer = get(address, path).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{path}: {answer}"
        );
        ends_of(&mut ends, path, reason).await;
    }
}

#[tokio::test]
async fn teardown_runs_once_when_the_client_leaves_in_mid_view() {
    let (app, mut ends) = app();
    let begun = app.state::<Begun>().unwrap();
    let address = serve(app).await;
    let client = begin(address, "/wait").await;
    begun.view.notified().await;
    drop(client);
    ends_of(&mut ends, "/wait", "client gone").await;
    get(address, "/success").await;
    ends_of(&mut ends, "/success", "finished").await;
}

#[tokio::test]
async fn teardown_runs_once_when_the_client_leaves_and_nobody_reads_its_body() {
    let (app, mut ends) = app();
    let begun = app.state::<Begun>().unwrap();
    let address = serve(app).await;
    for body in ["whole", "not"] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = format!("POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{body}");
        client.write_all(request.as_bytes()).await.unwrap();
        begun.view.notified().await;
        drop(client);
        ends_of(&mut ends, "/wait", "client gone").await;
    }
}

#[tokio::test]
async fn teardown_runs_once_when_the_client_leaves_in_mid_body() {
    let (app, mut ends) = app();
    let address = serve(app).await;
    // Without its context a stream goes on after teardown.
    let mut client = begin(address, "/endless").await;
    read_until(&mut client, "first").await;
    ends_of(&mut ends, "/endless", "finished").await;
    drop(client);
    let mut client = begin(address, "/endless-context").await;
    read_until(&mut client, "first").await;
    assert!(ends.is_empty());
    drop(client);
    ends_of(&mut ends, "/endless-context", "client gone").await;
    get(address, "/success").await;
    ends_of(&mut ends, "/success", "finished").await;
}

/// Tells, when it is dropped, of the request that is current then.
struct Farewell(UnboundedSender<String>);

impl Drop for Farewell {
    fn drop(&mut self) {
        let path = carafe::try_request().map(|request| request.path().to_owned());
        let _ = self
            .0
            .send(path.unwrap_or_else(|_| "no request".to_owned()));
    }
}

#[tokio::test]
async fn what_a_dropped_view_holds_still_sees_its_request() {
    let (told, mut farewells) = unbounded_channel();
    let mut app = App::new("teardown");
    app.state(Begun::default());
    app.route("/held", move |begun: State<Begun>| {
        let farewell = Farewell(told.clone());
        async move {
            let _held = farewell;
            wait_for_ever(begun).await
        }
    })
    .endpoint("held");
    let app = app.build().unwrap();
    let begun = app.state::<Begun>().unwrap();
    let client = begin(serve(app).await, "/held").await;
    begun.view.notified().await;
    drop(client);
    assert_eq!(farewells.recv().await.unwrap(), "/held");
}

#[tokio::test]
async fn teardown_goes_on_when_the_client_leaves_while_it_waits() {
    let (told, mut ends) = unbounded_channel();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut app = App::new("teardown");
    let last = told.clone();
    app.teardown_request(move |_: Ended| last.send("the last one").unwrap());
    let (waits, goes_on) = (begun.clone(), go_on.clone());
    app.teardown_request(move |_: Ended| {
        let (waits, goes_on, told) = (waits.clone(), goes_on.clone(), told.clone());
        async move {
            waits.notify_one();
            goes_on.notified().await;
            let path = request().path().to_owned();
            told.send(if path == "/" {
                "after the wait"
            } else {
                "another request"
            })
            .unwrap();
        }
    });
    app.route("/", || "answered too late").endpoint("index");
    let address = serve(app.build().unwrap()).await;
    let client = begin(address, "/").await;
    begun.notified().await;
    drop(client);
    go_on.notify_one();
    assert_eq!(ends.recv().await, Some("after the wait"));
    assert_eq!(ends.recv().await, Some("the last one"));
}

#[tokio::test]
async fn all_teardown_functions_run_when_one_of_them_panics() {
    let (told, mut ends) = unbounded_channel();
    let mut app = App::new("teardown");
    let last = told.clone();
    app.teardown_appcontext(move |_: Ended| last.send("context").unwrap());
    app.teardown_request(move |_: Ended| told.send("request").unwrap());
    app.teardown_request(|_: Ended| -> () { panic!("in teardown") });
    app.teardown_request(async |_: Ended| -> () { panic!("in async teardown") });
    app.route("/", || "never sent").endpoint("index");
    let address = serve(app.build().unwrap()).await;
    let answer = get(address, "/").await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(!answer.contains("never sent"));
    assert_eq!(
        (ends.recv().await, ends.recv().await),
        (Some("request"), Some("context"))
    );
}

/// Panics where a session is opened, or saved.
struct Panicking(&'static str);

impl SecureCookieSessionInterface for Panicking {
    fn open_session(
        &self,
        _cx: &SessionContext<'_>,
    ) -> Result<Option<carafe::BoxSession>, SessionError> {
        assert_ne!(self.0, "open", "in open_session");
        Ok(Some(carafe::sessions::SecureCookieSession::new().into()))
    }

    fn save_session(
        &self,
        _cx: &SessionContext<'_>,
        _session: &mut dyn carafe::SessionMixin,
        _response: &mut carafe::ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        panic!("in save_session");
    }
}

#[test]
fn a_panic_in_a_session_interface_is_an_error_with_teardown() {
    for place in ["open", "save"] {
        let ends = Arc::new(AtomicUsize::new(0));
        let mut app = App::new("teardown");
        app.session_interface = Panicking(place).into();
        let count = ends.clone();
        app.teardown_request(move |ended: Ended| {
            assert_eq!(reason(&ended), "panicked");
            count.fetch_add(1, Ordering::Relaxed);
        });
        app.route("/", || "hello").endpoint("index");
        assert_eq!(app.test_client().get("/").send().status(), 500);
        assert_eq!(ends.load(Ordering::Relaxed), 1);
    }
}

/// What is left of a context: nothing once its last handle is gone.
struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_clients_that_leave_are_torn_down_once_each() {
    const CLIENTS: usize = 10_000;
    const AT_A_TIME: usize = 50;
    let (told, mut ends) = unbounded_channel();
    let (begun, mut begins) = unbounded_channel();
    let alive = Arc::new(AtomicUsize::new(0));
    let mut app = App::new("aborts");
    let contexts = alive.clone();
    app.before_request(move || {
        contexts.fetch_add(1, Ordering::AcqRel);
        g().set("alive", Alive(contexts.clone()));
    });
    app.teardown_request(move |ended: Ended| {
        assert_eq!(reason(&ended), "client gone");
        let id: usize = request().args().get_as("id").unwrap();
        told.send(id).unwrap();
    });
    app.route("/", move || {
        begun.send(()).unwrap();
        pending::<&'static str>()
    })
    .endpoint("index");
    let address = serve(app.build().unwrap()).await;

    let mut torn_down = vec![0; CLIENTS];
    for first in (0..CLIENTS).step_by(AT_A_TIME) {
        let mut clients = Vec::new();
        for id in first..first + AT_A_TIME {
            clients.push(begin(address, &format!("/?id={id}")).await);
        }
        for _ in 0..AT_A_TIME {
            begins.recv().await.unwrap();
        }
        drop(clients);
        for _ in 0..AT_A_TIME {
            torn_down[ends.recv().await.unwrap()] += 1;
        }
    }
    assert!(ends.is_empty());
    assert!(torn_down.iter().all(|times| *times == 1));
    // The last contexts are freed right after they were torn down.
    while alive.load(Ordering::Acquire) > 0 {
        tokio::task::yield_now().await;
    }
}

/// A GET request that no server has read.
fn unread(path: &str) -> http::Request<RequestBody> {
    let request = http::Request::get(path).header("host", "localhost");
    request.body(RequestBody::default()).unwrap()
}

#[test]
fn teardown_runs_when_what_the_view_held_panics_as_it_is_dropped() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "dropped badly");
        }
    }
    let (told, mut ends) = unbounded_channel();
    let mut app = App::new("teardown");
    app.get("/", async || {
        let _held = Panics;
        pending::<&str>().await
    })
    .endpoint("index");
    app.teardown_request(move |ended: Ended| told.send(reason(&ended)).unwrap());
    let mut answer = app.build().unwrap().call(unread("/"));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(answer.as_mut().poll(&mut cx).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(answer))).is_err());
    assert_eq!(ends.try_recv().ok(), Some("panicked"));
    assert!(ends.try_recv().is_err());
}

#[tokio::test]
async fn a_response_that_could_not_be_finished_ends_before_the_error_is_answered() {
    struct Held(UnboundedSender<&'static str>);
    impl Drop for Held {
        fn drop(&mut self) {
            let place = match has_app_context() {
                true => "dropped in its context",
                false => "dropped outside",
            };
            self.0.send(place).unwrap();
        }
    }
    let (told, mut ends) = unbounded_channel();
    let (dropped, torn_down) = (told.clone(), told.clone());
    let mut app = App::new("teardown");
    app.get("/", move || -> Result {
        let held = Held(dropped.clone());
        let chunks = stream::poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(None::<Result<&str>>)
        });
        Ok(Response::new(Body::stream(stream_with_context(chunks)?)))
    })
    .endpoint("index");
    app.error_handler(500, move |_: &HttpError| {
        told.send("handled").unwrap();
        "sorry"
    });
    app.teardown_request(move |ended: Ended| torn_down.send(reason(&ended)).unwrap());
    let app = app.build().unwrap();
    let failed = AtomicUsize::new(0);
    let fails_once =
        move |_: &carafe::FinishedResponse| match failed.fetch_add(1, Ordering::Relaxed) {
            0 => Err(Broken),
            _ => Ok(()),
        };
    app.signals().request_finished.connect(fails_once);
    let response = app.clone().call(unread("/")).await.unwrap();
    drop(response);
    let ends: Vec<&str> = std::iter::from_fn(|| ends.try_recv().ok()).collect();
    assert_eq!(ends, ["dropped in its context", "handled", "error"]);
}
