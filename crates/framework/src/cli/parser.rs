//! What the words of a command line mean. clap reads them; nothing of clap's leaves this file.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command as Parser};

use crate::cli::command::{Command, Parameter};
use crate::cli::function::{Action, Given, GivenWords};
use crate::cli::group::CommandGroup;
use crate::cli::value::Occurs;
use crate::server::Asked;

/// The commands that every app has, and a word that is no command of an app.
pub(crate) const BUILT_IN: [&str; 4] = ["run", "routes", "config", "help"];

/// What a command line asks for.
pub(crate) struct Wanted {
    /// What is said about debug mode, if anything is.
    pub(crate) debug: Option<bool>,
    pub(crate) env_file: Option<PathBuf>,
    pub(crate) what: What,
}

/// A command with what it was given.
pub(crate) enum What {
    Run(Asked),
    Routes(RoutesOptions),
    Config,
    /// A command of the app or of a blueprint.
    Own(Action, Given),
}

/// What `routes` is to show.
pub(crate) struct RoutesOptions {
    pub(crate) sort: String,
    pub(crate) all_methods: bool,
    /// A URL of which to show what runs for it.
    pub(crate) hooks: Option<String>,
    pub(crate) method: String,
}

/// What is told in place of running a command: help, or what is wrong.
pub(crate) struct Stopped {
    pub(crate) text: String,
    /// The status: 0 for help, 2 for mistakes.
    pub(crate) code: u8,
}

/// Reads the words of a command line, of which the first is the program.
pub(crate) fn parse(
    name: &str,
    commands: &CommandGroup,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Wanted, Stopped> {
    let mut parser = parser(name, commands);
    let read = |parser: &mut Parser| {
        let matches = parser.try_get_matches_from_mut(words)?;
        wanted(&matches, commands).map_err(|(kind, text)| parser.error(kind, text))
    };
    read(&mut parser).map_err(|error| Stopped {
        text: error.render().to_string(),
        code: u8::try_from(error.exit_code()).unwrap_or(2),
    })
}

fn parser(name: &str, commands: &CommandGroup) -> Parser {
    let about = commands.about.clone();
    let parser = Parser::new(name.to_owned())
        .version(concat!("(Carafe ", env!("CARGO_PKG_VERSION"), ")"))
        .about(about.unwrap_or_else(|| format!("The app {name}. Without a command it is served.")))
        .arg(
            flag("debug", "Turns debug mode on")
                .global(true)
                .overrides_with("no-debug"),
        )
        .arg(
            flag("no-debug", "Turns debug mode off")
                .global(true)
                .overrides_with("debug"),
        )
        .arg(
            value(
                "env-file",
                "FILE",
                "Takes environment variables from a file, where they are not set",
            )
            .value_parser(ValueParser::path_buf())
            .global(true),
        )
        .args(run_arguments())
        .subcommand(
            Parser::new("run")
                .about("Serves the app")
                .args(run_arguments()),
        )
        .subcommand(routes_parser())
        .subcommand(
            Parser::new("config").about("Shows the configuration, and where each value is from"),
        );
    with_commands(parser, commands)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

fn value(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).value_name(value)
}

fn run_arguments() -> [Arg; 4] {
    [
        value(
            "host",
            "HOST",
            "The address to listen on [default: 127.0.0.1]",
        ),
        value("port", "PORT", "The port to listen on [default: 5000]")
            .short('p')
            .value_parser(clap::value_parser!(u16)),
        value(
            "workers",
            "COUNT",
            "How many threads serve [default: one a core]",
        )
        .value_parser(clap::value_parser!(u16).range(1..)),
        flag(
            "access-log",
            "Writes a line for each request, as in debug mode",
        ),
    ]
}

fn routes_parser() -> Parser {
    let orders = ["endpoint", "methods", "domain", "rule", "match"];
    Parser::new("routes")
        .about("Shows the routes, or what runs for a URL")
        .arg(
            value(
                "sort",
                "ORDER",
                "The order of the routes; `match` is that of registration",
            )
            .short('s')
            .value_parser(PossibleValuesParser::new(orders))
            .default_value("endpoint"),
        )
        .arg(flag("all-methods", "Shows HEAD and OPTIONS too"))
        .arg(
            value("hooks", "URL", "Shows all that runs for a URL, in order")
                .conflicts_with_all(["sort", "all-methods"]),
        )
        .arg(
            value("method", "METHOD", "The method of the request for the URL")
                .requires("hooks")
                .default_value("GET"),
        )
}

fn with_commands(mut parser: Parser, group: &CommandGroup) -> Parser {
    for command in &group.commands {
        let parameters = command.parameters.iter().zip(command.action.takes.iter());
        let arguments = parameters
            .enumerate()
            .map(|(place, (parameter, occurs))| argument(place, parameter, *occurs));
        parser = parser.subcommand(
            Parser::new(command.name.clone())
                .about(command.about.clone().unwrap_or_default())
                .args(arguments),
        );
    }
    for (name, inner) in &group.groups {
        let about = inner.about.clone().unwrap_or_default();
        let inner_parser = Parser::new(name.clone())
            .about(about)
            .subcommand_required(true)
            .arg_required_else_help(true);
        parser = parser.subcommand(with_commands(inner_parser, inner));
    }
    parser
}

/// The parser of a parameter, under the number of its place. Its words are read when the command runs, in the
/// context of the app.
fn argument(place: usize, parameter: &Parameter, occurs: Occurs) -> Arg {
    let mut argument = Arg::new(place.to_string()).help(parameter.help.clone());
    if parameter.is_option {
        argument = argument.long(parameter.name.clone()).short(parameter.short);
    }
    if occurs == Occurs::AsFlag {
        return argument.action(ArgAction::SetTrue);
    }
    argument = argument.value_name(parameter.name.to_uppercase());
    argument = match &parameter.default {
        Some(default) => argument.default_value(default.clone()),
        None => argument.required(occurs == Occurs::Once),
    };
    match (occurs, parameter.is_option) {
        (Occurs::Repeatedly, true) => argument.action(ArgAction::Append),
        (Occurs::Repeatedly, false) => argument.num_args(0..),
        _ => argument,
    }
}

fn wanted(matches: &ArgMatches, commands: &CommandGroup) -> Result<Wanted, (ErrorKind, String)> {
    let on = matches.get_flag("debug").then_some(true);
    let debug = on.or(matches.get_flag("no-debug").then_some(false));
    let what = match matches.subcommand() {
        None => What::Run(asked(matches)),
        Some(("run", inner)) => What::Run(asked(inner).or(asked(matches))),
        Some((name, _)) if !asked(matches).is_empty() => {
            let text = format!("{name:?} takes none of the options of \"run\"");
            return Err((ErrorKind::ArgumentConflict, text));
        }
        Some(("routes", inner)) => What::Routes(RoutesOptions {
            sort: text(inner, "sort").unwrap_or_default(),
            all_methods: inner.get_flag("all-methods"),
            hooks: text(inner, "hooks"),
            method: text(inner, "method").unwrap_or_default(),
        }),
        Some(("config", _)) => What::Config,
        Some((name, inner)) => own(name, inner, commands).ok_or_else(|| {
            (
                ErrorKind::InvalidSubcommand,
                format!("there is no command {name:?}"),
            )
        })?,
    };
    Ok(Wanted {
        debug,
        env_file: matches.get_one::<PathBuf>("env-file").cloned(),
        what,
    })
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

fn asked(matches: &ArgMatches) -> Asked {
    Asked {
        host: text(matches, "host"),
        port: matches.get_one::<u16>("port").map(u16::to_string),
        workers: matches.get_one::<u16>("workers").map(u16::to_string),
        access_log: matches.get_flag("access-log"),
    }
}

/// The command of the app that was named, with what it was given.
fn own(name: &str, matches: &ArgMatches, group: &CommandGroup) -> Option<What> {
    if let Some((_, inner)) = group.groups.iter().find(|(known, _)| known == name) {
        let (name, matches) = matches.subcommand()?;
        return own(name, matches, inner);
    }
    let command = group.commands.iter().find(|command| command.name == name)?;
    Some(What::Own(command.action.clone(), given(command, matches)))
}

fn given(command: &Command, matches: &ArgMatches) -> Given {
    let parameters = command.parameters.iter().zip(command.action.takes.iter());
    let given = |(place, (parameter, occurs)): (usize, (&Parameter, &Occurs))| {
        let id = place.to_string();
        let words = match occurs {
            Occurs::AsFlag => Vec::from_iter(matches.get_flag(&id).then(String::new)),
            _ => {
                let words = matches.get_many::<String>(&id);
                words.into_iter().flatten().cloned().collect()
            }
        };
        let value = parameter.name.to_uppercase();
        let shown = match parameter.is_option {
            true => format!("--{} <{value}>", parameter.name),
            false => format!("<{value}>"),
        };
        GivenWords { shown, words }
    };
    parameters.enumerate().map(given).collect()
}
