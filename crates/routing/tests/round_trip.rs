//! A URL that was built matches the rule it was built by, with the same values.
#![allow(clippy::unwrap_used)] // a URL that cannot be built fails the test

use carafe_routing::{Bind, BuildOptions, Map, Rule, Uuid, Value, Values};
use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::prop_oneof;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// A converter with a value of its type that a URL can hold.
fn variable() -> impl Strategy<Value = (&'static str, Value<'static>)> {
    let text = |pattern| {
        proptest::string::string_regex(pattern)
            .unwrap()
            .prop_map(Value::from)
    };
    prop_oneof![
        ("", text("[^/]{1,8}")).prop_map(|(_, value)| ("string", value)),
        text("[^/]{2,4}").prop_map(|value| ("string(minlength=2, maxlength=4)", value)),
        // A line break ends what `.` matches, and so it does in Werkzeug.
        text("[^/\n][^/\n]{0,5}(/[^/\n]{1,5}){0,3}").prop_map(|value| ("path", value)),
        any::<i64>().prop_map(|value| ("int(signed=True)", Value::from(value))),
        any::<u128>().prop_map(|value| ("int", Value::from(value))),
        (0..10_000_u16).prop_map(|value| ("int(fixed_digits=4)", Value::from(value))),
        any::<u128>().prop_map(|value| ("uuid", Value::from(Uuid::from_u128(value)))),
        // Six decimals are kept, and a whole number would end with its point.
        (0..1_000_000_u32, 1..64_u32).prop_map(|(whole, part)| {
            (
                "float",
                Value::from(f64::from(whole) + f64::from(part) / 64.0),
            )
        }),
        Just(("any(a, b, 'c d')", Value::from("b"))),
    ]
}

#[test]
fn what_was_built_matches_with_the_same_values() {
    let inputs = vec((variable(), "[a-z]{1,3}"), 1..5);
    let config = ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&inputs, |variables| {
            let mut rule = String::new();
            let mut values = Values::new();
            for (at, ((converter, value), text)) in variables.iter().enumerate() {
                rule.push_str(&format!("/{text}/<{converter}:v{at}>"));
                values.insert(format!("v{at}"), value.clone());
            }
            let mut map = Map::default();
            // Without a slash at the end of the rule none is lost from a path.
            map.add(Rule::new(format!("{rule}/end")).endpoint("e"))
                .unwrap();
            let urls = map.bind(Bind::new("localhost")).unwrap();
            let url = urls.build("e", &values, BuildOptions::default()).unwrap();
            let path = percent_decode_str(&url).decode_utf8().unwrap();
            let found = urls.match_path(&path, "GET", false);
            let found = found.unwrap_or_else(|error| panic!("{rule} {url}: {error}"));
            for (name, value) in found.named_args(&map, &path) {
                assert_eq!(values.get(name), Some(&value), "{rule} {url}");
            }
            Ok(())
        })
        .unwrap();
}
