//! Builds that a profile guides: the compiler learns from a run what is hot, and puts that together.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::load::Load;
use super::options::Options;
use super::peers::{self, Build, Peer};
use super::routes;
use crate::process;
use crate::system;
use crate::workspace;

/// Builds a peer that writes down where it has been, puts it under load, and builds it again by what it wrote.
pub(super) fn build(peer: Peer, options: &Options) -> Result<()> {
    let merge = profdata()?;
    let profiles = workspace::target()
        .join("bench/profiles")
        .join(peer.label());
    if profiles.exists() {
        fs::remove_dir_all(&profiles)?;
    }
    let profiled = peer.built(Build::Profiled);
    compile(
        profiled,
        &format!("-Cprofile-generate={}", profiles.display()),
    )?;
    train(profiled, options)?;
    let merged = profiles.join("merged.profdata");
    process::run(
        Command::new(merge)
            .arg("merge")
            .arg("--output")
            .arg(&merged)
            .arg(&profiles),
    )?;
    compile(peer, &format!("-Cprofile-use={}", merged.display()))
}

/// Where builds of a kind are put by the peers' workspace.
pub(super) fn folder(build: Build) -> Result<PathBuf> {
    Ok(match build {
        Build::Plain => target(build),
        // A target that is named has a folder of its own.
        Build::Profiled | Build::Guided => target(build).join(host()?),
    })
}

fn target(build: Build) -> PathBuf {
    match build {
        Build::Plain => peers::target(),
        Build::Profiled => workspace::target().join("peers-profiled"),
        Build::Guided => workspace::target().join("peers-guided"),
    }
}

fn compile(peer: Peer, flag: &str) -> Result<()> {
    let package = peer.package().context("nothing is compiled for Python")?;
    let inherited = env::var("RUSTFLAGS").unwrap_or_default();
    let flags: Vec<&str> = inherited.split_whitespace().chain([flag]).collect();
    // With a target named, the flags are not for what runs while it builds.
    let host = host()?;
    let words = [
        "build",
        "--release",
        "--package",
        package,
        "--target",
        &host,
    ];
    process::run(
        peers::cargo(&words)
            .env("CARGO_TARGET_DIR", target(peer.build))
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")),
    )
}

/// Puts a peer under load on each of its routes, one request at a time and pipelined. It is measured with the very
/// requests that it was trained with.
fn train(peer: Peer, options: &Options) -> Result<()> {
    let server = peer.start(&["taskset", "-c", options.text("cores", "0")])?;
    for name in routes::ALL.split(',') {
        let route = routes::named(name)?;
        if !peer.serves(route) {
            continue;
        }
        let cookie = peer.check(&server, route)?;
        let depths: &[u32] = match route.is_large() {
            true => &[1],
            false => &[1, 16],
        };
        for depth in depths {
            let load = Load {
                connections: 32,
                seconds: 1,
                depth: *depth,
                cores: options.text("load-cores", "1"),
            };
            load.press(server.address(), route, cookie.as_deref())?;
        }
    }
    // It writes as it ends.
    server.stop()?;
    Ok(())
}

/// Finds the program that puts profiles together: the toolchain's own (`rustup component add llvm-tools`), or Debian's.
fn profdata() -> Result<PathBuf> {
    let sysroot = process::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let tools = Path::new(sysroot.trim()).join("lib/rustlib").join(host()?);
    let own = tools.join("bin/llvm-profdata");
    if own.is_file() {
        return Ok(own);
    }
    system::need("llvm-profdata-19", "llvm-19")
        .context("`rustup component add llvm-tools` brings one too")?;
    Ok("llvm-profdata-19".into())
}

fn host() -> Result<String> {
    let version = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not tell its host")?.to_owned())
}
