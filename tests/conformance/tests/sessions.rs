//! Every recorded vector of sessions passes; those that record an accident never crash.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at what is missing"
)]

use std::fs;

use conformance::{dispatch, vectors};

#[test]
fn every_vector_of_sessions_passes() {
    let files = vectors::find(&[vectors::default_folder().join("sessions")]).unwrap();
    assert!(!files.is_empty());
    let (mut passed, mut quirks, mut failures) = (0, 0, Vec::new());
    for file in files {
        for line in fs::read(file).unwrap().split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            let record = vectors::parse(line).unwrap();
            for outcome in dispatch::run(&record) {
                match outcome.result {
                    Ok(()) => passed += 1,
                    Err(_) if outcome.quirk => quirks += 1,
                    Err(why) => failures.push(format!("{}: {why}", outcome.label)),
                }
            }
        }
    }
    println!("{passed} passed, {quirks} quirks differ");
    let shown = failures.len().min(6);
    assert!(failures.is_empty(), "{}", failures[..shown].join("\n"));
    // Each lets a signature be spelled in other ways than the one that was written, or answers
    // a timestamp beyond the year 9999 with an error page; the compatibility page says why not.
    assert!(quirks <= 11, "{quirks} quirks differ");
}
