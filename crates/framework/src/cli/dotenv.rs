//! Environment variables from files. Flask: `flask.cli.load_dotenv`.

use std::convert::Infallible;
use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// The variable that turns [`load_dotenv`] off.
const SKIP: &str = "CARAFE_SKIP_DOTENV";

/// Takes environment variables from `.env` and `.carafeenv`, where they are not set.
///
/// Each file is looked for in the current folder and those above it; what `.env` says goes before what
/// `.carafeenv` says. A process cannot change its own environment safely, so where there are variables to set
/// the program is started anew with them, in its place: call it first in `main`. It does nothing where
/// `CARAFE_SKIP_DOTENV` is set.
///
/// *Flask:* `flask.cli.load_dotenv`, with `.flaskenv`; Flask calls it unless told not to.
///
/// # Errors
/// When a file cannot be read, or the program cannot be started anew.
///
/// ```no_run
/// fn main() -> carafe::Result<()> {
///     carafe::cli::load_dotenv()?;
///     carafe::app!().run()
/// }
/// ```
pub fn load_dotenv() -> Result<()> {
    if env::var_os(SKIP).is_some_and(|value| !value.is_empty()) {
        return Ok(());
    }
    let folder = env::current_dir()?;
    let files = [".env", ".carafeenv"].map(|name| find(&folder, name));
    start_anew_with(missing(files.into_iter().flatten())?)
}

/// The same for one file, which has to be there.
pub(super) fn load_file(path: &Path) -> Result<()> {
    start_anew_with(missing([path.to_owned()])?)
}

/// Looks for a file in a folder and those above it.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut places = folder.ancestors().map(|folder| folder.join(name));
    places.find(|path| path.is_file())
}

/// The variables of files that are not set: of those that several have, that of the first.
fn missing(files: impl IntoIterator<Item = PathBuf>) -> Result<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for path in files {
        let failed = |error: dotenvy::Error| {
            let reason = match error {
                // The text of the error would show the line, which may hold a secret.
                dotenvy::Error::LineParse(..) => "a line is not NAME=VALUE".to_owned(),
                dotenvy::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
                    "it is not UTF-8".to_owned()
                }
                error => error.to_string(),
            };
            Error::msg(format!("{} cannot be read: {reason}", path.display()))
        };
        for variable in dotenvy::from_path_iter(&path).map_err(failed)? {
            let (name, value) = variable.map_err(failed)?;
            let is_known =
                env::var_os(&name).is_some() || found.iter().any(|(known, _)| *known == name);
            if !is_known {
                found.push((name, value));
            }
        }
    }
    Ok(found)
}

/// Starts the program anew if there are variables to set; then it does not return but with an error.
fn start_anew_with(variables: Vec<(String, String)>) -> Result<()> {
    if variables.is_empty() {
        return Ok(());
    }
    let mut program = Command::new(env::current_exe()?);
    program.args(env::args_os().skip(1)).envs(variables);
    match replaced_by(program)? {}
}

#[cfg(unix)]
fn replaced_by(mut program: Command) -> std::io::Result<Infallible> {
    use std::os::unix::process::CommandExt;
    if let Some(name) = env::args_os().next() {
        program.arg0(name);
    }
    Err(program.exec())
}

#[cfg(not(unix))]
fn replaced_by(mut program: Command) -> std::io::Result<Infallible> {
    let status = program.status()?;
    std::process::exit(status.code().unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{find, missing};

    #[test]
    fn the_first_file_goes_before_the_second_and_the_environment_before_both() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).expect("folders");
        let names = [".env", ".carafeenv"];
        fs::write(
            folder.path().join(".env"),
            "FOO=env\nSPAM=1\nHAM=火腿\nPATH=mine\n",
        )
        .expect("a file");
        fs::write(inner.join(".carafeenv"), "FOO=carafeenv\nBAR=bar\n").expect("a file");
        let files = names.map(|name| find(&inner, name).expect("found"));
        let found = missing(files).expect("variables");
        let expected = [
            ("FOO", "env"),
            ("SPAM", "1"),
            ("HAM", "火腿"),
            ("BAR", "bar"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_without_its_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".env");
        let told = |path: &std::path::Path| {
            missing([path.to_owned()])
                .expect_err("no variables")
                .to_string()
        };
        assert!(told(&path).contains(".env cannot be read"));
        fs::write(&path, "PASS WORD=hunter2\n").expect("a file");
        assert!(!told(&path).contains("hunter2"), "{}", told(&path));
    }
}
