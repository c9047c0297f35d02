//! Numbers as Python reads and writes them, and Rust does not.

use std::borrow::Cow;

use crate::BigInt;

/// The decimal digits outside ASCII, in runs of ten or of several tens: the
/// characters of Unicode's category Nd, which is what `\d` matches.
#[rustfmt::skip] // one pair a line would take two pages
const DIGITS: [(char, char); 70] = [('\u{660}', '\u{669}'), ('\u{6f0}', '\u{6f9}'), ('\u{7c0}', '\u{7c9}'), ('\u{966}', '\u{96f}'), ('\u{9e6}', '\u{9ef}'), ('\u{a66}', '\u{a6f}'), ('\u{ae6}', '\u{aef}'), ('\u{b66}', '\u{b6f}'), ('\u{be6}', '\u{bef}'), ('\u{c66}', '\u{c6f}'), ('\u{ce6}', '\u{cef}'), ('\u{d66}', '\u{d6f}'), ('\u{de6}', '\u{def}'), ('\u{e50}', '\u{e59}'), ('\u{ed0}', '\u{ed9}'), ('\u{f20}', '\u{f29}'), ('\u{1040}', '\u{1049}'), ('\u{1090}', '\u{1099}'), ('\u{17e0}', '\u{17e9}'), ('\u{1810}', '\u{1819}'), ('\u{1946}', '\u{194f}'), ('\u{19d0}', '\u{19d9}'), ('\u{1a80}', '\u{1a89}'), ('\u{1a90}', '\u{1a99}'), ('\u{1b50}', '\u{1b59}'), ('\u{1bb0}', '\u{1bb9}'), ('\u{1c40}', '\u{1c49}'), ('\u{1c50}', '\u{1c59}'), ('\u{a620}', '\u{a629}'), ('\u{a8d0}', '\u{a8d9}'), ('\u{a900}', '\u{a909}'), ('\u{a9d0}', '\u{a9d9}'), ('\u{a9f0}', '\u{a9f9}'), ('\u{aa50}', '\u{aa59}'), ('\u{abf0}', '\u{abf9}'), ('\u{ff10}', '\u{ff19}'), ('\u{104a0}', '\u{104a9}'), ('\u{10d30}', '\u{10d39}'), ('\u{10d40}', '\u{10d49}'), ('\u{11066}', '\u{1106f}'), ('\u{110f0}', '\u{110f9}'), ('\u{11136}', '\u{1113f}'), ('\u{111d0}', '\u{111d9}'), ('\u{112f0}', '\u{112f9}'), ('\u{11450}', '\u{11459}'), ('\u{114d0}', '\u{114d9}'), ('\u{11650}', '\u{11659}'), ('\u{116c0}', '\u{116c9}'), ('\u{116d0}', '\u{116e3}'), ('\u{11730}', '\u{11739}'), ('\u{118e0}', '\u{118e9}'), ('\u{11950}', '\u{11959}'), ('\u{11bf0}', '\u{11bf9}'), ('\u{11c50}', '\u{11c59}'), ('\u{11d50}', '\u{11d59}'), ('\u{11da0}', '\u{11da9}'), ('\u{11f50}', '\u{11f59}'), ('\u{16130}', '\u{16139}'), ('\u{16a60}', '\u{16a69}'), ('\u{16ac0}', '\u{16ac9}'), ('\u{16b50}', '\u{16b59}'), ('\u{16d70}', '\u{16d79}'), ('\u{1ccf0}', '\u{1ccf9}'), ('\u{1d7ce}', '\u{1d7ff}'), ('\u{1e140}', '\u{1e149}'), ('\u{1e2f0}', '\u{1e2f9}'), ('\u{1e4f0}', '\u{1e4f9}'), ('\u{1e5f1}', '\u{1e5fa}'), ('\u{1e950}', '\u{1e959}'), ('\u{1fbf0}', '\u{1fbf9}')];

/// Returns the value of a decimal digit of any script.
pub(crate) fn decimal_digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let at = DIGITS.partition_point(|(_, last)| *last < c);
    let (first, _) = DIGITS.get(at).filter(|(first, _)| *first <= c)?;
    u8::try_from((u32::from(c) - u32::from(*first)) % 10).ok()
}

/// Gives a number written in decimal digits of any script in ASCII.
pub(crate) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let digit = |c| decimal_digit(c).map_or(c, |digit| char::from(b'0' + digit));
    Cow::Owned(text.chars().map(digit).collect())
}

/// Takes out the underscores that Python allows between two digits.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let allowed = |at: usize| at > 0 && digit_at(at - 1) && digit_at(at + 1);
    let mut underscores = text.match_indices('_');
    underscores
        .all(|(at, _)| allowed(at))
        .then(|| Cow::Owned(text.replace('_', "")))
}

/// Reads an integer as Python's `int` does.
pub(crate) fn parse_int(text: &str) -> Option<BigInt> {
    without_underscores(&ascii(text.trim()))?.parse().ok()
}

/// Reads a float as Python's `float` does.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    without_underscores(&ascii(text.trim()))?.parse().ok()
}

/// Writes a float as Python's `str` does: the shortest digits that read back.
pub(crate) fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific; // an infinity
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = number.to_string();
        return match plain.contains('.') {
            true => plain,
            false => plain + ".0",
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::{decimal_digit, float_text, parse_float, parse_int};

    #[test]
    fn digits_of_other_scripts_have_their_value() {
        assert_eq!(decimal_digit('7'), Some(7));
        assert_eq!(decimal_digit('\u{663}'), Some(3));
        assert_eq!(decimal_digit('\u{1d7ff}'), Some(9));
        assert_eq!(decimal_digit('\u{b2}'), None);
        assert_eq!(decimal_digit('x'), None);
    }

    #[test]
    fn integers_read_as_in_python() {
        let read = |text| parse_int(text).map(|number| number.to_string());
        assert_eq!(read("1_000").as_deref(), Some("1000"));
        assert_eq!(read(" -7 ").as_deref(), Some("-7"));
        assert_eq!(read("0012").as_deref(), Some("12"));
        for refused in ["", "_1", "1_", "1__0", "1.0", "x", "--1"] {
            assert_eq!(read(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn floats_read_and_print_as_in_python() {
        assert_eq!(parse_float("1_0.5"), Some(10.5));
        assert_eq!(parse_float("1._5"), None);
        assert_eq!(float_text(1.0), "1.0");
        assert_eq!(float_text(0.0001), "0.0001");
        assert_eq!(float_text(0.00001), "1e-05");
        assert_eq!(float_text(1e16), "1e+16");
        assert_eq!(float_text(-2.5e-7), "-2.5e-07");
        assert_eq!(float_text(f64::INFINITY), "inf");
    }
}
