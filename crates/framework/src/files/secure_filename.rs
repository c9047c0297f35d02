//! Names without surprises. Werkzeug: `secure_filename`.

use unicode_normalization::UnicodeNormalization;

use crate::headers::python_text::split_words;

/// Turns a name from a client into one that can be used in any folder: ASCII, without separators.
///
/// The result may be empty, and it may be the name of another file.
///
/// *Werkzeug:* `secure_filename`.
///
/// ```
/// use carafe::files::secure_filename;
///
/// assert_eq!(secure_filename("My cool movie.mov"), "My_cool_movie.mov");
/// assert_eq!(secure_filename("../../../etc/passwd"), "etc_passwd");
/// assert_eq!(secure_filename("i contain cool \u{fc}ml\u{e4}uts.txt"), "i_contain_cool_umlauts.txt");
/// ```
pub fn secure_filename(filename: &str) -> String {
    let ascii: String = filename
        .nfkd()
        .filter(char::is_ascii)
        .map(|character| {
            if is_separator(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    let mut joined = String::with_capacity(ascii.len());
    for (index, word) in split_words(&ascii).enumerate() {
        if index > 0 {
            joined.push('_');
        }
        joined.extend(
            word.chars()
                .filter(|c| c.is_ascii_alphanumeric() || "_.-".contains(*c)),
        );
    }
    let name = joined.trim_matches(['.', '_']);
    if cfg!(windows) && is_windows_device(name) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

fn is_separator(character: char) -> bool {
    character == '/' || cfg!(windows) && character == '\\'
}

fn is_windows_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let port = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    matches!(stem.as_str(), "AUX" | "CON" | "NUL" | "PRN")
        || port.is_some_and(|port| matches!(port.as_bytes(), [b'1'..=b'9']))
}
