//! Every recorded vector of the HTTP functions passes; those that record an accident never crash.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at what is missing"
)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use conformance::{http, vectors};
use serde_json::Value;

#[test]
fn every_vector_of_the_http_functions_passes() {
    let files = vectors::find(&[vectors::default_folder().join("http")]).unwrap();
    assert!(!files.is_empty());
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut passed, mut differing_quirks) = (0, 0);
    for line in files.iter().flat_map(|file| {
        fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    }) {
        let record: Value = serde_json::from_str(&line).unwrap();
        let outcomes = catch_unwind(AssertUnwindSafe(|| http::run(&record)))
            .unwrap_or_else(|_| panic!("panicked: {line}"));
        for outcome in outcomes {
            match outcome.result {
                Ok(()) => passed += 1,
                Err(why) if outcome.quirk => {
                    differing_quirks += 1;
                    println!("quirk {}: {}\n{why}", outcome.label, record["in"]);
                }
                Err(why) => failures
                    .entry(record["op"].to_string())
                    .or_default()
                    .push(format!("{}: {}\n{why}", outcome.label, record["in"])),
            }
        }
    }
    println!("{passed} passed, {differing_quirks} quirks differ");
    let failed: usize = failures.values().map(Vec::len).sum();
    for (op, failures) in &failures {
        println!(
            "{op}: {} failed, such as\n{}",
            failures.len(),
            failures[..failures.len().min(6)].join("\n")
        );
    }
    assert_eq!(failed, 0);
}
