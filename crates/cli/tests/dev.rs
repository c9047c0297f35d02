//! `carafe dev` on a package made for the test: what changes is seen, and no request is refused.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// The longest that anything may take, which is a first build on a machine with much else to do.
const LONG: Duration = Duration::from_secs(600);

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// A package of an app in a folder of its own.
struct Package(tempfile::TempDir);

impl Package {
    fn new() -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        let framework = workspace().join("crates/framework");
        let manifest = format!(
            "[package]\nname = \"loop-app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             carafe = {{ path = {framework:?} }}\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
        );
        package.write("Cargo.toml", &manifest);
        // The versions that are on this machine already.
        fs::copy(
            workspace().join("Cargo.lock"),
            package.0.path().join("Cargo.lock"),
        )
        .unwrap();
        package.answers("\"first\"");
        package.write("templates/page.html", "<h1>one</h1>");
        package
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Has the app answer with what an expression is worth.
    fn answers(&self, expression: &str) {
        self.serves_at("/", expression);
    }

    /// The same, under a rule.
    fn serves_at(&self, rule: &str, expression: &str) {
        let main = format!(
            "use carafe::prelude::*;\n\
             fn index() -> &'static str {{ {expression} }}\n\
             fn page() -> Result {{ render_template(\"page.html\", ()) }}\n\
             fn main() -> Result<()> {{\n\
                 let mut app = carafe::app!();\n\
                 app.route({rule:?}, index);\n\
                 app.route(\"/page\", page);\n\
                 app.cli.command(\"say\", |word: String| carafe::cli::echo(word)).argument(\"word\", \"\");\n\
                 app.run()\n\
             }}\n"
        );
        self.write("src/main.rs", &main);
    }
}

/// Where the tests themselves were built, so that what they were built of need not be built again.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_owned()
}

/// `carafe dev` as it runs.
struct Dev {
    process: Child,
    address: SocketAddr,
}

impl Dev {
    fn start(package: &Package) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_carafe"))
            .args(["dev", "--port", "0"])
            .current_dir(package.0.path())
            .env("CARGO_TARGET_DIR", target())
            .env_remove("CARAFE_DEBUG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some((_, address)) = line.split_once("Running on http://") {
                break address.parse().unwrap();
            }
        };
        // What it says later is for whoever reads why a test has failed.
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| eprintln!("{line}"))
        });
        Self { process, address }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a GET request and reads the whole answer.
fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LONG))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The news that a page waits for, of what came after the page.
fn news(page: &str, host: SocketAddr) -> impl Iterator<Item = String> + use<> {
    let (_, rest) = page.split_once("location.hostname+\":").unwrap();
    let (port, rest) = rest.split_once("/?since=").unwrap();
    let since: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let mut stream = TcpStream::connect((host.ip(), port.parse().unwrap())).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    write!(
        stream,
        "GET /?since={since} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    .unwrap();
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.filter(|line| line.starts_with("event: reload"))
}

/// A client that asks every 50 ms until it is told to stop, and keeps what it saw.
struct Asking {
    stop: Sender<()>,
    thread: JoinHandle<Vec<std::io::Result<String>>>,
}

impl Asking {
    fn begin(address: SocketAddr) -> Self {
        let (stop, stopped): (_, Receiver<()>) = channel();
        let thread = std::thread::spawn(move || {
            let mut seen = vec![get(address, "/")];
            while stopped.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout)
            {
                seen.push(get(address, "/"));
            }
            // Once more, so that the last change is among what was seen.
            seen.push(get(address, "/"));
            seen
        });
        Self { stop, thread }
    }

    /// The answers, all of which came.
    fn end(self) -> Vec<String> {
        self.stop.send(()).unwrap();
        let seen = self.thread.join().unwrap().into_iter();
        seen.map(|answer| answer.expect("no request is refused"))
            .collect()
    }
}

#[test]
fn cargo_finds_it_as_a_subcommand() {
    let version = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let expected = version(env!("CARGO_BIN_EXE_carafe"), &["--version"]);
    assert!(expected.starts_with("carafe "), "{expected}");
    assert_eq!(
        version(env!("CARGO_BIN_EXE_cargo-carafe"), &["carafe", "--version"]),
        expected
    );
}

#[test]
fn what_changes_is_seen_and_no_request_is_refused() {
    let package = Package::new();
    let dev = Dev::start(&package);

    // The first request waits until there is a program.
    let page = get(dev.address, "/page").unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200 OK") && page.contains("<h1>one</h1>"),
        "{page}"
    );

    // A template needs no other program.
    let mut reloads = news(&page, dev.address);
    package.write("templates/page.html", "<h1>two</h1>");
    reloads.next().unwrap();
    let page = get(dev.address, "/page").unwrap();
    assert!(page.contains("<h1>two</h1>"), "{page}");

    // Another program takes the place of the one that runs.
    let asking = Asking::begin(dev.address);
    let mut reloads = news(&get(dev.address, "/").unwrap(), dev.address);
    package.answers("\"second\"");
    reloads.next().unwrap();
    assert!(get(dev.address, "/").unwrap().contains("second"));

    // What does not compile is told in place of the app, and goes away.
    let mut reloads = news(&get(dev.address, "/").unwrap(), dev.address);
    package.answers("1 < 2");
    reloads.next().unwrap();
    let page = get(dev.address, "/anything").unwrap();
    assert!(page.starts_with("HTTP/1.1 500 "), "{page}");
    assert!(
        page.contains("mismatched types") && page.contains("main.rs:2"),
        "{page}"
    );
    assert!(
        page.contains("<span") && page.contains("1 &lt; 2"),
        "{page}"
    );
    let mut reloads = news(&page, dev.address);
    package.answers("\"third\"");
    reloads.next().unwrap();
    assert!(get(dev.address, "/").unwrap().contains("third"));

    // So is why a program does not serve, until it does.
    let mut reloads = news(&get(dev.address, "/").unwrap(), dev.address);
    package.serves_at("/<oh:no>", "\"fourth\"");
    reloads.next().unwrap();
    let page = get(dev.address, "/").unwrap();
    assert!(
        page.contains("exit status: 1") && page.contains("unknown converter"),
        "{page}"
    );
    let mut reloads = news(&page, dev.address);
    package.answers("\"fifth\"");
    reloads.next().unwrap();

    // What the program reads when it starts has it start anew, and a static file reloads the page.
    let page = get(dev.address, "/").unwrap();
    assert!(page.contains("fifth"), "{page}");
    let mut reloads = news(&page, dev.address);
    package.write(".env", "GREETING=hello\n");
    reloads.next().unwrap();
    package.write("static/app.css", "body{}");
    reloads.next().unwrap();
    assert!(
        get(dev.address, "/static/app.css")
            .unwrap()
            .ends_with("body{}")
    );

    // They do so too beside a source that the program is not built of.
    package.write("tests/one.rs", "");
    package.write("templates/page.html", "<h1>three</h1>");
    reloads.next().unwrap();
    package.write("tests/two.rs", "");
    package.write(".env", "GREETING=goodbye\n");
    reloads.next().unwrap();

    let answers = asking.end();
    for wanted in ["first", "second", "third"] {
        assert!(
            answers.iter().any(|answer| answer.contains(wanted)),
            "{wanted}"
        );
    }

    // The program that was built has a command line of its own.
    let program = target().join("debug/loop-app");
    let run = |words: &[&str]| Command::new(&program).args(words).output().unwrap();
    let said = run(&["say", "hello"]);
    assert_eq!(
        (said.status.code(), said.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
    assert_eq!(run(&["missing"]).status.code(), Some(2));

    // A program whose supervisor is gone ends too.
    let address = dev.address;
    drop(dev);
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
}
