//! The app's configuration. Flask: `flask.Config`.
