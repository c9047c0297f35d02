//! The database: a file of SQLite, at the place that the configuration names `DATABASE`.

use std::path::PathBuf;

use carafe::blocking;
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

/// Clears existing data and makes new tables.
pub fn init_db() -> Result<()> {
    connect()?.execute_batch(include_str!("schema.sql"))?;
    Ok(())
}
