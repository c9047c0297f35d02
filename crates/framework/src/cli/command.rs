//! One command: its function and how the command line gives it its parameters. Flask: `click.Command`.

use std::fmt;
use std::panic::Location;

use crate::cli::function::{Action, CommandFunction};
use crate::cli::value::Occurs;

/// A command of the app, whose description and parameters can be chained on.
///
/// The parameters are declared in the order in which the function takes them: each is an
/// [`argument`](Self::argument), found by its place, or an [`option`](Self::option), found by its name. What the
/// function takes says the rest: an `Option<T>` may be left out, a `Vec<T>` may be given several times, a `bool`
/// is there or not. That they fit each other is checked when the set-up ends.
///
/// *Flask:* `@app.cli.command()` with `@click.argument` and `@click.option`.
///
/// ```
/// use carafe::cli::echo;
/// use carafe::prelude::*;
///
/// fn greet(name: String, times: u32, loudly: bool) {
///     for _ in 0..times {
///         echo(if loudly { name.to_uppercase() } else { name.clone() });
///     }
/// }
///
/// let mut app = App::new("docs");
/// app.cli.command("greet", greet)
///     .about("Greets somebody.")
///     .argument("name", "who is greeted")
///     .option("times", "how often").short('t').default("1")
///     .option("loudly", "in capitals");
///
/// let result = app.test_cli_runner().invoke(["greet", "ada", "-t2", "--loudly"]);
/// assert_eq!(result.output(), "ADA\nADA\n");
/// ```
#[derive(Clone)]
pub struct Command {
    pub(super) name: String,
    pub(super) about: Option<String>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) action: Action,
    pub(super) location: &'static Location<'static>,
}

/// How the command line gives one parameter.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) help: String,
    pub(super) is_option: bool,
    pub(super) short: Option<char>,
    pub(super) default: Option<String>,
}

impl Command {
    pub(super) fn new<M>(
        name: String,
        function: impl CommandFunction<M>,
        location: &'static Location<'static>,
    ) -> Self {
        Self {
            name,
            about: None,
            parameters: Vec::new(),
            action: function.erased(),
            location,
        }
    }

    /// Says what the command does, for `--help`.
    ///
    /// *Flask:* the docstring of the function.
    pub fn about(&mut self, text: impl Into<String>) -> &mut Self {
        self.about = Some(text.into());
        self
    }

    /// Gives the function's next parameter by its place on the command line.
    ///
    /// *Flask:* `@click.argument`.
    pub fn argument(&mut self, name: impl Into<String>, help: impl Into<String>) -> &mut Self {
        self.parameter(name.into(), help.into(), false)
    }

    /// Gives the function's next parameter by name: `--name VALUE`, or `--name` alone where it is a `bool`.
    ///
    /// *Flask:* `@click.option`.
    pub fn option(&mut self, name: impl Into<String>, help: impl Into<String>) -> &mut Self {
        self.parameter(name.into(), help.into(), true)
    }

    /// Lets the option that was declared last be written with one letter, too.
    pub fn short(&mut self, letter: char) -> &mut Self {
        if let Some(last) = self.parameters.last_mut() {
            last.short = Some(letter);
        }
        self
    }

    /// Sets what the parameter that was declared last is when it is not given.
    pub fn default(&mut self, text: impl Into<String>) -> &mut Self {
        if let Some(last) = self.parameters.last_mut() {
            last.default = Some(text.into());
        }
        self
    }

    fn parameter(&mut self, name: String, help: String, is_option: bool) -> &mut Self {
        self.parameters.push(Parameter {
            name,
            help,
            is_option,
            short: None,
            default: None,
        });
        self
    }

    /// What is wrong with the parameters, if anything is.
    pub(super) fn problem(&self) -> Option<String> {
        let (takes, declared) = (self.action.takes.len(), self.parameters.len());
        if takes != declared {
            return Some(format!(
                "the function takes {takes} parameters, and {declared} are declared with `argument` or `option`"
            ));
        }
        let mut may_be_missing = false;
        let mut is_open = false;
        for (place, parameter) in self.parameters.iter().enumerate() {
            let Some(occurs) = self.action.takes.get(place) else {
                continue;
            };
            let name = &parameter.name;
            let earlier = self.parameters.iter().take(place);
            if !is_name(name) || RESERVED.contains(&name.as_str()) {
                return Some(format!("a parameter cannot be named {name:?}"));
            }
            if earlier.clone().any(|other| other.name == *name) {
                return Some(format!("two parameters are named {name:?}"));
            }
            if let Some(letter) = parameter.short {
                let is_taken = earlier.clone().any(|other| other.short == Some(letter));
                if !parameter.is_option
                    || !letter.is_ascii_alphanumeric()
                    || letter == 'h'
                    || is_taken
                {
                    return Some(format!(
                        "{letter:?} cannot stand for the parameter {name:?}"
                    ));
                }
            }
            if parameter.default.is_some() && *occurs == Occurs::AsFlag {
                return Some(format!(
                    "the flag {name:?} has no value to have a default for"
                ));
            }
            if parameter.is_option {
                continue;
            }
            if *occurs == Occurs::AsFlag {
                return Some(format!("{name:?} is a `bool`, which only an option gives"));
            }
            let is_required = *occurs == Occurs::Once && parameter.default.is_none();
            if is_open || (may_be_missing && is_required) {
                return Some(format!(
                    "the argument {name:?} stands behind one that may be missing or repeated"
                ));
            }
            may_be_missing |= !is_required;
            is_open = *occurs == Occurs::Repeatedly;
        }
        None
    }
}

/// What every command has already.
const RESERVED: [&str; 3] = ["help", "debug", "env-file"];

/// Whether a name can stand on a command line.
pub(super) fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.starts_with(char::is_alphanumeric) && name.chars().all(is_letter)
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.name)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::Command;

    fn problem<M>(
        function: impl crate::cli::CommandFunction<M>,
        declare: fn(&mut Command) -> &mut Command,
    ) -> String {
        let mut command = Command::new("test".to_owned(), function, Location::caller());
        declare(&mut command);
        command.problem().unwrap_or_default()
    }

    #[test]
    fn parameters_that_fit_are_no_problem() {
        let function = |_: String, _: u8, _: bool, _: Vec<String>| ();
        let declared = |command: &mut Command| {
            command
                .argument("a", "")
                .option("b", "")
                .short('b')
                .default("1")
                .option("c", "")
                .argument("d", "");
        };
        let mut command = Command::new("test".to_owned(), function, Location::caller());
        declared(&mut command);
        assert_eq!(command.problem(), None);
    }

    #[test]
    fn parameters_that_do_not_fit_are_told() {
        let one = |_: u8| ();
        let two = |_: Option<u8>, _: u8| ();
        assert!(problem(one, |c| c).contains("takes 1 parameters, and 0"));
        assert!(problem(one, |c| c.option("debug", "")).contains("cannot be named"));
        assert!(problem(one, |c| c.option("", "")).contains("cannot be named"));
        assert!(problem(one, |c| c.argument("n", "").short('n')).contains("'n'"));
        assert!(problem(two, |c| c.option("n", "").option("n", "")).contains("two parameters"));
        assert!(problem(two, |c| c.argument("a", "").argument("b", "")).contains("stands behind"));
        assert!(problem(|_: bool| (), |c| c.argument("a", "")).contains("only an option"));
        assert!(problem(|_: bool| (), |c| c.option("a", "").default("1")).contains("flag"));
    }
}
