//! Memory that turns into a temporary file when it grows. Python: `tempfile.SpooledTemporaryFile`.

use std::io;
use std::mem;

use bytes::Bytes;
use tokio::runtime::Handle;

use crate::request::form::chunks::{ChunkBuilder, Chunks};
use crate::request::form::disk_file::DiskFile;
use crate::request::form::memory::{Share, UploadMemory};

/// The most bytes of a file that stay in memory.
const MAX_IN_MEMORY: usize = 1024 * 1024;

/// The bytes of a file on disk that are collected before they are written.
///
/// Each time costs the way to another thread and back, and the memory is that of each client.
const BATCH: usize = 256 * 1024;

/// The bytes that are collected however much memory other uploads take.
const ALWAYS: usize = 64 * 1024;

/// Bytes that are being collected.
#[derive(Debug)]
pub(super) struct Spool {
    /// What is not written yet.
    unwritten: ChunkBuilder,
    file: Option<DiskFile>,
    memory: UploadMemory,
}

/// Bytes that were collected.
#[derive(Debug)]
pub(super) enum Stored {
    Memory(Chunks),
    File(DiskFile),
}

impl Spool {
    pub(super) fn new(memory: &UploadMemory) -> Self {
        Self {
            unwritten: ChunkBuilder::new(Share::of(memory)),
            file: None,
            memory: memory.clone(),
        }
    }

    /// Adds bytes, and moves them to a file when they are many.
    pub(super) async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        self.unwritten.push(bytes);
        let most = if self.memory.is_full() {
            ALWAYS
        } else if self.file.is_some() {
            BATCH
        } else {
            MAX_IN_MEMORY
        };
        if self.unwritten.len() > most {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Returns all that was collected.
    pub(super) async fn finish(mut self) -> io::Result<Stored> {
        if self.file.is_some() && self.unwritten.len() > 0 {
            self.flush().await?;
        }
        Ok(match self.file {
            Some(file) => Stored::File(file),
            None => Stored::Memory(self.unwritten.build()),
        })
    }

    /// Writes what was collected to the file, off the event loop.
    async fn flush(&mut self) -> io::Result<()> {
        let empty = ChunkBuilder::new(Share::of(&self.memory));
        let unwritten = mem::replace(&mut self.unwritten, empty).build();
        let file = self.file.take();
        let write = move || {
            let mut file = file.map_or_else(DiskFile::new, Ok)?;
            file.append(&unwritten)?;
            Ok::<_, io::Error>(file)
        };
        self.file = Some(match Handle::try_current() {
            Ok(runtime) => runtime
                .spawn_blocking(write)
                .await
                .map_err(io::Error::other)??,
            Err(_) => write()?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use futures_util::FutureExt;

    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime can be made").block_on(future)
    }

    /// Collects a file that comes in pieces of 10 KB and one that is shorter.
    async fn spool(memory: &UploadMemory, length: usize) -> io::Result<Stored> {
        let mut spool = Spool::new(memory);
        for piece in vec![1; length].chunks(10_000) {
            spool.write(Bytes::copy_from_slice(piece)).await?;
        }
        spool.finish().await
    }

    /// Returns the lengths of what is in memory and of what is on disk.
    fn lengths(stored: io::Result<Stored>) -> (usize, u64) {
        match stored.expect("there is room for a file") {
            Stored::Memory(chunks) => (chunks.len(), 0),
            Stored::File(file) => {
                let size = file.named().as_file().metadata();
                assert_eq!(size.expect("the file is there").len(), file.len());
                (0, file.len())
            }
        }
    }

    #[test]
    fn a_file_of_more_than_a_mebibyte_goes_to_disk() {
        let memory = UploadMemory::new(usize::MAX);
        let lengths_of = |length| block_on(async { lengths(spool(&memory, length).await) });
        assert_eq!(lengths_of(1_048_576), (1_048_576, 0));
        assert_eq!(lengths_of(1_048_577), (0, 1_048_577));
        assert_eq!(lengths_of(3_000_000), (0, 3_000_000));
        assert_eq!(lengths_of(0), (0, 0));
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn files_go_to_disk_while_others_take_all_memory() {
        let memory = UploadMemory::new(1_000_000);
        block_on(async {
            let kept = spool(&memory, 950_000).await;
            assert_eq!(lengths(spool(&memory, 65_537).await), (0, 65_537));
            assert_eq!(lengths(spool(&memory, 65_536).await), (65_536, 0));
            assert_eq!(memory.used(), 950_000);
            drop(kept);
            assert_eq!(lengths(spool(&memory, 65_537).await), (65_537, 0));
        });
    }

    #[test]
    fn a_file_on_disk_takes_no_more_memory_than_a_batch() {
        let memory = UploadMemory::new(usize::MAX);
        block_on(async {
            let mut spool = Spool::new(&memory);
            for _ in 0..200 {
                spool.write(Bytes::from(vec![1; 10_000])).await?;
                assert!(
                    memory.used()
                        <= if spool.file.is_some() {
                            BATCH
                        } else {
                            MAX_IN_MEMORY
                        }
                );
            }
            // A client that goes away takes its bytes with it.
            drop(spool);
            Ok::<_, io::Error>(())
        })
        .expect("there is room for a file");
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn what_is_being_written_counts_until_it_is() {
        let memory = UploadMemory::new(usize::MAX);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .expect("a runtime can be made");
        runtime.block_on(async {
            let (release, held) = std::sync::mpsc::channel::<()>();
            // The one thread for files has something else to do.
            tokio::task::spawn_blocking(move || held.recv());
            let mut spool = Spool::new(&memory);
            let bytes = Bytes::from(vec![1; 2_000_000]);
            assert!(spool.write(bytes).now_or_never().is_none());
            drop(spool);
            assert_eq!(memory.used(), 2_000_000);
            drop(release);
        });
        drop(runtime);
        assert_eq!(memory.used(), 0);
    }
}
