//! The blog of the examples, alone in an empty folder: its whole story.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::Story;
use crate::driver::Browser;
use crate::server::Server;

/// The blog, started from a folder that has nothing but its program.
#[derive(Debug)]
pub(crate) struct Site {
    folder: TempDir,
    server: Server,
}

impl Site {
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let program_alone = folder.path().join("flaskr");
        fs::copy(program, &program_alone)?;
        let flaskr = || {
            let mut command = Command::new(&program_alone);
            command.current_dir(folder.path());
            command
        };
        let made = flaskr().arg("init-db").status()?;
        ensure!(made.success(), "the tables were not made: {made}");
        let server = Server::start(&mut flaskr())?;
        Ok(Self { folder, server })
    }
}

/// The stories in their order: each goes on where the one before it ended.
pub(crate) fn stories<'a>(site: &'a Site, browser: &'a Browser<'_>) -> Vec<Story<'a>> {
    let story = |name, tell: fn(&Site, &Browser<'_>) -> Result<()>| -> Story<'a> {
        (name, Box::new(move || tell(site, browser)))
    };
    vec![
        story("an empty blog", empty_blog),
        story("registering", registering),
        story("logging in", logging_in),
        story("posting", posting),
        story("editing", editing),
        story("dark", dark),
        story("deleting", deleting),
        story("logging out", logging_out),
        story("one file", one_file),
    ]
}

fn empty_blog(site: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.visit(&site.server.url("/"))?;
    browser.wait_for_texts("nav li", &["Register", "Log In"])?;
    browser.wait_for_texts(".empty", &["Nobody has written anything yet."])?;
    let display = browser.run("return getComputedStyle(document.querySelector('nav')).display")?;
    ensure!(display == "flex", "the style sheet is not used");
    browser.screenshot("empty blog")
}

fn registering(_: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click("nav li:first-child a")?;
    fill_credentials(browser, "ada", "lovelace")?;
    browser.wait_for_texts("main h1", &["Log In"])?;
    browser.wait_for_texts(".flash", &[])?;

    browser.click("nav li:first-child a")?;
    fill_credentials(browser, "ada", "again")?;
    browser.wait_for_texts(".flash", &["User ada is already registered."])?;
    browser.screenshot("register")?;
    browser.click("nav li:first-child a")?;
    browser.wait_for_texts(".flash", &[])
}

fn logging_in(_: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click("nav li:last-child a")?;
    fill_credentials(browser, "ada", "byron")?;
    browser.wait_for_texts(".flash", &["Incorrect password."])?;
    browser.screenshot("log in")?;

    fill_credentials(browser, "ada", "lovelace")?;
    browser.wait_for_texts("nav li", &["ada", "Log Out"])?;
    browser.wait_for_texts(".flash", &[])
}

fn fill_credentials(browser: &Browser<'_>, username: &str, password: &str) -> Result<()> {
    browser.fill("#username", username)?;
    browser.fill("#password", password)?;
    browser.click("input[type=submit]")
}

fn posting(_: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click(".action")?;
    // The browser would not let a form without a title go.
    browser.run("document.querySelector('#title').required = false")?;
    browser.fill(
        "#body",
        "The Analytical Engine weaves algebraical patterns.",
    )?;
    browser.click("input[type=submit]")?;
    browser.wait_for_texts(".flash", &["Title is required."])?;
    let kept = browser.run("return document.querySelector('#body').value")?;
    ensure!(
        kept == "The Analytical Engine weaves algebraical patterns.",
        "{kept} was kept"
    );
    browser.screenshot("create")?;

    browser.fill("#title", "<b>Notes</b>")?;
    browser.click("input[type=submit]")?;
    browser.wait_for_texts("article h2", &["<b>Notes</b>"])?;
    browser.wait_for_texts(".flash", &[])
}

fn editing(_: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click("article .action")?;
    browser.wait_for_texts("main h1", &["Edit “<b>Notes</b>”"])?;
    browser.fill("#title", "Notes on the Engine")?;
    browser.fill(
        "#body",
        "It weaves algebraical patterns\njust as the loom weaves flowers.",
    )?;
    browser.screenshot("update")?;
    browser.click("input[type=submit]")?;
    browser.wait_for_texts("article h2", &["Notes on the Engine"])?;
    browser.wait_for_texts(
        "article .body",
        &["It weaves algebraical patterns\njust as the loom weaves flowers."],
    )?;
    browser.screenshot("index")
}

fn dark(_: &Site, browser: &Browser<'_>) -> Result<()> {
    let background = || browser.run("return getComputedStyle(document.body).backgroundColor");
    let light = background()?;
    browser.prefer("dark")?;
    ensure!(
        background()? != light,
        "the page is light for those who like it dark"
    );
    browser.screenshot("index dark")?;
    browser.prefer("light")
}

fn deleting(_: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click("article .action")?;
    browser.click(".danger")?;
    browser.confirm()?;
    browser.wait_for_texts("main h1", &["Posts"])?;
    browser.wait_for_texts("article", &[])
}

fn logging_out(site: &Site, browser: &Browser<'_>) -> Result<()> {
    browser.click("nav li:last-child a")?;
    browser.wait_for_texts("nav li", &["Register", "Log In"])?;
    browser.visit(&site.server.url("/create"))?;
    browser.wait_for_texts("main h1", &["Log In"])
}

/// The program makes a folder for its database, and needs nothing else; what it serves is cached.
fn one_file(site: &Site, _: &Browser<'_>) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(site.folder.path())? {
        names.push(entry?.file_name());
    }
    names.sort();
    ensure!(names == ["flaskr", "instance"], "the folder has {names:?}");
    let style = ureq::get(site.server.url("/static/style.css")).call()?;
    let etag = style.headers().get("etag").cloned();
    let again = ureq::get(site.server.url("/static/style.css"))
        .header(
            "if-none-match",
            etag.unwrap_or_else(|| "none".parse().expect("this is a header value")),
        )
        .call()?;
    ensure!(
        again.status() == 304,
        "the style sheet is sent again: {}",
        again.status()
    );
    Ok(())
}
