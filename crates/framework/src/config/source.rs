//! Where a value came from.

use std::fmt;
use std::panic::Location;
use std::path::PathBuf;

/// Where the value of a key came from. Beyond Flask: errors and tools show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The default of a built-in key.
    Default,
    /// A call in the program.
    Code(&'static Location<'static>),
    /// The environment variable of this name.
    Env(String),
    /// A file.
    File(PathBuf),
    /// This option on the command line.
    Argument(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::Code(place) => write!(f, "{}:{}", place.file(), place.line()),
            Source::Env(name) => write!(f, "environment variable {name}"),
            Source::File(path) => write!(f, "file {}", path.display()),
            Source::Argument(option) => write!(f, "option {option}"),
        }
    }
}
