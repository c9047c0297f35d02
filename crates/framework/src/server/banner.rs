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

/// Tells why the app cannot be served.
#[cfg(not(feature = "cli"))]
pub(crate) fn failure(error: &crate::error::Error) {
    let _ = writeln!(stderr().lock(), "error: {error}");
}
