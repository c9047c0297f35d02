//! A file that is removed when nobody has a use for it any more.

use std::io;

use tempfile::NamedTempFile;
use tokio::runtime::Handle;

use crate::request::form::chunks::Chunks;

/// The most bytes of a file that is removed on the event loop: the system frees a long one page by page.
const REMOVED_AT_ONCE: u64 = 256 * 1024;

/// A temporary file, which is removed with this value.
#[derive(Debug)]
pub(super) struct DiskFile {
    /// There until this is dropped.
    file: Option<NamedTempFile>,
    length: u64,
}

impl DiskFile {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            file: Some(NamedTempFile::new()?),
            length: 0,
        })
    }

    pub(super) fn append(&mut self, chunks: &Chunks) -> io::Result<()> {
        chunks.write_to(self.named().as_file())?;
        self.length += chunks.len() as u64;
        Ok(())
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn named(&self) -> &NamedTempFile {
        self.file
            .as_ref()
            .expect("it is taken when this is dropped")
    }
}

impl Drop for DiskFile {
    fn drop(&mut self) {
        if self.length > REMOVED_AT_ONCE
            && let Ok(runtime) = Handle::try_current()
        {
            let file = self.file.take();
            // A runtime that ends drops what it did not get to, and the file with it.
            runtime.spawn_blocking(move || drop(file));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::form::chunks::ChunkBuilder;
    use crate::request::form::memory::{Share, UploadMemory};

    fn file(length: usize) -> DiskFile {
        let mut chunks = ChunkBuilder::new(Share::of(&UploadMemory::new(0)));
        chunks.push(vec![1; length].into());
        let mut file = DiskFile::new().expect("there is room for a file");
        file.append(&chunks.build())
            .expect("the file can be written");
        file
    }

    #[test]
    fn a_long_file_is_removed_off_the_event_loop_and_when_the_runtime_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .expect("a runtime can be made");
        let path = runtime.block_on(async {
            let (release, held) = std::sync::mpsc::channel::<()>();
            // The one thread for files has something else to do.
            tokio::task::spawn_blocking(move || held.recv());
            let (short, long) = (file(10), file(1_000_000));
            let paths = [&short, &long].map(|file| file.named().path().to_owned());
            drop((short, long));
            let [short, long] = paths;
            assert!(!short.exists() && long.exists());
            drop(release);
            long
        });
        drop(runtime);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_is_removed_without_a_runtime_too() {
        let file = file(1_000_000);
        let path = file.named().path().to_owned();
        drop(file);
        assert!(!path.exists());
    }
}
