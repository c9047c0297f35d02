//! What clients see of the server when something goes wrong, and services around the app.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use carafe::prelude::*;
use carafe::{Body, BoxFuture, Connection, ReadyApp, RequestBody};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

/// Sends a request and reads what comes until the connection ends.
async fn exchange(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn serve(app: App) -> std::net::SocketAddr {
    let app = app.build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { app.serve(listener, std::future::pending()).await });
    address
}

#[tokio::test]
async fn the_answer_to_a_body_that_nobody_reads_arrives() {
    let mut app = App::new("server");
    app.post("/", || ("not interested", 403)).endpoint("index");
    let address = serve(app).await;
    let mut request =
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n".to_vec();
    request.resize(request.len() + 8_000_000, b'x');
    let answer = exchange(address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
    assert!(answer.ends_with("not interested"));
}

#[tokio::test]
async fn a_stream_that_fails_or_panics_breaks_the_answer_off() {
    let mut app = App::new("server");
    app.route("/fails", || {
        Body::stream(stream::iter([Ok("first"), Err(Error::msg("no luck"))]))
    })
    .endpoint("fails");
    app.route("/panics", || {
        let steps: [fn() -> &'static str; 2] = [|| "first", || panic!("no luck")];
        Body::stream(stream::iter(
            steps.into_iter().map(|step| Ok::<_, Error>(step())),
        ))
    })
    .endpoint("panics");
    let address = serve(app).await;
    for path in ["/fails", "/panics"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answer = exchange(address, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n5\r\nfirst\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn what_follows_the_last_request_does_not_cost_its_answer() {
    let mut app = App::new("server");
    app.post("/", || "an answer").endpoint("index");
    let address = serve(app).await;
    // Some clients send a line break behind a body, which is no part of it.
    for (rest, status) in [("\r\n", "200 OK"), ("GET", "200 OK"), ("", "200 OK")] {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc{rest}"
        );
        let answer = exchange(address, request.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{answer:?}"
        );
    }
    let answer = exchange(address, b"NO REQUEST\r\n\r\nAT ALL").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer:?}");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let mut app = App::new("server");
    app.get("/<int:number>", |number: i64| format!("<{number}>"))
        .endpoint("number");
    let address = serve(app).await;
    let mut requests = String::new();
    for number in 0..100 {
        requests += &format!("GET /{number} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    requests += "GET /100 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = exchange(address, requests.as_bytes()).await;
    let numbers: Vec<&str> = answer
        .split('<')
        .filter_map(|part| Some(part.split_once('>')?.0))
        .collect();
    let expected: Vec<String> = (0..=100).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_the_next_request_of_its_connection() {
    let mut app = App::new("server");
    app.get("/now", || "now").endpoint("now");
    app.get("/never", async || std::future::pending::<&str>().await)
        .endpoint("never");
    let address = serve(app).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let requests = [request("/now"), request("/never"), request("/now")].concat();
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"now") {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn a_stream_waits_for_a_client_that_does_not_read() {
    const CHUNK: usize = 64 * 1024;
    const COUNT: usize = 1000;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let mut app = App::new("server");
    app.get("/", move || {
        let counted = counted.clone();
        Body::stream(stream::iter((0..COUNT).map(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Error>(vec![b'#'; CHUNK])
        })))
    })
    .endpoint("index");
    app.get("/other", || "other").endpoint("other");
    let address = serve(app).await;
    let request =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(request("/").as_bytes()).await.unwrap();
    let mut start = [0; 4096];
    slow.read_exact(&mut start).await.unwrap();
    // Others are served meanwhile, and the stream is asked for no more than the system's buffers take.
    for _ in 0..200 {
        let answer = exchange(address, request("/other").as_bytes()).await;
        assert!(answer.ends_with("other"));
    }
    let held = asked.load(Ordering::Relaxed);
    assert!(held < COUNT / 2, "{held} chunks");
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    let sent = start.iter().chain(&rest).filter(|byte| **byte == b'#');
    assert_eq!(sent.count(), COUNT * CHUNK);
}

/// Mounts the app below a path and tells it that the client speaks HTTPS.
#[derive(Clone)]
struct Mounted(ReadyApp);

impl Service<http::Request<RequestBody>> for Mounted {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<RequestBody>) -> Self::Future {
        let connection = request.extensions_mut().remove::<Connection>().unwrap();
        assert!(connection.remote_addr().is_some());
        request
            .extensions_mut()
            .insert(connection.https(true).mounted_at("/mounted"));
        self.0.call(request)
    }
}

#[tokio::test]
async fn a_service_around_the_app_is_served_and_changes_what_the_app_sees() {
    let mut app = App::new("server");
    app.post("/", async || -> Result<String> {
        let body = request().data().await?;
        Ok(format!(
            "{} {}",
            request().url(),
            String::from_utf8_lossy(&body)
        ))
    })
    .endpoint("index");
    let app = app.build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(carafe::serve(
        listener,
        Mounted(app),
        std::future::pending(),
    ));
    let request = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let answer = exchange(address, request).await;
    assert!(
        answer.ends_with("https://localhost/mounted/ hello"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_client_is_told_that_the_rest_of_its_body_is_not_wanted() {
    let mut app = App::new("unread");
    app.post("/", || "not read").endpoint("post");
    app.get("/", || "next").endpoint("get");
    let address = serve(app).await;
    let head = "POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\n";

    // The body has come with the head: it is thrown away, and the connection goes on.
    let next = "GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let answers = exchange(address, format!("{head}12345{next}").as_bytes()).await;
    assert!(answers.ends_with("next"), "{answers}");
    let first = answers.split("not read").next().unwrap();
    assert!(!first.contains("connection: close"), "{answers}");

    // It has not come, and nobody waits for it.
    let answer = exchange(address, head.as_bytes()).await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.ends_with("not read"), "{answer}");
}

#[tokio::test]
async fn a_stream_reads_the_body_while_it_is_sent() {
    let mut app = App::new("late");
    app.post("/", || -> Result {
        let first = stream::iter([Ok::<_, Error>(bytes::Bytes::from("got "))]);
        let rest = stream::once(async { request().data().await });
        let chunks = carafe::stream_with_context(first.chain(rest))?;
        Ok(Response::new(Body::stream(chunks)))
    })
    .endpoint("late");
    let address = serve(app).await;
    let request =
        "POST / HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: 5\r\n\r\n12345";
    let answer = exchange(address, request.as_bytes()).await;
    assert!(answer.contains("got "), "{answer}");
    assert!(answer.contains("12345"), "{answer}");
}

#[tokio::test]
async fn a_client_that_stops_sending_has_the_answers_before() {
    // As many bytes as the server reads at once, so that it learns of the end together with the last request.
    const READ: usize = 8192;
    let mut app = App::new("server");
    app.get("/now", || "now").endpoint("now");
    app.get("/never", async || std::future::pending::<&str>().await)
        .endpoint("never");
    let app = app.build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let mut requests = "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(10);
    let last = "GET /never HTTP/1.1\r\nHost: localhost\r\nX-Padding: \r\n\r\n";
    let padding = "x".repeat(READ - requests.len() - last.len());
    requests += &last.replace("X-Padding: ", &format!("X-Padding: {padding}"));
    assert_eq!(requests.len(), READ);
    stream.write_all(requests.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    tokio::spawn(async move { app.serve(listener, std::future::pending()).await });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("200 OK").count(), 10, "{answers}");
}

/// A body that comes, or that fails before anything has come of it.
enum Brittle {
    Whole(Option<bytes::Bytes>),
    Broken,
}

impl http_body::Body for Brittle {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<http_body::Frame<bytes::Bytes>>>> {
        Poll::Ready(match &mut *self {
            Self::Whole(bytes) => bytes.take().map(|bytes| Ok(http_body::Frame::data(bytes))),
            Self::Broken => Some(Err(std::io::Error::other("no luck"))),
        })
    }
}

#[derive(Clone)]
struct Breaks;

impl Service<http::Request<RequestBody>> for Breaks {
    type Response = http::Response<Brittle>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Brittle>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let body = match request.uri().path() {
            "/whole" => Brittle::Whole(Some("whole".into())),
            _ => Brittle::Broken,
        };
        Box::pin(async move { Ok(http::Response::new(body)) })
    }
}

#[tokio::test]
async fn a_body_that_breaks_does_not_cost_the_answer_before() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(carafe::serve(listener, Breaks, std::future::pending()));
    let requests = "GET /whole HTTP/1.1\r\nHost: localhost\r\n\r\nGET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = exchange(address, requests.as_bytes()).await;
    assert!(answer.contains("whole"), "{answer}");
}

#[tokio::test]
async fn a_stream_that_panics_as_it_is_dropped_does_not_cost_the_answer_before() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "dropped badly");
        }
    }
    let mut app = App::new("server");
    app.get("/now", || "now").endpoint("now");
    app.get("/bad", || {
        let held = Panics;
        Body::stream(stream::poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(None::<Result<&str, Error>>)
        }))
    })
    .endpoint("bad");
    let address = serve(app).await;
    let requests =
        "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\nGET /bad HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = exchange(address, requests.as_bytes()).await;
    assert!(answer.contains("now"), "{answer}");
}
