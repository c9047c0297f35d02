//! The static transitions of a state, looked up by segment.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Segments and the states behind them.
#[derive(Debug)]
pub(super) enum Statics {
    /// So few that comparing them is faster than hashing.
    Few(Vec<(Box<str>, u32)>),
    Many(ByText<u32>),
}

/// What is looked up by text that the program itself has given.
pub(super) type ByText<T> = HashMap<Box<str>, T, BuildHasherDefault<SegmentHasher>>;

/// The largest number of segments that are compared one by one.
const FEW: usize = 6;

impl Statics {
    pub(super) fn new(known: &HashMap<Box<str>, u32>) -> Self {
        let pairs = known
            .iter()
            .map(|(segment, state)| (segment.clone(), *state));
        match known.len() {
            0..=FEW => {
                let mut few: Vec<_> = pairs.collect();
                few.sort_unstable();
                Statics::Few(few)
            }
            _ => Statics::Many(pairs.collect()),
        }
    }

    pub(super) fn get(&self, segment: &str) -> Option<u32> {
        match self {
            Statics::Few(few) => {
                let known = few.iter().find(|(known, _)| same(known, segment));
                known.map(|(_, state)| *state)
            }
            Statics::Many(many) => many.get(segment).copied(),
        }
    }

    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = (&str, u32)> + '_> {
        match self {
            Statics::Few(few) => Box::new(few.iter().map(|(segment, state)| (&**segment, *state))),
            Statics::Many(many) => {
                Box::new(many.iter().map(|(segment, state)| (&**segment, *state)))
            }
        }
    }
}

/// Whether two texts are equal.
///
/// Empty text is told by its length alone: the system's comparison looks at the
/// address even of no bytes, and an address that no memory is at costs more than
/// a whole match on processors with AVX-512.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

/// Hashes a segment eight bytes at a time.
///
/// The keys are the program's own, so that nobody can choose them to collide.
#[derive(Debug, Default)]
pub(super) struct SegmentHasher {
    hash: u64,
}

impl SegmentHasher {
    fn add(&mut self, word: u64) {
        let mixed = u128::from(self.hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.hash = (mixed as u64) ^ (mixed >> 64) as u64;
    }
}

/// The last eight bytes, or all of them if they are fewer. They are read in whole words, some bytes twice: a
/// processor waits for what is put together in memory byte by byte and then read as one.
fn last_word(bytes: &[u8]) -> u64 {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (
        bytes.last_chunk::<8>(),
        bytes.first_chunk(),
        bytes.last_chunk(),
    ) {
        (Some(word), _, _) => u64::from_le_bytes(*word),
        (None, Some(first), Some(last)) => half(first) | half(last) << 32,
        _ => bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

impl Hasher for SegmentHasher {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.as_chunks().0 {
            self.add(u64::from_le_bytes(*word));
        }
        self.add(last_word(bytes) ^ (bytes.len() as u64) << 56);
    }

    fn write_u8(&mut self, _: u8) {
        // The byte that ends a text adds nothing to its length and content.
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}
