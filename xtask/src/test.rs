//! `cargo xtask test`: every test there is, and one count at the end.

use anyhow::Result;

use crate::cargo_tests;
use crate::conformance;
use crate::interop;
use crate::ledger;
use crate::parity::{self, Selection};
use crate::tally::Tally;

/// Runs every suite, whatever the others gave, and prints the sum last.
pub(crate) fn run() -> Result<bool> {
    let tests = cargo_tests::run();
    let mut suites = vec![(
        "unit, integration, doc",
        tests.as_ref().map(|run| run.tally).map_err(say),
    )];
    suites.push((
        "conformance",
        conformance::run(&[]).map_err(|error| say(&error)),
    ));
    let parity = parity::replay(&Selection::default());
    suites.push(("parity", parity.as_ref().map(|run| run.tally).map_err(say)));
    if ledger::exists()
        && let (Ok(tests), Ok(parity)) = (&tests, &parity)
    {
        suites.push((
            "parity ledger",
            ledger::check(tests, parity).map_err(|error| say(&error)),
        ));
    }
    suites.push(("interop", interop::run().map_err(|error| say(&error))));
    Ok(summarize(&suites))
}

fn say(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

/// Prints a line for each suite, then the sum; a suite that broke off counts as one failure.
fn summarize(suites: &[(&str, Result<Tally, String>)]) -> bool {
    println!();
    let mut counts = Vec::new();
    for (name, result) in suites {
        match result {
            Ok(tally) => println!("{name:<24}{tally}"),
            Err(error) => println!("{name:<24}broke off: {error}"),
        }
        counts.push(*result.as_ref().unwrap_or(&Tally::one(false)));
    }
    let total: Tally = counts.into_iter().sum();
    println!("{total}");
    total.holds()
}
