//! `cargo xtask tidy`: the structure of the repository, and nothing else.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::{self, cargo};

/// Each crate and which of the others it may build on: arrows point down only.
const ARROWS: [(&str, &[&str]); 5] = [
    ("carafe-cli", &["carafe"]),
    (
        "carafe",
        &["carafe-sessions", "carafe-routing", "carafe-macros"],
    ),
    ("carafe-sessions", &["carafe-routing"]),
    ("carafe-routing", &[]),
    ("carafe-macros", &[]),
];

/// What may stand in the top folder, besides dotfiles.
const TOP: [&str; 13] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "clippy.toml",
    "crates",
    "examples",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "xtask",
];

/// Names that say nothing of what a module holds.
const FORBIDDEN: [&str; 5] = ["utils", "common", "misc", "helpers", "types"];

/// Files longer than this are named, never refused: a hint that a room may hold two.
const LONG: usize = 500;

/// Prints every breach and says whether there was none.
pub(crate) fn run() -> Result<bool> {
    let mut breaches = Vec::new();
    arrows(&mut breaches)?;
    top(&mut breaches)?;
    for file in rust_files(&workspace::root().join("crates"))? {
        module(&file, &mut breaches)?;
    }
    for breach in &breaches {
        println!("tidy: {breach}");
    }
    println!("tidy: {} breaches", breaches.len());
    Ok(breaches.is_empty())
}

fn arrows(breaches: &mut Vec<String>) -> Result<()> {
    let metadata = process::capture(&mut cargo(&["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo names no packages")?;
    for (name, allowed) in ARROWS {
        let package = packages.iter().find(|package| package["name"] == name);
        let package = package.with_context(|| format!("no package {name}"))?;
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            // Only packages of this repository have a path; tests may look upwards.
            let ours = !dependency["path"].is_null() && dependency["kind"] != "dev";
            if ours && !allowed.contains(&on) {
                breaches.push(format!(
                    "{name} depends on {on}: dependencies point down only"
                ));
            }
        }
    }
    Ok(())
}

fn top(breaches: &mut Vec<String>) -> Result<()> {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let files = process::capture(list.current_dir(workspace::root()))?;
    let mut names: Vec<_> = files
        .lines()
        .filter_map(|path| path.split('/').next())
        .collect();
    names.dedup();
    for name in names {
        if !name.starts_with('.') && !TOP.contains(&name) {
            breaches.push(format!("{name} does not belong in the top folder"));
        }
    }
    Ok(())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // The programs that must not compile are cases, not modules.
        if path.is_dir() && path.file_name() != Some(OsStr::new("compile_fail")) {
            files.extend(rust_files(&path)?);
        } else if path.extension() == Some(OsStr::new("rs")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn module(file: &Path, breaches: &mut Vec<String>) -> Result<()> {
    let text = workspace::read(file)?;
    let shown = file
        .strip_prefix(workspace::root())
        .unwrap_or(file)
        .display();
    // The unit tests of a module say what they are by their name.
    if !text.starts_with("//!") && file.file_name() != Some(OsStr::new("tests.rs")) {
        breaches.push(format!(
            "{shown} does not start with a `//!` line that says what may live there"
        ));
    }
    // A module is named by its file, or by its folder when the file is `mod.rs`.
    let stem = file.with_extension("");
    let words = stem.components().map(|part| part.as_os_str());
    if let Some(word) = words
        .rev()
        .take(2)
        .find(|word| FORBIDDEN.iter().any(|name| *word == *name))
    {
        breaches.push(format!(
            "{shown}: a module named {} says nothing",
            word.to_string_lossy()
        ));
    }
    let lines = text.lines().count();
    if lines > LONG {
        println!("tidy: warning: {shown} has {lines} lines: does it hold two things?");
    }
    Ok(())
}
