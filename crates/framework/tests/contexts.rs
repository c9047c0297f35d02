//! Contexts are pushed and popped as Flask's are, and nothing crosses from one request to another.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use carafe::prelude::*;
use carafe::{
    Body, ReadyApp, RequestBody, blocking, has_app_context, has_request_context,
    stream_with_context, try_request,
};
use futures_util::stream::{self, StreamExt};
use http_body_util::BodyExt;
use tokio::sync::Barrier;
use tower_service::Service;

/// An app that logs the pushes, the pops and the ends of its contexts.
fn logging_app() -> (ReadyApp, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut app = App::new("contexts");
    app.route("/", || "hello").endpoint("index");
    let pushed = log.clone();
    app.signals
        .appcontext_pushed
        .connect(move |_| pushed.lock().unwrap().push("pushed".to_owned()));
    let popped = log.clone();
    app.signals
        .appcontext_popped
        .connect(move |_| popped.lock().unwrap().push("popped".to_owned()));
    let ended = log.clone();
    app.teardown_appcontext(move |end: Ended| {
        let line = match end.error() {
            None => format!("{end:?}"),
            Some(error) => format!("failed: {error}"),
        };
        ended.lock().unwrap().push(line);
    });
    (app.build().unwrap(), log)
}

fn lines(log: &Mutex<Vec<String>>) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

#[test]
fn a_context_that_is_pushed_twice_is_popped_once() {
    let (app, log) = logging_app();
    let ctx = app.test_request_context("/").build().unwrap();
    let outer = ctx.push().unwrap();
    g().set("kept", 1);
    {
        let _inner = ctx.push().unwrap();
        assert_eq!(g().get("kept"), Some(1));
    }
    assert_eq!(lines(&log), ["pushed"]);
    assert!(has_request_context());
    drop(outer);
    assert_eq!(lines(&log), ["Finished", "popped"]);
    assert!(!has_app_context());
}

#[test]
fn contexts_nest_and_come_back() {
    let (app, log) = logging_app();
    let outer = app.test_request_context("/").build().unwrap();
    let _outer = outer.push().unwrap();
    {
        let _inner = app.app_context().push().unwrap();
        assert!(has_app_context() && !has_request_context());
        assert!(try_request().is_err());
    }
    assert_eq!(request().path(), "/");
    assert_eq!(lines(&log), ["pushed", "pushed", "Finished", "popped"]);
}

#[test]
fn teardown_is_told_why_a_guard_ends() {
    let (app, log) = logging_app();
    let guard = app.app_context().push().unwrap();
    guard.pop(Ended::from(Error::msg("no luck"))).unwrap();
    assert_eq!(lines(&log), ["pushed", "failed: no luck", "popped"]);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = app.app_context().push().unwrap();
        panic!("in a context");
    }));
    assert!(panicked.is_err());
    let told = lines(&log);
    assert!(told[1].starts_with("failed: "), "{told:?}");
    assert!(!has_app_context());
}

#[tokio::test]
async fn a_scope_is_current_while_it_is_polled_and_no_longer() {
    let (app, log) = logging_app();
    let ctx = app.test_request_context("/").build().unwrap();
    let mut scope = Box::pin(ctx.scope(async {
        assert_eq!(request().path(), "/");
        tokio::task::yield_now().await;
        request().path().to_owned()
    }));
    let first = poll_fn(|cx| Poll::Ready(scope.as_mut().poll(cx).is_pending())).await;
    assert!(first && !has_app_context());
    assert_eq!(scope.await.unwrap(), "/");
    assert_eq!(lines(&log), ["pushed", "Finished", "popped"]);
    let dropped = ctx.scope(std::future::pending::<()>());
    let mut dropped = Box::pin(dropped);
    poll_fn(|cx| Poll::Ready(dropped.as_mut().poll(cx).is_pending())).await;
    drop(dropped);
    assert_eq!(lines(&log), ["pushed", "ClientGone", "popped"]);
}

/// How many requests of a kind are under way at once.
const OF_A_KIND: usize = 250;

/// What a request sees of itself: its id by the URL, by g, and by the session.
fn seen(id: u32) -> String {
    let by_g: Option<u32> = g().get("id");
    let by_session: Option<u32> = session().get("id");
    format!("{id} {} {by_g:?} {by_session:?};", request().path())
}

/// What it should see.
fn expected(kind: &str, id: u32) -> String {
    format!("{id} /{kind}/{id} Some({id}) Some({id});")
}

async fn asynchronous(id: u32) -> String {
    let mut all = seen(id);
    all_are_here("async").await;
    all.push_str(&seen(id));
    tokio::task::yield_now().await;
    all + &seen(id)
}

fn synchronous(id: u32) -> String {
    let first = seen(id);
    std::thread::yield_now();
    first + &seen(id) + &seen(id)
}

async fn in_blocking(id: u32) -> Result<String> {
    let first = seen(id);
    let threads = current_app().state::<std::sync::Barrier>().unwrap();
    let within = blocking(move || {
        // The copy of a context has a g of its own.
        g().set("id", id);
        threads.wait();
        seen(id)
    });
    Ok(first + &within.await? + &seen(id))
}

fn streaming(id: u32) -> Result {
    let steps = stream::iter(0..3).then(move |step| async move {
        if step == 1 {
            all_are_here("stream").await;
        }
        Ok::<_, Error>(seen(id))
    });
    make_response(Body::stream(stream_with_context(steps)?))
}

/// One barrier for each kind of view that waits.
struct Barriers {
    asynchronous: Barrier,
    streaming: Barrier,
}

async fn all_are_here(kind: &str) {
    let barriers = current_app().state::<Barriers>().unwrap();
    match kind {
        "async" => barriers.asynchronous.wait().await,
        _ => barriers.streaming.wait().await,
    };
}

async fn call(mut app: ReadyApp, path: String, cookie: String) -> (String, String) {
    let request = http::Request::get(path)
        .header("host", "localhost")
        .header("cookie", cookie);
    let response = app
        .call(request.body(RequestBody::default()).unwrap())
        .await
        .unwrap();
    let cookie = response
        .headers()
        .get("set-cookie")
        .map(|cookie| cookie.to_str().unwrap());
    let cookie = cookie
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_default()
        .to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (String::from_utf8(body.to_vec()).unwrap(), cookie)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_crosses_between_a_thousand_requests_at_once() {
    let crossed = Arc::new(AtomicUsize::new(0));
    let mut app = App::new("crossing");
    app.config.secret_key("crossing");
    app.state(Barriers {
        asynchronous: Barrier::new(OF_A_KIND),
        streaming: Barrier::new(OF_A_KIND),
    });
    app.state(std::sync::Barrier::new(OF_A_KIND));
    app.before_request(async || {
        let id = request().view_args().get("id").and_then(|id| id.as_int());
        tokio::task::yield_now().await;
        g().set("id", u32::try_from(id.unwrap()).unwrap());
    });
    let crossings = crossed.clone();
    app.teardown_request(move |_: Ended| {
        let by_url = request().view_args().get("id").and_then(|id| id.as_int());
        if g().get::<u32>("id").map(i64::from) != by_url {
            crossings.fetch_add(1, Ordering::Relaxed);
        }
    });
    app.route("/login/<int:id>", |id: u32| -> Result<&str> {
        session().insert("id", id)?;
        Ok("welcome")
    })
    .endpoint("login");
    app.route("/async/<int:id>", asynchronous);
    app.route("/sync/<int:id>", synchronous);
    app.route("/blocking/<int:id>", in_blocking);
    app.route("/stream/<int:id>", streaming);
    let app = app.build().unwrap();

    let mut requests = Vec::new();
    for id in 0..OF_A_KIND * 4 {
        let kind = ["async", "sync", "blocking", "stream"][id % 4];
        let id = u32::try_from(id).unwrap();
        let (_, cookie) = call(app.clone(), format!("/login/{id}"), String::new()).await;
        requests.push((kind, id, cookie));
    }
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|(kind, id, cookie)| {
            let answer = call(app.clone(), format!("/{kind}/{id}"), cookie);
            (kind, id, tokio::spawn(answer))
        })
        .collect();
    for (kind, id, task) in tasks {
        let (seen, _) = task.await.unwrap();
        assert_eq!(seen, expected(kind, id).repeat(3));
    }
    assert_eq!(crossed.load(Ordering::Relaxed), 0);
}

#[test]
fn values_of_g_may_look_for_a_context_as_they_are_dropped() {
    struct Looks(Arc<Mutex<Option<bool>>>);
    impl Drop for Looks {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = Some(has_app_context());
        }
    }
    let seen = Arc::new(Mutex::new(None));
    let app = App::new("contexts").build().unwrap();
    let ctx = app.test_request_context("/").build().unwrap();
    let guard = ctx.push().unwrap();
    g().set("looks", Looks(seen.clone()));
    drop(ctx);
    drop(guard);
    assert_eq!(*seen.lock().unwrap(), Some(false));
}
