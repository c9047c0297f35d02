//! Work after the response: it sees its request, and serving does not end before it has.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use carafe::RequestBody;
use carafe::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::{Notify, oneshot};
use tower_service::Service;

#[tokio::test]
async fn serving_ends_after_the_work_that_follows_a_response() {
    let (go_on, done) = (Arc::new(Notify::new()), Arc::new(Mutex::new(None)));
    let (waits, tells) = (go_on.clone(), done.clone());
    let mut app = App::new("after");
    app.route("/order", move || -> Result<&'static str> {
        let (waits, tells) = (waits.clone(), tells.clone());
        carafe::after_response(async move {
            waits.notified().await;
            *tells.lock().unwrap() = Some(request().path().to_owned());
        })?;
        Ok("ordered")
    })
    .endpoint("order");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let app = app.build().unwrap();
    let serving = tokio::spawn(async move {
        app.serve(listener, async {
            let _ = ended.await;
        })
        .await
    });

    let mut client = TcpStream::connect(address).await.unwrap();
    let request = b"GET /order HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("ordered"), "{answer}");
    assert!(
        done.lock().unwrap().is_none(),
        "the work waits for its signal"
    );

    end.send(()).unwrap();
    go_on.notify_one();
    serving.await.unwrap().unwrap();
    assert_eq!(done.lock().unwrap().as_deref(), Some("/order"));
}

#[test]
fn a_panic_after_the_response_harms_nobody() {
    let mut app = App::new("after");
    app.route("/", || -> Result<&'static str> {
        carafe::after_response(async { panic!("too late to tell the client") })?;
        Ok("answered")
    })
    .endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "answered");
    assert_eq!(client.get("/").send().text(), "answered");
}

#[tokio::test]
async fn a_push_after_the_response_is_popped_with_teardown() {
    for keeps in [false, true] {
        let (told, mut ends) = unbounded_channel();
        let (pushed, kept) = (told.clone(), Arc::new(Mutex::new(None)));
        let keep = kept.clone();
        let mut app = App::new("after");
        app.route("/", move || -> Result<&'static str> {
            if keeps {
                *keep.lock().unwrap() = Some(request());
            }
            let pushed = pushed.clone();
            carafe::after_response(async move {
                drop(request().context().push());
                pushed.send("pushed and popped").unwrap();
            })?;
            Ok("answered")
        })
        .endpoint("index");
        app.teardown_request(move |_: Ended| told.send("torn down").unwrap());
        let request = http::Request::get("/").body(RequestBody::default());
        let response = app.build().unwrap().call(request.unwrap()).await;
        drop(response);
        for end in ["torn down", "torn down", "pushed and popped"] {
            assert_eq!(ends.recv().await, Some(end), "keeps the request: {keeps}");
        }
        assert_eq!(kept.lock().unwrap().is_some(), keeps);
    }
}
