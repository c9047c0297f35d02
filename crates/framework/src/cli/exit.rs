//! How a command ends, and what is told of an error. Flask: `click.exceptions.Exit`, `ClickException`.

use std::error::Error as StdError;
use std::fmt;

use crate::error::Error;

/// An error that ends a command with a status of its own; other errors end it with 1.
///
/// *Flask:* `ctx.exit(code)`, `ClickException` with an `exit_code`.
///
/// ```
/// use carafe::cli::Exit;
/// use carafe::prelude::*;
///
/// fn check() -> Result<()> {
///     Err(Exit::new(3).message("the data are older than the code").into())
/// }
///
/// let mut app = App::new("docs");
/// app.cli.command("check", check);
/// let result = app.test_cli_runner().invoke(["check"]);
/// assert_eq!(result.exit_code(), 3);
/// assert_eq!(result.stderr(), "error: the data are older than the code\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    code: u8,
    message: Option<String>,
}

impl Exit {
    /// Ends the command with a status, without a word.
    pub fn new(code: u8) -> Self {
        let message = None;
        Self { code, message }
    }

    /// Tells why, on the error output.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The status.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => f.write_str(message),
            None => write!(f, "the command ended with a status of {}", self.code),
        }
    }
}

impl StdError for Exit {}

/// What is told of an error and the status it ends the program with.
pub(crate) fn told(error: &Error) -> (Option<String>, u8) {
    if let Some(exit) = error.downcast_ref::<Exit>() {
        let text = exit.message.as_ref().map(|text| format!("error: {text}"));
        return (text, exit.code);
    }
    if error.is_panic() {
        // The panic hook has told of it, and this is the status of a program that panics.
        return (None, 101);
    }
    let mut text = format!("error: {error:#}");
    let mut told = error.to_string();
    let mut cause = error.as_std().source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Many errors show their cause in their own text.
        if !told.contains(&next) {
            text.push_str(&format!("\n  caused by: {next}"));
        }
        (told, cause) = (next, error.source());
    }
    (Some(text), 1)
}
