//! `cargo xtask interop`: sessions shared with a real Flask, and real clients, over real HTTP.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::python;
use crate::system;
use crate::tally::Tally;
use crate::workspace;

/// What Carafe is held against: Flask, and the clients that are Python's.
const PACKAGES: [&str; 4] = [
    "Flask==3.1.3",
    "requests==2.34.2",
    "httpx==0.28.1",
    "selenium==4.51.0",
];

/// Lets a Carafe and a Flask program hand sessions to each other, and points real clients at Carafe.
pub(crate) fn run() -> Result<Tally> {
    let python = python::environment("interop-venv", &PACKAGES)?;
    system::need("curl", "curl")?;
    system::need("chromium", "chromium")?;
    system::need("chromedriver", "chromium-driver")?;
    process::run(&mut workspace::cargo(&["build", "--package", "interop"]))?;
    let sessions = check(&python, "check.py", "interop-server")?;
    let clients = check(&python, "clients.py", "clients-server")?;
    Ok([sessions, clients].into_iter().sum())
}

/// Runs one of the Python programs against one of Carafe's.
fn check(python: &Path, script: &str, server: &str) -> Result<Tally> {
    let mut command = Command::new(python);
    command
        .arg(workspace::root().join("tests/interop/python").join(script))
        .arg(workspace::target().join("debug").join(server))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let (_, output) = process::tee(command)?;
    Tally::last_in(&output).with_context(|| format!("{script} did not finish"))
}
