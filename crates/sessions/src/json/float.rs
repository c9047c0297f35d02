//! Python's spelling of a float: `repr`, and JSON's names for what is no number.

/// Appends a float as Python's JSON writes it: `1e+16`, `0.0001`, `NaN`.
pub(crate) fn push_float(text: &mut String, number: f64) {
    if number.is_nan() {
        text.push_str("NaN");
        return;
    }
    if number.is_infinite() {
        text.push_str(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
        return;
    }
    // Both languages print the shortest digits that read back; the exponent decides the form.
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        let plain = format!("{number}");
        text.push_str(&plain);
        if !plain.contains('.') {
            text.push_str(".0");
        }
        return;
    }
    let sign = if power < 0 { '-' } else { '+' };
    text.push_str(&format!("{digits}e{sign}{:02}", power.abs()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_spelled_as_in_python() {
        for (number, expected) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut text = String::new();
            push_float(&mut text, number);
            assert_eq!(text, expected);
        }
    }
}
