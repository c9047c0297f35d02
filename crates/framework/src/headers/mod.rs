//! Header values, as Werkzeug reads and writes them. Flask: `werkzeug.http`, `werkzeug.datastructures`.

pub mod cookie; // the Cookie header
pub mod date; // dates, ages
mod python_text; // what counts as white space
pub mod reason; // reason phrases of status codes
