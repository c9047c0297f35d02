//! Large files over sockets: whole, in parts, not at all, and without filling the memory.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::collections::HashMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;

use carafe::prelude::*;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MB: u64 = 1024 * 1024;
const LENGTH: u64 = 256 * MB;
/// Where the file is not empty.
const MARK: u64 = LENGTH - 2 * MB + 1;

/// Serves a folder with a large file that takes no place on the disk.
async fn serve() -> (TempDir, SocketAddr) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("static")).unwrap();
    let file = File::create(root.path().join("static/large.bin")).unwrap();
    file.set_len(LENGTH).unwrap();
    file.write_all_at(b"mark", MARK).unwrap();
    file.write_all_at(b"end", LENGTH - 3).unwrap();
    let mut app = App::with_root_path("test", root.path());
    app.route("/reader", async || {
        let zeros = std::io::Read::take(std::io::repeat(0), LENGTH);
        send_file(carafe::files::FileSource::reader(zeros))
            .mimetype("application/octet-stream")
            .await
    })
    .endpoint("reader");
    let address = server::serve(app.build().unwrap()).await;
    (root, address)
}

/// An answer whose body has not been read yet.
struct Answer {
    stream: TcpStream,
    status: u16,
    headers: HashMap<String, String>,
    /// What of the body came along with the head.
    begun: Vec<u8>,
}

async fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let end = loop {
        assert!(stream.read_buf(&mut read).await.unwrap() > 0);
        if let Some(place) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break place;
        }
    };
    let begun = read.split_off(end + 4);
    let head = String::from_utf8(read).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status: status.parse().unwrap(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        stream,
        begun,
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Reads the body, keeping nothing but its length and its last bytes, and asks for the memory in use.
    async fn drain(mut self) -> (u64, Vec<u8>, u64) {
        let mut tail = self.begun;
        let (mut length, mut most) = (tail.len() as u64, 0);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = self.stream.read(&mut buffer).await.unwrap();
            if count == 0 {
                return (length, tail, most);
            }
            length += count as u64;
            most = most.max(resident());
            tail.extend_from_slice(&buffer[..count]);
            tail.drain(..tail.len().saturating_sub(16));
        }
    }

    async fn whole(mut self) -> Vec<u8> {
        self.stream.read_to_end(&mut self.begun).await.unwrap();
        self.begun
    }
}

/// The bytes of memory that the process has in use; 0 where the system does not tell.
fn resident() -> u64 {
    let Ok(text) = fs::read_to_string("/proc/self/statm") else {
        return 0;
    };
    let pages: u64 = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_is_sent_without_filling_the_memory() {
    let (_root, address) = serve().await;
    let before = resident();
    assert!(before > 0 || !cfg!(target_os = "linux"));
    let answer = ask(address, "GET", "/static/large.bin", "").await;
    assert_eq!(answer.header("content-length"), LENGTH.to_string());
    let (length, tail, most) = answer.drain().await;
    assert_eq!(length, LENGTH);
    assert!(tail.ends_with(b"\0end"));
    assert!(most < before + 32 * MB, "{before} grew to {most}");

    let answer = ask(address, "GET", "/reader", "").await;
    assert_eq!(answer.header("transfer-encoding"), "chunked");
    let (length, tail, most) = answer.drain().await;
    assert!(length > LENGTH && tail.ends_with(b"\r\n0\r\n\r\n"));
    assert!(most < before + 32 * MB, "{before} grew to {most}");
}

#[tokio::test]
async fn a_download_that_broke_off_is_resumed() {
    let (_root, address) = serve().await;
    let head = ask(address, "HEAD", "/static/large.bin", "").await;
    let tag = head.header("etag").to_owned();
    let resume = |from: u64, tag: &str| {
        let headers = format!("Range: bytes={from}-\r\nIf-Range: {tag}\r\n");
        async move { ask(address, "GET", "/static/large.bin", &headers).await }
    };
    let rest = resume(MARK, &tag).await;
    assert_eq!(rest.status, 206);
    let wanted = format!("bytes {MARK}-{}/{LENGTH}", LENGTH - 1);
    assert_eq!(rest.header("content-range"), wanted);
    assert_eq!(rest.header("content-length"), (LENGTH - MARK).to_string());
    let rest = rest.whole().await;
    assert_eq!(rest.len() as u64, LENGTH - MARK);
    assert!(rest.starts_with(b"mark\0") && rest.ends_with(b"\0end"));

    let another = resume(MARK, "\"another\"").await;
    assert_eq!(another.status, 200);
    assert_eq!(another.header("content-length"), LENGTH.to_string());
}

#[tokio::test]
async fn parts_of_a_large_file_are_sent_alone() {
    let (_root, address) = serve().await;
    let end = LENGTH - 1;
    for (range, wanted, content) in [
        (
            format!("{MARK}-{}", MARK + 3),
            format!("{MARK}-{}", MARK + 3),
            &b"mark"[..],
        ),
        ("-3".to_owned(), format!("{}-{end}", LENGTH - 3), b"end"),
        (
            format!("{}-{}", LENGTH - 2, u64::MAX),
            format!("{}-{end}", LENGTH - 2),
            b"nd",
        ),
        ("0-0".to_owned(), "0-0".to_owned(), b"\0"),
    ] {
        let headers = format!("Range: bytes={range}\r\n");
        let part = ask(address, "GET", "/static/large.bin", &headers).await;
        assert_eq!(part.status, 206, "{range}");
        let wanted = format!("bytes {wanted}/{LENGTH}");
        assert_eq!(part.header("content-range"), wanted);
        assert_eq!(part.whole().await, content);
    }
    for range in [format!("{LENGTH}-"), "5-4".to_owned(), "0-1,3-4".to_owned()] {
        let headers = format!("Range: bytes={range}\r\n");
        let answer = ask(address, "GET", "/static/large.bin", &headers).await;
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{LENGTH}"));
    }
}

#[tokio::test]
async fn what_the_client_has_or_does_not_want_is_not_sent() {
    let (_root, address) = serve().await;
    let head = ask(address, "HEAD", "/static/large.bin", "").await;
    assert_eq!(head.header("content-length"), LENGTH.to_string());
    assert_eq!(head.header("accept-ranges"), "bytes");
    let tag = head.header("etag").to_owned();
    let modified = head.header("last-modified").to_owned();
    assert!(head.whole().await.is_empty());
    for headers in [
        format!("If-None-Match: {tag}\r\n"),
        format!("If-Modified-Since: {modified}\r\n"),
    ] {
        let known = ask(address, "GET", "/static/large.bin", &headers).await;
        assert_eq!((known.status, known.header("etag")), (304, tag.as_str()));
        assert_eq!(known.header("content-length"), "");
        assert!(known.whole().await.is_empty());
    }
    let part = ask(address, "HEAD", "/static/large.bin", "Range: bytes=5-9\r\n").await;
    assert_eq!((part.status, part.header("content-length")), (206, "5"));
    assert!(part.whole().await.is_empty());
    let reader = ask(address, "HEAD", "/reader", "").await;
    assert_eq!((reader.status, reader.header("content-length")), (200, ""));
    assert!(reader.whole().await.is_empty());
}

#[tokio::test]
async fn a_file_that_becomes_shorter_breaks_the_answer_off() {
    let (root, address) = serve().await;
    let answer = ask(address, "GET", "/static/large.bin", "").await;
    let file = File::options()
        .write(true)
        .open(root.path().join("static/large.bin"));
    file.unwrap().set_len(MB).unwrap();
    let (length, ..) = answer.drain().await;
    assert!(length < LENGTH);
}
