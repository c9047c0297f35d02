//! Places in memory that are used again: making one and giving it back costs more than a short answer does
//! elsewhere.

use std::cell::Cell;
use std::thread::LocalKey;

/// What a thread keeps for whoever needs such a thing next; the last one that was kept.
pub(crate) struct Spare<T>(Cell<Option<T>>);

impl<T> Spare<T> {
    /// Nothing is kept yet.
    pub(crate) const fn none() -> Self {
        Self(Cell::new(None))
    }
}

/// Takes what the thread keeps.
#[inline]
pub(crate) fn take<T>(spare: &'static LocalKey<Spare<T>>) -> Option<T> {
    // A thread that is ending keeps nothing.
    spare.try_with(|spare| spare.0.take()).ok().flatten()
}

/// Has the thread keep something, which is to be as good as new.
#[inline]
pub(crate) fn keep<T>(spare: &'static LocalKey<Spare<T>>, value: T) {
    let _ = spare.try_with(|spare| spare.0.set(Some(value)));
}
