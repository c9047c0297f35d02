//! `cargo test --workspace`, with the names of the tests that passed.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;
use crate::tally::Tally;
use crate::workspace;

/// What came of the unit, integration and doc tests.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) tally: Tally,
    /// Names of tests that passed: `FOLDER::MODULE::NAME` for a unit test of the package
    /// in that folder, `FOLDER::FILE::NAME` for an integration test.
    pub(crate) passed: BTreeSet<String>,
}

/// Runs every unit, integration and doc test of the workspace.
pub(crate) fn run() -> Result<Run> {
    let prefixes = executables()?;
    let mut command = workspace::cargo(&["test", "--workspace", "--no-fail-fast"]);
    // Colors would stand between the words that are read below.
    command.env("CARGO_TERM_COLOR", "never");
    let (status, output) = process::tee(command)?;
    let run = read(&output, &prefixes);
    ensure!(
        status.success() || run.tally.failed > 0,
        "cargo test ended with {status} without a failed test"
    );
    Ok(run)
}

/// Builds the test executables; returns for each the prefix of its tests' names.
fn executables() -> Result<HashMap<PathBuf, String>> {
    let mut command = workspace::cargo(&["test", "--workspace", "--no-run"]);
    command.arg("--message-format=json-render-diagnostics");
    let output = process::capture(&mut command).context("the tests do not compile")?;
    let messages = output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    Ok(messages.filter_map(|message| prefix(&message)).collect())
}

fn prefix(message: &Value) -> Option<(PathBuf, String)> {
    let executable = PathBuf::from(message["executable"].as_str()?);
    let manifest = Path::new(message["manifest_path"].as_str()?);
    let folder = manifest.parent()?.file_name()?.to_str()?;
    let target = &message["target"];
    let prefix = if target["kind"][0] == "test" {
        format!("{folder}::{}", target["name"].as_str()?)
    } else {
        folder.to_owned()
    };
    Some((executable, prefix))
}

fn read(output: &str, prefixes: &HashMap<PathBuf, String>) -> Run {
    let mut run = Run::default();
    let mut prefix = None;
    for line in output.lines() {
        if let Some(running) = line.trim_start().strip_prefix("Running ") {
            let executable = running
                .rsplit_once('(')
                .map(|(_, path)| path.trim_end_matches(')'));
            prefix = executable.and_then(|path| prefixes.get(&workspace::root().join(path)));
        } else if line.trim_start().starts_with("Doc-tests ") {
            prefix = None;
        } else if let Some(result) = line.strip_prefix("test result: ") {
            run.tally = [run.tally, counts(result)].into_iter().sum();
        } else if let (Some(prefix), Some(name)) = (prefix, passed(line)) {
            run.passed.insert(format!("{prefix}::{name}"));
        }
    }
    run
}

/// Reads `ok. 5 passed; 0 failed; …`.
fn counts(result: &str) -> Tally {
    let number = |word: &str| {
        let before = result.split(word).next()?;
        before.trim_end().rsplit(' ').next()?.parse().ok()
    };
    Tally {
        passed: number(" passed").unwrap_or(0),
        failed: number(" failed").unwrap_or(0),
    }
}

fn passed(line: &str) -> Option<&str> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... ok")?;
    Some(name.trim_end_matches(" - should panic"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::workspace;

    #[test]
    fn passed_tests_get_the_name_of_their_folder_and_file() {
        let prefixes = HashMap::from([
            (
                workspace::root().join("target/debug/deps/carafe-1"),
                "framework".to_owned(),
            ),
            (
                workspace::root().join("target/debug/deps/order-2"),
                "framework::order".to_owned(),
            ),
        ]);
        let output = "\
     Running unittests src/lib.rs (target/debug/deps/carafe-1)
test g::tests::keeps ... ok
test g::tests::loses ... FAILED
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/order.rs (target/debug/deps/order-2)
test hooks - should panic ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests carafe
test crates/framework/src/lib.rs - (line 3) ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        let run = super::read(output, &prefixes);
        assert_eq!((run.tally.passed, run.tally.failed), (3, 1));
        let names: Vec<_> = run.passed.iter().map(String::as_str).collect();
        assert_eq!(
            names,
            ["framework::g::tests::keeps", "framework::order::hooks"]
        );
    }
}
