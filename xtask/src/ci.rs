//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::{Context, Result, ensure};
use toml::Table;

use crate::process;
use crate::tally::Tally;
use crate::test::{self, Suite};
use crate::tidy;
use crate::workspace::{self, cargo};

/// What the routing crate must do without: it knows nothing of servers.
const ASYNC: [&str; 5] = ["tokio", "hyper", "futures", "async-", "mio"];

/// Formats, lints, documents and checks the structure, then runs every test.
///
/// A check that fails keeps none of the others from running.
pub(crate) fn run() -> Result<bool> {
    let mut suites = vec![
        check("formatting", formatting),
        check("lints", lints),
        check("features", features),
        check("docs", docs),
        check("structure", structure),
        check("dependencies", dependencies),
    ];
    suites.extend(test::suites());
    Ok(test::summarize(&suites))
}

fn check(name: &'static str, check: fn() -> Result<()>) -> Suite {
    (name, check().map(|()| Tally::one(true)))
}

fn formatting() -> Result<()> {
    has("fmt", "rustfmt")?;
    process::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    has("clippy", "clippy")?;
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    process::run(&mut cargo(&arguments))
}

/// Lints the framework without its features, and with each of them alone.
fn features() -> Result<()> {
    let manifest = workspace::root().join("crates/framework/Cargo.toml");
    let manifest: Table = workspace::read(&manifest)?.parse()?;
    let features = manifest.get("features").and_then(|it| it.as_table());
    let features = features.context("the framework's manifest has no features")?;
    let alone = features.keys().filter(|name| *name != "default");
    for feature in std::iter::once("").chain(alone.map(String::as_str)) {
        let arguments = ["clippy", "--package", "carafe", "--no-default-features"];
        let mut command = cargo(&arguments);
        command.args(["--features", feature, "--", "-D", "warnings"]);
        process::run(&mut command)?;
    }
    Ok(())
}

fn docs() -> Result<()> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps"]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn structure() -> Result<()> {
    ensure!(tidy::run()?, "the repository is not tidy");
    Ok(())
}

/// Checks that routing waits for nothing, and prints what the framework builds twice.
fn dependencies() -> Result<()> {
    let arguments = ["tree", "--edges", "normal", "--prefix", "none", "--package"];
    let routing = process::capture(cargo(&arguments).arg("carafe-routing"))?;
    for line in routing.lines() {
        ensure!(
            !ASYNC.iter().any(|name| line.starts_with(name)),
            "carafe-routing depends on {line}: it may not know of anything asynchronous"
        );
    }
    let framework =
        process::capture(cargo(&arguments).args(["carafe", "--duplicates", "--depth", "0"]))?;
    for line in framework.lines().filter(|line| !line.is_empty()) {
        println!("built twice: {line}");
    }
    Ok(())
}

fn has(tool: &str, component: &str) -> Result<()> {
    ensure!(
        process::succeeds(&mut cargo(&[tool, "--version"])),
        "cargo {tool} is missing: run `rustup component add {component}`"
    );
    Ok(())
}
