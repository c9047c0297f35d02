#![allow(clippy::unwrap_used, reason = "a test may stop at what is missing")]

use std::fs;
use std::future::Future;
use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::runtime::Builder;

use crate::error::http_error::HttpError;
use crate::form::{FileStorage, FormData, FormLimits, parse_form};
use crate::prelude::*;

const MULTIPART: &str = "multipart/form-data; boundary=x";

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Parses a body that arrives in pieces of 8 KB.
fn parse(content_type: &str, body: &[u8], limits: FormLimits) -> Result<FormData, HttpError> {
    let mut chunks = body.chunks(8192).map(Bytes::copy_from_slice);
    let next_chunk = |_: &mut Context<'_>| Poll::Ready(chunks.next().map(Ok));
    block_on(parse_form(content_type, None, limits, next_chunk))
}

fn upload(content: &[u8]) -> Vec<u8> {
    let head = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.bin\r\n\r\n";
    [head, content, b"\r\n--x--\r\n"].concat()
}

/// Of a length that stays in memory, and of one that does not.
const LENGTHS: [usize; 2] = [1_000_000, 2_000_000];

#[test]
fn a_large_file_can_be_read_copied_and_moved() {
    for length in LENGTHS {
        let content: Vec<u8> = (0..=250u8).cycle().take(length).collect();
        let data = parse(MULTIPART, &upload(&content), FormLimits::default()).unwrap();
        let file = data.files.get("f").unwrap();
        assert_eq!(file.len(), u64::try_from(length).unwrap());
        assert_eq!(file.read().unwrap(), content);

        let folder = tempfile::tempdir().unwrap();
        let (copied, moved) = (folder.path().join("copied"), folder.path().join("moved"));
        file.save(&copied).unwrap();
        let mut start = [0; 4];
        file.stream().unwrap().read_exact(&mut start).unwrap();
        assert_eq!(start, [0, 1, 2, 3]);

        let mut files = data.files;
        files.pop("f").unwrap().move_to(&moved).unwrap();
        assert_eq!(fs::read(&copied).unwrap(), content);
        assert_eq!(fs::read(&moved).unwrap(), content);
        let mode = |path| fs::metadata(path).unwrap().permissions();
        assert_eq!(mode(&copied), mode(&moved));
    }
}

#[test]
fn the_files_of_all_requests_to_an_app_count_together() {
    type Kept = Arc<Mutex<Vec<FileStorage>>>;
    async fn keep(State(kept): State<Kept>) -> Result<&'static str, Error> {
        let file = request().files().await?.require("f")?.clone();
        kept.lock().unwrap().push(file);
        Ok("")
    }
    let kept = Kept::default();
    let mut app = App::new("uploads");
    app.post("/", keep);
    app.state(kept.clone());
    let app = app.build().unwrap();
    let post = || {
        let client = app.test_client();
        let body = upload(&[b'z'; 100_000]);
        client
            .post("/")
            .header("content-type", MULTIPART)
            .body(body)
            .send()
    };
    assert_eq!((post().status(), post().status()), (200, 200));
    let used = || app.inner().upload_memory.used();
    assert_eq!(used(), 200_000);
    kept.lock().unwrap().clear();
    assert_eq!(used(), 0);
}

#[test]
fn a_small_file_stays_in_memory() {
    let data = parse(MULTIPART, &upload(b"hello"), FormLimits::default()).unwrap();
    let file = data.files.get("f").unwrap();
    assert_eq!(
        (file.name(), file.filename(), file.len()),
        (Some("f"), "a.bin", 5)
    );
    assert_eq!(file.read().unwrap(), "hello");
    assert_eq!(file.content_type(), None);
}

#[test]
fn one_byte_more_than_a_limit_is_refused() {
    let field = |length: usize| {
        let head = b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n";
        [head.as_slice(), &vec![b'v'; length], b"\r\n--x--"].concat()
    };
    let limits = FormLimits {
        max_form_memory_size: Some(1000),
        ..FormLimits::default()
    };
    assert!(parse(MULTIPART, &field(1000), limits).is_ok());
    assert_eq!(
        parse(MULTIPART, &field(1001), limits)
            .err()
            .map(|error| error.code()),
        Some(413)
    );

    let limits = FormLimits {
        max_form_parts: Some(0),
        ..FormLimits::default()
    };
    assert_eq!(
        parse(MULTIPART, &field(1), limits)
            .err()
            .map(|error| error.code()),
        Some(413)
    );

    let body = upload(&[b'z'; 100_000]);
    let exactly = |limit: usize| FormLimits {
        max_content_length: u64::try_from(limit).ok(),
        ..FormLimits::default()
    };
    assert!(parse(MULTIPART, &body, exactly(body.len() + 1)).is_ok());
    let refused = parse(MULTIPART, &body, exactly(body.len() - 1));
    assert_eq!(refused.err().map(|error| error.code()), Some(413));
}

#[test]
fn what_a_body_fails_with_is_handed_on() {
    let next_chunk = |_: &mut Context<'_>| Poll::Ready(Some(Err(HttpError::bad_request())));
    let failed = block_on(parse_form(
        MULTIPART,
        None,
        FormLimits::default(),
        next_chunk,
    ));
    assert_eq!(failed.err().map(|error| error.code()), Some(400));
}
