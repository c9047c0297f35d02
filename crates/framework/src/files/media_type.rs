//! The media type of a file by its name. Python: `mimetypes.guess_type`.

use std::ffi::OsStr;
use std::path::Path;

/// What the name of a file says of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// The media type; none when the extension is not known.
    pub(crate) mimetype: Option<&'static str>,
    /// What the content is compressed with.
    pub(crate) encoding: Option<&'static str>,
}

/// Guesses by the extension; one that stands for a compression is looked beneath.
pub(crate) fn guess_media_type(name: &str) -> MediaType {
    let lower = name.to_ascii_lowercase();
    // Extensions that are short for two.
    let long = [
        (".tgz", ".tar.gz"),
        (".taz", ".tar.gz"),
        (".tz", ".tar.gz"),
        (".tbz2", ".tar.bz2"),
        (".txz", ".tar.xz"),
        (".svgz", ".svg.gz"),
    ];
    let expanded = long
        .iter()
        .find_map(|(short, long)| Some(format!("{}{long}", lower.strip_suffix(short)?)));
    let lower = expanded.unwrap_or(lower);
    let encodings = [
        (".gz", "gzip"),
        (".z", "compress"),
        (".bz2", "bzip2"),
        (".xz", "xz"),
        (".br", "br"),
    ];
    let (bare, encoding) = encodings
        .iter()
        .find_map(|(extension, encoding)| Some((lower.strip_suffix(extension)?, Some(*encoding))))
        .unwrap_or((&lower, None));
    let mimetype = match Path::new(bare).extension().and_then(OsStr::to_str) {
        // Where the table has an older name than Python and the tables of systems: RFC 7303 prefers this one of the
        // two names of XML.
        Some("xml") => Some("application/xml"),
        Some("ico") => Some("image/vnd.microsoft.icon"),
        _ => mime_guess::from_path(bare).first_raw(),
    };
    MediaType { mimetype, encoding }
}

#[cfg(test)]
mod tests {
    use super::{MediaType, guess_media_type};

    #[test]
    fn types_follow_the_extension() {
        let cases = [
            ("a.txt", Some("text/plain"), None),
            ("a.html", Some("text/html"), None),
            ("a.css", Some("text/css"), None),
            ("a.PNG", Some("image/png"), None),
            ("a.svg", Some("image/svg+xml"), None),
            ("a.json", Some("application/json"), None),
            ("a.csv", Some("text/csv"), None),
            ("a.xml", Some("application/xml"), None),
            ("a.js", Some("text/javascript"), None),
            ("favicon.ico", Some("image/vnd.microsoft.icon"), None),
            ("a.tar.gz", Some("application/x-tar"), Some("gzip")),
            ("a.tgz", Some("application/x-tar"), Some("gzip")),
            ("a.svg.br", Some("image/svg+xml"), Some("br")),
            ("logo.svgz", Some("image/svg+xml"), Some("gzip")),
            ("a.zzz", None, None),
            ("noext", None, None),
            (".hidden", None, None),
            ("", None, None),
        ];
        for (name, mimetype, encoding) in cases {
            assert_eq!(
                guess_media_type(name),
                MediaType { mimetype, encoding },
                "{name}"
            );
        }
    }
}
