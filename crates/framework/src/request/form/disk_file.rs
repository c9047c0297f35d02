//! A file that is removed when nobody has a use for it any more.

use std::io;

use tempfile::NamedTempFile;

use crate::request::form::chunks::Chunks;

/// A temporary file, which is removed with this value.
#[derive(Debug)]
pub(super) struct DiskFile {
    file: NamedTempFile,
    length: u64,
}

impl DiskFile {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            file: NamedTempFile::new()?,
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
        &self.file
    }
}
