//! Reads files piece by piece, off the event loop.

use std::fs::File;
use std::io::{self, Read};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::task::spawn_blocking;

use crate::error::Result;

/// How much is read at a time.
pub(super) const CHUNK: u64 = 256 * 1024;

/// The next so many bytes of a file.
pub(super) fn pieces(file: File, length: u64) -> impl Stream<Item = Result<Bytes>> + Send {
    stream::try_unfold((file, length), |(file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let (chunk, file) = spawn_blocking(move || read_piece(file, left)).await??;
        let left = left.saturating_sub(chunk.len() as u64);
        Ok(Some((chunk, (file, left))))
    })
}

/// Reads the next piece. It blocks.
fn read_piece(mut file: File, left: u64) -> io::Result<(Bytes, File)> {
    let length = left.min(CHUNK);
    let mut chunk = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.by_ref().take(length).read_to_end(&mut chunk)?;
    if chunk.is_empty() {
        // The length is on the wire already, so that only breaking off tells the truth.
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file has become shorter while it was sent",
        ));
    }
    Ok((chunk.into(), file))
}

/// All that a reader gives, as it comes.
pub(super) fn pieces_of(reader: Box<dyn Read + Send>) -> impl Stream<Item = Result<Bytes>> + Send {
    stream::try_unfold(reader, |reader| async move {
        let (chunk, reader) = spawn_blocking(move || read_some(reader)).await??;
        Ok((!chunk.is_empty()).then_some((chunk, reader)))
    })
}

/// Reads what there is, which a reader that waits for its own source gives early. It blocks.
fn read_some(mut reader: Box<dyn Read + Send>) -> io::Result<(Bytes, Box<dyn Read + Send>)> {
    let mut chunk = vec![0; usize::try_from(CHUNK).unwrap_or(0)];
    let length = loop {
        match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    chunk.truncate(length);
    Ok((chunk.into(), reader))
}
