//! `cargo xtask bench http`: servers under load, in turns, on one core.

use anyhow::{Context, Result};

use super::cpu;
use super::load::{Load, Seen};
use super::options::Options;
use super::peers::{self, Build, Peer};
use super::routes::{self, Route};
use super::spread::Spread;
use crate::process::Server;
use crate::system;

/// A server that is up, with what was measured of it.
struct Contender {
    peer: Peer,
    server: Server,
    cookie: Option<String>,
    rounds: Vec<Round>,
}

/// One round of load.
struct Round {
    seen: Seen,
    /// CPU time a request in microseconds.
    cpu: f64,
}

/// Measures every route, unpipelined and pipelined, and prints a table of each.
pub(super) fn run(options: &Options) -> Result<()> {
    system::need("wrk", "wrk")?;
    system::need("taskset", "util-linux")?;
    let peers = peers::named(&options.list("peers", "carafe,hyper,axum,actix,flask"))?;
    peers::build(&peers, options)?;
    let rounds = options.number("rounds", 5)?;
    for depth in options.list("depths", "1,16") {
        let load = Load {
            connections: options.number("connections", 32)?,
            seconds: options.number("seconds", 2)?,
            depth: depth.parse().context("--depths takes numbers")?,
            cores: options.text("load-cores", "1"),
        };
        for name in options.list("routes", routes::ALL) {
            let route = routes::named(name)?;
            let mut contenders = start(&peers, route, &load, options.text("cores", "0"))?;
            for _ in 0..rounds {
                for contender in &mut contenders {
                    contender.round(route, &load)?;
                }
            }
            print(route, &load, &contenders);
        }
    }
    Ok(())
}

/// Starts the peers that take part, checks their answers and warms them up.
fn start(peers: &[Peer], route: &Route, load: &Load<'_>, cores: &str) -> Result<Vec<Contender>> {
    let mut contenders = Vec::new();
    for peer in peers {
        if !peer.serves(route) || (load.depth > 1 && (route.is_large() || !peer.pipelines())) {
            continue;
        }
        let server = peer.start(&["taskset", "-c", cores])?;
        let cookie = peer.check(&server, route)?;
        let warm_up = Load {
            seconds: 1,
            ..*load
        };
        warm_up.press(server.address(), route, cookie.as_deref())?;
        contenders.push(Contender {
            peer: *peer,
            server,
            cookie,
            rounds: Vec::new(),
        });
    }
    Ok(contenders)
}

impl Contender {
    fn round(&mut self, route: &Route, load: &Load<'_>) -> Result<()> {
        let before = cpu::used(self.server.id())?;
        let seen = load.press(self.server.address(), route, self.cookie.as_deref());
        let seen = seen.with_context(|| format!("{} under load", self.peer.label()))?;
        let cpu = (cpu::used(self.server.id())? - before) / seen.requests;
        self.rounds.push(Round { seen, cpu });
        Ok(())
    }

    fn spread(&self, figure: impl Fn(&Round) -> f64) -> Spread {
        Spread::of(self.rounds.iter().map(figure).collect())
    }

    fn rate(&self) -> Spread {
        self.spread(|round| round.seen.requests_a_second)
    }

    fn cpu(&self) -> Spread {
        self.spread(|round| round.cpu)
    }
}

fn print(route: &Route, load: &Load<'_>, contenders: &[Contender]) {
    let Load {
        connections,
        seconds,
        depth,
        ..
    } = load;
    let rounds = contenders
        .first()
        .map_or(0, |contender| contender.rounds.len());
    // Where bare hyper does not take part, the first server is what the others are held to.
    let hyper = contenders
        .iter()
        .filter(|contender| contender.peer.name == "hyper")
        .min_by_key(|contender| contender.peer.build != Build::Plain);
    let Some(base) = hyper.or(contenders.first()) else {
        return;
    };
    let base_label = base.peer.label();
    println!();
    println!(
        "{} {}, {connections} connections, {depth} at once, {rounds} rounds of {seconds} s, × {base_label}",
        route.method, route.path
    );
    println!(
        "{:15}{:^35}{:^35}{:>9}{:>9}{:>9}",
        "", "requests/s", "CPU µs/request", "p99 ms", "rate", "CPU"
    );
    let columns = format!("{:>11}{:>11}{:>11}  ", "median", "least", "most");
    println!(
        "{:15}{columns}{columns}{:>9}{:>9}{:>9}",
        "", "median", "×", "×"
    );
    for contender in contenders {
        let (rate, cpu) = (contender.rate(), contender.cpu());
        println!(
            "{:15}{}  {}  {:>9.2}{:>9.3}{:>9.3}",
            contender.peer.label(),
            rate.columns(0),
            cpu.columns(3),
            contender.spread(|round| round.seen.p99).median,
            rate.median / base.rate().median,
            cpu.median / base.cpu().median,
        );
    }
}
