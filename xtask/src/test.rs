//! `cargo xtask test`: every test there is, and one count at the end.

use anyhow::Result;

use crate::browser;
use crate::cargo_tests;
use crate::conformance;
use crate::interop;
use crate::ledger;
use crate::load;
use crate::parity::{self, Selection};
use crate::tally::Tally;

/// A named part of a run and what came of it.
pub(crate) type Suite = (&'static str, Result<Tally>);

/// Runs every suite, whatever the others gave, and prints the sum last.
pub(crate) fn run() -> Result<bool> {
    Ok(summarize(&suites()))
}

/// Runs every suite.
pub(crate) fn suites() -> Vec<Suite> {
    let tests = cargo_tests::run();
    let conformance = conformance::run(&[]);
    let parity = parity::replay(&Selection::default());
    let interop = interop::run();
    let browser = browser::run();
    let load = load::run(load::SMALL);
    let mut suites = Vec::new();
    if let (true, Ok(tests), Ok(parity)) = (ledger::exists(), &tests, &parity) {
        suites.push(("parity ledger", ledger::check(tests, parity)));
    }
    suites.push(("unit, integration, doc", tests.map(|run| run.tally)));
    suites.push(("conformance", conformance));
    suites.push(("parity", parity.map(|run| run.tally)));
    suites.push(("interop", interop));
    suites.push(("browser", browser));
    suites.push(("load", load));
    suites
}

/// Prints a line for each suite, then the sum; a suite that broke off counts as one failure.
pub(crate) fn summarize(suites: &[Suite]) -> bool {
    println!();
    for (name, result) in suites {
        match result {
            Ok(tally) => println!("{name:<24}{tally}"),
            Err(error) => println!("{name:<24}broke off: {error:#}"),
        }
    }
    let counts = suites.iter().map(|(_, result)| match result {
        Ok(tally) => *tally,
        Err(_) => Tally::one(false),
    });
    let total: Tally = counts.sum();
    println!("{total}");
    total.holds()
}
