//! Records of kind `session`: cookies, tagged JSON, signers, and whole requests.

mod cookie; // dumps, loads
mod notation; // the recorded form of values and bytes
mod request; // set_cookie, should_set_cookie
mod signer; // signer
mod tagged; // tagged_json

use serde_json::Value;

use crate::outcome::Outcome;

/// What an operation answers, or why it could not be asked.
type Answer = Result<Value, String>;

/// Runs one record.
pub fn run(record: &Value) -> Vec<Outcome> {
    let op = record["op"].as_str().unwrap_or_default();
    let id = record["id"].as_str().unwrap_or_default();
    vec![Outcome {
        label: format!("{op} {id}"),
        quirk: record["quirk"] == true,
        result: check(op, record),
    }]
}

fn check(op: &str, record: &Value) -> Result<(), String> {
    let input = &record["in"];
    // A record that says where Carafe differs on purpose says what Carafe answers.
    let want = match record.get("carafe") {
        Some(carafe) if record.get("differs").is_some() => carafe,
        _ => &record["want"],
    };
    match op {
        "dumps" => cookie::dumps(input, want),
        "loads" => notation::compare(&cookie::loads(input)?, want),
        "tagged_json" => notation::compare(&tagged::run(input)?, want),
        "signer" => signer::run(input, want),
        "set_cookie" => notation::compare(&request::set_cookie(input)?, want),
        "should_set_cookie" => notation::compare(&request::should_set_cookie(input)?, want),
        _ => Err(format!("nothing here runs the operation {op:?}")),
    }
}
