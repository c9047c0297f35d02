//! Where the log goes when the program has not said so. Flask: `flask.logging.default_handler`.

use tracing::level_filters::LevelFilter;

/// Writes warnings and errors to standard error, a line each; a subscriber that the program has set stays.
pub(crate) fn to_stderr(_app: &crate::app::App, _access_log: bool) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(LevelFilter::WARN)
        .with_ansi(false)
        .without_time()
        .finish();
    // That there is another one already is the reason to leave it at that.
    let _ = tracing::subscriber::set_global_default(lines);
}
