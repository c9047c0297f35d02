//! What came of a body and was not taken yet: pieces as they came, joined only where they meet.

use std::mem;
use std::ops::Deref;

use bytes::{Bytes, BytesMut};

/// The least bytes of a piece that are copied to what is left of the one before.
///
/// What is left is mostly what may be the beginning of a boundary, and few boundaries are longer.
const SEAM: usize = 256;

/// The bytes that can be looked at in one go, and those behind them.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    front: Bytes,
    /// The last piece, if the front does not have all of it.
    last: Bytes,
    /// How many bytes at the end of the front are copies of the first ones of `last`.
    copied: usize,
}

impl Pieces {
    /// Takes the next piece.
    pub(super) fn add(&mut self, piece: Bytes) {
        // Nothing to do for a caller who looked at all of the piece before.
        self.join(self.last.len());
        if self.front.is_empty() {
            self.front = piece;
        } else {
            self.last = piece;
            self.advance();
        }
    }

    /// Brings more bytes to the front; tells whether there were any.
    pub(super) fn advance(&mut self) -> bool {
        if self.last.is_empty() {
            return false;
        }
        if self.copied >= self.front.len() {
            // All that is left came with the last piece, so that it goes on in there without a copy.
            let from = self.copied - self.front.len();
            self.front = mem::take(&mut self.last).split_off(from);
            self.copied = 0;
        } else {
            // As much again as there is: what is copied more than once stays in proportion.
            self.join(self.front.len().max(SEAM));
        }
        true
    }

    /// Copies so many more bytes of the last piece to the front.
    fn join(&mut self, count: usize) {
        let end = self.last.len().min(self.copied.saturating_add(count));
        let Some(more) = self
            .last
            .get(self.copied..end)
            .filter(|more| !more.is_empty())
        else {
            return;
        };
        let mut joined = BytesMut::from(mem::take(&mut self.front));
        joined.extend_from_slice(more);
        self.front = joined.freeze();
        self.copied = end;
        if end == self.last.len() {
            self.last = Bytes::new();
            self.copied = 0;
        }
    }

    /// Takes bytes from the front.
    pub(super) fn split_to(&mut self, count: usize) -> Bytes {
        self.front.split_to(count)
    }
}

impl Deref for Pieces {
    type Target = [u8];

    /// The bytes at the front.
    fn deref(&self) -> &[u8] {
        &self.front
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_piece_is_not_copied_but_for_its_beginning() {
        let mut pieces = Pieces::default();
        pieces.add(Bytes::from(vec![1; 10_000]));
        let _ = pieces.split_to(9_990);
        let piece = Bytes::from(vec![2; 10_000]);
        let end = piece.as_ptr_range().end;
        pieces.add(piece);
        assert_eq!(*pieces, [[1; 10].as_slice(), &[2; SEAM]].concat());
        let _ = pieces.split_to(SEAM);
        assert!(pieces.advance());
        assert_eq!(
            (pieces.len(), pieces.as_ptr_range().end),
            (10_010 - SEAM, end)
        );
        assert!(!pieces.advance());
    }

    #[test]
    fn what_is_left_is_joined_however_long_it_is() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        for length in [1, 100, 1_000, 5_000] {
            let mut pieces = Pieces::default();
            for piece in bytes.chunks(length) {
                pieces.add(Bytes::copy_from_slice(piece));
            }
            while pieces.advance() {}
            assert_eq!(*pieces, *bytes, "in pieces of {length}");
        }
    }
}
