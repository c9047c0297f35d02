//! Where commands write: the process's streams, or what a test looks at. Flask: `click.echo`.

use std::fmt::Display;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use crate::context::current_context;

/// Writes a line to the output of the command that runs.
///
/// In a command that a test [invokes](crate::testing::CliRunner::invoke) it goes to the result; outside of any
/// command it goes to standard output. That nobody reads it, as in `app routes | head`, is no error.
///
/// *Flask:* `click.echo`.
pub fn echo(line: impl Display) {
    current().line(Stream::Output, &line.to_string());
}

/// Writes a line to the error output of the command that runs.
///
/// *Flask:* `click.echo(…, err=True)`.
pub fn echo_err(line: impl Display) {
    current().line(Stream::Errors, &line.to_string());
}

fn current() -> Output {
    current_output().unwrap_or_default()
}

/// Where the command that runs writes, if one does.
pub(crate) fn current_output() -> Option<Output> {
    current_context("echo").ok()?.output().cloned()
}

/// One of the two streams of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Errors,
}

/// What was written, in order.
pub(crate) type Captured = Arc<Mutex<Vec<(Stream, String)>>>;

/// Where a command writes.
#[derive(Debug, Clone, Default)]
pub(crate) enum Output {
    /// The streams of the process.
    #[default]
    Process,
    /// The result of an invocation.
    Captured(Captured),
}

impl Output {
    /// Writes a line.
    pub(crate) fn line(&self, stream: Stream, line: &str) {
        self.text(stream, format!("{line}\n"));
    }

    /// Writes a text as it is.
    pub(crate) fn text(&self, stream: Stream, text: String) {
        // That nobody reads what is written is no error of the command.
        match (self, stream) {
            (Self::Captured(captured), _) => captured
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((stream, text)),
            (Self::Process, Stream::Output) => {
                let _ = std::io::stdout().lock().write_all(text.as_bytes());
            }
            (Self::Process, Stream::Errors) => {
                let _ = std::io::stderr().lock().write_all(text.as_bytes());
            }
        }
    }
}
