//! Virtual environments with real Python packages from PyPI.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::system;
use crate::workspace;

/// Returns the interpreter of `target/NAME`, made with `requirements` if need be.
///
/// An environment that was made for the same requirements is used again.
pub(crate) fn environment(name: &str, requirements: &[&str]) -> Result<PathBuf> {
    system::need("python3", "python3")?;
    let folder = workspace::target().join(name);
    let python = folder.join("bin").join("python");
    let stamp = folder.join("requirements.txt");
    let wanted = requirements.join("\n");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(python);
    }
    let make = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(&folder);
        command
    };
    // Debian splits what `venv` needs into a package of its own.
    if process::run(&mut make()).is_err() {
        system::install("python3-venv")?;
        process::run(&mut make())?;
    }
    process::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(requirements),
    )
    .context("PyPI did not give the packages")?;
    fs::write(&stamp, wanted)?;
    Ok(python)
}
