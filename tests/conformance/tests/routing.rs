//! Every recorded routing vector holds.
#![allow(clippy::unwrap_used)] // a vector that cannot be read fails the test

use std::fs;

use conformance::{routing, vectors};

#[test]
fn every_recorded_routing_case_has_the_recorded_answer() {
    let folder = vectors::default_folder().join("routing");
    let mut run = 0;
    let mut failed = Vec::new();
    for file in vectors::find(&[folder]).unwrap() {
        let name = file.file_name().unwrap().display().to_string();
        for line in fs::read_to_string(&file).unwrap().lines() {
            for outcome in routing::run(&serde_json::from_str(line).unwrap()) {
                run += 1;
                if let Err(diff) = outcome.result {
                    failed.push(format!("{name}: {}\n{diff}", outcome.label));
                }
            }
        }
    }
    assert!(run > 0, "no vectors were found");
    assert!(
        failed.is_empty(),
        "{} of {run} cases failed:\n{}",
        failed.len(),
        failed.join("\n"),
    );
}
