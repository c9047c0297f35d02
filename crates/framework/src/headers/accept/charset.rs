//! The `Accept-Charset` header. Werkzeug: `CharsetAccept`.

use crate::headers::accept::{Accept, Kind};

/// An `Accept-Charset` header, in which a charset may go by any of its names.
///
/// *Werkzeug:* `CharsetAccept`.
pub type CharsetAccept = Accept<Charsets>;

/// Names of charsets, which match when they stand for the same charset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Charsets;

impl Kind for Charsets {
    fn matches(offered: &str, listed: &str) -> bool {
        listed == "*" || normal_name(offered) == normal_name(listed)
    }
}

/// The names that Python knows the charsets of the web by, without their separators.
const ALIASES: [(&str, &[&str]); 12] = [
    ("utf8", &["u8", "utf", "utf8ucs2", "utf8ucs4", "cp65001"]),
    (
        "ascii",
        &[
            "646",
            "ansix341968",
            "ansix341986",
            "cp367",
            "csascii",
            "ibm367",
            "iso646us",
            "iso646irv1991",
            "isoir6",
            "us",
            "usascii",
        ],
    ),
    (
        "iso88591",
        &[
            "8859",
            "cp819",
            "csisolatin1",
            "ibm819",
            "iso8859",
            "iso885911987",
            "isoir100",
            "l1",
            "latin",
            "latin1",
        ],
    ),
    (
        "iso88592",
        &["csisolatin2", "iso885921987", "isoir101", "l2", "latin2"],
    ),
    ("iso885915", &["l9", "latin9"]),
    ("cp1252", &["1252", "windows1252"]),
    ("cp1251", &["1251", "windows1251"]),
    ("utf16", &["u16"]),
    ("shiftjis", &["csshiftjis", "sjis"]),
    ("gb18030", &["gb180302000"]),
    ("eucjp", &["ujis", "u_jis"]),
    ("koi8r", &["cskoi8r"]),
];

fn normal_name(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.' | ':'))
        .collect();
    ALIASES
        .iter()
        .find(|(charset, aliases)| *charset == plain || aliases.contains(&plain.as_str()))
        .map_or_else(|| name.to_lowercase(), |(charset, _)| (*charset).to_owned())
}
