//! What can be sent as a file. Werkzeug: the `path_or_file` argument of `send_file`.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// What [`send_file`](crate::send_file) sends: a path, an open file, bytes, or a reader.
///
/// Text is a path. Of an open file the rest is sent, from where it stands.
///
/// *Flask:* the `path_or_file` argument of `send_file`.
pub struct FileSource(pub(super) Source);

pub(super) enum Source {
    Path(PathBuf),
    /// A path that would lead out of its folder.
    Outside,
    File(File),
    Bytes(Bytes),
    Reader(Box<dyn Read + Send>),
}

impl FileSource {
    /// Sends what a reader gives, in pieces as they come, on threads that may wait.
    ///
    /// The length is not known before, so that there are no ranges.
    ///
    /// ```
    /// use carafe::{files::FileSource, send_file};
    ///
    /// async fn counted() -> carafe::Result {
    ///     let numbers = std::io::Cursor::new("1 2 3");
    ///     send_file(FileSource::reader(numbers)).mimetype("text/plain").await
    /// }
    /// ```
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        Self(Source::Reader(Box::new(reader)))
    }
}

macro_rules! sources {
    ($($from:ty => $variant:ident: $value:ident => $result:expr;)*) => {$(
        impl From<$from> for FileSource {
            fn from($value: $from) -> Self {
                Self(Source::$variant($result))
            }
        }
    )*};
}

sources! {
    &str => Path: path => path.into();
    String => Path: path => path.into();
    &String => Path: path => path.into();
    &Path => Path: path => path.into();
    PathBuf => Path: path => path;
    &PathBuf => Path: path => path.clone();
    File => File: file => file;
    Bytes => Bytes: bytes => bytes;
    Vec<u8> => Bytes: bytes => bytes.into();
    &'static [u8] => Bytes: bytes => Bytes::from_static(bytes);
}

impl<const LENGTH: usize> From<&'static [u8; LENGTH]> for FileSource {
    fn from(bytes: &'static [u8; LENGTH]) -> Self {
        Self(Source::Bytes(Bytes::from_static(bytes)))
    }
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Outside => f.write_str("a path that leads out of its folder"),
            Self::File(file) => file.fmt(f),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Reader(_) => f.write_str("a reader"),
        }
    }
}
