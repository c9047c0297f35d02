//! The signals of the request lifecycle. Flask: `flask.signals`.
