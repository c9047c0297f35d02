//! `cargo xtask browser`: applications in a real browser, headless.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::system;
use crate::tally::Tally;
use crate::workspace::{self, cargo};

/// Without debug assertions `embed!` puts the files of flaskr into its program, as in a release build.
const EMBED: &str = "profile.dev.package.example-flaskr.debug-assertions=false";

/// Builds what is looked at, and looks at it; screenshots go to `target/browser`.
pub(crate) fn run() -> Result<Tally> {
    system::need("chromium", "chromium")?;
    system::need("chromedriver", "chromium-driver")?;
    let programs = ["build", "--package", "browser", "--package", "carafe-cli"];
    process::run(&mut cargo(&programs))?;
    let flaskr = ["build", "--package", "example-flaskr", "--config", EMBED];
    process::run(&mut cargo(&flaskr))?;
    let built = workspace::target().join("debug");
    let mut command = Command::new(built.join("browser"));
    command.arg(built).arg(workspace::target().join("browser"));
    let (_, output) = process::tee(command)?;
    Tally::last_in(&output).context("the browser's stories did not finish")
}
