//! Host, port and workers, from arguments and the environment. Flask: the options of `flask run`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::thread::available_parallelism;

use crate::error::{Error, Result};

/// What the command line says of serving.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    pub(crate) workers: Option<String>,
    /// Whether each request is to have a line in the log.
    pub(crate) access_log: bool,
}

#[cfg(feature = "cli")]
impl Asked {
    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What this says, and then what another says.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            host: self.host.or(other.host),
            port: self.port.or(other.port),
            workers: self.workers.or(other.workers),
            access_log: self.access_log || other.access_log,
        }
    }
}

#[cfg(not(feature = "cli"))]
impl Asked {
    /// Reads the options of `run`, which is the only command where there is no command line.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        const USAGE: &str = "--host HOST, --port PORT, --workers COUNT and --access-log are known";
        let mut asked = Self::default();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let place = match name.as_str() {
                "--host" => &mut asked.host,
                "--port" | "-p" => &mut asked.port,
                "--workers" => &mut asked.workers,
                "--access-log" if value.is_none() => {
                    asked.access_log = true;
                    continue;
                }
                "run" if value.is_none() => continue,
                _ => return Err(Error::msg(format!("unknown argument {name:?}: {USAGE}"))),
            };
            let value = value.or_else(|| words.next());
            let missing = || Error::msg(format!("{name} needs a value: {USAGE}"));
            *place = Some(value.ok_or_else(missing)?);
        }
        Ok(asked)
    }
}

/// Where and how the app is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) address: SocketAddr,
    pub(crate) workers: usize,
}

impl Options {
    /// Takes what was asked for, then the environment, then the defaults.
    pub(crate) fn of(asked: Asked, environment: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let host = asked.host.or_else(|| variable("CARAFE_RUN_HOST"));
        let port = asked.port.or_else(|| variable("CARAFE_RUN_PORT"));
        let workers = asked.workers.or_else(|| variable("CARAFE_RUN_WORKERS"));
        let host = host.unwrap_or_else(|| "127.0.0.1".to_owned());
        let port = match port {
            Some(port) => port.parse::<u16>().map_err(|_| {
                let message = format!("{port:?} is not a port: give a number from 0 to 65535");
                Error::msg(message)
            })?,
            None => 5000,
        };
        let workers = match workers {
            Some(count) => match count.parse::<usize>() {
                Ok(count) if count > 0 => count,
                _ => {
                    let message = format!("{count:?} is not a number of workers: give 1 or more");
                    return Err(Error::msg(message));
                }
            },
            None => available_parallelism().map_or(1, usize::from),
        };
        Ok(Self {
            address: resolve(&host, port)?,
            workers,
        })
    }
}

fn resolve(host: &str, port: u16) -> Result<SocketAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut addresses = (bare, port).to_socket_addrs().map_err(|_| {
        Error::msg(format!(
            "{host:?} is not an address of this machine: try 127.0.0.1, or 0.0.0.0 for all"
        ))
    })?;
    addresses
        .next()
        .ok_or_else(|| Error::msg(format!("{host:?} has no address")))
}

#[cfg(test)]
mod tests {
    use super::{Asked, Options};
    use crate::error::Result;

    fn address(asked: Asked, environment: &[(&str, &str)]) -> Result<String> {
        let options = Options::of(asked, |wanted| {
            let found = environment.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.to_string())
        })?;
        Ok(options.address.to_string())
    }

    #[test]
    fn the_default_is_port_5000_of_this_machine() {
        let address = address(Asked::default(), &[("CARAFE_RUN_PORT", "")]);
        assert_eq!(address.ok().as_deref(), Some("127.0.0.1:5000"));
    }

    #[test]
    fn arguments_win_over_the_environment() {
        let environment = [("CARAFE_RUN_PORT", "7000"), ("CARAFE_RUN_HOST", "0.0.0.0")];
        let of_environment = address(Asked::default(), &environment);
        assert_eq!(of_environment.ok().as_deref(), Some("0.0.0.0:7000"));
        let asked = Asked {
            host: Some("127.0.0.2".to_owned()),
            port: Some("8000".to_owned()),
            ..Asked::default()
        };
        let of_both = address(asked, &environment);
        assert_eq!(of_both.ok().as_deref(), Some("127.0.0.2:8000"));
    }

    #[test]
    fn mistakes_are_told_with_what_would_do() {
        let told = |variable| {
            let told = address(Asked::default(), &[variable]);
            told.err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        assert!(told(("CARAFE_RUN_PORT", "many")).contains("65535"));
        assert!(told(("CARAFE_RUN_WORKERS", "0")).contains("1 or more"));
        assert!(told(("CARAFE_RUN_HOST", "no such host")).contains("try 127.0.0.1"));
    }

    #[cfg(not(feature = "cli"))]
    #[test]
    fn without_a_command_line_the_options_of_run_are_known() {
        let read = |words: &[&str]| Asked::read(words.iter().map(ToString::to_string));
        let asked = read(&["run", "--port", "8000", "--host=127.0.0.2"]).ok();
        let asked = asked.map(|asked| (asked.host, asked.port));
        assert_eq!(
            asked,
            Some((Some("127.0.0.2".to_owned()), Some("8000".to_owned())))
        );
        let told = |words: &[&str]| read(words).err().map(|error| error.to_string());
        assert!(told(&["--port"]).is_some_and(|text| text.contains("needs a value")));
        assert!(told(&["--wat"]).is_some_and(|text| text.contains("--host HOST")));
    }
}
