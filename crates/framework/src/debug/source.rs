//! Lines of the program's source, found by the places that the compiler wrote into it.

use std::fs;
use std::path::{Path, PathBuf};

/// How many lines are shown before and after the one that counts.
const AROUND: usize = 5;

/// No file that is read is larger; generated code may be.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Some lines around one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The name of the file or the template.
    pub(super) name: String,
    /// The line that counts, from 1.
    pub(super) line: usize,
    first: usize,
    lines: Vec<String>,
}

impl Excerpt {
    /// Takes the lines around one out of a text; none when the text has no such line.
    pub(super) fn of_text(name: &str, text: &str, line: usize) -> Option<Self> {
        let first = line
            .checked_sub(AROUND)
            .filter(|first| *first > 0)
            .unwrap_or(1);
        let count = line.checked_add(AROUND + 1)?.checked_sub(first)?;
        let lines: Vec<_> = text
            .lines()
            .skip(first - 1)
            .take(count)
            .map(str::to_owned)
            .collect();
        let has_line = line >= first && line - first < lines.len();
        has_line.then(|| Self {
            name: name.to_owned(),
            line,
            first,
            lines,
        })
    }

    /// Reads the lines around a place in a file, which is named as seen from a folder at or above `root`, or
    /// from where the program runs.
    pub(super) fn of_file(root: &Path, file: &str, line: usize) -> Option<Self> {
        let path = find(root, file)?;
        let is_small =
            fs::metadata(&path).is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        let text = is_small.then(|| fs::read_to_string(&path).ok()).flatten()?;
        Self::of_text(file, &text, line)
    }

    /// The lines with their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.first..).zip(self.lines.iter().map(String::as_str))
    }
}

/// The file of a name; the compiler names those of a workspace as seen from the workspace's folder.
fn find(root: &Path, file: &str) -> Option<PathBuf> {
    let here = std::env::current_dir().ok();
    let folders = here.iter().flat_map(|here| here.ancestors());
    let mut folders = root.ancestors().chain(folders);
    folders.find_map(|folder| Some(folder.join(file)).filter(|path| path.is_file()))
}

/// A place such as `src/main.rs:3:5`, as the file and the line.
pub(super) fn split_place(place: &str) -> Option<(&str, usize)> {
    let (rest, _column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some((file, line.parse().ok()?))
}

/// Whether a file belongs to the program: not to the system, to Rust, to a dependency, or to Carafe.
pub(super) fn is_of_program(file: &str) -> bool {
    let own = file!().trim_end_matches("debug/source.rs");
    let foreign = [
        "/rustc/",
        "/.cargo/registry/",
        "/.cargo/git/",
        "/rustlib/",
        own,
    ];
    file.ends_with(".rs") && !foreign.iter().any(|part| file.contains(part))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_excerpt_has_the_lines_around_one() {
        let text: String = (1..=20).map(|line| format!("line {line}\n")).collect();
        let numbers = |line| {
            let excerpt = Excerpt::of_text("x", &text, line)?;
            Some(
                excerpt
                    .lines()
                    .map(|(number, _)| number)
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(numbers(10).unwrap(), (5..=15).collect::<Vec<_>>());
        assert_eq!(numbers(1).unwrap(), (1..=6).collect::<Vec<_>>());
        assert_eq!(numbers(20).unwrap(), (15..=20).collect::<Vec<_>>());
        for missing in [0, 21, usize::MAX] {
            assert_eq!(numbers(missing), None, "{missing}");
        }
    }

    #[test]
    fn a_file_is_found_from_a_folder_below_and_only_the_programs_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/debug");
        let excerpt = Excerpt::of_file(&root, file!(), 1).unwrap();
        assert!(
            excerpt
                .lines()
                .next()
                .unwrap()
                .1
                .contains("Lines of the program's source")
        );
        assert!(Excerpt::of_file(&root, "src/missing.rs", 1).is_none());
        assert!(!is_of_program(file!()));
        assert!(is_of_program("src/main.rs"));
        assert!(!is_of_program("/rustc/0123/library/core/src/option.rs"));
    }

    #[test]
    fn places_are_split_at_their_last_colons() {
        assert_eq!(split_place("C:\\main.rs:3:5"), Some(("C:\\main.rs", 3)));
        assert_eq!(split_place("main.rs"), None);
    }
}
