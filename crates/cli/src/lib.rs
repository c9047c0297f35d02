//! The development loop of Carafe apps: from saving a file to seeing the page. Flask: `flask run --debug`.
//!
//! `carafe dev` holds the listening socket of an app and hands it down to the app's program. A change of a
//! template or a static file reloads the page; a change of the source rebuilds the program and puts it in the
//! place of the one that runs. The socket stays open meanwhile, so that requests wait and none is refused. What
//! does not compile is told in the terminal and in the browser, in rustc's own words.
//!
//! What each module is for, in the order in which a change travels: `watch`, `supervisor`, `build`, `program`,
//! `control`, `news`, and `page` where something went wrong.

mod arguments; // what the command line says
mod project; // the package, and the folders its program is made of
mod watch; // changes of files
mod supervisor; // decides what a change means, and who answers on the socket
mod build; // runs cargo
mod program; // the app's process
mod control; // what the process reports
mod news; // tells browsers to reload
mod page; // what is shown in place of an app that is not there
mod ansi; // colors of a terminal as HTML

use std::ffi::OsString;
use std::process::ExitCode;

use crate::supervisor::Supervisor;

/// Does what the words of a command line say, of which the first is the program.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match arguments::read(words) {
        Ok(options) => options,
        Err(stopped) => return stopped,
    };
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            runtime.block_on(async { Supervisor::new(options).await?.run().await })
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to the terminal. A closed one is no reason to stop.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
