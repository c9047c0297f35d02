//! Each limit over a real socket: exactly at it a request passes, one byte beyond it is refused, and the next
//! request is served.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::net::SocketAddr;

use carafe::config::Config;
use carafe::json::GetJson;
use carafe::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=x";

/// Serves views that read bodies in every way.
async fn serve(configure: impl FnOnce(&mut Config)) -> SocketAddr {
    let mut app = App::new("limits");
    configure(&mut app.config);
    app.post("/form", async || {
        let request = request();
        let fields = request.form().await?.len() + request.files().await?.len();
        Ok::<_, Error>(format!("{fields} fields"))
    })
    .endpoint("form");
    app.post("/json", async || {
        request().get_json(GetJson::default()).await.map(Json)
    })
    .endpoint("json");
    app.post("/data", async || {
        Ok::<_, Error>(request().data().await?.len().to_string())
    })
    .endpoint("data");
    app.get("/fine", || "fine").endpoint("fine");
    server::serve(app.build().unwrap()).await
}

/// Sends a request and returns the status of the answer; the next request has to be served.
async fn status(address: SocketAddr, request: &[u8]) -> u16 {
    match statuses(address, request).await[..] {
        [status] => status,
        ref others => panic!("{others:?}"),
    }
}

/// Sends requests, the last of which ends the connection, and returns the statuses of the answers.
async fn statuses(address: SocketAddr, requests: &[u8]) -> Vec<u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(requests).await.unwrap();
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).await.unwrap();
    assert!(server::get(address, "/fine").await.ends_with("fine"));
    let text = String::from_utf8_lossy(&answers);
    let statuses = text.split("HTTP/1.1 ").skip(1);
    statuses
        .map(|answer| answer.get(..3).unwrap().parse().unwrap())
        .collect()
}

/// The statuses of a body that says its length, and of the same body in chunks.
async fn both(address: SocketAddr, path: &str, content_type: &str, body: &[u8]) -> [u16; 2] {
    let head = |framing: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: {content_type}\r\n{framing}\r\n\r\n"
        )
        .into_bytes()
    };
    let announced = [&head(&format!("Content-Length: {}", body.len())), body].concat();
    let mut chunked = head("Transfer-Encoding: chunked");
    for chunk in body.chunks(777) {
        let length = format!("{:x}\r\n", chunk.len());
        chunked.extend([length.as_bytes(), chunk, b"\r\n"].concat());
    }
    chunked.extend(b"0\r\n\r\n");
    [
        status(address, &announced).await,
        status(address, &chunked).await,
    ]
}

/// A multipart form with a field and a file of these lengths.
fn multipart(field: usize, file: usize) -> Vec<u8> {
    let part = |head: &str, length: usize| {
        let head = format!("--x\r\nContent-Disposition: form-data; name={head}\r\n\r\n");
        [head.as_bytes(), &vec![b'v'; length], b"\r\n"].concat()
    };
    [
        part("a", field),
        part("f; filename=n", file),
        b"--x--".to_vec(),
    ]
    .concat()
}

#[tokio::test]
async fn a_body_of_any_kind_is_held_to_the_content_length() {
    const LIMIT: usize = 10_000;
    let address = serve(|config| {
        config.max_content_length(LIMIT as u64);
    })
    .await;
    let around = multipart(0, 0).len();
    for (path, content_type, at, over) in [
        (
            "/form",
            URLENCODED,
            format!("a={}", "v".repeat(LIMIT - 2)).into_bytes(),
            format!("a={}", "v".repeat(LIMIT - 1)).into_bytes(),
        ),
        (
            "/form",
            MULTIPART,
            multipart(10, LIMIT - around - 10),
            multipart(10, LIMIT - around - 9),
        ),
        (
            "/json",
            "application/json",
            format!("\"{}\"", "v".repeat(LIMIT - 2)).into_bytes(),
            format!("\"{}\"", "v".repeat(LIMIT - 1)).into_bytes(),
        ),
        ("/data", "text/plain", vec![0; LIMIT], vec![0; LIMIT + 1]),
    ] {
        assert_eq!((at.len(), over.len()), (LIMIT, LIMIT + 1));
        let passed = both(address, path, content_type, &at).await;
        assert_eq!(passed, [200, 200], "{path} {content_type}");
        let refused = both(address, path, content_type, &over).await;
        assert_eq!(refused, [413, 413], "{path} {content_type}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_held_to_the_content_length_by_who_asks_for_a_form() {
    const LIMIT: usize = 100;
    let address = serve(|config| {
        config.max_content_length(LIMIT as u64);
    })
    .await;
    for content_type in ["application/json", ""] {
        let [at, _] = both(address, "/form", content_type, &[b'v'; LIMIT]).await;
        let [over, _] = both(address, "/form", content_type, &[b'v'; LIMIT + 1]).await;
        assert_eq!((at, over), (200, 413), "{content_type:?}");
    }
}

#[tokio::test]
async fn a_field_is_held_to_the_memory_of_forms_and_a_file_is_not() {
    const LIMIT: usize = 10_000;
    let address = serve(|config| {
        config.max_form_memory_size(LIMIT as u64);
    })
    .await;
    let urlencoded = |length: usize| format!("a={}", "v".repeat(length - 2)).into_bytes();
    for (content_type, at, over) in [
        (URLENCODED, urlencoded(LIMIT), urlencoded(LIMIT + 1)),
        (
            MULTIPART,
            multipart(LIMIT, 3 * LIMIT),
            multipart(LIMIT + 1, 3 * LIMIT),
        ),
    ] {
        assert_eq!(
            both(address, "/form", content_type, &at).await,
            [200, 200],
            "{content_type}"
        );
        assert_eq!(
            both(address, "/form", content_type, &over).await,
            [413, 413],
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn a_form_is_held_to_its_number_of_parts() {
    let address = serve(|config| {
        config.max_form_parts(20);
    })
    .await;
    let parts = |count: usize| {
        let part = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n";
        (part.repeat(count) + "--x--").into_bytes()
    };
    assert_eq!(
        both(address, "/form", MULTIPART, &parts(20)).await,
        [200, 200]
    );
    assert_eq!(
        both(address, "/form", MULTIPART, &parts(21)).await,
        [413, 413]
    );
}

#[tokio::test]
async fn the_head_of_a_request_is_held_to_128_kib() {
    const LIMIT: usize = 128 * 1024;
    let address = serve(|_| {}).await;
    let request = |length: usize| {
        let start = "GET /fine HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-long: ";
        let value = "v".repeat(length - start.len() - "\r\n\r\n".len());
        format!("{start}{value}\r\n\r\n").into_bytes()
    };
    assert_eq!(request(LIMIT).len(), LIMIT);
    assert_eq!(status(address, &request(LIMIT)).await, 200);
    assert_eq!(status(address, &request(LIMIT + 1)).await, 431);
    assert_eq!(status(address, &request(4 * LIMIT)).await, 431);
    // It begins in the same piece as the end of another request.
    let short = b"GET /fine HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for (length, expected) in [(LIMIT, 200), (LIMIT + 1, 431)] {
        let requests = [&short[..], &request(length)].concat();
        assert_eq!(statuses(address, &requests).await, [200, expected]);
    }
}
