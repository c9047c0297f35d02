//! A file that is there: what is known of it, and its content. All of this may wait for the disk.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;

use crate::embed::{Embedded, EmbeddedFile, Lookup};
use crate::files::send_file::chunks::{CHUNK, pieces, pieces_of};
use crate::headers::conditional::BodyPart;
use crate::response::Body;

/// A file as it will be sent.
pub(super) struct Opened {
    /// The length, if it can be known before all is read.
    pub(super) length: Option<u64>,
    /// When the file at a path was changed.
    pub(super) modified: Option<SystemTime>,
    /// What the content is compressed with, if a twin is sent.
    pub(super) encoding: Option<&'static str>,
    pub(super) content: Content,
}

/// Where the bytes are.
pub(super) enum Content {
    Bytes(Bytes),
    /// A file, and where in it the content begins.
    File(File, u64),
    Reader(Box<dyn Read + Send>),
    /// At a path, from where the web server in front sends them.
    InFront(PathBuf),
}

/// How a path is opened.
pub(super) struct Wanted {
    pub(super) path: PathBuf,
    /// The extensions and names of compressions that the client likes to have, the best first.
    pub(super) twins: Vec<(&'static str, &'static str)>,
    /// Whether the web server in front sends the file.
    pub(super) in_front: bool,
    /// Whether all of a file that is no longer than a piece is likely to be sent.
    pub(super) at_once: bool,
}

impl Wanted {
    /// Opens the file; the inner error tells that there is no file of that name.
    pub(super) fn open(self) -> io::Result<Result<Opened, io::Error>> {
        // Asked before opening: opening a named pipe would wait for somebody to write to it.
        if let Err(absent) = is_file(&self.path) {
            return Ok(Err(absent));
        }
        for (extension, encoding) in &self.twins {
            let twin = self.twin(extension);
            if is_file(&twin).is_ok() {
                return self.open_at(twin, Some(*encoding)).map(Ok);
            }
        }
        self.open_at(self.path.clone(), None).map(Ok)
    }

    fn open_at(&self, path: PathBuf, encoding: Option<&'static str>) -> io::Result<Opened> {
        let (metadata, content) = if self.in_front {
            // The server in front does not know which folder is current here.
            let absolute = std::path::absolute(&path)?;
            (fs::metadata(&path)?, Content::InFront(absolute))
        } else {
            let file = File::open(&path)?;
            (file.metadata()?, Content::File(file, 0))
        };
        let mut opened = Opened {
            length: Some(metadata.len()),
            modified: metadata.modified().ok(),
            encoding,
            content,
        };
        if let Content::File(file, _) = &mut opened.content
            && self.at_once
            && metadata.len() <= CHUNK
        {
            // One visit to the disk is cheaper than two.
            let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
            file.take(CHUNK).read_to_end(&mut bytes)?;
            opened.length = Some(bytes.len() as u64);
            opened.content = Content::Bytes(bytes.into());
        }
        Ok(opened)
    }

    /// Takes a file that is in the program, where no web server in front could find it.
    pub(super) fn of_program(&self, file: EmbeddedFile, embedded: &Embedded) -> Opened {
        let mut twins = self.twins.iter();
        let twin =
            twins.find_map(
                |(extension, encoding)| match embedded.find(&self.twin(extension)) {
                    Lookup::Embedded(twin) => Some((twin, Some(*encoding))),
                    _ => None,
                },
            );
        let (file, encoding) = twin.unwrap_or((file, None));
        let content = file.content();
        Opened {
            length: Some(content.len() as u64),
            modified: Some(file.modified()),
            encoding,
            content: Content::Bytes(content),
        }
    }

    fn twin(&self, extension: &str) -> PathBuf {
        let mut twin = self.path.clone().into_os_string();
        twin.push(extension);
        twin.into()
    }
}

fn is_file(path: &Path) -> io::Result<()> {
    match fs::metadata(path)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "{} is not a file",
            path.display()
        ))),
    }
}

impl Opened {
    /// What is known of a file that somebody else has opened.
    pub(super) fn of_file(mut file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Self::of_content(Content::Reader(Box::new(file)), None));
        }
        let start = file.stream_position()?;
        let length = metadata.len().saturating_sub(start);
        Ok(Self::of_content(Content::File(file, start), Some(length)))
    }

    pub(super) fn of_content(content: Content, length: Option<u64>) -> Self {
        Self {
            length,
            modified: None,
            encoding: None,
            content,
        }
    }
}

impl Content {
    /// The part of the content that is sent. It does not touch the disk yet.
    pub(super) fn body(self, part: BodyPart, length: Option<u64>) -> io::Result<Body> {
        let (start, stop) = match part {
            BodyPart::Whole => (0, length),
            BodyPart::Range(start, stop) => (start, Some(stop)),
        };
        Ok(match self {
            Self::Bytes(bytes) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                let stop = stop.map_or(bytes.len(), place);
                bytes.slice(place(start).min(stop)..stop).into()
            }
            Self::File(mut file, offset) => {
                file.seek(SeekFrom::Start(offset.saturating_add(start)))?;
                let length = stop.unwrap_or_default().saturating_sub(start);
                Body::stream(pieces(file, length))
            }
            Self::Reader(reader) => Body::stream(pieces_of(reader)),
            Self::InFront(_) => Body::empty(),
        })
    }
}
