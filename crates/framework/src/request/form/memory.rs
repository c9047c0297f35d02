//! How much memory uploads take, all of an app together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the bytes of files in memory, and tells when those that still come should go to disk.
///
/// It is a handle: clones count together.
#[derive(Debug, Clone)]
pub(crate) struct UploadMemory {
    used: Arc<AtomicUsize>,
    most: usize,
}

impl UploadMemory {
    /// What all requests to an app share.
    pub(crate) fn of_an_app() -> Self {
        Self::new(16 * 1024 * 1024)
    }

    /// What a form has that is read by itself.
    pub(super) fn of_a_form() -> Self {
        Self::new(1024 * 1024)
    }

    pub(super) fn new(most: usize) -> Self {
        Self {
            used: Arc::default(),
            most,
        }
    }

    /// Tells whether files should go to disk.
    pub(super) fn is_full(&self) -> bool {
        // What others did may be seen late; a piece more or less in memory is no matter.
        self.used.load(Ordering::Relaxed) > self.most
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// Bytes of one file, which count for as long as this is there.
#[derive(Debug)]
pub(super) struct Share {
    used: Arc<AtomicUsize>,
    bytes: usize,
}

impl Share {
    pub(super) fn of(memory: &UploadMemory) -> Self {
        Self {
            used: memory.used.clone(),
            bytes: 0,
        }
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
