//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::{Result, ensure};

use crate::process;
use crate::test;
use crate::tidy;
use crate::workspace::cargo;

/// What the routing crate must do without: it knows nothing of servers.
const ASYNC: [&str; 5] = ["tokio", "hyper", "futures", "futures-util", "async-"];

/// Formats, lints, documents and checks the structure; tests last.
pub(crate) fn run() -> Result<bool> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        ensure!(
            process::succeeds(&mut cargo(&[tool, "--version"])),
            "cargo {tool} is missing: run `rustup component add {component}`"
        );
    }
    process::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    process::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    process::run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    ensure!(tidy::run()?, "the repository is not tidy");
    routing_waits_for_nothing()?;
    duplicates()?;
    test::run()
}

fn routing_waits_for_nothing() -> Result<()> {
    let tree = process::capture(&mut cargo(&[
        "tree",
        "--package",
        "carafe-routing",
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]))?;
    for line in tree.lines() {
        ensure!(
            !ASYNC.iter().any(|name| line.starts_with(name)),
            "carafe-routing depends on {line}: it may not know of anything asynchronous"
        );
    }
    Ok(())
}

/// Prints the packages that users of the framework build in more than one version.
fn duplicates() -> Result<()> {
    let tree = process::capture(&mut cargo(&[
        "tree",
        "--package",
        "carafe",
        "--edges",
        "normal",
        "--duplicates",
        "--depth",
        "0",
    ]))?;
    for line in tree.lines().filter(|line| !line.is_empty()) {
        println!("built twice: {line}");
    }
    Ok(())
}
