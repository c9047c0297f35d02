#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::read;
use crate::value::{Text, Value};

fn error(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_python_reads_is_read() {
    let value = read(b" {\"a\": [1, -2.5, 1e3, NaN, -Infinity, true, null], \"a\": \"\\u00e9\\ud83d\\ude00\\/\"}\n").unwrap();
    assert_eq!(
        value.as_dict().unwrap().get("a").unwrap().as_str(),
        Some("é😀/")
    );
    assert_eq!(read(b"-0").unwrap(), Value::Int(0));
    assert_eq!(read(b"1E5").unwrap(), Value::Float(100_000.0));
    assert!(
        matches!(read(b"123456789012345678901234567890").unwrap(), Value::BigInt(number) if number.as_str() == "123456789012345678901234567890")
    );
    assert!(matches!(
        read(b"-1e999").unwrap(),
        Value::Float(f64::NEG_INFINITY)
    ));
}

#[test]
fn lone_surrogates_are_kept() {
    assert_eq!(
        read(br#""\ud800x""#).unwrap(),
        Value::Str(Text::from_utf16(&[0xd800, 0x78]))
    );
    assert_eq!(
        read(br#""\ud800\ud800""#).unwrap(),
        Value::Str(Text::from_utf16(&[0xd800, 0xd800]))
    );
    assert_eq!(
        read(b"\"\xed\xa0\x80\"").unwrap(),
        Value::Str(Text::from_utf16(&[0xd800]))
    );
    assert_eq!(
        read(b"\"\xed\xa0\xbd\xed\xb8\x80\"").unwrap(),
        Value::Str(Text::from("😀"))
    );
}

#[test]
fn messages_are_pythons() {
    let cases = [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        (" \n ", "Expecting value: line 2 column 2 (char 3)"),
        ("nul", "Expecting value: line 1 column 1 (char 0)"),
        (
            "{bad",
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            "{\"a\"",
            "Expecting ':' delimiter: line 1 column 5 (char 4)",
        ),
        ("{\"a\":", "Expecting value: line 1 column 6 (char 5)"),
        (
            "{\"a\":1",
            "Expecting ',' delimiter: line 1 column 7 (char 6)",
        ),
        (
            "{\"a\":1,}",
            "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)",
        ),
        ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("[", "Expecting value: line 1 column 2 (char 1)"),
        ("1 2", "Extra data: line 1 column 3 (char 2)"),
        ("01", "Extra data: line 1 column 2 (char 1)"),
        ("1.", "Extra data: line 1 column 2 (char 1)"),
        ("-", "Expecting value: line 1 column 1 (char 0)"),
        (
            "[\"é\n",
            "Invalid control character at: line 1 column 4 (char 3)",
        ),
        (
            "\"é",
            "Unterminated string starting at: line 1 column 1 (char 0)",
        ),
        (
            "\"a\\",
            "Unterminated string starting at: line 1 column 1 (char 0)",
        ),
        ("\"a\\x\"", "Invalid \\escape: line 1 column 3 (char 2)"),
        (
            "\"\\u12\"",
            "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
        ),
        (
            "\"\\u123g\"",
            "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
        ),
        (
            "\"\\ud800\\u12g4\"",
            "Invalid \\uXXXX escape: line 1 column 9 (char 8)",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(error(text), message, "{text:?}");
    }
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let deep =
        |depth: usize| read(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
    assert!(deep(200).is_ok());
    assert!(deep(30_000).is_err());
    assert!(read("{\"a\":".repeat(30_000).as_bytes()).is_err());
}

#[test]
fn of_equal_keys_the_last_counts_in_the_first_place() {
    let many = |count: usize| {
        let entries: Vec<String> = (0..count)
            .chain([1, 0])
            .map(|n| format!("\"k{n}\":{}", n + 7))
            .collect();
        let text = format!("{{{},\"k1\":null}}", entries.join(","));
        read(text.as_bytes()).unwrap()
    };
    for count in [2, 3, 40, 100_000] {
        let value = many(count);
        let dict = value.as_dict().unwrap();
        assert_eq!(dict.len(), count);
        assert_eq!(dict.get("k1"), Some(&Value::Null));
        assert_eq!(dict.iter().nth(1).unwrap().0, &Text::from("k1"));
    }
}
