use bytes::Bytes;

use super::{DecodeError, Event, MultipartDecoder};

/// The names and contents of parts.
type Decoded = Vec<(Option<String>, Vec<u8>)>;

/// Decodes a body that arrives in pieces, into headers and contents.
fn decode(body: &[u8], piece: usize) -> Result<Decoded, DecodeError> {
    let mut decoder = MultipartDecoder::new(b"-", None, None);
    let mut parts = Decoded::new();
    let mut pieces = body.chunks(piece);
    loop {
        match decoder.next_event()? {
            Event::NeedData => match pieces.next() {
                Some(piece) => decoder.receive(Bytes::copy_from_slice(piece)),
                None => decoder.finish(),
            },
            Event::Part(head) => parts.push((head.name, Vec::new())),
            Event::Data { bytes, .. } => {
                if let Some((_, content)) = parts.last_mut() {
                    content.extend_from_slice(&bytes);
                }
            }
            Event::End => return Ok(parts),
        }
    }
}

#[test]
fn the_result_does_not_depend_on_where_pieces_begin() {
    // The boundary is a dash, so that it overlaps with itself and with its own end.
    let bodies: [&[u8]; 7] = [
        b"hi\r\n---\r\nContent-Disposition: f; name=a\r\n\r\n1\r\n----\n---\t \nContent-Disposition: f\n\n\n2\n\r\n-----",
        b"---\nContent-Disposition: f; name=a\n\n--\r-\n---",
        b"---\r\nContent-Disposition: f; name=a\r\n\r\n---\r\n\r\n-----",
        b"---\rContent-Disposition: f;\r\n name=a\r\r\n\r\r\n-----",
        b"-----",
        b"---\r\nX: y\r\n\r\n-----",
        b"----\r\n---\r\n\r\n",
    ];
    for body in bodies {
        let whole = decode(body, body.len());
        for piece in 1..body.len() {
            assert_eq!(
                decode(body, piece),
                whole,
                "{} in pieces of {piece}",
                body.escape_ascii()
            );
        }
    }
    let parts = decode(bodies[0], 3);
    let first = (Some("a".to_owned()), b"1\r\n----".to_vec());
    assert_eq!(parts, Ok(vec![first, (None, b"\n2\n".to_vec())]));
}

/// Of long pieces only the beginning is copied to what was left of the one before.
#[test]
fn the_result_does_not_depend_on_where_long_pieces_begin() {
    let content: Vec<u8> = b"\r\n--x\r\n\r\n"
        .iter()
        .copied()
        .cycle()
        .take(1_500)
        .collect();
    let body = [
        b"x".repeat(700).as_slice(),
        b"---\nX: ",
        &b"y".repeat(900),
        b"\nContent-Disposition: f; name=a\n\n",
        &content,
        b"\r\n---",
        &b" ".repeat(600),
        b"\nContent-Disposition: f; name=b\n\n2\n-----",
    ]
    .concat();
    let whole = decode(&body, body.len());
    let names =
        |parts: &Decoded| -> Vec<_> { parts.iter().map(|(name, _)| name.clone()).collect() };
    assert_eq!(
        whole.as_ref().map(names),
        Ok(vec![Some("a".to_owned()), Some("b".to_owned())])
    );
    for piece in 1..body.len() {
        assert_eq!(decode(&body, piece), whole, "in pieces of {piece}");
    }
}

#[test]
fn headers_that_do_not_end_are_too_large() {
    let mut decoder = MultipartDecoder::new(b"x", Some(100), None);
    decoder.receive("--x\r\n".into());
    decoder.receive(vec![b'a'; 101].into());
    assert_eq!(decoder.next_event().err(), Some(DecodeError::TooLarge));
}

#[test]
fn white_space_after_a_boundary_is_not_collected_for_ever() {
    let mut body = b"--x\r\nContent-Disposition: f\r\n\r\n\r\n--x".to_vec();
    body.extend([b' '; 10_000]);
    let mut decoder = MultipartDecoder::new(b"x", None, None);
    decoder.receive(body.into());
    assert!(matches!(decoder.next_event(), Ok(Event::Part(_))));
    assert!(
        matches!(decoder.next_event(), Ok(Event::Data { bytes, is_last: false }) if bytes.len() > 9_000)
    );
}
