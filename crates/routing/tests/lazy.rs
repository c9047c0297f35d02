//! The match of a request is computed once, whoever asks.
#![allow(clippy::unwrap_used)] // a map that cannot be made fails the test

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use carafe_routing::{Bind, Converter, LazyMatch, Map, MatchError, Rule, ValidationError, Value};

#[test]
fn many_threads_get_one_answer_that_one_of_them_computed() {
    let lazy = LazyMatch::new();
    let (count, start) = (AtomicUsize::new(0), Barrier::new(8));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                let result = lazy.get_or_match(|| {
                    count.fetch_add(1, Ordering::SeqCst);
                    Err(MatchError::NotFound)
                });
                assert_eq!(result.unwrap().as_ref().unwrap_err(), &MatchError::NotFound);
            });
        }
    });
    assert_eq!(count.into_inner(), 1);
}

#[test]
fn a_panic_leaves_the_cell_empty() {
    let lazy = LazyMatch::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _ = lazy.get_or_match(|| panic!("the converter fails"));
    }));
    assert!(panicked.is_err());
    assert!(lazy.get().is_none());
    let result = lazy.get_or_match(|| Err(MatchError::WebsocketMismatch));
    assert_eq!(
        result.unwrap().as_ref().unwrap_err(),
        &MatchError::WebsocketMismatch
    );
}

/// Asks for the match of the request that it converts for.
struct Curious {
    lazy: Arc<LazyMatch>,
}

impl Converter for Curious {
    fn regex(&self) -> Cow<'_, str> {
        "[a-z]+".into()
    }

    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        let error = self
            .lazy
            .get_or_match(|| Err(MatchError::NotFound))
            .unwrap_err();
        Ok(Value::from(format!("{text}: {error}")))
    }
}

#[test]
fn a_converter_that_asks_for_its_own_match_gets_an_error() {
    let lazy = Arc::new(LazyMatch::new());
    let mut map = Map::default();
    let shared = Arc::clone(&lazy);
    map.add_converter("curious", move |_| {
        Ok(Curious {
            lazy: Arc::clone(&shared),
        })
    });
    map.add(Rule::new("/<curious:x>")).unwrap();
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let result = lazy
        .get_or_match(|| urls.match_path("/a", "GET", false))
        .unwrap();
    let value = result.as_ref().unwrap().arg(0, "/a").unwrap();
    assert!(
        value
            .as_str()
            .unwrap()
            .contains("while it is being computed"),
        "{value:?}"
    );
}

#[test]
fn a_match_that_is_known_shows_once_it_is_asked_for() {
    let lazy = LazyMatch::known(Err(MatchError::NotFound));
    assert!(lazy.get().is_none());
    let computed = lazy.get_or_match(|| panic!("it is known already"));
    assert!(matches!(computed, Ok(Err(MatchError::NotFound))));
    assert!(lazy.get().is_some());
}
