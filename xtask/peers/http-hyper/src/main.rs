//! hyper with no framework at all: what every framework on it is held to.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Item {
    id: i64,
    name: String,
    tags: Vec<String>,
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    let response = match (request.method(), path) {
        (&Method::GET, "/plaintext") => respond(HTML, Bytes::from_static(b"Hello, World!")),
        (&Method::GET, "/json") => json(&Message {
            message: "Hello, World!",
        }),
        (&Method::POST, "/echo") => echo(request).await,
        (&Method::GET, _) => match path
            .strip_prefix("/user/")
            .and_then(|id| id.parse::<i64>().ok())
        {
            Some(id) => respond(HTML, Bytes::from(format!("User {id}"))),
            None => status(StatusCode::NOT_FOUND),
        },
        _ => status(StatusCode::NOT_FOUND),
    };
    Ok(response)
}

async fn echo(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let Ok(body) = request.into_body().collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<Item>(&body.to_bytes()) {
        Ok(item) => json(&item),
        Err(_) => status(StatusCode::BAD_REQUEST),
    }
}

fn json(value: &impl Serialize) -> Response<Full<Bytes>> {
    match serde_json::to_vec(value) {
        Ok(body) => respond(JSON, Bytes::from(body)),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn respond(content_type: HeaderValue, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(2)
        .and_then(|port| port.parse().ok())
        .unwrap_or(8000);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    // It ends as a program does that is done: a profile is written then.
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = serve(listener) => ended,
        _ = terminate.recv() => Ok(()),
    }
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let service = service_fn(answer);
            let io = TokioIo::new(stream);
            // A client that goes away is no concern of a benchmark.
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(io, service)
                .await;
        });
    }
}
