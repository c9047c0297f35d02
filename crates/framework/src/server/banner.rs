//! What `run` prints. Flask: `flask.cli.show_server_banner`.

use std::io::{Write, stderr};
use std::net::SocketAddr;

/// Tells where the app is served. A closed standard error is no reason not to serve.
pub(crate) fn serving(name: &str, address: SocketAddr, debug: bool) {
    let mode = if debug { "on" } else { "off" };
    let mut text = format!(" * Serving Carafe app '{name}'\n * Debug mode: {mode}\n");
    if address.ip().is_unspecified() {
        text.push_str(&format!(" * Running on all addresses ({})\n", address.ip()));
    }
    text.push_str(&format!(
        " * Running on http://{address}\n   Press CTRL+C to quit\n"
    ));
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// Tells in one line why the app cannot be served.
pub(crate) fn failure(message: &str) {
    let _ = writeln!(stderr().lock(), "error: {message}");
}
