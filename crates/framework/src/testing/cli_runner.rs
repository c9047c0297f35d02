//! Runs commands of an app for tests. Flask: `flask.testing.FlaskCliRunner`.

use std::ffi::OsString;
use std::sync::PoisonError;

use crate::app::ReadyApp;
use crate::cli::{self, Captured, Output, Stream};
use crate::error::Error;

/// Runs commands of an app for tests: what they write is kept apart from the process's own streams.
///
/// *Flask:* `flask.testing.FlaskCliRunner`.
///
/// ```
/// use carafe::cli::echo;
/// use carafe::prelude::*;
///
/// let mut app = App::new("docs");
/// app.cli.command("hello", || echo("Hello, World!"));
/// let runner = app.test_cli_runner();
///
/// let result = runner.invoke(["hello"]);
/// assert_eq!(result.output(), "Hello, World!\n");
/// assert_eq!(result.exit_code(), 0);
/// assert_eq!(runner.invoke(["goodbye"]).exit_code(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct CliRunner {
    app: ReadyApp,
}

impl CliRunner {
    pub(crate) fn new(app: ReadyApp) -> Self {
        Self { app }
    }

    /// The app that is tested.
    pub fn app(&self) -> &ReadyApp {
        &self.app
    }

    /// Does what the words say, as the app's program would.
    ///
    /// *Flask:* `FlaskCliRunner.invoke`.
    pub fn invoke<W: Into<OsString>>(&self, words: impl IntoIterator<Item = W>) -> CliResult {
        let captured = Captured::default();
        let output = Output::Captured(captured.clone());
        let (error, exit_code) = cli::invoke(&self.app, words.into_iter().map(Into::into), &output);
        let pieces = std::mem::take(&mut *captured.lock().unwrap_or_else(PoisonError::into_inner));
        CliResult {
            pieces,
            exit_code,
            error,
        }
    }
}

/// What came of a command.
///
/// *Flask:* `click.testing.Result`.
#[derive(Debug)]
pub struct CliResult {
    pieces: Vec<(Stream, String)>,
    exit_code: u8,
    error: Option<Error>,
}

impl CliResult {
    /// All that was written, in order.
    pub fn output(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// What was written to the output.
    pub fn stdout(&self) -> String {
        self.of(Stream::Output)
    }

    /// What was written to the error output.
    pub fn stderr(&self) -> String {
        self.of(Stream::Errors)
    }

    /// The status that the program would end with.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// The error that the command ended with.
    ///
    /// *Flask:* `Result.exception`.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn of(&self, wanted: Stream) -> String {
        let pieces = self.pieces.iter().filter(|(stream, _)| *stream == wanted);
        pieces.map(|(_, text)| text.as_str()).collect()
    }
}
