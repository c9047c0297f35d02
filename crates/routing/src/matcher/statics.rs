//! The static transitions of a state, looked up by segment.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Segments and the states behind them.
#[derive(Debug)]
pub(super) enum Statics {
    /// So few that comparing them is faster than hashing.
    Few(Vec<(Box<str>, u32)>),
    Many(HashMap<Box<str>, u32, BuildHasherDefault<SegmentHasher>>),
}

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

impl Hasher for SegmentHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        let mut last = [0; 8];
        for (place, byte) in last.iter_mut().zip(words.remainder()) {
            *place = *byte;
        }
        self.add(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn write_u8(&mut self, _: u8) {
        // The byte that ends a text adds nothing to its length and content.
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}
