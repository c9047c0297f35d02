//! `tests/parity/upstream.toml`: for each upstream test, ours or a reason.
//!
//! Upstream is Flask, and what Flask is built on: Werkzeug and ItsDangerous.
//!
//! ```toml
//! [flask.test_basic]
//! "test_options_work" = "framework::lifecycle::options_work"
//! "test_method_route" = ["framework::views::get", "framework::views::post"]
//! "test_session_path" = "parity::sessions::application root"
//! "test_inject_blueprint_url_defaults" = { reason = "why it cannot exist in Rust" }
//! ```
//!
//! A test is named as [`Run::passed`](crate::cargo_tests::Run::passed) says, a recorded
//! scenario `parity::APP::SCENARIO`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::cargo_tests;
use crate::parity;
use crate::tally::Tally;
use crate::workspace;

/// What holds an upstream test's behaviour.
#[derive(Debug)]
enum Entry {
    Tests(Vec<String>),
    Reason(String),
}

/// Entries by `PROJECT.MODULE`, then by the test's name.
type Ledger = BTreeMap<String, BTreeMap<String, Entry>>;

/// Names of upstream's tests by `PROJECT.MODULE`.
type Upstream = BTreeMap<String, BTreeSet<String>>;

fn path() -> PathBuf {
    workspace::root().join("tests/parity/upstream.toml")
}

/// Whether there is a ledger to check.
pub(crate) fn exists() -> bool {
    path().exists()
}

/// Holds the ledger against the tests of a run, and counts its entries.
pub(crate) fn check(tests: &cargo_tests::Run, scenarios: &parity::Run) -> Result<Tally> {
    let ledger = read(&workspace::read(&path())?)?;
    let names = workspace::root().join("tests/parity/upstream_tests.txt");
    let upstream = upstream(&workspace::read(&names)?);
    let ran = |name: &String| tests.passed.contains(name) || scenarios.passed.contains(name);
    let problems = problems(&ledger, &upstream, ran);
    for problem in &problems {
        println!("ledger: {problem}");
    }
    let entries = || ledger.values().flat_map(BTreeMap::values);
    let reasons = entries()
        .filter(|entry| matches!(entry, Entry::Reason(_)))
        .count();
    println!("ledger: {reasons} of {} are not in Rust", entries().count());
    let failed = problems.len() as u64;
    Ok(Tally {
        passed: (entries().count() as u64).saturating_sub(failed),
        failed,
    })
}

/// Prints the names of upstream's tests that `file` has and the ledger lacks, as the
/// ledger would have them; says whether there were none.
pub(crate) fn print_unassigned(file: &Path) -> Result<bool> {
    let ledger = if exists() {
        read(&workspace::read(&path())?)?
    } else {
        Ledger::new()
    };
    let mut complete = true;
    for (module, names) in upstream(&workspace::read(file)?) {
        let known = |name: &&String| ledger.get(&module).is_none_or(|at| !at.contains_key(*name));
        let missing: Vec<_> = names.iter().filter(known).collect();
        if !missing.is_empty() {
            complete = false;
            println!("\n[{module}]");
            missing.iter().for_each(|name| println!("{name:?} = \"\""));
        }
    }
    Ok(complete)
}

fn problems(ledger: &Ledger, upstream: &Upstream, ran: impl Fn(&String) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    for (module, entries) in ledger {
        let none = BTreeSet::new();
        let names = upstream.get(module).unwrap_or(&none);
        for (name, entry) in entries {
            if !names.contains(name) {
                problems.push(format!("upstream has no test {module}::{name}"));
            } else if let Some(problem) = problem(entry, &ran) {
                problems.push(format!("{module}::{name}: {problem}"));
            }
        }
        // A module may wait for its turn, but one that is here is here as a whole.
        let missing = names.iter().filter(|name| !entries.contains_key(*name));
        problems.extend(missing.map(|name| format!("{module}::{name} is not assigned")));
    }
    problems
}

fn problem(entry: &Entry, ran: impl Fn(&String) -> bool) -> Option<String> {
    match entry {
        Entry::Reason(reason) if reason.trim().is_empty() => Some("the reason is empty".to_owned()),
        Entry::Reason(_) => None,
        Entry::Tests(tests) if tests.is_empty() => Some("no test is named".to_owned()),
        Entry::Tests(tests) => tests
            .iter()
            .find(|test| !ran(test))
            .map(|test| format!("`{test}` does not exist, did not run or did not pass")),
    }
}

fn read(text: &str) -> Result<Ledger> {
    let projects: Table = text.parse().context("the ledger is not TOML")?;
    let mut ledger = Ledger::new();
    for (project, modules) in &projects {
        let modules = modules
            .as_table()
            .with_context(|| format!("{project} is not a table of modules"))?;
        for (module, entries) in modules {
            let entries = entries
                .as_table()
                .with_context(|| format!("{project}.{module} is not a table"))?;
            let entries = entries
                .iter()
                .map(|(name, value)| Ok((name.clone(), entry(name, value)?)));
            ledger.insert(
                format!("{project}.{module}"),
                entries.collect::<Result<_>>()?,
            );
        }
    }
    Ok(ledger)
}

fn entry(name: &str, value: &Value) -> Result<Entry> {
    let text = |value: &Value| {
        let text = value.as_str().map(str::to_owned);
        text.with_context(|| format!("{name}: a test's name is text"))
    };
    Ok(match value {
        Value::String(test) => Entry::Tests(vec![test.clone()]),
        Value::Array(tests) => Entry::Tests(tests.iter().map(text).collect::<Result<_>>()?),
        Value::Table(table) => match table.get("reason") {
            Some(reason) if table.len() == 1 => Entry::Reason(text(reason)?),
            _ => bail!("{name}: a table has a reason and nothing else"),
        },
        _ => bail!("{name}: neither a test nor a reason"),
    })
}

/// Reads lines of the form `PROJECT/…/MODULE.py::NAME`.
fn upstream(text: &str) -> Upstream {
    let mut upstream = Upstream::new();
    let lines = text.lines().filter_map(|line| {
        let (file, name) = line.trim().split_once(".py::")?;
        let (project, path) = file.split_once('/')?;
        let module = path.rsplit('/').next()?;
        Some((format!("{project}.{module}"), name.to_owned()))
    });
    for (module, name) in lines {
        upstream.entry(module).or_default().insert(name);
    }
    upstream
}

#[cfg(test)]
mod tests {
    use super::{problems, read, upstream};

    const UPSTREAM: &str = "flask/tests/test_a.py::one\nflask/tests/test_a.py::T::two\n\
                            flask/tests/test_b.py::later\nwerkzeug/tests/test_c.py::other\n\
                            itsdangerous/tests/test_d/test_c.py::later\n";

    fn check(ledger: &str) -> Vec<String> {
        let ledger = read(ledger).expect("the ledger is well formed");
        problems(&ledger, &upstream(UPSTREAM), |name| {
            name == "framework::a::one"
        })
    }

    #[test]
    fn a_whole_module_with_tests_that_ran_or_reasons_has_no_problem() {
        let ledger = "[flask.test_a]\none = \"framework::a::one\"\n\"T::two\" = { reason = \"WSGI\" }\n\
             [werkzeug.test_c]\nother = \"framework::a::one\"\n";
        assert_eq!(check(ledger), [""; 0]);
    }

    #[test]
    fn what_is_missing_misspelled_or_did_not_run_is_named() {
        let ledger = "[flask.test_a]\none = [\"framework::a::one\", \"framework::a::gone\"]\nthree = { reason = \"\" }\n";
        assert_eq!(
            check(ledger),
            [
                "flask.test_a::one: `framework::a::gone` does not exist, did not run or did not pass",
                "upstream has no test flask.test_a::three",
                "flask.test_a::T::two is not assigned",
            ]
        );
    }

    #[test]
    fn a_value_that_is_neither_a_test_nor_a_reason_is_refused() {
        assert!(read("[flask.test_a]\none = 1\n").is_err());
        assert!(read("[flask.test_a]\none = { why = \"x\" }\n").is_err());
    }
}
