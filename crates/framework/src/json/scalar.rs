//! Texts and numbers in Python's spelling. Flask: what `json.dumps` writes for `str`, `int`, `float`.

use std::io::Write;

/// Writes text in quotes. `text` is UTF-8, or WTF-8 where it holds lone surrogates.
pub(super) fn write_text(out: &mut Vec<u8>, text: &[u8], ensure_ascii: bool) {
    out.push(b'"');
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest
            .iter()
            .position(|byte| needs_escape(*byte, ensure_ascii))
            .unwrap_or(rest.len());
        let (plain, special) = rest.split_at(plain);
        out.extend_from_slice(plain);
        rest = match special.first() {
            Some(byte) if *byte < 0x80 => {
                write_escape(out, *byte);
                special.get(1..).unwrap_or_default()
            }
            Some(_) => write_wide_escape(out, special),
            None => special,
        };
    }
    out.push(b'"');
}

fn needs_escape(byte: u8, ensure_ascii: bool) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\' || (ensure_ascii && byte >= 0x7f)
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        other => write_unit(out, other.into()),
    }
}

/// Escapes the first character of `text`, which is outside ASCII, and returns what follows it.
fn write_wide_escape<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> &'a [u8] {
    let (length, lead) = match text.first() {
        Some(lead @ 0xf0..) => (4, u32::from(lead & 0x07)),
        Some(lead @ 0xe0..) => (3, u32::from(lead & 0x0f)),
        Some(lead) => (2, u32::from(lead & 0x1f)),
        None => return text,
    };
    let (character, rest) = text.split_at(length.min(text.len()));
    let point = character
        .iter()
        .skip(1)
        .fold(lead, |point, byte| point << 6 | u32::from(byte & 0x3f));
    match point.checked_sub(0x1_0000) {
        None => write_unit(out, point as u16),
        Some(rest) => {
            write_unit(out, 0xd800 | (rest >> 10) as u16);
            write_unit(out, 0xdc00 | (rest & 0x3ff) as u16);
        }
    }
    rest
}

fn write_unit(out: &mut Vec<u8>, unit: u16) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    out.extend([12, 8, 4, 0].map(|shift| DIGITS[usize::from(unit >> shift & 0xf)]));
}

/// Writes a whole number.
pub(super) fn write_int(out: &mut Vec<u8>, number: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Writes a number as Python's `repr` does: `1.0`, `1e+16`, `NaN`.
///
/// The digits are the fewest that read back as the same number, which Rust finds too; where the point
/// and the exponent go differs.
pub(super) fn write_float(out: &mut Vec<u8>, number: f64, shortest: impl std::fmt::LowerExp) {
    if number.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if number.is_infinite() {
        return out.extend_from_slice(if number < 0.0 {
            b"-Infinity"
        } else {
            b"Infinity"
        });
    }
    let text = format!("{shortest:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa
        .strip_prefix('-')
        .map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    out.extend_from_slice(sign.as_bytes());
    if !(-4..16).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            "{first}{point}{rest}e{sign}{:02}",
            exponent.unsigned_abs()
        );
    } else if exponent < 0 {
        let _ = write!(
            out,
            "0.{}{digits}",
            "0".repeat(exponent.unsigned_abs() as usize - 1)
        );
    } else {
        let whole = exponent as usize + 1;
        match digits.split_at_checked(whole) {
            Some((whole, "")) => write!(out, "{whole}.0"),
            Some((whole, part)) => write!(out, "{whole}.{part}"),
            None => write!(out, "{digits}{}.0", "0".repeat(whole - digits.len())),
        }
        .unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn float(number: f64) -> String {
        let mut out = Vec::new();
        write_float(&mut out, number, number);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_are_spelled_as_python_spells_them() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (100.0, "100.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (1.0 / 3.0, "0.3333333333333333"),
            (9007199254740993.0, "9007199254740992.0"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (12345.678, "12345.678"),
            (1e22, "1e+22"),
        ];
        for (number, text) in cases {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn texts_are_escaped_as_python_escapes_them() {
        let text = |text: &[u8], ensure_ascii| {
            let mut out = Vec::new();
            write_text(&mut out, text, ensure_ascii);
            String::from_utf8(out).unwrap()
        };
        let sample = "a\"\\/\u{0}\u{8}\u{c}\n\r\t\u{1f}\u{7f}é☃😀\u{2028}";
        assert_eq!(
            text(sample.as_bytes(), true),
            r#""a\"\\/\u0000\b\f\n\r\t\u001f\u007f\u00e9\u2603\ud83d\ude00\u2028""#
        );
        assert_eq!(
            text(sample.as_bytes(), false),
            "\"a\\\"\\\\/\\u0000\\b\\f\\n\\r\\t\\u001f\u{7f}é☃😀\u{2028}\""
        );
        assert_eq!(text(b"\xed\xa0\x80x", true), r#""\ud800x""#);
    }
}
