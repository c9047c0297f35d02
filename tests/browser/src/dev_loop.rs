//! `carafe dev`: what is saved shows by itself, and no request is refused meanwhile.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::Story;
use crate::driver::Browser;
use crate::server::Server;

/// How long a build may take, on a machine with much else to do.
const BUILD: Duration = Duration::from_secs(600);

/// The source of an app, up to what its page answers with.
const SOURCE: &str = "use carafe::prelude::*;

fn index() -> Result {
    render_template(\"index.html\", context! { beans = BEANS })
}

fn main() -> Result<()> {
    let mut app = carafe::app!();
    app.route(\"/\", index);
    app.run()
}
";

/// A package with an app, which `carafe dev` follows.
#[derive(Debug)]
pub(crate) struct Workshop {
    package: TempDir,
    server: Server,
}

impl Workshop {
    /// Starts `carafe dev` in a package of its own, that is built where the other programs were.
    pub(crate) fn start(programs: &Path) -> Result<Self> {
        let package = tempfile::tempdir()?;
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let framework = workspace.join("crates/framework").canonicalize()?;
        let manifest = format!(
            "[package]\nname = \"cafe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             carafe = {{ path = {framework:?} }}\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n"
        );
        fs::create_dir(package.path().join("src"))?;
        fs::create_dir(package.path().join("templates"))?;
        fs::write(package.path().join("Cargo.toml"), manifest)?;
        // The versions that are on this machine already.
        fs::copy(
            workspace.join("Cargo.lock"),
            package.path().join("Cargo.lock"),
        )?;
        write_source(&package, "\"arabica\"")?;
        write_template(&package, "A cup of")?;
        let target = programs
            .parent()
            .context("programs are built in a folder")?;
        let mut carafe = Command::new(programs.join("carafe"));
        carafe
            .arg("dev")
            .current_dir(package.path())
            .env("CARGO_TARGET_DIR", target)
            .stderr(Stdio::null());
        let server = Server::start(&mut carafe)?;
        Ok(Self { package, server })
    }
}

fn write_source(package: &TempDir, beans: &str) -> io::Result<()> {
    let source = format!("{SOURCE}\nconst BEANS: &str = {beans};\n");
    fs::write(package.path().join("src/main.rs"), source)
}

fn write_template(package: &TempDir, words: &str) -> io::Result<()> {
    let template =
        format!("<!doctype html>\n<title>Cafe</title>\n<h1>{words} {{{{ beans }}}}</h1>\n");
    fs::write(package.path().join("templates/index.html"), template)
}

/// The stories of the loop, in their order.
pub(crate) fn stories<'a>(workshop: &'a Workshop, browser: &'a Browser<'_>) -> Vec<Story<'a>> {
    let story = |name, tell: fn(&Workshop, &Browser<'_>) -> Result<()>| -> Story<'a> {
        (name, Box::new(move || tell(workshop, browser)))
    };
    vec![
        story("an edit of a template", template),
        story("an edit of the source", source),
        story("a mistake in the source", mistake),
    ]
}

fn template(workshop: &Workshop, browser: &Browser<'_>) -> Result<()> {
    browser.visit(&workshop.server.url("/"))?;
    browser.wait_for_texts_within(BUILD, "h1", &["A cup of arabica"])?;
    let saved = Instant::now();
    write_template(&workshop.package, "A pot of")?;
    browser.wait_for_texts("h1", &["A pot of arabica"])?;
    println!("a template's edit shows after {:?}", saved.elapsed());
    Ok(())
}

fn source(workshop: &Workshop, browser: &Browser<'_>) -> Result<()> {
    let client = Client::start(workshop.server.address());
    let saved = Instant::now();
    write_source(&workshop.package, "\"robusta\"")?;
    browser.wait_for_texts_within(BUILD, "h1", &["A pot of robusta"])?;
    println!("a source's edit shows after {:?}", saved.elapsed());
    client.stop()
}

fn mistake(workshop: &Workshop, browser: &Browser<'_>) -> Result<()> {
    let client = Client::start(workshop.server.address());
    write_source(&workshop.package, "b\"liberica\"")?;
    browser.wait_for_texts_within(BUILD, "h1", &["The app does not compile"])?;
    let told = browser.texts("pre")?.concat();
    ensure!(
        told.contains("error[E0308]: mismatched types"),
        "the page tells {told}"
    );
    browser.screenshot("mistake light")?;
    browser.prefer("dark")?;
    browser.screenshot("mistake dark")?;
    browser.prefer("light")?;
    write_source(&workshop.package, "\"liberica\"")?;
    browser.wait_for_texts_within(BUILD, "h1", &["A pot of liberica"])?;
    client.stop()
}

/// Asks every 50 ms, and must be answered each time.
struct Client {
    stops: Arc<AtomicBool>,
    asking: JoinHandle<Result<()>>,
}

impl Client {
    fn start(address: (&'static str, u16)) -> Self {
        let stops = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stops);
        let asking = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                ask(address)?;
                thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        });
        Self { stops, asking }
    }

    fn stop(self) -> Result<()> {
        self.stops.store(true, Ordering::Relaxed);
        match self.asking.join() {
            Ok(outcome) => outcome.context("a client was not answered"),
            Err(_) => bail!("the client panicked"),
        }
    }
}

fn ask(address: (&str, u16)) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(BUILD))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 "), "the answer is {answer:?}");
    Ok(())
}
