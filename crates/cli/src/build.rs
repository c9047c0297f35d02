//! Runs cargo, and reads what it says.

use std::collections::HashSet;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use carafe::Result;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::ansi;
use crate::arguments::Options;
use crate::project::{Project, cargo};
use crate::say;

/// What came of a build.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// A program; cargo may have found it as good as it was.
    Program { path: PathBuf, is_fresh: bool },
    /// What was wrong, as rustc shows it in a terminal.
    Broken(String),
}

/// Builds the program of a project. What cargo and rustc say goes to the terminal besides.
pub(crate) async fn build(project: &Project, options: &Options) -> Result<Built> {
    let mut command = Command::new(cargo());
    command
        .args(["build", "--message-format=json-diagnostic-rendered-ansi"])
        .args(["--package", &project.package, "--bin", &project.bin])
        .args(&options.cargo)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let has_colors = std::io::stderr().is_terminal();
    if has_colors {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut process = command.spawn()?;
    let (messages, complaints) = (process.stdout.take(), process.stderr.take());
    let mut report = Report::default();
    let read_messages = async {
        let mut lines = messages.map(|pipe| BufReader::new(pipe).lines());
        while let Some(line) = next_line(&mut lines).await? {
            if let Some(rendered) = report.read(&line, &project.bin) {
                match has_colors {
                    true => say(rendered),
                    false => say(ansi::plain(&rendered)),
                }
            }
        }
        Ok::<_, std::io::Error>(())
    };
    let read_complaints = async {
        let mut all = String::new();
        let mut lines = complaints.map(|pipe| BufReader::new(pipe).lines());
        while let Some(line) = next_line(&mut lines).await? {
            say(&line);
            all.push_str(&line);
            all.push('\n');
        }
        Ok(all)
    };
    let ((), complaints) = tokio::try_join!(read_messages, read_complaints)?;
    let is_good = process.wait().await?.success();
    Ok(report.outcome(is_good, complaints))
}

type Lines<R> = tokio::io::Lines<BufReader<R>>;

async fn next_line<R>(lines: &mut Option<Lines<R>>) -> std::io::Result<Option<String>>
where
    R: tokio::io::AsyncRead + Unpin,
{
    match lines {
        Some(lines) => lines.next_line().await,
        None => Ok(None),
    }
}

/// What cargo has said so far.
#[derive(Debug, Default)]
struct Report {
    errors: String,
    program: Option<(PathBuf, bool)>,
}

impl Report {
    /// Reads a message; gives the text in it that is for people.
    fn read(&mut self, line: &str, bin: &str) -> Option<String> {
        let message: Value = serde_json::from_str(line).ok()?;
        match message["reason"].as_str()? {
            "compiler-message" => {
                let rendered = message["message"]["rendered"].as_str()?;
                let level = message["message"]["level"].as_str()?;
                if level.starts_with("error") {
                    self.errors.push_str(rendered);
                    self.errors.push('\n');
                }
                Some(rendered.to_owned())
            }
            "compiler-artifact" => {
                let path = message["executable"].as_str()?;
                let target = &message["target"];
                if target["name"] == bin && target["kind"][0] == "bin" {
                    let is_fresh = message["fresh"] == true;
                    self.program = Some((path.into(), is_fresh));
                }
                None
            }
            _ => None,
        }
    }

    fn outcome(self, is_good: bool, complaints: String) -> Built {
        match self.program {
            Some((path, is_fresh)) if is_good => Built::Program { path, is_fresh },
            // Where rustc has nothing against it, cargo has, as in a broken `Cargo.toml`.
            _ if self.errors.is_empty() => Built::Broken(complaints),
            _ => Built::Broken(self.errors),
        }
    }
}

/// The files that a program was built of, as cargo notes them beside it.
pub(crate) fn sources(program: &Path) -> HashSet<PathBuf> {
    let notes = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let mut sources = HashSet::new();
    for line in notes.lines() {
        let Some((_, files)) = line.split_once(": ") else {
            continue;
        };
        // A space within a name has a backslash before it.
        let mut name = String::new();
        for part in files.split(' ') {
            match part.strip_suffix('\\') {
                Some(start) => name.push_str(&format!("{start} ")),
                None => {
                    name.push_str(part);
                    sources.insert(PathBuf::from(std::mem::take(&mut name)));
                }
            }
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Built, Report, sources};

    const WARNING: &str = r#"{"reason":"compiler-message","message":{"level":"warning","rendered":"warning: unused"}}"#;
    const ERROR: &str =
        r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: wrong"}}"#;
    const PROGRAM: &str = r#"{"reason":"compiler-artifact","target":{"name":"app","kind":["bin"]},"executable":"/t/app","fresh":false}"#;
    const OTHER: &str = r#"{"reason":"compiler-artifact","target":{"name":"lib","kind":["lib"]},"executable":null}"#;

    fn outcome(lines: &[&str], is_good: bool) -> Built {
        let mut report = Report::default();
        for line in lines {
            report.read(line, "app");
        }
        report.outcome(is_good, "error: no Cargo.toml\n".to_owned())
    }

    #[test]
    fn the_program_is_the_one_that_was_asked_for() {
        let expected = Built::Program {
            path: "/t/app".into(),
            is_fresh: false,
        };
        assert_eq!(
            outcome(&["not json", WARNING, OTHER, PROGRAM], true),
            expected
        );
    }

    #[test]
    fn what_is_wrong_is_what_rustc_says_and_otherwise_what_cargo_says() {
        let broken = |text: &str| Built::Broken(text.to_owned());
        assert_eq!(outcome(&[WARNING, ERROR], false), broken("error: wrong\n"));
        assert_eq!(outcome(&[WARNING], false), broken("error: no Cargo.toml\n"));
        assert_eq!(outcome(&[], true), broken("error: no Cargo.toml\n"));
    }

    #[test]
    fn names_of_sources_may_have_spaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = "/t/app: /w/src/main.rs /w/my\\ notes.sql\n";
        fs::write(folder.path().join("app.d"), notes).expect("a file");
        let found = sources(&folder.path().join("app"));
        assert_eq!(
            found,
            ["/w/src/main.rs", "/w/my notes.sql"].map(Into::into).into()
        );
    }
}
