//! What the server and the clients of the load test agree on.

use std::fmt::Write;

pub use sha2::{Digest, Sha256};

/// The name of the file that is downloaded.
pub const DOWNLOAD: &str = "download.bin";

/// Returns a hash as hexadecimal digits.
pub fn hex(hash: Sha256) -> String {
    let mut text = String::new();
    for byte in hash.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
