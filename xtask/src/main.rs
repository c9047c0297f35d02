//! The project's own commands, one file a verb: `cargo xtask VERB`.
#![allow(clippy::print_stdout, reason = "a command speaks to its terminal")]

mod bench;
mod browser;
mod cargo_tests;
mod ci;
mod conformance;
mod interop;
mod ledger;
mod load;
mod parity;
mod process;
mod python;
mod system;
mod tally;
mod test;
mod tidy;
mod workspace;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask VERB

  ci                         formatting, lints, docs, structure, then every test
  test                       every test: unit, integration, doc, conformance, parity, interop, browser, load
  tidy                       the structure of the repository
  conformance [PATH…]        recorded vectors: files or folders (default: the project's copies)
  interop                    sessions shared with a real Flask; curl, requests, httpx and Chromium
  browser                    applications in a real browser; screenshots in target/browser
  load [--small]             large uploads and downloads at once, and the memory they take
  parity [--app NAME]… [--requests DIR] [--ledger | --unassigned FILE]
                             recorded scenarios against the ported apps; --ledger checks
                             tests/parity/upstream.toml, --unassigned lists what it lacks
  bench http|instructions|memory|build|routing|sessions [--help]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a verb and says whether all it checked holds.
fn run(arguments: &[String]) -> Result<bool> {
    let Some((verb, rest)) = arguments.split_first() else {
        bail!("which verb?\n\n{USAGE}");
    };
    match verb.as_str() {
        "bench" => bench::run(rest),
        "browser" => Ok(browser::run()?.holds()),
        "ci" => ci::run(),
        "conformance" => Ok(conformance::run(rest)?.holds()),
        "interop" => Ok(interop::run()?.holds()),
        "load" => load::verb(rest),
        "parity" => parity::verb(rest),
        "test" => test::run(),
        "tidy" => tidy::run(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => bail!("no verb `{verb}`\n\n{USAGE}"),
    }
}
