//! `cargo xtask interop`: sessions shared with a real Flask, over real HTTP.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::python;
use crate::tally::Tally;
use crate::workspace;

/// Builds Carafe's side, installs Flask's, and lets them hand sessions to each other.
pub(crate) fn run() -> Result<Tally> {
    let python = python::environment("interop-venv", &["Flask==3.1.3"])?;
    process::run(&mut workspace::cargo(&["build", "--package", "interop"]))?;
    let mut command = Command::new(python);
    command
        .arg(workspace::root().join("tests/interop/python/check.py"))
        .arg(workspace::target().join("debug/interop-server"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let (_, output) = process::tee(command)?;
    Tally::last_in(&output).context("the interop check did not finish")
}
