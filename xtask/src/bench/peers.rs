//! The servers that are measured: how each is built, started and pinned.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::client::Connection;
use super::guided;
use super::options::Options;
use super::routes::{self, Need, Route};
use crate::process::{self, Server};
use crate::python;
use crate::workspace;

/// One of the programs in `xtask/peers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    /// The package, or nothing for Python.
    package: Option<&'static str>,
    has: &'static [Need],
    pub(super) build: Build,
}

/// How the compiler is told to build a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Build {
    /// As any release build.
    Plain,
    /// To write down, when it ends, how often it was where.
    Profiled,
    /// By what it wrote down.
    Guided,
}

const PEERS: [Peer; 5] = [
    Peer {
        name: "carafe",
        package: Some("http-carafe"),
        has: &[Need::Sessions, Need::Templates, Need::Files],
        build: Build::Plain,
    },
    Peer {
        name: "hyper",
        package: Some("http-hyper"),
        has: &[],
        build: Build::Plain,
    },
    Peer {
        name: "axum",
        package: Some("http-axum"),
        has: &[Need::Sessions, Need::Templates, Need::Files],
        build: Build::Plain,
    },
    Peer {
        name: "actix",
        package: Some("http-actix"),
        has: &[Need::Sessions, Need::Files],
        build: Build::Plain,
    },
    Peer {
        name: "flask",
        package: None,
        has: &[Need::Sessions, Need::Templates],
        build: Build::Plain,
    },
];

/// What stands behind the name of a peer whose build is guided by a profile.
const GUIDED: &str = "-guided";

/// Finds peers by their names, in the order given.
pub(super) fn named(names: &[&str]) -> Result<Vec<Peer>> {
    let find = |label: &&str| {
        let (name, build) = match label.strip_suffix(GUIDED) {
            Some(name) => (name, Build::Guided),
            None => (*label, Build::Plain),
        };
        let found = PEERS.iter().find(|peer| peer.name == name);
        let found = found.with_context(|| format!("no server is named {name}"))?;
        ensure!(
            found.package.is_some() || build == Build::Plain,
            "a profile guides compilers, and {name} has none"
        );
        Ok(found.built(build))
    };
    names.iter().map(find).collect()
}

/// Returns the folder of the peers' own workspace.
pub(super) fn folder() -> PathBuf {
    workspace::root().join("xtask/peers")
}

/// Returns where the peers' workspace puts what it builds.
pub(super) fn target() -> PathBuf {
    workspace::target().join("peers")
}

/// Returns a cargo command that builds or runs in the peers' workspace.
pub(super) fn cargo(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo(arguments);
    command
        .current_dir(folder())
        .env("CARGO_TARGET_DIR", target());
    command
}

/// Builds the peers, one by one: together they would share the features of all.
pub(super) fn build(peers: &[Peer], options: &Options) -> Result<()> {
    for peer in peers {
        match (peer.build, peer.package) {
            (Build::Profiled | Build::Guided, _) => guided::build(*peer, options)?,
            (Build::Plain, Some(package)) => {
                process::run(&mut cargo(&["build", "--release", "--package", package]))?;
            }
            (Build::Plain, None) => {}
        }
    }
    Ok(())
}

impl Peer {
    /// The same server, built in another way.
    pub(super) fn built(self, build: Build) -> Self {
        Self { build, ..self }
    }

    /// The name, with the way it was built where that is not the usual one.
    pub(super) fn label(self) -> String {
        match self.build {
            Build::Guided => format!("{}{GUIDED}", self.name),
            Build::Plain | Build::Profiled => self.name.to_owned(),
        }
    }

    /// The package; none for Python.
    pub(super) fn package(self) -> Option<&'static str> {
        self.package
    }

    fn binary(self, package: &str) -> Result<PathBuf> {
        Ok(guided::folder(self.build)?.join("release").join(package))
    }

    /// Whether the peer serves a route: bare hyper has no sessions, and templates are told apart by their engine.
    pub(super) fn serves(self, route: &Route) -> bool {
        route.needs.is_none_or(|need| self.has.contains(&need))
    }

    /// Whether a request may follow another on one connection before the answer.
    pub(super) fn pipelines(self) -> bool {
        self.package.is_some()
    }

    /// Starts the peer beneath `wrapper`, such as `taskset -c 0`, and waits until it listens.
    pub(super) fn start(self, wrapper: &[&str]) -> Result<Server> {
        let port = process::free_port()?;
        let mut words: Vec<String> = wrapper.iter().map(|word| (*word).to_owned()).collect();
        match self.package {
            Some(package) => {
                words.extend([
                    self.binary(package)?.display().to_string(),
                    "--port".into(),
                    port.to_string(),
                ]);
            }
            None => words.extend(gunicorn(port)?),
        }
        let (program, arguments) = words.split_first().context("nothing to start")?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("BENCH_FOLDER", static_folder()?);
        Server::start(&mut command, port).with_context(|| format!("{} did not start", self.label()))
    }

    /// Asks a route once; returns the cookie that came back, if any.
    pub(super) fn check(self, server: &Server, route: &Route) -> Result<Option<String>> {
        let answer = Connection::open(server.address())?.ask(&route.request(None))?;
        let body = String::from_utf8_lossy(&answer.body);
        ensure!(
            answer.status == 200 && body.trim_end() == route.answer.trim_end(),
            "{} answers {} with {} {:.200?}",
            self.label(),
            route.path,
            answer.status,
            body,
        );
        Ok(answer.cookie().map(str::to_owned))
    }
}

/// Returns the folder of the static file, which it writes.
fn static_folder() -> Result<PathBuf> {
    let folder = workspace::target().join("bench/static");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(routes::FILE_NAME), routes::file())?;
    Ok(folder)
}

fn gunicorn(port: u16) -> Result<Vec<String>> {
    let python = python::environment("bench-venv", &["Flask==3.1.3", "gunicorn"])?;
    let bind = format!("127.0.0.1:{port}");
    let app = folder().join("http-flask").display().to_string();
    // Threads let gunicorn keep connections, which is twice as fast here as its default.
    let options = "-m gunicorn --workers 1 --worker-class gthread --threads 4 --log-level error";
    let mut line = vec![python.display().to_string()];
    line.extend(options.split(' ').map(str::to_owned));
    line.extend([
        "--chdir".to_owned(),
        app,
        "--bind".to_owned(),
        bind,
        "app:app".to_owned(),
    ]);
    Ok(line)
}
