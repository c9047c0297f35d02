//! Ten thousand malformed requests over a real socket: each is answered or refused, and the next one served.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use carafe::json::GetJson;
use carafe::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

const TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"--",
    b"--x",
    b"--x--",
    b"%",
    b"%2",
    b"%zz",
    b"&",
    b"=",
    b"+",
    b";",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"NaN",
    b"-",
    b"1e999",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"Content-Disposition: form-data; name=",
    b"filename*=",
    b"utf-8''%",
    b"\r\n\r\n",
    b" ",
];

/// A well-formed body and its content type.
fn body(random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(4) {
        0 => (
            "application/x-www-form-urlencoded",
            b"a=1&b=two+words&c=%C3%A9&a=3".to_vec(),
        ),
        1 => (
            "application/json",
            r#"{"a": [1, 2.5, -0.0, "é\ud83d\ude00"], "b": {"c": null}}"#.into(),
        ),
        2 => {
            let (open, close) = random.pick(&[&("[", "]"), &("{\"a\":", "}")]);
            let depth = random.below(5000);
            let text = open.repeat(depth) + "1" + &close.repeat(depth);
            ("application/json", text.into())
        }
        _ => (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
              --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\
              Content-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfehello\r\n--x--\r\n"
                .to_vec(),
        ),
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = at + random.below(bytes.len() + 1 - at).min(16);
        match random.below(5) {
            0 => drop(bytes.splice(at..at, random.pick(TOKENS).iter().copied())),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
        }
    }
}

/// A body in chunks, some of which lie about their length.
fn chunked(body: &[u8], random: &mut Random) -> Vec<u8> {
    let mut sent = Vec::new();
    for piece in body.chunks(1 + random.below(64)) {
        let length = match random.below(40) {
            0 => "-1".to_owned(),
            1 => "fffffffffffffffff".to_owned(),
            2 => format!("{:x};ext=\"", piece.len()),
            3 => format!("{:x}", piece.len() + 1),
            4 => String::new(),
            _ => format!("{:x}", piece.len()),
        };
        sent.extend([length.as_bytes(), b"\r\n", piece, b"\r\n"].concat());
    }
    sent.extend(random.pick(TOKENS_AT_THE_END).bytes());
    sent
}

const TOKENS_AT_THE_END: &[&str] = &[
    "0\r\n\r\n",
    "0\r\n\r\n",
    "0\r\nX: y\r\n\r\n",
    "0\r\n",
    "",
    "0\r\n: \r\n\r\n",
];

/// What a client sends.
struct Sent {
    bytes: Vec<u8>,
    /// Whether the server can tell that nothing more is to come, or that it is nonsense.
    complete: bool,
}

/// A request with a mutated body, a framing that may be wrong, and headers that may be odd.
fn malformed(random: &mut Random) -> Sent {
    let (content_type, mut body) = body(random);
    mutate(&mut body, random);
    let content_type = match random.below(8) {
        0 => random.pick(&[
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"x",
            "multipart/form-data; boundary*=utf-8''x",
            "application/x-www-form-urlencoded; charset=utf-7",
            "application/json; charset=klingon",
            ";",
            "text/plain",
        ]),
        _ => content_type,
    };
    let kind = random.below(10);
    let (framing, sent) = match kind {
        0..4 => (format!("Content-Length: {}", body.len()), body),
        4 => (
            format!("Content-Length: {}", random.below(body.len() + 1)),
            body,
        ),
        5 => (
            format!(
                "Content-Length: {}",
                body.len() + 1 + random.below(1_000_000)
            ),
            body,
        ),
        6 => {
            let length = random.pick(&[
                "-1",
                "x",
                "1, 1",
                "18446744073709551616",
                "0x10",
                "+3",
                "3\r\nContent-Length: 4",
            ]);
            (format!("Content-Length: {length}"), body)
        }
        7 | 8 => (
            "Transfer-Encoding: chunked".to_owned(),
            chunked(&body, random),
        ),
        _ => {
            let coding = random.pick(&[
                "chunked, chunked",
                "gzip",
                "identity",
                "chunked\r\nContent-Length: 3",
                "xchunked",
            ]);
            (
                format!("Transfer-Encoding: {coding}"),
                chunked(&body, random),
            )
        }
    };
    let path = random.pick(&["/form", "/json", "/data", "/nothing", "/missing"]);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n{framing}\r\n\
         Connection: close\r\n\r\n"
    );
    Sent {
        bytes: [head.as_bytes(), &sent].concat(),
        complete: matches!(kind, 0..=4 | 6),
    }
}

fn app() -> App {
    let mut app = App::new("malformed");
    app.config
        .max_content_length(100_000)
        .max_form_memory_size(1000)
        .max_form_parts(3);
    app.post("/form", form);
    app.post("/json", async || {
        request().get_json(GetJson::default()).await.map(Json)
    })
    .endpoint("json");
    app.post("/data", async || {
        Ok::<_, Error>(request().data().await?.len().to_string())
    })
    .endpoint("data");
    app.post("/nothing", || "read nothing").endpoint("nothing");
    app.get("/fine", || "fine").endpoint("fine");
    app
}

async fn form() -> Result<String> {
    let request = request();
    let (fields, files) = (request.form().await?.len(), request.files().await?.len());
    Ok(format!("{fields} fields and {files} files"))
}

/// Sends a request, all of it, and reads what comes until the connection ends.
async fn exchange(address: SocketAddr, request: &Sent) -> Vec<u8> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let mut answer = Vec::new();
    let write = async {
        // The server may have answered and left before it has read all.
        let _ = writer.write_all(&request.bytes).await;
        if !request.complete {
            let _ = writer.shutdown().await;
        }
    };
    let (_, read) = tokio::join!(write, reader.read_to_end(&mut answer));
    read.unwrap_or_else(|error| panic!("{error} after {}", request.bytes.escape_ascii()));
    answer
}

/// Checks that an answer is one, and no fault of the server; a client that leaves early may get none.
fn check(request: &Sent, answer: &[u8]) {
    if answer.is_empty() && !request.complete {
        return;
    }
    let shown = || {
        format!(
            "{}\n{}",
            request.bytes.escape_ascii(),
            answer.escape_ascii()
        )
    };
    let status = answer.strip_prefix(b"HTTP/1.1 ").and_then(|rest| {
        let digits = rest.get(..3)?;
        std::str::from_utf8(digits).ok()?.parse::<u16>().ok()
    });
    let status = status.unwrap_or_else(|| panic!("no answer: {}", shown()));
    assert!((200..500).contains(&status), "{}", shown());
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_malformed_body_is_a_fault_of_the_server() {
    const TASKS: u64 = 8;
    const EACH: usize = 10_000 / TASKS as usize;
    let own = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        own(info);
    }));
    let address = server::serve(app().build().unwrap()).await;
    let tasks = (0..TASKS).map(|number| async move {
        let mut random = Random(number);
        for index in 0..EACH {
            let request = malformed(&mut random);
            let exchange = exchange(address, &request);
            let answer = tokio::time::timeout(Duration::from_secs(60), exchange).await;
            let answer =
                answer.unwrap_or_else(|_| panic!("stuck: {}", request.bytes.escape_ascii()));
            check(&request, &answer);
            if index % 16 == 0 {
                let next = server::get(address, "/fine").await;
                assert!(next.ends_with("fine"), "{next}");
            }
        }
    });
    let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
    let next = server::get(address, "/fine").await;
    assert!(next.ends_with("fine"), "{next}");
}
