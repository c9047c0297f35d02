//! `cargo xtask bench build`: how long hello takes to build from nothing, and its size.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use super::peers;
use crate::process;
use crate::workspace;

/// Builds Carafe's hello and axum's in fresh folders, and prints both with ratios.
pub(super) fn run() -> Result<()> {
    let folder = workspace::target().join("bench-build");
    // Downloads are no part of a build.
    for folder in [workspace::root(), peers::folder()] {
        process::run(workspace::cargo(&["fetch", "--quiet"]).current_dir(folder))?;
    }
    let carafe = cold(workspace::root(), "example-hello", &folder)?;
    let axum = cold(peers::folder(), "hello-axum", &folder)?;
    println!("\nhello, cold release build");
    println!(
        "{:8}{:>9}{:>12}{:>10}{:>10}",
        "", "seconds", "bytes", "time", "size"
    );
    for (name, (seconds, bytes)) in [("carafe", carafe), ("axum", axum)] {
        let (time, size) = (seconds / axum.0, bytes as f64 / axum.1 as f64);
        println!("{name:8}{seconds:>9.1}{bytes:>12}{time:>10.2}{size:>10.2}");
    }
    Ok(())
}

/// Builds a package from nothing; returns seconds and the size of its binary.
fn cold(workspace: PathBuf, package: &str, folder: &PathBuf) -> Result<(f64, u64)> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let start = Instant::now();
    process::run(
        workspace::cargo(&["build", "--quiet", "--release", "--package", package])
            .current_dir(workspace)
            .env("CARGO_TARGET_DIR", folder),
    )?;
    let seconds = start.elapsed().as_secs_f64();
    let binary = folder.join("release").join(package);
    let bytes = fs::metadata(&binary)
        .with_context(|| format!("{} was not built", binary.display()))?
        .len();
    Ok((seconds, bytes))
}
