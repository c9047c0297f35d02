//! Every recorded vector of configuration and JSON passes; those that record an accident never crash.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at what is missing"
)]

use std::fs;

use conformance::{http, vectors};

#[test]
fn every_vector_of_configuration_and_json_passes() {
    let (mut passed, mut quirks, mut failures) = (0, 0, Vec::new());
    for name in ["config", "json"] {
        let path = vectors::default_folder().join(format!("http/{name}.jsonl"));
        for line in fs::read_to_string(path).unwrap().lines() {
            for outcome in http::run(&serde_json::from_str(line).unwrap()) {
                match outcome.result {
                    Ok(()) => passed += 1,
                    Err(_) if outcome.quirk => quirks += 1,
                    Err(why) => failures.push(format!("{}: {why}", outcome.label)),
                }
            }
        }
    }
    println!("{passed} passed, {quirks} quirks differ");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(passed > 500);
}
