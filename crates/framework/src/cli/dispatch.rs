//! Runs what the command line asks for. Flask: `flask.cli.FlaskGroup`, `flask.cli.with_appcontext`.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::app::{App, ReadyApp};
use crate::cli::function::{Action, Given};
use crate::cli::output::{Output, Stream};
use crate::cli::parser::{Stopped, Wanted, What, parse};
use crate::cli::{config, dotenv, exit, hooks, routes};
use crate::config::Source;
use crate::context::{AppContext, Ended};
use crate::error::{Error, Result, panicked};
use crate::maybe_ready::MaybeReady;
use crate::runtime::on_a_runtime;
use crate::server;

/// Does what the words given to the process say; ends the process where that fails.
pub(crate) fn main(app: App) -> Result<()> {
    match program(app) {
        0 => Ok(()),
        code => std::process::exit(code.into()),
    }
}

fn program(mut app: App) -> u8 {
    let output = Output::Process;
    let commands = app.commands();
    if !commands.problems(&super::BUILT_IN).is_empty() {
        // No parser can be made of them; they are told together with all other mistakes.
        return report(app.build().map(drop), &output);
    }
    let wanted = match parse(app.name(), &commands, std::env::args_os()) {
        Ok(wanted) => wanted,
        Err(stopped) if stopped.code == 0 => {
            // Help is of use above all where something is wrong.
            report(app.build().map(drop), &output);
            return stop(stopped, &output);
        }
        Err(stopped) => return stop(stopped, &output),
    };
    if let Some(path) = &wanted.env_file
        && let Err(error) = dotenv::load_file(path)
    {
        return report(Err(error), &output);
    }
    set_debug(&mut app, wanted.debug);
    server::log_to_stderr(&app, wanted.what.wants_access_log());
    match app.build() {
        Ok(app) => report(perform(&app, wanted, &output), &output),
        Err(error) => report(Err(error), &output),
    }
}

impl What {
    fn wants_access_log(&self) -> bool {
        matches!(self, Self::Run(asked) if asked.access_log)
    }
}

/// The command line goes before the environment, and both before the program.
///
/// *Flask:* `flask.helpers.get_debug_flag`.
fn set_debug(app: &mut App, told: Option<bool>) {
    const VARIABLE: &str = "CARAFE_DEBUG";
    let variable = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    let no = |text: &String| ["0", "false", "no"].contains(&text.to_lowercase().as_str());
    match (told, variable) {
        (Some(debug), _) => {
            let option = if debug { "--debug" } else { "--no-debug" };
            app.config.set_debug(debug, Source::Argument(option));
        }
        (None, Some(text)) => {
            let source = Source::Env(VARIABLE.to_owned());
            app.config.set_debug(!no(&text), source);
        }
        (None, None) => {}
    }
}

/// Does what some words say with an app that is set up; gives the error, if there was one, and the status.
pub(crate) fn invoke(
    app: &ReadyApp,
    words: impl IntoIterator<Item = OsString>,
    output: &Output,
) -> (Option<Error>, u8) {
    let words = std::iter::once(app.name().into()).chain(words);
    match parse(app.name(), &app.inner().commands, words) {
        Ok(wanted) if wanted.debug.is_some() || wanted.env_file.is_some() => {
            let text =
                "error: the app is set up already, without --debug and --env-file\n".to_owned();
            (None, stop(Stopped { text, code: 2 }, output))
        }
        Ok(wanted) => {
            let outcome = perform(app, wanted, output);
            (outcome.as_ref().err().cloned(), report(outcome, output))
        }
        Err(stopped) => (None, stop(stopped, output)),
    }
}

fn perform(app: &ReadyApp, wanted: Wanted, output: &Output) -> Result<()> {
    match wanted.what {
        What::Run(asked) => server::serve_asked(app, asked),
        What::Routes(options) => match &options.hooks {
            Some(url) => hooks::show(app, url, &options.method, output),
            None => {
                routes::show(app, &options, output);
                Ok(())
            }
        },
        What::Config => {
            config::show(app, output);
            Ok(())
        }
        What::Own(action, given) => run(app, &action, &given, output),
    }
}

/// Runs a command of the app in a context of its own, which learns of its error.
fn run(app: &ReadyApp, action: &Action, given: &Given, output: &Output) -> Result<()> {
    let ctx = AppContext::of_command(app.clone(), output.clone());
    let guard = ctx.push()?;
    let started = catch_unwind(AssertUnwindSafe(|| (action.call)(given)));
    let outcome = match started.unwrap_or_else(|payload| MaybeReady::Ready(Err(panicked(payload))))
    {
        MaybeReady::Ready(outcome) => outcome,
        // A thread of its own: the caller, such as a test, may be in a runtime already.
        MaybeReady::Waiting(future) => on_a_runtime(ctx.scope(future)).and_then(|outcome| outcome),
    };
    let ended = match &outcome {
        Ok(()) => Ended::Finished,
        Err(error) => Ended::from(error.clone()),
    };
    let popped = guard.pop(ended);
    outcome.and(popped)
}

/// Tells of an error; gives the status.
fn report(outcome: Result<()>, output: &Output) -> u8 {
    let Err(error) = outcome else {
        return 0;
    };
    let (text, code) = exit::told(&error);
    if let Some(text) = text {
        output.line(Stream::Errors, &text);
    }
    code
}

/// Tells what is told in place of running a command.
fn stop(stopped: Stopped, output: &Output) -> u8 {
    let stream = if stopped.code == 0 {
        Stream::Output
    } else {
        Stream::Errors
    };
    output.text(stream, stopped.text);
    stopped.code
}
