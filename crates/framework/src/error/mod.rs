//! What can go wrong while a request is answered. Flask: `werkzeug.exceptions`.

pub mod http_error; // errors that are responses
