//! Chooses the module that knows a record's kind, and survives its panics.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::http;
use crate::outcome::Outcome;
use crate::routing;
use crate::sessions;

/// Runs one record and returns an outcome for each of its cases.
///
/// A kind that nothing here knows, and a panic on the way, are failed outcomes.
pub fn run(record: &Value) -> Vec<Outcome> {
    match catch_unwind(AssertUnwindSafe(|| run_kind(record))) {
        Ok(outcomes) => outcomes,
        // Even a quirk may not crash, so a panic is never counted as one.
        Err(panic) => vec![failed(format!("panicked: {}", text(panic.as_ref())))],
    }
}

fn run_kind(record: &Value) -> Vec<Outcome> {
    match record.get("kind").and_then(Value::as_str) {
        Some("http") => http::run(record),
        Some("routing") => routing::run(record),
        Some("session") => sessions::run(record),
        kind => vec![failed(format!("no module runs records of kind {kind:?}"))],
    }
}

/// Returns a failed outcome that stands for a whole record.
pub fn failed(why: String) -> Outcome {
    Outcome {
        label: "(whole record)".to_owned(),
        quirk: false,
        result: Err(why),
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
