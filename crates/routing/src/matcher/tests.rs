#![allow(clippy::unwrap_used)] // a map that cannot be made fails the test

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::{Found, Target, Trail};
use crate::method::Method;
use crate::{Bind, LazyMatch, Map, MapOptions, Rule};

/// A runner with the same cases in every run.
fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[derive(Debug, Clone)]
struct RuleDraft {
    segments: Vec<&'static str>,
    branch: bool,
    strict: Option<bool>,
    merge: Option<bool>,
    methods: Option<&'static str>,
    websocket: bool,
    subdomain: &'static str,
}

/// `@` stands for the name of a variable, which must differ within a rule.
fn segment() -> impl Strategy<Value = &'static str> {
    let usual = vec![
        "a",
        "b",
        "ab",
        "<@>",
        "<int:@>",
        "<any(a, b):@>",
        "a<@>",
        "<@>b",
    ];
    let rare = vec![
        "",
        "<path:@>",
        "<string(length=2):@>",
        "<string(minlength=0):@>",
        "a<path:@>",
        "{b}",
        "*a",
        "<float:@>",
        "a<string(minlength=0):@>",
    ];
    prop_oneof![12 => select(usual), 3 => select(rare), 1 => select(vec!["<@>-<@>", "x<@>", "b<int:@>", "<@>ab"])]
}

fn rule() -> impl Strategy<Value = RuleDraft> {
    let flag = || prop_oneof![3 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (
        vec(segment(), 0..4),
        any::<bool>(),
        flag(),
        flag(),
        prop_oneof![3 => Just(None), 1 => select(vec!["GET", "POST", "LOCK"]).prop_map(Some)],
        prop_oneof![9 => Just(false), 1 => Just(true)],
        prop_oneof![12 => Just(""), 1 => Just("a"), 1 => Just("<@>")],
    )
        .prop_map(
            |(segments, branch, strict, merge, methods, websocket, subdomain)| RuleDraft {
                segments,
                branch,
                strict,
                merge,
                methods,
                websocket,
                subdomain,
            },
        )
}

impl RuleDraft {
    fn rule(&self) -> Rule {
        let mut count = 0;
        let mut named = |text: &str| {
            let mut named = String::new();
            for c in text.chars() {
                match c {
                    '@' => {
                        count += 1;
                        named.push_str(&format!("v{count}"));
                    }
                    c => named.push(c),
                }
            }
            named
        };
        let mut text = String::new();
        for segment in &self.segments {
            text.push('/');
            text.push_str(&named(segment));
        }
        if self.branch || text.is_empty() {
            text.push('/');
        }
        let mut rule = Rule::new(text)
            .websocket(self.websocket)
            .subdomain(named(self.subdomain));
        if let Some(strict) = self.strict {
            rule = rule.strict_slashes(strict);
        }
        if let Some(merge) = self.merge {
            rule = rule.merge_slashes(merge);
        }
        match self.methods {
            Some(method) if !self.websocket => rule.methods([method]),
            _ => rule,
        }
    }
}

fn map(rules: &[RuleDraft], strict: bool) -> Map {
    let mut map = Map::new(MapOptions {
        strict_slashes: strict,
        ..MapOptions::default()
    });
    for rule in rules {
        // Duplicates are refused and leave the map as it was.
        let _ = map.add(rule.rule());
    }
    map
}

fn path() -> impl Strategy<Value = String> {
    let usual = vec!["a", "b", "ab", "1", "12", "a1b", "x-y", "1.5"];
    let segments = prop_oneof![9 => select(usual), 1 => select(vec!["", "{b}", "*a", "\u{e9}"])];
    (vec(segments, 0..4), any::<bool>()).prop_map(|(segments, slash)| {
        let mut path: String = segments.iter().flat_map(|segment| ["/", segment]).collect();
        if slash {
            path.push('/');
        }
        path
    })
}

#[test]
fn the_two_tiers_agree() {
    let requests = vec(
        (path(), select(vec!["GET", "POST", "LOCK"]), any::<bool>()),
        8,
    );
    let inputs = (vec(rule(), 1..9), any::<bool>(), requests);
    let routed = Cell::new(0);
    runner(10_000)
        .run(&inputs, |(rules, strict, requests)| {
            let map = map(&rules, strict);
            let compiled = map.compiled();
            for (path, method, websocket) in &requests {
                for domain in ["", "a"] {
                    let target = Target {
                        domain,
                        path,
                        method: Method::new(method),
                        websocket: *websocket && path.len() % 4 == 0,
                    };
                    let (mut first, mut second) = (Trail::default(), Trail::default());
                    let fast = compiled.search(&map.rules, target, &mut first);
                    let slow = compiled.states.search(&map.rules, target, &mut second);
                    assert_eq!(format!("{fast:?}"), format!("{slow:?}"), "{target:?}");
                    // What was captured matters only where a rule was found.
                    if let Found::Rule(_) = fast {
                        assert_eq!(first.spans, second.spans, "{target:?}");
                    }
                    assert_eq!(first.methods, second.methods, "{target:?}");
                    assert_eq!(first.websocket, second.websocket, "{target:?}");
                    routed.set(routed.get() + u32::from(matches!(fast, Found::Rule(_))));
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(
        routed.get() > 10_000,
        "the maps and paths hardly meet: {routed:?}"
    );
}

fn rule_with_variable_at_end() -> impl Strategy<Value = RuleDraft> {
    let last = vec![
        "<@>",
        "<int:@>",
        "<any(a, b):@>",
        "<string(length=2):@>",
        "<float:@>",
        "<path:@>",
        "a<@>",
    ];
    (rule(), select(vec!["a", "b"]), select(last)).prop_map(|(rule, first, last)| RuleDraft {
        segments: vec![first, last],
        ..rule
    })
}

fn path_with_value_at_end() -> impl Strategy<Value = String> {
    let values = vec![
        "7",
        "ab",
        "a",
        "",
        "7/",
        "/7",
        "1.5",
        "+7",
        "\u{664}",
        "99999999999999999999",
    ];
    let before = select(vec!["/a/", "/b/", "//a/", "a/"]);
    (before, select(values)).prop_map(|(before, value)| format!("{before}{value}"))
}

#[test]
fn a_direct_match_is_what_an_adapter_finds() {
    let requests = vec(
        (
            prop_oneof![3 => path_with_value_at_end(), 1 => path()],
            select(vec!["GET", "POST"]),
            prop_oneof![9 => Just(false), 1 => Just(true)],
        ),
        32,
    );
    let rules = prop_oneof![4 => rule_with_variable_at_end(), 1 => rule()];
    let inputs = (vec(rules, 1..5), requests);
    let by_last = Cell::new(0);
    runner(5_000)
        .run(&inputs, |(rules, requests)| {
            let map = map(&rules, true);
            let urls = map.bind(Bind::new("localhost")).unwrap();
            for (path, method, websocket) in &requests {
                let mut lazy = LazyMatch::new();
                lazy.match_direct(&map, "", path, method, *websocket);
                if lazy.show() {
                    let direct = lazy.get().unwrap();
                    let bound = urls.match_path(path, method, *websocket);
                    assert_eq!(format!("{direct:?}"), format!("{bound:?}"), "{path}");
                }
                let last = map
                    .compiled()
                    .fast
                    .last(&map.rules, target(path, method, *websocket));
                by_last.set(by_last.get() + u32::from(last.is_some()));
            }
            Ok(())
        })
        .unwrap();
    assert!(
        by_last.get() > 500,
        "hardly any match is by the last segment: {by_last:?}"
    );
}

fn target<'a>(path: &'a str, method: &'a str, websocket: bool) -> Target<'a> {
    Target {
        domain: "",
        path,
        method: Method::new(method),
        websocket,
    }
}

#[test]
fn a_variable_at_the_end_is_found_by_the_text_before_it() {
    let found = |rule: Rule, path: &str| {
        let mut map = Map::default();
        map.add(rule).unwrap();
        let target = target(path, "GET", false);
        map.compiled().fast.last(&map.rules, target).is_some()
    };
    for (rule, path, is_found) in [
        ("/user/<int:id>", "/user/7", true),
        ("/<name>", "/ada", true),
        ("/<uuid:id>", "/3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a", true),
        ("/<uuid:id>", "/7", false),
        ("/user/<int:id>", "/user/", false),
        ("/user/<int:id>", "//user/7", false),
        ("/user/<int:id>", "user/7", false),
        ("/user/<int:id>", "/user/\u{664}", false),
        ("/user/<int:id>", "/user/99999999999999999999", false),
        ("/user/<int(min=1):id>", "/user/7", false),
        ("/user/<float:id>", "/user/7.0", false),
        ("/user/<int:id>/", "/user/7", false),
        ("/{user}/<int:id>", "/{user}/7", false),
        ("/{user}/<int:id>", "/{{user}}/7", false),
        ("/user/x<int:id>", "/user/x7", false),
    ] {
        assert_eq!(found(Rule::new(rule), path), is_found, "{rule} {path}");
    }
    let rule = || Rule::new("/user/<int:id>");
    assert!(!found(rule().methods(["POST"]), "/user/7"));
    assert!(!found(rule().websocket(true), "/user/7"));
    assert!(!found(rule().redirect_to("/elsewhere"), "/user/7"));
    assert!(!found(rule().defaults([("page", 1)]), "/user/7"));
}

#[test]
fn matching_takes_any_text() {
    let text = || proptest::string::string_regex(r"(?s)[/a1.{}%<>\-]{0,6}.{0,12}").unwrap();
    let inputs = (vec(rule(), 1..6), text(), text(), any::<bool>());
    runner(2_000)
        .run(&inputs, |(rules, path, method, merge)| {
            let mut map = map(&rules, true);
            map.options_mut().merge_slashes = merge;
            let urls = map.bind(Bind::new("localhost")).unwrap();
            if let Ok(found) = urls.match_path(&path, &method, false) {
                assert_eq!(
                    found.args(&path).count(),
                    found.rule(&map).arguments().len()
                );
                // A path that is not the one that was matched does no harm.
                found.args("\u{e9}").for_each(drop);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn rules_take_any_text() {
    let text =
        proptest::string::string_regex(r#"(?s)/?([<>():,="'/a1._ {}\-]|int|any|path|.){0,16}"#);
    runner(5_000)
        .run(&text.unwrap(), |text| {
            let mut map = Map::default();
            if let Err(error) = map.add(Rule::new(text.as_str())) {
                let last = text.chars().count() + 1;
                assert!(
                    error.column().is_none_or(|column| column <= last),
                    "{error:#}"
                );
            }
            let urls = map.bind(Bind::new("")).unwrap();
            let _ = urls.match_path(&text, "GET", false);
            Ok(())
        })
        .unwrap();
}
