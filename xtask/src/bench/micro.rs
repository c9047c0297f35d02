//! `cargo xtask bench routing|sessions`: programs that measure one crate in process.

use anyhow::Result;

use super::peers;
use crate::process;
use crate::python;

/// Builds and runs `xtask/peers/WHAT`; sessions are also held against Python's own.
pub(super) fn run(what: &str, arguments: &[String]) -> Result<()> {
    let package = format!("peer-{what}");
    let mut command = peers::cargo(&["run", "--release", "--quiet", "--package", &package, "--"]);
    command.args(arguments);
    if what == "sessions" {
        command.env(
            "PYTHON",
            python::environment("interop-venv", &["Flask==3.1.3"])?,
        );
    }
    process::run(&mut command)
}
