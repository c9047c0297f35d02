//! The database: a file of SQLite, at the place that the configuration names `DATABASE`.

use std::path::PathBuf;

use carafe::blocking;
use carafe::cli::echo;
use carafe::prelude::*;
use rusqlite::Connection;

/// Connects to the database of the current app.
pub fn connect() -> Result<Connection> {
    let path: PathBuf = current_app().config().get_as("DATABASE")?;
    Ok(Connection::open(path)?)
}

/// Asks the database, off the event loop: SQLite blocks.
pub async fn with_db<T: Send + 'static>(
    ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T> {
    blocking(|| Ok(ask(&connect()?)?)).await?
}

/// Gives the app its command.
pub(crate) fn init_app(app: &mut App) {
    app.cli
        .command("init-db", init_db_command)
        .about("Clears existing data and makes new tables.");
}

fn init_db_command() -> Result<()> {
    init_db()?;
    echo("Initialized the database.");
    Ok(())
}

/// Clears existing data and makes new tables.
pub fn init_db() -> Result<()> {
    connect()?.execute_batch(include_str!("schema.sql"))?;
    Ok(())
}
