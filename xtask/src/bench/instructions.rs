//! `cargo xtask bench instructions`: what a request costs in user space, repeatably.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::client::Connection;
use super::options::Options;
use super::peers::{self, Peer};
use super::routes::{self, Route};
use crate::system;
use crate::workspace;

/// Requests before the ones that count, so that both runs hold the same start-up.
const WARM_UP: u32 = 500;

/// Prints instructions a request for every route, with ratios to the last peer.
pub(super) fn run(options: &Options) -> Result<()> {
    system::need("valgrind", "valgrind")?;
    let peers = peers::named(&options.list("peers", "carafe,hyper"))?;
    let load = Batches {
        requests: options.number("requests", 2000)?,
        depth: options.number("depth", 16)?,
    };
    peers::build(&peers, options)?;
    let Batches { requests, depth } = load;
    println!(
        "\nuser-space instructions a request, {requests} requests on one connection, {depth} at once"
    );
    for name in options.list("routes", routes::ALL) {
        let route = routes::named(name)?;
        let mut base = None;
        let load = match route.is_large() {
            true => Batches { depth: 1, ..load },
            false => load,
        };
        for peer in peers.iter().rev().filter(|peer| peer.serves(route)) {
            let each = each(*peer, route, load)?;
            let ratio = each / *base.get_or_insert(each);
            println!(
                "{:12}{:15}{each:>10.1}{ratio:>9.3}",
                route.path,
                peer.label()
            );
        }
    }
    println!(
        "profiles: callgrind_annotate {}",
        file("PEER", "ROUTE").display()
    );
    Ok(())
}

/// How many requests, and how many of them are sent before their answers are read.
#[derive(Clone, Copy)]
struct Batches {
    requests: u32,
    depth: u32,
}

/// Counts a longer run less a shorter one: what is left is requests alone.
fn each(peer: Peer, route: &Route, load: Batches) -> Result<f64> {
    let with = |requests| Batches { requests, ..load };
    let short = count(peer, route, with(WARM_UP))?;
    let long = count(peer, route, with(WARM_UP + load.requests))?;
    Ok((long as f64 - short as f64) / f64::from(load.requests))
}

/// Runs a peer under callgrind and returns the instructions of its whole life.
fn count(peer: Peer, route: &Route, load: Batches) -> Result<u64> {
    let file = file(&peer.label(), route.name);
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    let out = format!("--callgrind-out-file={}", file.display());
    let server = peer.start(&["valgrind", "--quiet", "--tool=callgrind", &out])?;
    let cookie = peer.check(&server, route)?;
    let request = route.request(cookie.as_deref());
    let mut connection = Connection::open(server.address())?;
    let mut left = load.requests;
    while left > 0 {
        let batch = left.min(load.depth.max(1));
        connection.ask_at_once(&request, batch)?;
        left -= batch;
    }
    drop(connection);
    server.stop()?;
    let text = workspace::read(&file)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.context("callgrind wrote no total")
}

fn file(peer: &str, route: &str) -> PathBuf {
    let name = format!("callgrind.{peer}.{route}");
    workspace::target().join("bench").join(name)
}
