//! `config`: the values that are in effect, and where each is from.

use crate::app::ReadyApp;
use crate::cli::output::{Output, Stream};
use crate::cli::table::table;
use crate::config::Source;

/// Shows the configuration; the values of secrets are masked.
pub(super) fn show(app: &ReadyApp, output: &Output) {
    let config = app.config();
    let rows: Vec<Vec<String>> = config
        .shown()
        .map(|(key, value)| {
            let source = config.source(key).unwrap_or(Source::Default);
            vec![key.to_owned(), value, source.to_string()]
        })
        .collect();
    output.text(Stream::Output, table(&["Key", "Value", "Source"], &rows));
}
