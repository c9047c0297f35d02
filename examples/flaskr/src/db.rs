//! The database: a file of SQLite, at the place that the configuration names `DATABASE`.

use std::path::PathBuf;

use carafe::blocking;
use carafe::cli::echo;
use carafe::prelude::*;
use rusqlite::{Connection, OptionalExtension, Params, Row};

/// Connects to the database of the current app.
pub fn connect() -> Result<Connection> {
    let path: PathBuf = current_app().config().get_as("DATABASE")?;
    Ok(Connection::open(path)?)
}

/// A type that a row of an answer is read into.
pub trait FromRow: Sized + Send + 'static {
    /// Reads the columns by their names.
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// The first row of the answer to a query, if there is one.
pub async fn fetch_one<T: FromRow>(
    sql: &'static str,
    params: impl Params + Send + 'static,
) -> Result<Option<T>> {
    with_db(move |db| db.query_row(sql, params, T::from_row).optional()).await
}

/// Every row of the answer to a query.
pub async fn fetch_all<T: FromRow>(
    sql: &'static str,
    params: impl Params + Send + 'static,
) -> Result<Vec<T>> {
    with_db(move |db| db.prepare(sql)?.query_map(params, T::from_row)?.collect()).await
}

/// Changes data, and counts the rows that have changed.
pub async fn execute(sql: &'static str, params: impl Params + Send + 'static) -> Result<usize> {
    with_db(move |db| db.execute(sql, params)).await
}

/// Asks the database off the event loop: SQLite blocks.
async fn with_db<T: Send + 'static>(
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
