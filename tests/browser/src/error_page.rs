//! The page that tells of an error in debug mode: in a light and a dark theme, and without secrets.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::Story;
use crate::driver::Browser;
use crate::server::Server;

/// The secret key of the app that fails.
const SECRET: &str = "correct-horse-battery-staple";

pub(crate) fn start(program: &Path) -> Result<Server> {
    // It tells of its failures, which are what is wanted.
    Server::start(Command::new(program).stderr(Stdio::null()))
}

/// The stories of the page, in their order.
pub(crate) fn stories<'a>(server: &'a Server, browser: &'a Browser<'_>) -> Vec<Story<'a>> {
    let story = |name, tell: fn(&Server, &Browser<'_>) -> Result<()>| -> Story<'a> {
        (name, Box::new(move || tell(server, browser)))
    };
    vec![
        story("an error's page", error),
        story("a panic's page", panic),
        story("a template's page", template),
    ]
}

fn error(server: &Server, browser: &Browser<'_>) -> Result<()> {
    browser.visit(&server.url("/"))?;
    browser.visit(&server.url(&format!("/brew/seven?cup=large&key={SECRET}")))?;
    browser.wait_for_texts("h1", &["BadOrder"])?;
    shows(
        browser,
        &[
            "cannot brew \"seven\"",
            "invalid digit found",
            "by the window",
            "Ada",
            "large",
        ],
    )?;
    look("error", browser)
}

fn panic(server: &Server, browser: &Browser<'_>) -> Result<()> {
    browser.visit(&server.url("/spill"))?;
    browser.wait_for_texts("h1", &["Panic"])?;
    shows(
        browser,
        &["index out of bounds", "cups[0]", "failing::spill"],
    )?;
    look("panic", browser)
}

fn template(server: &Server, browser: &Browser<'_>) -> Result<()> {
    browser.visit(&server.url("/serve"))?;
    browser.wait_for_texts("h1", &["TemplateError"])?;
    browser.wait_for_texts("figure mark", &["3   <li>{{ cup.name.upper() }}</li>"])?;
    look("template", browser)
}

fn shows(browser: &Browser<'_>, parts: &[&str]) -> Result<()> {
    let page = browser.texts("body")?.concat();
    for part in parts {
        ensure!(page.contains(part), "{part:?} is not in {page}");
    }
    Ok(())
}

/// Keeps both themes, and checks what holds for every page of its kind.
fn look(name: &str, browser: &Browser<'_>) -> Result<()> {
    let source = browser.run("return document.documentElement.outerHTML")?;
    ensure!(
        !source.to_string().contains(SECRET),
        "the page has the secret key"
    );
    // The icon is what the browser asks for by itself.
    let loaded = browser.run(
        "return performance.getEntriesByType('resource').map(it => it.name)
            .filter(name => !name.endsWith('/favicon.ico'))",
    )?;
    ensure!(loaded == serde_json::json!([]), "the page loads {loaded}");
    let background = || browser.run("return getComputedStyle(document.body).backgroundColor");
    browser.prefer("light")?;
    let light = background()?;
    browser.screenshot(&format!("{name} page light"))?;
    browser.prefer("dark")?;
    ensure!(background()? != light, "both themes have one background");
    browser.screenshot(&format!("{name} page dark"))?;
    browser.prefer("light")
}
