//! `cargo xtask parity`: scenarios recorded from Flask against the ported apps.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo_tests;
use crate::ledger;
use crate::process;
use crate::system;
use crate::tally::Tally;
use crate::workspace;

/// Which recordings to replay.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    apps: Vec<String>,
    requests: Option<PathBuf>,
}

/// What came of a replay.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) tally: Tally,
    /// `parity::APP::SCENARIO` for each scenario of which every step passed.
    pub(crate) passed: BTreeSet<String>,
}

/// Reads the verb's arguments and does what they ask.
pub(crate) fn verb(arguments: &[String]) -> Result<bool> {
    let mut selection = Selection::default();
    let mut check_ledger = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--app" => selection.apps.push(value()?.clone()),
            "--requests" => selection.requests = Some(value()?.into()),
            "--ledger" => check_ledger = true,
            "--unassigned" => return ledger::print_unassigned(Path::new(value()?)),
            _ => bail!("parity does not know {word}"),
        }
    }
    let run = replay(&selection)?;
    if !check_ledger {
        return Ok(run.tally.holds());
    }
    let tests = cargo_tests::run()?;
    let tally = ledger::check(&tests, &run)?;
    println!("{tally}");
    Ok(tally.holds() && run.tally.holds())
}

/// Builds the server of the ported apps and replays recordings against it.
pub(crate) fn replay(selection: &Selection) -> Result<Run> {
    system::need("python3", "python3")?;
    process::run(&mut workspace::cargo(&[
        "build",
        "--release",
        "--package",
        "parity",
        "--bin",
        "parity-server",
    ]))?;
    let folder = workspace::root().join("tests/parity");
    let binary = workspace::target().join("release/parity-server");
    let server = format!(
        "'{}' --app {{app}} --port {{port}} --config {{config_json}} --fixtures {{fixtures}}",
        binary.display()
    );
    let mut command = Command::new("python3");
    command
        .arg(folder.join("replay/replay.py"))
        .args([
            "--persistent",
            "--verbose",
            "--jobs",
            "4",
            "--server",
            &server,
        ])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    for app in &selection.apps {
        command.args(["--app", app]);
    }
    let default = folder.join("recordings");
    command.args(recordings(
        selection.requests.as_deref().unwrap_or(&default),
    )?);
    let (_, output) = process::tee_where(command, |line| !line.starts_with("ok   "))?;
    let tally = Tally::last_in(&output).context("the replay did not finish")?;
    Ok(Run {
        tally,
        passed: scenarios(&output),
    })
}

fn recordings(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads `ok   APP/SCENARIO [STEP] …` and its counterpart, `FAIL`.
fn scenarios(output: &str) -> BTreeSet<String> {
    let name = |rest: &str| {
        let (app, scenario) = rest.split_once(" [")?.0.split_once('/')?;
        Some(format!("parity::{app}::{scenario}"))
    };
    let names = |verdict: &str| -> BTreeSet<String> {
        output
            .lines()
            .filter_map(|line| name(line.strip_prefix(verdict)?))
            .collect()
    };
    &names("ok   ") - &names("FAIL ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_scenario_passes_when_each_of_its_steps_does() {
        let output = "\
ok   errors/abort in a view [1] GET /a?x=[1]
ok   errors/abort in a hook [1] GET /b
FAIL errors/abort in a hook [2] GET /b
     status: expected 404, got 500
2 passed, 1 failed
";
        let names: Vec<_> = super::scenarios(output).into_iter().collect();
        assert_eq!(names, ["parity::errors::abort in a view"]);
    }
}
