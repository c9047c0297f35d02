//! The command line of an app: what its binary does with the words it is given. Flask: `flask.cli`.
//!
//! [`App::run`] in `main` is all it takes:
//!
//! | words | what happens |
//! | --- | --- |
//! | none, or `run` | the app is served; `--host`, `--port`, `--workers`, `--access-log` |
//! | `routes` | the routes are shown; `--sort`, `--all-methods`, and `--hooks URL` for what runs for a URL |
//! | `config` | the configuration is shown, with where each value is from; secrets are masked |
//! | the name of a [command](CommandGroup::command) | it runs, with a context of the app pushed |
//!
//! `--debug` and `--no-debug`, or the environment variable `CARAFE_DEBUG`, go before what the program says.
//! A mistake in the words ends the program with a status of 2, a command that fails with 1 or that of an
//! [`Exit`].
//!
//! Commands are declared by functions of this module: the types of the parser behind it (clap) stay private, so
//! that its versions are no concern of an app. A command that wants another parser takes a `Vec<String>` as its
//! argument, and gives them to it.

mod value; // what a command takes
mod function; // functions as commands
mod command; // one command and its parameters
mod group; // commands under a name
mod parser; // what the words mean
mod dispatch; // runs what was asked for
mod output; // where commands write
mod exit; // how a command ends
mod table; // lines in columns
mod routes; // `routes`
mod hooks; // `routes --hooks`
mod config; // `config`
mod dotenv; // environment variables from files

pub use self::command::Command;
pub use self::dotenv::load_dotenv;
pub use self::exit::Exit;
pub use self::function::{CommandAnswer, CommandFunction};
pub use self::group::CommandGroup;
pub use self::output::{echo, echo_err};
pub use self::value::{CommandParameter, CommandValue, Occurs};

pub(crate) use self::dispatch::{invoke, main};
pub(crate) use self::output::{Captured, Output, Stream, current_output};
pub(crate) use self::parser::BUILT_IN;

#[cfg(doc)]
use crate::App;
