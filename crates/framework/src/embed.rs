//! Folders that travel in the program. Flask: package data.

use std::fmt;
use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::app::{App, Blueprint, Scaffold};

/// Puts folders of the package into the program, unless it is built with debug assertions.
///
/// The names count from the folder of `Cargo.toml`, without `.`, `..` or a slash in front: another name does not
/// compile. What comes out is for [`App::embed`] or [`Blueprint::with_embedded`]. While developing the files are
/// read from the disk, so that a changed template shows without a build; in a release build they are in the program,
/// which then needs no file beside it. A file that is new in a folder is found by the next build that has anything
/// to do.
///
/// *Beyond Flask:* its apps are installed as folders.
///
/// ```
/// let mut app = carafe::app!();
/// app.embed(carafe::embed!("tests/site/static", "tests/site/templates"));
/// ```
#[macro_export]
macro_rules! embed {
    ($($folder:literal),+ $(,)?) => {
        $crate::EmbeddedFiles::new(
            env!("CARGO_MANIFEST_DIR"),
            &[$($folder),+],
            $crate::__files_of!($($folder),+),
        )
    };
}

/// The files of folders of a package, in the program or still on the disk: what [`embed!`](crate::embed!) makes.
#[derive(Clone)]
pub struct EmbeddedFiles {
    root: PathBuf,
    folders: &'static [&'static str],
    /// By name, in order.
    files: &'static [File],
}

/// A name that counts from the package's folder, the content, and the nanoseconds from 1970 to the last change.
type File = (&'static str, &'static [u8], u128);

impl EmbeddedFiles {
    #[doc(hidden)]
    pub fn new(
        root: impl Into<PathBuf>,
        folders: &'static [&'static str],
        files: Option<&'static [File]>,
    ) -> Self {
        Self {
            root: root.into(),
            folders: if files.is_some() { folders } else { &[] },
            files: files.unwrap_or_default(),
        }
    }

    /// Whether the files are in the program; otherwise they are read from the disk.
    pub fn are_in_the_program(&self) -> bool {
        !self.folders.is_empty()
    }

    fn find(&self, path: &Path) -> Option<Lookup> {
        let name = path.strip_prefix(&self.root).ok()?;
        self.folders
            .iter()
            .find(|folder| name.starts_with(folder))?;
        let steps: Option<Vec<_>> = name
            .components()
            .map(|step| step.as_os_str().to_str())
            .collect();
        let name = steps?.join("/");
        let found = self
            .files
            .binary_search_by_key(&name.as_str(), |file| file.0);
        Some(match found.ok().and_then(|place| self.files.get(place)) {
            Some(&(_, content, age)) => Lookup::Embedded(EmbeddedFile { content, age }),
            None => Lookup::Missing,
        })
    }
}

impl fmt::Debug for EmbeddedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.files.iter().map(|file| file.0))
            .finish()
    }
}

/// Where a file is to be had.
#[derive(Debug)]
pub(crate) enum Lookup {
    /// Its folder is not embedded.
    OnDisk,
    /// Its folder is embedded, and it is not there.
    Missing,
    Embedded(EmbeddedFile),
}

/// A file in the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EmbeddedFile {
    content: &'static [u8],
    #[cfg_attr(
        not(feature = "files"),
        allow(dead_code, reason = "a file that is sent tells its age")
    )]
    age: u128,
}

#[cfg_attr(
    not(feature = "files"),
    allow(dead_code, reason = "files are sent and rendered, if at all")
)]
impl EmbeddedFile {
    pub(crate) fn content(self) -> Bytes {
        Bytes::from_static(self.content)
    }

    /// When the file was changed last before the program was built.
    pub(crate) fn modified(self) -> SystemTime {
        let age = u64::try_from(self.age).unwrap_or_default();
        UNIX_EPOCH + Duration::from_nanos(age)
    }
}

/// All that is embedded in an app, or in a blueprint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Embedded(Vec<EmbeddedFiles>);

impl Embedded {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// Looks for the file of a path. What is embedded stands for its whole folder: nothing beside it on the
    /// disk is seen.
    pub(crate) fn find(&self, path: &Path) -> Lookup {
        let found = self.0.iter().filter_map(|files| files.find(path));
        found.fold(Lookup::OnDisk, |best, next| match best {
            Lookup::Embedded(_) => best,
            _ => next,
        })
    }

    /// Opens the file of a path, wherever it is.
    pub(crate) fn open(&self, path: &Path) -> io::Result<Resource> {
        Ok(Resource(match self.find(path) {
            Lookup::OnDisk => Origin::Disk(fs::File::open(path)?),
            Lookup::Missing => return Err(io::ErrorKind::NotFound.into()),
            Lookup::Embedded(file) => Origin::Program(Cursor::new(file.content)),
        }))
    }
}

/// A file of the app or of a blueprint, on the disk or in the program: what `open_resource` gives.
#[derive(Debug)]
pub struct Resource(Origin);

#[derive(Debug)]
enum Origin {
    Disk(fs::File),
    Program(Cursor<&'static [u8]>),
}

impl Read for Resource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Origin::Disk(file) => file.read(buffer),
            Origin::Program(content) => content.read(buffer),
        }
    }
}

impl Seek for Resource {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Origin::Disk(file) => file.seek(place),
            Origin::Program(content) => content.seek(place),
        }
    }
}

impl App {
    /// Takes the files of embedded folders in place of those on the disk.
    ///
    /// It also roots the app in the current directory, as its source may not be on this machine: the instance
    /// folder, configuration files and other relative paths count from there. Without debug assertions, that
    /// is: otherwise it changes nothing.
    ///
    /// *Beyond Flask:* Flask, too, has the instance folder elsewhere once an app is installed.
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// fn create_app() -> App {
    ///     let mut app = carafe::app!();
    ///     app.embed(carafe::embed!("tests/site/templates"));
    ///     app.route("/", || "Hello, World!").endpoint("index");
    ///     app
    /// }
    /// # create_app();
    /// ```
    pub fn embed(&mut self, files: EmbeddedFiles) -> &mut Self {
        if files.are_in_the_program() {
            let root = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
            self.config.set_root_path(&root);
            let below_the_app = EmbeddedFiles {
                root: root.clone(),
                ..files.clone()
            };
            let scaffold = self.scaffold();
            scaffold.root_path = root;
            // Blueprints may name their folders by where they were in the source.
            scaffold.embedded.0.extend([below_the_app, files]);
        }
        self
    }
}

impl Blueprint {
    /// Takes the files of embedded folders in place of those on the disk.
    ///
    /// It is for blueprints of other packages, which name their root: the folders of the app's own package are
    /// embedded with [`App::embed`].
    ///
    /// ```
    /// use carafe::prelude::*;
    ///
    /// Blueprint::new("shop")
    ///     .with_root_path(env!("CARGO_MANIFEST_DIR"))
    ///     .with_template_folder("tests/site/shop/templates")
    ///     .with_embedded(carafe::embed!("tests/site/shop/templates"));
    /// ```
    #[must_use]
    pub fn with_embedded(mut self, files: EmbeddedFiles) -> Self {
        self.scaffold.embedded.0.push(files);
        self
    }
}
