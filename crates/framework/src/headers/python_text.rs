//! How Python reads text where that decides what a header means: white space, numbers, capitals.

/// Tells whether `str.strip` takes a character off: Unicode's white space and four control characters.
pub(crate) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

/// Takes white space off both ends, as `str.strip` does.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Splits at runs of white space, as `str.split` does.
pub(crate) fn split_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// Reads an integer as `int` does: with a sign, white space around it and underscores between digits.
///
/// A number beyond 64 bits becomes the nearest one that fits.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let text = strip(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let groups_are_digits = digits
        .split('_')
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    groups_are_digits.then(|| saturating_number(sign, digits))
}

/// Reads an integer as headers may hold it: ASCII digits, at most a minus sign before them.
///
/// A number beyond 64 bits becomes the nearest one that fits. *Werkzeug:* `_plain_int`.
pub(crate) fn parse_plain_int(text: &str) -> Option<i64> {
    let text = strip(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| saturating_number(sign, digits))
}

fn saturating_number(sign: i64, digits: &str) -> i64 {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0i64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(sign * i64::from(digit - b'0'))
        })
}

/// Capitalizes each word as `str.title` does: a letter after anything but a letter.
pub(crate) fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut inside_word = false;
    for character in text.chars() {
        if inside_word {
            titled.extend(character.to_lowercase());
        } else {
            titled.extend(character.to_uppercase());
        }
        inside_word = character.is_lowercase() || character.is_uppercase();
    }
    titled
}

/// Writes a number as `repr` does: shortest form, `1.0`, `1e-05`.
pub(crate) fn float_repr(number: f64) -> String {
    let text = format!("{number:?}");
    match text.split_once("e-") {
        Some((digits, exponent)) if exponent.len() == 1 => format!("{digits}e-0{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{float_repr, parse_int, parse_plain_int, title};

    #[test]
    fn integers_are_read_as_python_reads_them() {
        assert_eq!(parse_int(" +1_0 "), Some(10));
        assert_eq!(parse_int("1__0"), None);
        assert_eq!(parse_plain_int("+1"), None);
        assert_eq!(parse_plain_int(" -12 "), Some(-12));
        assert_eq!(parse_plain_int("99999999999999999999"), Some(i64::MAX));
        assert_eq!(parse_plain_int("-99999999999999999999"), Some(i64::MIN));
    }

    #[test]
    fn words_and_floats_are_written_as_python_writes_them() {
        assert_eq!(title("scram-sHA-1 oauth2b"), "Scram-Sha-1 Oauth2B");
        assert_eq!(float_repr(0.5), "0.5");
        assert_eq!(float_repr(0.0), "0.0");
        assert_eq!(float_repr(0.000_01), "1e-05");
    }
}
