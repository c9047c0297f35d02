//! Bytes in memory, in the pieces that they came in.

use std::fs::File;
use std::io::{self, IoSlice, Read, Seek, SeekFrom, Write};
use std::mem;
use std::sync::Arc;

use bytes::Bytes;

use crate::request::form::memory::Share;

/// The least bytes of a piece that is kept as it came.
///
/// Behind a piece is the server's buffer, which is twice as long at the most. A shorter piece is copied, as it could
/// keep a buffer that is many times as long.
const WHOLE: usize = 64 * 1024;

/// Bytes that are being collected.
#[derive(Debug)]
pub(super) struct ChunkBuilder {
    chunks: Vec<Bytes>,
    /// Short pieces that came behind those.
    short: Vec<u8>,
    length: usize,
    share: Share,
}

impl ChunkBuilder {
    pub(super) fn new(share: Share) -> Self {
        Self {
            chunks: Vec::new(),
            short: Vec::new(),
            length: 0,
            share,
        }
    }

    pub(super) fn push(&mut self, bytes: Bytes) {
        self.length += bytes.len();
        self.share.add(bytes.len());
        if bytes.len() >= WHOLE {
            self.close_short();
            self.chunks.push(bytes);
            return;
        }
        let room = WHOLE.saturating_sub(self.short.len());
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        self.short.extend_from_slice(first);
        if !rest.is_empty() {
            self.close_short();
            self.short.extend_from_slice(rest);
        }
    }

    fn close_short(&mut self) {
        if !self.short.is_empty() {
            let mut short = mem::take(&mut self.short);
            short.shrink_to_fit();
            self.chunks.push(short.into());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn build(mut self) -> Chunks {
        self.close_short();
        Chunks(Arc::new(Collected {
            chunks: self.chunks,
            length: self.length,
            _share: self.share,
        }))
    }
}

/// Bytes that were collected; clones share them.
#[derive(Debug, Clone)]
pub(super) struct Chunks(Arc<Collected>);

#[derive(Debug)]
struct Collected {
    chunks: Vec<Bytes>,
    length: usize,
    _share: Share,
}

impl Chunks {
    pub(super) fn len(&self) -> usize {
        self.0.length
    }

    /// Returns all bytes as one piece.
    pub(super) fn joined(&self) -> Bytes {
        match self.0.chunks.as_slice() {
            [only] => only.clone(),
            chunks => chunks.concat().into(),
        }
    }

    /// Writes all bytes to a file, with few calls.
    pub(super) fn write_to(&self, mut file: &File) -> io::Result<()> {
        let mut slices: Vec<_> = self
            .0
            .chunks
            .iter()
            .map(|chunk| IoSlice::new(chunk))
            .collect();
        let mut rest = slices.as_mut_slice();
        while !rest.is_empty() {
            match file.write_vectored(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => IoSlice::advance_slices(&mut rest, count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn reader(&self) -> ChunkReader {
        ChunkReader {
            chunks: self.clone(),
            position: 0,
        }
    }
}

/// Reads bytes that were collected.
#[derive(Debug)]
pub(super) struct ChunkReader {
    chunks: Chunks,
    position: u64,
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The chunks are few, as long files go to disk.
        let mut skip = usize::try_from(self.position).unwrap_or(usize::MAX);
        for chunk in &self.chunks.0.chunks {
            match chunk.get(skip..) {
                None | Some([]) => skip -= chunk.len(),
                Some(mut rest) => {
                    let count = rest.read(buffer)?;
                    self.position += count as u64;
                    return Ok(count);
                }
            }
        }
        Ok(0)
    }
}

impl Seek for ChunkReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => (self.chunks.len() as u64).checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::form::memory::UploadMemory;

    fn chunks(lengths: &[usize]) -> (Vec<u8>, Chunks) {
        let mut builder = ChunkBuilder::new(Share::of(&UploadMemory::new(0)));
        let mut bytes = (0..=250_u8).cycle();
        let mut all = Vec::new();
        for &length in lengths {
            let piece: Vec<u8> = bytes.by_ref().take(length).collect();
            all.extend_from_slice(&piece);
            builder.push(piece.into());
        }
        assert_eq!(builder.len(), all.len());
        (all, builder.build())
    }

    #[test]
    fn pieces_of_any_length_stay_in_order() {
        let lengths = [10, WHOLE, 0, WHOLE - 1, 3, WHOLE + 5, 1, WHOLE - 1];
        let (all, chunks) = chunks(&lengths);
        assert_eq!(chunks.joined(), all);
        let mut read = Vec::new();
        chunks
            .reader()
            .read_to_end(&mut read)
            .expect("memory can be read");
        assert_eq!(read, all);
        let mut file = tempfile::tempfile().expect("there is room for a file");
        chunks.write_to(&file).expect("the file can be written");
        let mut written = Vec::new();
        file.rewind()
            .and_then(|()| file.read_to_end(&mut written))
            .expect("the file can be read");
        assert_eq!(written, all);
    }

    #[test]
    fn a_short_piece_does_not_keep_the_buffer_that_it_came_in() {
        let buffer = Bytes::from(vec![7; 2 * WHOLE]);
        let mut builder = ChunkBuilder::new(Share::of(&UploadMemory::new(0)));
        builder.push(buffer.slice(..WHOLE - 1));
        assert!(buffer.is_unique());
        builder.push(buffer.slice(..WHOLE));
        assert!(!buffer.is_unique());
    }

    #[test]
    fn a_reader_goes_where_it_is_told() {
        let (all, chunks) = chunks(&[WHOLE, 10, WHOLE]);
        let mut reader = chunks.reader();
        let mut read = |to: SeekFrom| {
            let mut byte = [0];
            let at = reader.seek(to)?;
            let count = reader.read(&mut byte)?;
            Ok::<_, io::Error>((at, (count == 1).then_some(byte[0])))
        };
        let end = all.len() as u64;
        let byte = |at: u64| (at, all.get(usize::try_from(at).unwrap_or(0)).copied());
        let first = WHOLE as u64;
        for (to, expected) in [
            (SeekFrom::Start(first), byte(first)),
            (SeekFrom::Current(8), byte(first + 9)),
            (SeekFrom::Current(0), byte(first + 10)),
            (SeekFrom::End(-1), byte(end - 1)),
            (SeekFrom::Start(end + 5), (end + 5, None)),
            (SeekFrom::Start(0), byte(0)),
        ] {
            assert_eq!(read(to).ok(), Some(expected), "{to:?}");
        }
        assert!(read(SeekFrom::End(-1 - end as i64)).is_err());
    }
}
