//! Memory that turns into a temporary file when it grows. Python: `tempfile.SpooledTemporaryFile`.

use std::io::{self, Write};

use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::runtime::Handle;

/// The most bytes of a file that are kept in memory, and of a larger one that are collected before they are written.
///
/// Many may upload at once, and what reads and decodes a body needs several times as much besides.
const MAX_IN_MEMORY: usize = 64 * 1024;

/// Bytes that are being collected.
#[derive(Debug, Default)]
pub(super) struct Spool {
    /// What is not written yet.
    buffer: Vec<u8>,
    file: Option<NamedTempFile>,
    written: u64,
}

/// Bytes that were collected.
#[derive(Debug)]
pub(super) enum Stored {
    Memory(Bytes),
    File(NamedTempFile, u64),
}

impl Spool {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds bytes, and moves them to a file when they are many.
    pub(super) async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        if self.buffer.is_empty() && bytes.len() > MAX_IN_MEMORY {
            return self.append(bytes).await;
        }
        self.buffer.extend_from_slice(&bytes);
        if self.buffer.len() > MAX_IN_MEMORY {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Returns all that was collected.
    pub(super) async fn finish(mut self) -> io::Result<Stored> {
        if self.file.is_none() {
            return Ok(Stored::Memory(self.buffer.into()));
        }
        self.flush().await?;
        Ok(match self.file {
            Some(file) => Stored::File(file, self.written),
            None => Stored::Memory(Bytes::new()),
        })
    }

    /// Moves what was collected to the file; the room for it is given back, as many may upload at once.
    async fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        self.append(buffer).await
    }

    /// Writes bytes to the file, off the event loop.
    async fn append(&mut self, bytes: impl AsRef<[u8]> + Send + 'static) -> io::Result<()> {
        let file = self.file.take();
        let length = u64::try_from(bytes.as_ref().len()).unwrap_or(u64::MAX);
        let write = move || {
            let mut file = match file {
                Some(file) => file,
                None => NamedTempFile::new()?,
            };
            file.write_all(bytes.as_ref())?;
            Ok::<_, io::Error>(file)
        };
        let file = match Handle::try_current() {
            Ok(runtime) => runtime
                .spawn_blocking(write)
                .await
                .map_err(io::Error::other)??,
            Err(_) => write()?,
        };
        self.file = Some(file);
        self.written = self.written.saturating_add(length);
        Ok(())
    }
}
