//! Header values, as Werkzeug reads and writes them. Flask: `werkzeug.http`, `werkzeug.datastructures`.

pub mod date; // dates, ages
pub mod reason; // reason phrases of status codes
