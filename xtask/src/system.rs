//! Programs of the operating system that a verb needs.

use std::env;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Whether a program stands on the PATH.
pub(crate) fn has(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|paths| env::split_paths(&paths).any(|folder| folder.join(program).is_file()))
}

/// Makes sure that a program is there, by installing a Debian package if it is not.
pub(crate) fn need(program: &str, package: &str) -> Result<()> {
    if has(program) {
        return Ok(());
    }
    install(package).with_context(|| format!("`{program}` is missing; install {package} by hand"))
}

/// Installs a Debian package.
pub(crate) fn install(package: &str) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = if is_root() {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "apt-get"]);
            sudo
        };
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let install = ["install", "-y", "--no-install-recommends", package];
    // The lists of packages are often missing on a fresh machine and seldom stale on an old one.
    if process::run(&mut apt(&install)).is_ok() {
        return Ok(());
    }
    process::run(&mut apt(&["update"]))?;
    process::run(&mut apt(&install))
}

fn is_root() -> bool {
    process::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
