#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use carafe_sessions::{Text, Value};
use serde::Serialize;
use serde_json::json;

use super::writer::{Layout, Style, write};
use super::{DefaultJsonProvider, JsonErrorKind, JsonProvider};

const COMPACT: Style = Style {
    sort_keys: true,
    ensure_ascii: true,
    layout: Layout::Compact,
};

fn text<T: Serialize + ?Sized>(value: &T, style: Style) -> String {
    let mut text = String::new();
    write(&mut text, value, style).unwrap();
    text
}

#[test]
fn keys_are_sorted_by_code_points_and_numbers() {
    let value = json!({"b": 1, "a": {"z": [], "é": 1, "\n": 2, "😀": 3, "\u{ffff}": 4}, "": {}});
    assert_eq!(
        text(&value, COMPACT),
        r#"{"":{},"a":{"\n":2,"z":[],"\u00e9":1,"\uffff":4,"\ud83d\ude00":3},"b":1}"#
    );
    assert_eq!(
        text(&BTreeMap::from([(10, "x"), (9, "y"), (-1, "z")]), COMPACT),
        r#"{"-1":"z","9":"y","10":"x"}"#
    );
    let unsorted = Style {
        sort_keys: false,
        ..COMPACT
    };
    assert_eq!(text(&json!({"b": 1, "a": 2}), unsorted), r#"{"b":1,"a":2}"#);
}

#[test]
fn layouts_are_pythons() {
    let value = json!({"b": [1, {}], "a": [], "c": {"d": null}});
    let spaced = Style {
        layout: Layout::Spaced,
        ..COMPACT
    };
    assert_eq!(
        text(&value, spaced),
        r#"{"a": [], "b": [1, {}], "c": {"d": null}}"#
    );
    let indented = Style {
        layout: Layout::Indented,
        ..COMPACT
    };
    assert_eq!(
        text(&value, indented),
        "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ],\n  \"c\": {\n    \"d\": null\n  }\n}"
    );
}

#[test]
fn types_of_the_program_are_written_as_serde_json_writes_them() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct New(u8);
    #[derive(Serialize)]
    enum Shape {
        Unit,
        New(u8),
        Tuple(u8, &'static str),
        Struct { y: f32, x: Option<i128> },
    }
    let value = (
        (Unit, New(1), 'c', ()),
        [
            Shape::Unit,
            Shape::New(2),
            Shape::Tuple(3, "t"),
            Shape::Struct { y: 0.1, x: None },
        ],
        i128::MAX,
        u64::MAX,
    );
    assert_eq!(
        text(&value, COMPACT),
        r#"[[null,1,"c",null],["Unit",{"New":2},{"Tuple":[3,"t"]},{"Struct":{"x":null,"y":0.1}}],170141183460469231731687303715884105727,18446744073709551615]"#
    );
    assert!(write(&mut String::new(), &BTreeMap::from([([1], 1)]), COMPACT).is_err());
}

#[test]
fn what_does_not_fit_is_named_by_its_path() {
    #[derive(Debug, serde::Deserialize)]
    struct Order {
        #[expect(dead_code, reason = "only read into")]
        items: Vec<Item>,
    }
    #[derive(Debug, serde::Deserialize)]
    struct Item {
        #[expect(dead_code, reason = "only read into")]
        count: u8,
    }
    let json: Arc<dyn JsonProvider> = Arc::new(DefaultJsonProvider::default());
    let read = |text: &str| json.read::<Order>(text.as_bytes());
    assert!(read(r#"{"items": [{"count": 1}]}"#).is_ok());
    let error = read(r#"{"items": [{"count": 1}, {"count": "many"}]}"#).unwrap_err();
    assert_eq!(error.kind(), JsonErrorKind::Mismatch);
    assert!(error.to_string().starts_with("items[1].count: "), "{error}");
    assert_eq!(read("{").unwrap_err().kind(), JsonErrorKind::Syntax);
}

#[test]
fn integers_beyond_64_bits_stay_whole_where_the_type_can_hold_them() {
    let json: Arc<dyn JsonProvider> = Arc::new(DefaultJsonProvider::default());
    let text = br#"{"n": 123456789012345678901234567890, "m": 18446744073709551615}"#;
    let value: Value = json.read(text).unwrap();
    assert_eq!(
        json.to_text(&value).unwrap(),
        r#"{"m": 18446744073709551615, "n": 123456789012345678901234567890}"#
    );
    let value: serde_json::Value = json.read(text).unwrap();
    assert_eq!(value["n"].as_f64(), Some(1.234_567_890_123_456_8e29));
    for length in [18, 19, 20, 37, 38, 39] {
        for before in 0..20 {
            let text = format!("{}[{}]", " ".repeat(before), "9".repeat(length));
            let value: Value = json.read(text.as_bytes()).unwrap();
            assert_eq!(json.to_text(&value).unwrap(), text.trim());
        }
    }
}

#[test]
fn a_lone_surrogate_is_written_escaped_or_not_at_all() {
    let value = Value::Str(Text::from_utf16(&[0xd800]));
    let provider = |ensure_ascii| -> Arc<dyn JsonProvider> {
        Arc::new(DefaultJsonProvider {
            ensure_ascii,
            ..DefaultJsonProvider::default()
        })
    };
    assert_eq!(provider(true).to_text(&value).unwrap(), r#""\ud800""#);
    assert!(provider(false).to_text(&value).is_err());
    assert!(provider(false).to_response(&value, false).is_err());
}

#[test]
fn what_can_be_read_can_be_written_within_a_small_stack() {
    // The threads of tokio have two megabytes; half of that is left to what runs around this.
    let echo = || {
        let json: Arc<dyn JsonProvider> = Arc::new(DefaultJsonProvider::default());
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let depth = 200;
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let value = json.loads(text.as_bytes()).unwrap();
            let body = json.to_response(&value, true).unwrap();
            assert_eq!(json.loads(body.text.as_bytes()).unwrap(), value);
            assert_eq!(json.read::<Value>(text.as_bytes()).unwrap(), value);
            assert!(json.read::<Vec<u8>>(text.as_bytes()).is_err());
            assert!(json.read::<serde_json::Value>(text.as_bytes()).is_ok());
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(echo);
    thread.unwrap().join().unwrap();
}
