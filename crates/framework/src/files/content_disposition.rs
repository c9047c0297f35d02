//! The name of a download. Werkzeug: `send_file`.

use percent_encoding::percent_encode_byte;
use unicode_normalization::UnicodeNormalization;

use crate::headers::options::dump_options_header;

/// Writes the `Content-Disposition` of a file that is sent under a name.
///
/// A name beyond ASCII is sent twice: as near as ASCII comes, for old clients, and as it is.
///
/// *Werkzeug:* the `download_name` and `as_attachment` arguments of `send_file`.
///
/// ```
/// use carafe::files::content_disposition;
///
/// assert_eq!(content_disposition("notes.txt", true), "attachment; filename=notes.txt");
/// assert_eq!(
///     content_disposition("naïve.txt", false),
///     "inline; filename=naive.txt; filename*=UTF-8''na%C3%AFve.txt",
/// );
/// ```
pub fn content_disposition(download_name: &str, as_attachment: bool) -> String {
    let disposition = if as_attachment {
        "attachment"
    } else {
        "inline"
    };
    let mut simple = String::new();
    let mut encoded = None;
    if download_name.is_ascii() {
        simple.push_str(download_name);
    } else {
        simple.extend(download_name.nfkd().filter(char::is_ascii));
        encoded = Some(encode(download_name));
    }
    let names = [
        ("filename", Some(simple.as_str())),
        ("filename*", encoded.as_deref()),
    ];
    dump_options_header(Some(disposition), names)
}

fn encode(name: &str) -> String {
    let mut encoded = String::from("UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(percent_encode_byte(byte));
        }
    }
    encoded
}
