//! JSON in and out. Flask: `flask.json.provider`.
