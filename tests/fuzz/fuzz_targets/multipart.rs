//! Any body is taken apart, and the same way wherever its pieces begin.
#![no_main]

use carafe::form::multipart::{DecodeError, Event, MultipartDecoder};
use libfuzzer_sys::fuzz_target;

type Part = (Option<String>, Option<String>, Vec<u8>);

fn decode(boundary: &[u8], body: &[u8], piece: usize) -> Result<Vec<Part>, DecodeError> {
    let mut decoder = MultipartDecoder::new(boundary, Some(10_000), Some(10));
    let mut parts: Vec<Part> = Vec::new();
    let mut pieces = body.chunks(piece);
    loop {
        match decoder.next_event()? {
            Event::NeedData => match pieces.next() {
                Some(piece) => decoder.receive(piece.to_vec().into()),
                None => decoder.finish(),
            },
            Event::Part(head) => parts.push((head.name, head.filename, Vec::new())),
            Event::Data { bytes, .. } => {
                parts.last_mut().expect("data follows a part").2.extend_from_slice(&bytes);
            }
            Event::End => return Ok(parts),
        }
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, body) = input;
    // The headers that matter are long to find, so that some bytes stand for them.
    let mut text = Vec::with_capacity(body.len() * 4);
    for &byte in body {
        match byte {
            0x80 => text.extend_from_slice(b"Content-Disposition: form-data; name=\"a\""),
            0x81 => text.extend_from_slice(b"; filename=\"x\""),
            0x82 => text.extend_from_slice(b"--B"),
            0x83 => text.extend_from_slice(b"\r\n"),
            other => text.push(other),
        }
    }
    for boundary in [b"B".as_slice(), b"-"] {
        let whole = decode(boundary, &text, text.len().max(1));
        let pieces = decode(boundary, &text, usize::from(piece).max(1));
        // Headers are limited as they arrive, so that only what fits is the same in pieces.
        if text.len() < 10_000 {
            assert_eq!(whole, pieces);
        }
    }
});
