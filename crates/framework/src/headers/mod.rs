//! Header values, as Werkzeug reads and writes them. Flask: `werkzeug.http`, `werkzeug.datastructures`.

pub mod accept; // what a client accepts
pub mod authorization; // credentials
pub mod cache_control; // caching
pub mod conditional; // conditional requests
pub mod content_security_policy; // what a page may load
pub mod content_length; // how long a body is
pub mod content_type; // media types
pub mod cookie; // the Cookie header
pub mod date; // dates, ages
pub mod edited; // headers that are changed as values
pub mod etag; // entity tags
pub mod finish; // headers as they are sent
pub mod header_set; // Vary, Allow
pub mod host; // the host of a request
pub mod latin1; // bytes of headers as text
pub mod lists; // comma-separated values
pub mod options; // a value with options
pub mod params; // ordered names and values
pub(crate) mod python_text; // white space and numbers as Python has them
pub mod quoting; // quoted strings
pub mod range; // ranges of bytes
pub mod reason; // reason phrases of status codes
pub mod status; // status lines
pub mod www_authenticate; // challenges
