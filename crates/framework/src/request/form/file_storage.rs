//! An uploaded file. Werkzeug: `werkzeug.datastructures.FileStorage`.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::headers::content_type::parse_content_type;
use crate::headers::params::Params;
use crate::request::form::chunks::ChunkReader;
use crate::request::form::multipart::PartHead;
use crate::request::form::spool::Stored;

/// An uploaded file: what the client calls it, and its content in memory or on disk.
///
/// A file of up to 1 MiB stays in memory, as long as all files that an app has in memory are no more than 16 MiB
/// together. A longer one is written to the system's folder for temporary files as it arrives, and so is, while there
/// are more, each that has more than 64 KiB.
///
/// It is a handle: cloning it counts a reference. The memory is free with the last one, and the temporary file is
/// removed unless it was moved away. The methods that read and write block; in an async view they belong on a thread
/// of their own.
///
/// *Werkzeug:* `FileStorage`.
#[derive(Clone)]
pub struct FileStorage(Arc<Upload>);

struct Upload {
    head: PartHead,
    content: Stored,
}

impl FileStorage {
    pub(super) fn new(head: PartHead, content: Stored) -> Self {
        Self(Arc::new(Upload { head, content }))
    }

    /// Returns the name of the form's field.
    pub fn name(&self) -> Option<&str> {
        self.0.head.name.as_deref()
    }

    /// Returns the name that the client gave the file; it is not to be trusted, and empty when no file
    /// was chosen.
    ///
    /// See [`secure_filename`](crate::files::secure_filename).
    pub fn filename(&self) -> &str {
        self.0.head.filename.as_deref().unwrap_or_default()
    }

    /// Returns the content type that the client gave.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// Returns the media type in lower case, without its parameters; empty when there is none.
    pub fn mimetype(&self) -> String {
        parse_content_type(self.content_type().unwrap_or_default()).0
    }

    /// Returns the parameters of the content type.
    pub fn mimetype_params(&self) -> Params {
        parse_content_type(self.content_type().unwrap_or_default()).1
    }

    /// Returns the first value of a header of the file's part.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.head.header(name)
    }

    /// Iterates over the headers of the file's part, as they were written.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns how many bytes the file has.
    pub fn len(&self) -> u64 {
        match &self.0.content {
            Stored::Memory(chunks) => chunks.len() as u64,
            Stored::File(file) => file.len(),
        }
    }

    /// Tells whether the file is empty, as it is when no file was chosen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a reader of the content, which starts at its beginning.
    ///
    /// *Werkzeug:* `FileStorage.stream`.
    ///
    /// # Errors
    ///
    /// Fails when the temporary file cannot be opened.
    pub fn stream(&self) -> io::Result<FileReader> {
        Ok(FileReader(match &self.0.content {
            Stored::Memory(chunks) => Source::Memory(chunks.reader()),
            Stored::File(file) => Source::File(file.named().reopen()?),
        }))
    }

    /// Returns the whole content, which is in memory then.
    ///
    /// *Werkzeug:* `FileStorage.read`.
    ///
    /// # Errors
    ///
    /// Fails when the temporary file cannot be read.
    pub fn read(&self) -> io::Result<Bytes> {
        match &self.0.content {
            Stored::Memory(chunks) => Ok(chunks.joined()),
            Stored::File(file) => {
                let mut bytes = Vec::new();
                file.named().reopen()?.read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }

    /// Copies the content to a path, over what is there.
    ///
    /// *Werkzeug:* `FileStorage.save`.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        match &self.0.content {
            Stored::Memory(chunks) => chunks.write_to(&File::create(path)?),
            Stored::File(file) => {
                // Opened first: the path may be where the content was moved to.
                let mut source = file.named().reopen()?;
                // From file to file the system copies by itself, without the bytes passing through here.
                io::copy(&mut source, &mut File::create(path)?).map(drop)
            }
        }
    }

    /// Moves the content to a path, over what is there; on another file system it is copied.
    ///
    /// Once it was moved it cannot be read here any more.
    ///
    /// Beyond Flask: saving a large upload then takes no time.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written.
    pub fn move_to(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let Stored::File(file) = &self.0.content else {
            return self.save(path);
        };
        let file = file.named();
        // Fails if the content was moved already, perhaps to this very path.
        drop(file.reopen()?);
        // Temporary files are their owner's alone; this one is to have what other new files have.
        file.as_file()
            .set_permissions(File::create(path)?.metadata()?.permissions())?;
        fs::rename(file.path(), path).or_else(|_| self.save(path))
    }
}

impl fmt::Debug for FileStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStorage")
            .field("filename", &self.filename())
            .field("content_type", &self.content_type())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Reads an uploaded file, from memory or from disk.
#[derive(Debug)]
pub struct FileReader(Source);

#[derive(Debug)]
enum Source {
    Memory(ChunkReader),
    File(File),
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Source::Memory(memory) => memory.read(buffer),
            Source::File(file) => file.read(buffer),
        }
    }
}

impl Seek for FileReader {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Source::Memory(memory) => memory.seek(position),
            Source::File(file) => file.seek(position),
        }
    }
}
