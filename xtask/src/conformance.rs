//! `cargo xtask conformance [PATH…]`: recorded vectors against Carafe.

use std::path::absolute;

use anyhow::{Context, Result};

use crate::process;
use crate::tally::Tally;
use crate::workspace;

/// Runs the vectors in `paths`, or the project's copies when there are none.
pub(crate) fn run(paths: &[String]) -> Result<Tally> {
    let mut command = workspace::cargo(&["run", "--quiet", "--package", "conformance", "--"]);
    for path in paths {
        command.arg(absolute(path)?);
    }
    let (_, output) = process::tee(command)?;
    Tally::last_in(&output).context("the conformance runner did not finish")
}
