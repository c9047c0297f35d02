//! Texts and numbers in Python's spelling.

use crate::value::Text;

/// Writes text in quotes, with Python's escapes.
///
/// With `ensure_ascii` everything outside of ASCII is escaped, and DEL with it.
///
/// ```
/// let mut out = String::new();
/// carafe_sessions::python_json::push_str(&mut out, "é\n", true);
/// assert_eq!(out, r#""\u00e9\n""#);
/// ```
pub fn push_str(out: &mut String, text: &str, ensure_ascii: bool) {
    out.reserve(text.len() + 2);
    out.push('"');
    match is_plain(text.as_bytes(), ensure_ascii) {
        true => out.push_str(text),
        false => push_escaped(out, text, ensure_ascii),
    }
    out.push('"');
}

/// Whether nothing is to be escaped, as in most texts. It shows eight bytes at a time.
fn is_plain(text: &[u8], ensure_ascii: bool) -> bool {
    let Some(last) = last_word(text) else {
        return plain_length(text, ensure_ascii) == text.len();
    };
    let (words, _) = text.as_chunks();
    let any = |word| any_needs_escape(word, ensure_ascii);
    !words.iter().any(|word| any(u64::from_ne_bytes(*word))) && !any(last)
}

/// Returns how many bytes stand as they are before the first that is escaped.
fn plain_length(text: &[u8], ensure_ascii: bool) -> usize {
    let needs_escape = |byte: &u8| needs_escape(*byte, ensure_ascii);
    let (words, rest) = text.as_chunks();
    for (place, word) in words.iter().enumerate() {
        if any_needs_escape(u64::from_ne_bytes(*word), ensure_ascii)
            && let Some(special) = word.iter().position(needs_escape)
        {
            return place * size_of::<u64>() + special;
        }
    }
    let plain = text.len() - rest.len();
    plain + rest.iter().position(needs_escape).unwrap_or(rest.len())
}

/// Writes text some of which is escaped.
#[cold]
fn push_escaped(out: &mut String, text: &str, ensure_ascii: bool) {
    let mut rest = text;
    loop {
        let (plain, special) = rest
            .split_at_checked(plain_length(rest.as_bytes(), ensure_ascii))
            .unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some(character) => push_escape(out, character),
            None => break,
        }
        rest = characters.as_str();
    }
}

/// The last eight bytes, some of them twice where there are fewer; none of fewer than four.
fn last_word(text: &[u8]) -> Option<u64> {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_ne_bytes(*bytes));
    match text.last_chunk() {
        Some(word) => Some(u64::from_ne_bytes(*word)),
        None => Some(half(text.first_chunk()?) | half(text.last_chunk()?) << 32),
    }
}

/// Whether any of eight bytes is a control, a quote or a backslash, or is not ASCII where that matters.
fn any_needs_escape(word: u64, ensure_ascii: bool) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    // A byte below 0x80 that borrows gets its high bit: it was smaller than what is taken from it. Its neighbour may
    // get one too, and the answer is the same.
    let is = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    let below = word.wrapping_sub(ONES * 0x20) | is(b'"') | is(b'\\');
    HIGH & match ensure_ascii {
        true => below | word.wrapping_add(ONES) | word,
        false => below & !word,
    } != 0
}

/// Writes text in quotes as [`push_str`] does, lone surrogates escaped too.
///
/// Says whether the text could be written: a lone surrogate that is not escaped has no form.
#[must_use]
pub fn push_text(out: &mut String, text: &Text, ensure_ascii: bool) -> bool {
    if let Some(text) = text.as_str() {
        push_str(out, text, ensure_ascii);
        return true;
    }
    if ensure_ascii {
        out.push('"');
        for unit in char::decode_utf16(text.utf16()) {
            match unit {
                Ok(character) if character.is_ascii() && !needs_escape(character as u8, true) => {
                    out.push(character)
                }
                Ok(character) => push_escape(out, character),
                Err(lone) => push_unit(out, lone.unpaired_surrogate()),
            }
        }
        out.push('"');
    }
    ensure_ascii
}

/// Which bytes are escaped: without `ensure_ascii`, and with it.
const ESCAPES: [[bool; 256]; 2] = [escapes(0x100), escapes(0x7f)];

const fn escapes(from: usize) -> [bool; 256] {
    let mut escapes = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        escapes[byte] = byte < 0x20 || byte == 0x22 || byte == 0x5c || byte >= from;
        byte += 1;
    }
    escapes
}

/// Returns whether a byte cannot stand in JSON's quotes as it is.
pub(crate) fn must_be_escaped(byte: u8) -> bool {
    needs_escape(byte, false)
}

fn needs_escape(byte: u8, ensure_ascii: bool) -> bool {
    ESCAPES[usize::from(ensure_ascii)][usize::from(byte)]
}

fn push_escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        other => {
            for unit in other.encode_utf16(&mut [0; 2]) {
                push_unit(out, *unit);
            }
        }
    }
}

fn push_unit(out: &mut String, unit: u16) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        let digit = char::from_digit(u32::from(unit >> shift & 0xf), 16);
        out.push(digit.unwrap_or('0'));
    }
}

/// Writes a number as Python's `repr` does, and JSON's names for what is none: `1.0`, `1e+16`, `NaN`.
pub fn push_float(out: &mut String, number: f64) {
    if number.is_nan() {
        return out.push_str("NaN");
    }
    if number.is_infinite() {
        return out.push_str(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    }
    // Both languages print the shortest digits that read back; the exponent decides the form.
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(number);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.find('.').unwrap_or(usize::MAX);
    if whole <= 16 && !digits.contains('e') && !digits.starts_with("0.0000") {
        return out.push_str(text);
    }
    push_rare_float(out, number);
}

/// Writes a number that is very large or very small, where spellings differ.
fn push_rare_float(out: &mut String, number: f64) {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        let plain = number.to_string();
        out.push_str(&plain);
        if !plain.contains('.') {
            out.push_str(".0");
        }
        return;
    }
    let sign = if power < 0 { '-' } else { '+' };
    out.push_str(&format!("{digits}e{sign}{:02}", power.abs()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_spelled_as_in_python() {
        for (number, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (12345.678, "12345.678"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (1e22, "1e+22"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (-0.0001234, "-0.0001234"),
            (-9_999_999_999_999_998.0, "-9999999999999998.0"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut out = String::new();
            push_float(&mut out, number);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn every_byte_is_seen_at_every_place() {
        for (byte, place) in (0..=u8::MAX).flat_map(|byte| (0..20).map(move |place| (byte, place)))
        {
            let mut text = *b"0123456789 ABCDEF~z!";
            text[place] = byte;
            for ensure_ascii in [false, true] {
                let expected = match needs_escape(byte, ensure_ascii) {
                    true => place,
                    false => text.len(),
                };
                assert_eq!(
                    plain_length(&text, ensure_ascii),
                    expected,
                    "{byte} at {place}"
                );
                // Shorter texts are looked at in other pieces.
                for end in place + 1..=text.len() {
                    let is_plain = is_plain(&text[..end], ensure_ascii);
                    assert_eq!(
                        is_plain,
                        expected == text.len(),
                        "{byte} at {place} of {end}"
                    );
                }
            }
        }
    }

    #[test]
    fn texts_are_escaped_as_in_python() {
        let text = |text: &str, ensure_ascii| {
            let mut out = String::new();
            push_str(&mut out, text, ensure_ascii);
            out
        };
        let sample = "a\"\\/\0\u{8}\u{c}\n\r\t\u{1f}\u{7f}é☃😀\u{2028}";
        let escaped = r#""a\"\\/\u0000\b\f\n\r\t\u001f\u007f\u00e9\u2603\ud83d\ude00\u2028""#;
        assert_eq!(text(sample, true), escaped);
        let unescaped = "\"a\\\"\\\\/\\u0000\\b\\f\\n\\r\\t\\u001f\u{7f}é☃😀\u{2028}\"";
        assert_eq!(text(sample, false), unescaped);
    }

    #[test]
    fn lone_surrogates_are_escaped_or_refused() {
        let text = Text::from_utf16(&[0x78, 0xd800, 0x22, 0xd83d, 0xde00]);
        let mut out = String::new();
        assert!(push_text(&mut out, &text, true));
        assert_eq!(out, r#""x\ud800\"\ud83d\ude00""#);
        assert!(!push_text(&mut out, &text, false));
    }
}
