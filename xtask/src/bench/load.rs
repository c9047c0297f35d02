//! `wrk`, the load generator.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::routes::Route;
use crate::process;
use crate::workspace;

/// How hard to press.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load<'a> {
    pub(super) connections: u32,
    pub(super) seconds: u32,
    /// Requests sent at once on a connection.
    pub(super) depth: u32,
    /// The cores that the generator may use, as `taskset` takes them.
    pub(super) cores: &'a str,
}

/// What the generator saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) requests: f64,
    pub(super) requests_a_second: f64,
    /// The 99th percentile of the time to an answer, in milliseconds.
    pub(super) p99: f64,
}

impl Load<'_> {
    /// Sends one kind of request for the load's time.
    pub(super) fn press(
        &self,
        at: SocketAddr,
        route: &Route,
        cookie: Option<&str>,
    ) -> Result<Seen> {
        let script = self.script(route, cookie)?;
        let mut command = Command::new("taskset");
        command
            .args(["-c", self.cores, "wrk", "--latency", "--threads", "1"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.seconds)])
            .arg("--script")
            .arg(&script)
            .arg(format!("http://{at}{}", route.path));
        let output = process::capture(&mut command)?;
        read(&output).with_context(|| format!("wrk said:\n{output}"))
    }

    /// Writes the script that makes the request once and sends it `depth` times over.
    fn script(&self, route: &Route, cookie: Option<&str>) -> Result<PathBuf> {
        let folder = workspace::target().join("bench");
        fs::create_dir_all(&folder)?;
        let path = folder.join("request.lua");
        let request = route
            .request(cookie)
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let request = request.replace('\r', "\\r").replace('\n', "\\n");
        let script = format!(
            "local batch = string.rep(\"{request}\", {})\n\
             request = function() return batch end\n",
            self.depth
        );
        fs::write(&path, script)?;
        Ok(path)
    }
}

fn read(output: &str) -> Result<Seen> {
    let problem = output
        .lines()
        .find(|line| line.contains("Socket errors") || line.contains("Non-2xx"));
    ensure!(
        problem.is_none(),
        "the load met errors: {}",
        problem.unwrap_or_default().trim()
    );
    let word = |line: &str, index: usize| line.split_whitespace().nth(index).map(str::to_owned);
    let line = |mark: &str| {
        output
            .lines()
            .find(|line| line.trim_start().starts_with(mark))
    };
    let requests = output.lines().find(|line| line.contains(" requests in "));
    let requests = requests.and_then(|line| word(line, 0)?.parse().ok());
    let rate = line("Requests/sec:").and_then(|line| word(line, 1)?.parse().ok());
    let p99 = line("99%").and_then(|line| milliseconds(&word(line, 1)?));
    Ok(Seen {
        requests: requests.context("no count of requests")?,
        requests_a_second: rate.context("no rate")?,
        p99: p99.context("no latency")?,
    })
}

/// Reads `1.23ms`, `456.00us` or `1.02s`.
fn milliseconds(text: &str) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let scale = match unit {
        "us" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 6e4,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * scale)
}

#[cfg(test)]
mod tests {
    use super::read;

    const OUTPUT: &str = "\
Running 2s test @ http://127.0.0.1:8000/plaintext
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   350.11us   50.02us   1.20ms   80.00%
    Req/Sec    90.00k     1.00k   92.00k    70.00%
  Latency Distribution
     50%  340.00us
     75%  360.00us
     90%  380.00us
     99%    1.05ms
  180000 requests in 2.00s, 25.00MB read
Requests/sec:  90000.12
Transfer/sec:     12.50MB
";

    #[test]
    fn the_generators_output_is_understood() {
        let seen = read(OUTPUT).expect("this is what wrk prints");
        assert_eq!(
            (seen.requests, seen.requests_a_second, seen.p99),
            (180_000.0, 90_000.12, 1.05)
        );
    }

    #[test]
    fn errors_under_load_void_a_round() {
        let bad = OUTPUT.to_owned() + "  Non-2xx or 3xx responses: 7\n";
        assert!(read(&bad).is_err());
    }
}
