//! Runs the stories and counts those that hold: `browser PROGRAMS SCREENSHOTS`, both folders.
#![allow(clippy::print_stdout, reason = "a command speaks to its terminal")]

mod dev_loop; // `carafe dev`
mod driver; // the browser, by WebDriver
mod error_page; // what is told of errors in debug mode
mod flaskr; // the blog of the examples
mod server; // a program that serves

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::driver::Driver;

/// What is checked under a name.
type Story<'a> = (&'static str, Box<dyn FnOnce() -> Result<()> + 'a>);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("browser: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all stories; says whether they all hold.
fn run() -> Result<bool> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let programs = arguments
        .next()
        .context("where are the programs?")?
        .canonicalize()?;
    let screenshots = arguments.next().context("where do screenshots go?")?;
    let driver = Driver::start(&screenshots)?;
    let site = flaskr::Site::start(&programs.join("flaskr"))?;
    let failing = error_page::start(&programs.join("failing"))?;
    let workshop = dev_loop::Workshop::start(&programs)?;
    let browser = driver.open()?;
    let (mut passed, mut failed) = (0, 0);
    let mut stories = flaskr::stories(&site, &browser);
    stories.extend(error_page::stories(&failing, &browser));
    stories.extend(dev_loop::stories(&workshop, &browser));
    for (name, story) in stories {
        match story() {
            Ok(()) => passed += 1,
            Err(error) => {
                println!("{name}: {error:#}");
                browser.screenshot(&format!("failed {name}"))?;
                failed += 1;
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}
