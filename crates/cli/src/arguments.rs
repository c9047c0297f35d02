//! What the command line says.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// What `carafe dev` was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) package: Option<String>,
    pub(crate) bin: Option<String>,
    /// What cargo is told of features and profiles, as it is.
    pub(crate) cargo: Vec<String>,
    pub(crate) extra_files: Vec<PathBuf>,
    pub(crate) exclude_patterns: Vec<String>,
    /// The arguments of the app's program.
    pub(crate) program: Vec<OsString>,
}

/// Reads the words; gives the status where they ask for nothing to be done.
pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Options, ExitCode> {
    let mut parser = parser();
    match parser.try_get_matches_from_mut(words) {
        Ok(matches) => Ok(matches
            .subcommand_matches("dev")
            .map(options)
            .unwrap_or_default()),
        Err(error) => {
            // A closed terminal is no reason for another status.
            let _ = error.print();
            Err(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)))
        }
    }
}

fn parser() -> Command {
    Command::new("carafe")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Tools for Carafe apps")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(dev())
}

fn dev() -> Command {
    Command::new("dev")
        .about("Serves the app of the current folder, and follows the changes of its files")
        .arg(value("host", "HOST", "The address to listen on").default_value("127.0.0.1"))
        .arg(
            value("port", "PORT", "The port to listen on")
                .short('p')
                .value_parser(clap::value_parser!(u16))
                .default_value("5000"),
        )
        .args(of_build())
        .args(of_files())
        .arg(
            Arg::new("program")
                .help("The arguments of the app's program [default: run]")
                .value_parser(ValueParser::os_string())
                .num_args(0..)
                .last(true),
        )
}

/// What is built, and how.
fn of_build() -> [Arg; 6] {
    let flag = |name: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).help(help);
        arg.action(ArgAction::SetTrue)
    };
    let package = "The package of the app, in a workspace";
    let bin = "The program of the app, in a package with several";
    let without = "Builds without the default features";
    [
        value("package", "NAME", package),
        value("bin", "NAME", bin),
        value("features", "FEATURES", "Features to build with"),
        flag("all-features", "Builds with all features"),
        flag("no-default-features", without),
        value("profile", "NAME", "The profile to build with"),
    ]
}

/// Which files matter besides, and which do not.
fn of_files() -> [Arg; 2] {
    let extra = "A file or folder whose changes start the app anew";
    let excluded = "Files that do not matter, such as `*.log`";
    [
        value("extra-files", "PATH", extra)
            .value_parser(ValueParser::path_buf())
            .action(ArgAction::Append),
        value("exclude-patterns", "PATTERN", excluded).action(ArgAction::Append),
    ]
}

fn value(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn options(matches: &ArgMatches) -> Options {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let mut cargo = Vec::new();
    for name in ["features", "profile"] {
        cargo.extend(text(name).map(|value| format!("--{name}={value}")));
    }
    for name in ["all-features", "no-default-features"] {
        cargo.extend(matches.get_flag(name).then(|| format!("--{name}")));
    }
    let program = matches.get_many::<OsString>("program");
    let mut program: Vec<OsString> = program.into_iter().flatten().cloned().collect();
    if program.is_empty() {
        program.push("run".into());
    }
    Options {
        host: text("host").unwrap_or_default(),
        port: matches.get_one("port").copied().unwrap_or_default(),
        package: text("package"),
        bin: text("bin"),
        cargo,
        extra_files: all(matches, "extra-files"),
        exclude_patterns: all(matches, "exclude-patterns"),
        program,
    }
}

fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
    matches
        .get_many(name)
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_not_said_is_the_default() {
        let options = read(["carafe", "dev"].map(Into::into)).expect("options");
        assert_eq!((options.host.as_str(), options.port), ("127.0.0.1", 5000));
        assert_eq!(options.program, ["run"]);
    }

    #[test]
    fn what_is_said_goes_to_cargo_and_to_the_program() {
        let words = "carafe dev -p 80 --features a,b --all-features --extra-files x --extra-files y -- run --workers 1";
        let options = read(words.split(' ').map(Into::into)).expect("options");
        assert_eq!(options.port, 80);
        assert_eq!(options.cargo, ["--features=a,b", "--all-features"]);
        assert_eq!(options.extra_files.len(), 2);
        assert_eq!(options.program, ["run", "--workers", "1"]);
    }
}
