//! Runs vectors recorded from Flask's libraries against Carafe's crates.
//!
//! One module for each `kind` of record turns a record into [`outcome::Outcome`]s;
//! [`dispatch`] chooses the module and [`tally`] counts what it reports.

pub mod dispatch;
pub mod http;
pub mod outcome;
pub mod routing;
pub mod sessions;
pub mod tally;
pub mod vectors;
