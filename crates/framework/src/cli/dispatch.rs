//! Runs what the command line asks for. Flask: `flask.cli.FlaskGroup`, `flask.cli.with_appcontext`.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use crate::app::{App, ReadyApp};
use crate::cli::function::{Action, Given};
use crate::cli::group::CommandGroup;
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
pub(crate) fn main(mut app: App) -> Result<()> {
    let output = Output::Process;
    let wanted = understand(&app, std::env::args_os(), &output);
    let code = match wanted {
        Err(0) => {
            // Help is of use above all where something is wrong.
            report(app.build().map(drop), &output);
            0
        }
        Err(code) => code,
        Ok(wanted) => {
            set_debug(&mut app, wanted.debug, std::env::var("CARAFE_DEBUG").ok());
            server::log_to_stderr(&app, wanted.what.wants_access_log());
            report(build_and_perform(app, wanted, &output), &output)
        }
    };
    match code {
        0 => Ok(()),
        code => std::process::exit(code.into()),
    }
}

/// Reads the words; gives the status where they ask for nothing to be done.
fn understand(
    app: &App,
    words: impl IntoIterator<Item = OsString>,
    output: &Output,
) -> Result<Wanted, u8> {
    let commands = app.commands();
    let commands = match commands.problems(&super::BUILT_IN).is_empty() {
        true => commands,
        // No parser can be made of them; they are told together with all other mistakes.
        false => CommandGroup::new(Location::caller()),
    };
    parse(app.name(), &commands, words).map_err(|stopped| stop(stopped, output))
}

fn build_and_perform(app: App, wanted: Wanted, output: &Output) -> Result<()> {
    if let Some(path) = &wanted.env_file {
        dotenv::load_file(path)?;
    }
    perform(&app.build()?, wanted, output)
}

impl What {
    fn wants_access_log(&self) -> bool {
        matches!(self, Self::Run(asked) if asked.access_log)
    }
}

/// The command line goes before the environment, and both before the program.
///
/// *Flask:* `flask.helpers.get_debug_flag`.
fn set_debug(app: &mut App, told: Option<bool>, variable: Option<String>) {
    let variable = variable.filter(|text| !text.is_empty());
    let no = |text: &String| ["0", "false", "no"].contains(&text.to_lowercase().as_str());
    match (told, variable) {
        (Some(debug), _) => {
            let option = if debug { "--debug" } else { "--no-debug" };
            app.config.set_debug(debug, Source::Argument(option));
        }
        (None, Some(text)) => {
            let source = Source::Env("CARAFE_DEBUG".to_owned());
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{build_and_perform, report, set_debug, understand};
    use crate::app::{App, Scaffold};
    use crate::cli::{Captured, Output, Stream, echo};
    use crate::context::current_app;

    /// What the program of an app writes, and its status.
    fn program(mut app: App, words: &[&str], debug: Option<&str>) -> (String, String, u8) {
        let captured = Captured::default();
        let output = Output::Captured(captured.clone());
        let words = ["program"].iter().chain(words).map(OsString::from);
        let code = match understand(&app, words, &output) {
            Err(0) => {
                report(app.build().map(drop), &output);
                0
            }
            Err(code) => code,
            Ok(wanted) => {
                set_debug(&mut app, wanted.debug, debug.map(str::to_owned));
                report(build_and_perform(app, wanted, &output), &output)
            }
        };
        let pieces = captured
            .lock()
            .map(|pieces| pieces.clone())
            .unwrap_or_default();
        let of = |wanted: Stream| {
            let pieces = pieces.iter().filter(|(stream, _)| *stream == wanted);
            pieces.map(|(_, text)| text.as_str()).collect::<String>()
        };
        (of(Stream::Output), of(Stream::Errors), code)
    }

    fn mistaken() -> App {
        let mut app = App::new("program");
        app.route("/<oh:no>", || "").endpoint("index");
        app
    }

    #[test]
    fn the_command_line_and_then_the_environment_say_whether_it_is_debug_mode() {
        let debug = |words: &[&str], variable| {
            let mut app = App::new("program");
            app.config.debug(true);
            app.cli
                .command("test", || echo(current_app().config().debug));
            program(app, words, variable).0
        };
        assert_eq!(debug(&["test"], None), "true\n");
        assert_eq!(debug(&["test"], Some("")), "true\n");
        assert_eq!(debug(&["test"], Some("False")), "false\n");
        assert_eq!(debug(&["--no-debug", "test"], Some("1")), "false\n");
        assert_eq!(debug(&["test", "--debug"], Some("0")), "true\n");
    }

    #[test]
    fn help_is_given_with_what_is_wrong_with_the_app() {
        let (output, errors, code) = program(mistaken(), &["--help"], None);
        assert!(
            output.contains("Usage:") && errors.contains("oh"),
            "{output}{errors}"
        );
        assert_eq!(code, 0);
    }

    #[test]
    fn an_app_that_cannot_be_set_up_runs_no_command() {
        let (output, errors, code) = program(mistaken(), &["routes"], None);
        assert!(output.is_empty() && errors.starts_with("error: ") && errors.contains("oh"));
        assert_eq!(code, 1);
    }

    #[test]
    fn a_command_that_is_missing_is_told_first() {
        let (_, errors, code) = program(mistaken(), &["missing"], None);
        assert!(
            errors.contains("missing") && errors.contains("Usage:"),
            "{errors}"
        );
        assert_eq!(code, 2);
    }

    #[test]
    fn commands_that_cannot_be_are_told_as_mistakes_of_the_app() {
        let mut app = App::new("program");
        app.cli.command("run", || ());
        let (_, errors, code) = program(app, &["routes"], None);
        assert!(
            errors.contains("there is a command \"run\" already"),
            "{errors}"
        );
        assert_eq!(code, 1);
    }

    #[test]
    fn a_file_of_variables_has_to_be_there() {
        let app = App::new("program");
        let (_, errors, code) = program(app, &["--env-file", "/no/such/file", "config"], None);
        assert!(errors.contains("/no/such/file cannot be read"), "{errors}");
        assert_eq!(code, 1);
    }

    #[test]
    fn the_version_is_that_of_carafe() {
        let (output, _, code) = program(App::new("program"), &["--version"], None);
        assert!(output.contains(env!("CARGO_PKG_VERSION")), "{output}");
        assert_eq!(code, 0);
    }
}
