#![allow(clippy::unwrap_used, reason = "a test may stop at what is missing")]

use std::fs;
use std::future::Future;
use std::io::Read as _;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::runtime::Builder;

use crate::error::http_error::HttpError;
use crate::form::{FormData, FormLimits, parse_form};

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

#[test]
fn a_large_file_is_kept_on_disk_and_goes_with_its_value() {
    let content: Vec<u8> = (0..1_000_000u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let data = parse(MULTIPART, &upload(&content), FormLimits::default()).unwrap();
    let file = data.files.get("f").unwrap();
    assert_eq!(file.len(), 1_000_000);
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
