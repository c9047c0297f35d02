//! Host, port and workers, from arguments and the environment. Flask: the options of `flask run`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::thread::available_parallelism;

const USAGE: &str = "--host HOST, --port PORT and --workers COUNT are known";

/// Where and how the app is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) address: SocketAddr,
    pub(crate) workers: usize,
}

impl Options {
    /// Reads the arguments, then the environment, then the defaults.
    pub(crate) fn read(
        mut arguments: impl Iterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut host = environment("CARAFE_RUN_HOST").filter(|host| !host.is_empty());
        let mut port = environment("CARAFE_RUN_PORT").filter(|port| !port.is_empty());
        let mut workers = environment("CARAFE_RUN_WORKERS").filter(|workers| !workers.is_empty());
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let place = match name.as_str() {
                "--host" | "-h" => &mut host,
                "--port" | "-p" => &mut port,
                "--workers" => &mut workers,
                "run" if value.is_none() => continue,
                _ => return Err(format!("unknown argument {name:?}: {USAGE}")),
            };
            let value = value.or_else(|| arguments.next());
            *place = Some(value.ok_or_else(|| format!("{name} needs a value: {USAGE}"))?);
        }
        let host = host.unwrap_or_else(|| "127.0.0.1".to_owned());
        let port = match port {
            Some(port) => port
                .parse::<u16>()
                .map_err(|_| format!("{port:?} is not a port: give a number from 0 to 65535"))?,
            None => 5000,
        };
        let workers = match workers {
            Some(count) => match count.parse::<usize>() {
                Ok(count) if count > 0 => count,
                _ => {
                    return Err(format!(
                        "{count:?} is not a number of workers: give 1 or more"
                    ));
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

fn resolve(host: &str, port: u16) -> Result<SocketAddr, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut addresses = (bare, port).to_socket_addrs().map_err(|_| {
        format!("{host:?} is not an address of this machine: try 127.0.0.1, or 0.0.0.0 for all")
    })?;
    addresses
        .next()
        .ok_or_else(|| format!("{host:?} has no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Options, String> {
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        Options::read(arguments.iter().map(ToString::to_string), |wanted| {
            environment
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn the_default_is_port_5000_of_this_machine() {
        assert_eq!(
            read(&[], &[])
                .map(|options| options.address.to_string())
                .as_deref(),
            Ok("127.0.0.1:5000")
        );
    }

    #[test]
    fn arguments_win_over_the_environment() {
        let environment = [("CARAFE_RUN_PORT", "7000"), ("CARAFE_RUN_HOST", "0.0.0.0")];
        let address =
            |arguments| read(arguments, &environment).map(|options| options.address.to_string());
        assert_eq!(address(&[]).as_deref(), Ok("0.0.0.0:7000"));
        assert_eq!(
            address(&["--port", "8000", "--host=127.0.0.2"]).as_deref(),
            Ok("127.0.0.2:8000")
        );
    }

    #[test]
    fn mistakes_are_told_with_what_would_do() {
        assert!(read(&["--port", "many"], &[]).is_err_and(|message| message.contains("65535")));
        assert!(read(&["--port"], &[]).is_err_and(|message| message.contains("needs a value")));
        assert!(read(&["--wat"], &[]).is_err_and(|message| message.contains("--host HOST")));
        assert!(read(&["--workers", "0"], &[]).is_err_and(|message| message.contains("1 or more")));
    }
}
