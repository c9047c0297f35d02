//! A micro web framework that reproduces Flask's request lifecycle on hyper and tokio.

pub mod config; // the app's configuration
pub mod error; // errors that are responses
pub mod files; // names of files
#[path = "request/form/mod.rs"]
pub mod form; // forms in request bodies
pub mod headers; // header values as Werkzeug reads and writes them
pub mod json; // the JSON provider
pub mod multi_dict; // several values a key
pub mod signals; // the ten signals
pub mod uri; // URLs as text
