//! `cargo xtask load`: many large uploads and downloads at once, and what memory the server needs for them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::process::{self, Server};
use crate::tally::Tally;
use crate::workspace;

const MB: u64 = 1_000_000;

/// How much is sent at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    release: bool,
    upload: Job,
    download: Job,
}

/// One kind of load, and the most memory that it may take above the idle process.
#[derive(Debug, Clone, Copy)]
struct Job {
    name: &'static str,
    clients: u64,
    bytes: u64,
    bound: u64,
}

/// What the project promises.
pub(crate) const FULL: Size = Size {
    release: true,
    upload: Job {
        name: "upload",
        clients: 64,
        bytes: 100 * MB,
        bound: 64 * MB,
    },
    download: Job {
        name: "download",
        clients: 16,
        bytes: 1000 * MB,
        bound: 32 * MB,
    },
};

/// What every change is held to: all of it in memory would be several times the bounds.
pub(crate) const SMALL: Size = Size {
    release: false,
    upload: Job {
        name: "upload",
        clients: 8,
        bytes: 8 * MB,
        bound: 24 * MB,
    },
    download: Job {
        name: "download",
        clients: 8,
        bytes: 16 * MB,
        bound: 24 * MB,
    },
};

/// Reads the verb's arguments and does what they ask.
pub(crate) fn verb(arguments: &[String]) -> Result<bool> {
    let size = match arguments {
        [] => FULL,
        [small] if small == "--small" => SMALL,
        _ => anyhow::bail!("load knows --small alone"),
    };
    Ok(run(size)?.holds())
}

/// Builds server and clients, and measures each load against a server of its own.
pub(crate) fn run(size: Size) -> Result<Tally> {
    let mut build = workspace::cargo(&["build", "--package", "load"]);
    if size.release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    let programs = workspace::target().join(if size.release { "release" } else { "debug" });
    let folder = workspace::target().join("load");
    fs::create_dir_all(&folder)?;
    File::create(folder.join("download.bin"))?.set_len(size.download.bytes)?;
    let outcomes = [size.upload, size.download].map(|job| measure(job, &programs, &folder));
    fs::remove_dir_all(&folder)?;
    let mut tally = Tally::default();
    for outcome in outcomes {
        match &outcome {
            Ok(line) => println!("{line}"),
            Err(error) => println!("{error:#}"),
        }
        tally = [tally, Tally::one(outcome.is_ok())].into_iter().sum();
    }
    Ok(tally)
}

fn measure(job: Job, programs: &Path, folder: &Path) -> Result<String> {
    let port = process::free_port()?;
    let mut command = Command::new(programs.join("load-server"));
    command
        .args(["--port", &port.to_string()])
        .env("LOAD_FOLDER", folder)
        // Saving an upload is a move only within one file system.
        .env("TMPDIR", folder);
    let server = Server::start(&mut command, port)?;
    let client = |clients: u64, bytes: u64| {
        let mut command = Command::new(programs.join("load-client"));
        let address = server.address().to_string();
        command.args([job.name, &address, &clients.to_string(), &bytes.to_string()]);
        process::run(&mut command)
    };
    if job.name == "upload" {
        // What the first request of a process sets up is no part of the load.
        client(1, 1)?;
    }
    let idle = Memory::of(&server)?;
    let start = Instant::now();
    client(job.clients, job.bytes)?;
    let seconds = start.elapsed().as_secs_f64();
    let above = idle.peak()?.saturating_sub(idle.resident);
    server.stop()?;
    let (all, mb) = (job.clients * job.bytes / MB, MB as f64);
    let line = format!(
        "{:9} {} clients of {} MB: {:.0} MB/s, {:.1} MB above {:.1} MB idle (at most {:.0})",
        job.name,
        job.clients,
        job.bytes / MB,
        all as f64 / seconds,
        above as f64 / mb,
        idle.resident as f64 / mb,
        job.bound as f64 / mb
    );
    ensure!(above < job.bound, "{line}: too much");
    Ok(line)
}

/// The memory of a process, from now on.
struct Memory {
    status: PathBuf,
    resident: u64,
}

impl Memory {
    fn of(server: &Server) -> Result<Self> {
        let folder = PathBuf::from(format!("/proc/{}", server.id()));
        // Forgets the peak so far.
        fs::write(folder.join("clear_refs"), "5").context("cannot reset the peak of memory")?;
        let status = folder.join("status");
        let resident = field(&status, "VmRSS:")?;
        Ok(Self { status, resident })
    }

    /// The most bytes that were resident.
    fn peak(&self) -> Result<u64> {
        field(&self.status, "VmHWM:")
    }
}

fn field(status: &Path, name: &str) -> Result<u64> {
    let text = workspace::read(status)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let number = number.with_context(|| format!("{} has no {name}", status.display()))?;
    Ok(number.trim().parse::<u64>()? * 1024)
}
