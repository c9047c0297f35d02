//! Serves the ported reference apps, so that scenarios recorded from Flask can be replayed against them.
//!
//! `parity-server --app NAME --port N --config JSON --fixtures DIR`

mod apps; // the ported apps, one file each
mod harness; // control endpoints around the current app
mod support; // what every app starts from

use std::error::Error;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::harness::{Harness, Wanted};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let wanted = Wanted {
        app: arguments.app,
        config: arguments.config,
        env: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
    };
    let harness = Harness::new(&wanted, arguments.fixtures)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", arguments.port)).await?;
        carafe::serve(listener, harness, std::future::pending())
            .await
            .map_err(Into::into)
    })
}

/// What the command line asks for.
struct Arguments {
    app: String,
    port: u16,
    config: Map<String, Value>,
    fixtures: PathBuf,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut app, mut port, mut config) = (None, None, Map::new());
        let mut fixtures = std::env::var_os("PARITY_FIXTURES").map(PathBuf::from);
        while let Some(name) = words.next() {
            let value = words
                .next()
                .ok_or_else(|| format!("{name} wants a value"))?;
            match name.as_str() {
                "--app" => app = Some(value),
                "--port" => port = Some(value.parse()?),
                "--config" => config = serde_json::from_str(&value)?,
                "--fixtures" => fixtures = Some(value.into()),
                _ => return Err(format!("unknown argument {name}").into()),
            }
        }
        Ok(Self {
            app: app.ok_or("--app is missing")?,
            port: port.ok_or("--port is missing")?,
            config,
            fixtures: fixtures.ok_or("neither --fixtures nor PARITY_FIXTURES is given")?,
        })
    }
}
