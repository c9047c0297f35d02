//! Commands under a common name: those of the app, and of a blueprint. Flask: `flask.cli.AppGroup`.

use std::panic::Location;

use crate::app::SetupProblem;
use crate::cli::command::{Command, is_name};
use crate::cli::function::CommandFunction;

/// The commands of an app or a blueprint, and further groups of them.
///
/// *Flask:* `Flask.cli`, `Blueprint.cli`: an `AppGroup`.
///
/// ```
/// use carafe::cli::echo;
/// use carafe::prelude::*;
///
/// async fn list() -> Result<()> {
///     echo("ada, grace");
///     Ok(())
/// }
///
/// let mut app = App::new("docs");
/// app.cli.group("user").command("list", list).about("Lists the users.");
///
/// let result = app.test_cli_runner().invoke(["user", "list"]);
/// assert_eq!(result.output(), "ada, grace\n");
/// ```
#[derive(Debug, Clone)]
pub struct CommandGroup {
    pub(super) about: Option<String>,
    pub(super) commands: Vec<Command>,
    pub(super) groups: Vec<(String, CommandGroup)>,
    location: &'static Location<'static>,
}

impl CommandGroup {
    pub(crate) fn new(location: &'static Location<'static>) -> Self {
        Self {
            about: None,
            commands: Vec::new(),
            groups: Vec::new(),
            location,
        }
    }

    /// Makes a function a command. It runs with a context of the app pushed.
    ///
    /// *Flask:* `@app.cli.command("name")`.
    #[track_caller]
    pub fn command<M>(
        &mut self,
        name: impl Into<String>,
        function: impl CommandFunction<M>,
    ) -> &mut Command {
        let command = Command::new(name.into(), function, Location::caller());
        let place = self.commands.len();
        self.commands.push(command);
        &mut self.commands[place]
    }

    /// The group of a name, which is made if there is none.
    ///
    /// *Flask:* `@app.cli.group()`.
    #[track_caller]
    pub fn group(&mut self, name: impl Into<String>) -> &mut CommandGroup {
        let (name, location) = (name.into(), Location::caller());
        let known = self.groups.iter().position(|(other, _)| *other == name);
        let place = known.unwrap_or_else(|| {
            self.groups.push((name, Self::new(location)));
            self.groups.len() - 1
        });
        &mut self.groups[place].1
    }

    /// Says what the commands are for, for `--help`.
    pub fn about(&mut self, text: impl Into<String>) -> &mut Self {
        self.about = Some(text.into());
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.commands.is_empty() && self.groups.is_empty()
    }

    /// Takes over the commands of another group.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.commands.extend_from_slice(&other.commands);
        for (name, group) in &other.groups {
            self.merge_as(name, group);
        }
    }

    /// Takes over another group under a name.
    pub(crate) fn merge_as(&mut self, name: &str, other: &Self) {
        match self.groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, group)) => group.merge(other),
            None => self.groups.push((name.to_owned(), other.clone())),
        }
    }

    /// What is wrong with the commands: all that a parser could not be made of.
    pub(crate) fn problems(&self, built_in: &[&str]) -> Vec<SetupProblem> {
        let mut problems = Vec::new();
        let mut names: Vec<&str> = built_in.to_vec();
        let commands = self.commands.iter().map(|c| (c.name.as_str(), c.location));
        let groups = self
            .groups
            .iter()
            .map(|(name, g)| (name.as_str(), g.location));
        for (name, location) in commands.chain(groups) {
            if !is_name(name) {
                problems.push(SetupProblem::new(
                    format!("a command cannot be named {name:?}"),
                    location,
                ));
            } else if names.contains(&name) {
                let problem = format!("there is a command {name:?} already");
                problems.push(SetupProblem::new(problem, location));
            }
            names.push(name);
        }
        for command in &self.commands {
            if let Some(problem) = command.problem() {
                let problem = format!("the command {:?}: {problem}", command.name);
                problems.push(SetupProblem::new(problem, command.location));
            }
        }
        let inner = self.groups.iter();
        problems.extend(inner.flat_map(|(_, group)| group.problems(&["help"])));
        problems
    }
}
