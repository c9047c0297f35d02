//! `cargo xtask bench memory`: resident memory at start, idle and after load.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::client::Connection;
use super::cpu::resident;
use super::load::Load;
use super::options::Options;
use super::peers::{self, Peer};
use super::routes;
use crate::process;
use crate::system;

/// Says that the limit on open files was already raised.
const RAISED: &str = "XTASK_FILES_RAISED";

/// Prints a line for each server.
pub(super) fn run(options: &Options) -> Result<()> {
    let connections: u32 = options.number("connections", 5000)?;
    if u64::from(connections) + 100 > open_files()? && env::var_os(RAISED).is_none() {
        return raised(connections + 200);
    }
    system::need("wrk", "wrk")?;
    let peers = peers::named(&options.list("peers", "carafe,hyper,axum"))?;
    peers::build(&peers, options)?;
    println!("\nresident memory, {connections} idle connections");
    println!(
        "{:15}{:>12}{:>14}{:>16}",
        "", "start KiB", "idle B each", "after load KiB"
    );
    for peer in peers {
        measure(peer, connections, options.number("seconds", 10)?)?;
    }
    Ok(())
}

fn measure(peer: Peer, connections: u32, seconds: u32) -> Result<()> {
    let route = routes::named("plaintext")?;
    let server = peer.start(&["taskset", "-c", "0"])?;
    let start = resident(server.id())?;
    let request = route.request(None);
    let mut held = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(server.address())?;
        connection.ask(&request)?;
        held.push(connection);
    }
    let idle = resident(server.id())?.saturating_sub(start);
    drop(held);
    let load = Load {
        connections: 64,
        seconds,
        depth: 16,
        cores: "1",
    };
    let mut after = Vec::new();
    // What the first load leaves is room for the next; what the second adds is growth.
    for _ in 0..2 {
        load.press(server.address(), route, None)?;
        after.push(format!("{:>16}", resident(server.id())?));
    }
    let each = idle as f64 * 1024.0 / f64::from(connections);
    println!(
        "{:15}{start:>12}{each:>14.0}{}",
        peer.label(),
        after.concat()
    );
    Ok(())
}

/// Returns how many files this process may open.
fn open_files() -> Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.context("the system does not say how many files may be open")
}

/// Starts the measurement again beneath a shell that raised the limit.
fn raised(files: u32) -> Result<()> {
    let script = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
    process::run(
        Command::new("sh")
            .args(["-c", &script])
            .arg(env::current_exe()?)
            .args(env::args_os().skip(1))
            .env(RAISED, "1"),
    )
}
