//! `cargo xtask bench WHAT`: figures with ratios, measured side by side in one run.

mod build;
mod client;
mod cpu;
mod guided;
mod http;
mod instructions;
mod load;
mod memory;
mod micro;
mod options;
mod peers;
mod routes;
mod spread;

use anyhow::{Result, bail};

use options::Options;

const USAGE: &str = "\
cargo xtask bench WHAT [OPTION VALUE]…

  http           requests a second and CPU time a request under load
                 --rounds N (5)  --seconds N (2)  --connections N (32)
                 --peers LIST (carafe,hyper,axum,actix,flask)  --depths LIST (1,16)
                 --routes LIST (plaintext,json,user,echo,session)
                 --cores LIST (0)  --load-cores LIST (1)
  instructions   user-space instructions a request
                 --peers LIST (carafe,hyper)  --routes LIST  --requests N (2000)  --depth N (16)
  memory         resident memory at start, for each idle connection, after load and more load
                 --connections N (5000)  --seconds N (10)
  build          cold release build and binary size of hello
  routing        matching and building URLs
  sessions       signing, opening and saving sessions

A peer with `-guided` behind its name is built by the profile of a run.";

/// Runs one kind of measurement.
pub(crate) fn run(arguments: &[String]) -> Result<bool> {
    let Some((what, rest)) = arguments.split_first() else {
        bail!("measure what?\n\n{USAGE}");
    };
    if what == "--help" || rest.iter().any(|word| word == "--help") {
        println!("{USAGE}");
        return Ok(true);
    }
    match what.as_str() {
        "build" => build::run()?,
        "http" => http::run(&Options::read(rest)?)?,
        "instructions" => instructions::run(&Options::read(rest)?)?,
        "memory" => memory::run(&Options::read(rest)?)?,
        "routing" | "sessions" => micro::run(what, rest)?,
        _ => bail!("nothing measures `{what}`\n\n{USAGE}"),
    }
    Ok(true)
}
