//! Hostile paths and rules end in an answer, in little time and stack.
#![allow(clippy::unwrap_used)] // a map that cannot be made fails the test

use std::thread;

use carafe_routing::{Bind, Map, MatchError, Rule};

/// Matches on a thread with a small stack.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(256 * 1024).spawn(work);
    thread.unwrap().join().unwrap();
}

#[test]
fn paths_of_64_kib_end_in_an_answer() {
    on_a_small_stack(|| {
        let mut map = Map::default();
        for rule in [
            "/<a>/<b>/<c>/end",
            "/<path:p>/edit",
            "/<path:p>/<path:q>/",
            "/<x>-<y>-<z>",
            "/<int:n>",
            "/f/<float:f>",
            "/<string(minlength=2):s>/<path:p>/x",
        ] {
            map.add(Rule::new(rule)).unwrap();
        }
        let urls = map.bind(Bind::new("localhost")).unwrap();
        for piece in ["/", "%", "a", "/a", "/1", "-", "9", "/a-b/%//\u{e9}", "\n"] {
            let path = piece.repeat(64 * 1024 / piece.len());
            for path in [format!("/{path}"), path] {
                if let Ok(found) = urls.match_path(&path, "GET", false) {
                    assert_eq!(found.args(&path).count(), found.len());
                }
            }
        }
    });
}

#[test]
fn an_integer_of_any_length_is_matched_without_loss() {
    let mut map = Map::default();
    map.add(Rule::new("/<int:n>")).unwrap();
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let digits = "1234567890".repeat(5_000);
    let path = format!("/{digits}");
    let found = urls.match_path(&path, "GET", false).unwrap();
    let carafe_routing::Value::BigInt(number) = found.arg(0, &path).unwrap() else {
        panic!("not a big integer");
    };
    assert_eq!(number.as_str(), digits);
}

#[test]
fn a_rule_of_100_000_segments_works() {
    on_a_small_stack(|| {
        let rule = "/a".repeat(100_000);
        let mut map = Map::default();
        map.add(Rule::new(rule.as_str())).unwrap();
        map.add(Rule::new(format!("{rule}/<x>-<y>"))).unwrap();
        let urls = map.bind(Bind::new("localhost")).unwrap();
        assert!(urls.match_path(&rule, "GET", false).is_ok());
        let miss = urls.match_path(&format!("{rule}/b"), "GET", false);
        assert_eq!(miss.unwrap_err(), MatchError::NotFound);
    });
}
