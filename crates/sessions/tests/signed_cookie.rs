//! The signed cookie: when it is written, what it survives, what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::field_reassign_with_default,
    reason = "a test may stop at what is missing, and says what differs from the default"
)]

mod host;

use std::time::Duration;

use carafe_sessions::cookie::behavior;
use carafe_sessions::{
    AnySessionInterface, BoxSession, SecureCookie, SecureCookieSession, SessionContext,
    SessionErrorKind, Value,
};
use host::{App, Request, Saved, open, save};

/// What a response does to the cookie.
#[derive(Debug, PartialEq)]
enum Cookie {
    Untouched,
    Set,
    SetWithExpiry,
    Deleted,
}

fn cookie_of(saved: &Saved) -> Cookie {
    match saved.set_cookie.as_deref() {
        None => Cookie::Untouched,
        Some(cookie) if cookie.contains("Max-Age=0") => Cookie::Deleted,
        Some(cookie) if cookie.contains("Expires=") => Cookie::SetWithExpiry,
        Some(_) => Cookie::Set,
    }
}

/// The whole table: modified, permanent, refreshed each request, accessed, emptied.
#[test]
fn every_cell_of_the_table_does_what_flask_does() {
    for cell in 0..32 {
        let bit = |place: u32| cell >> place & 1 == 1;
        let (modified, permanent, refresh) = (bit(0), bit(1), bit(2));
        let (accessed, emptied) = (bit(3), bit(4));
        let mut app = App::default();
        app.refresh_each_request = refresh;
        let mut session = BoxSession::from(SecureCookieSession::new());
        session.insert("n", 1).unwrap();
        session.set_permanent(permanent).unwrap();
        if emptied {
            // An emptied session has no `_permanent` key either.
            session.clear().unwrap();
        }
        session.set_modified(modified);
        session.set_accessed(accessed);
        let saved = save(&SecureCookie.into(), &app, &Request::default(), session);
        let written = match (emptied, modified, permanent && refresh) {
            (true, true, _) => Cookie::Deleted,
            (true, false, _) | (false, false, false) => Cookie::Untouched,
            (false, _, _) if permanent => Cookie::SetWithExpiry,
            (false, _, _) => Cookie::Set,
        };
        let vary = (accessed || written != Cookie::Untouched).then_some("Cookie");
        let name = format!(
            "modified {modified}, permanent {permanent}, refresh {refresh}, accessed {accessed}, \
             emptied {emptied}"
        );
        assert_eq!(cookie_of(&saved), written, "{name}");
        assert_eq!(saved.vary.as_deref(), vary, "{name}");
    }
}

#[test]
fn a_request_without_a_cookie_has_an_empty_session() {
    let session = open(&SecureCookie.into(), &App::default(), &Request::default()).unwrap();
    assert!(session.is_empty());
    assert!(!session.modified() && !session.accessed() && !session.is_null());
}

#[test]
fn an_app_without_a_key_has_a_session_that_refuses_changes() {
    for secret_key in [None, Some(Vec::new())] {
        let mut app = App::default();
        app.secret_key = secret_key;
        let mut session = open(&SecureCookie.into(), &app, &Request::default()).unwrap();
        assert!(session.is_null());
        assert_eq!(session.get::<i64>("n"), None);
        for refused in [
            session.insert("n", 1),
            session.clear(),
            session.remove("n").map(drop),
            session.set_permanent(true),
            session.update([("n", 1)]),
            session.entry("n").map(|_| ()),
            session.values_mut().map(|_| ()),
            session.modify("n", |n: &mut i64| *n += 1),
            session.update_key("n", |n: Option<i64>| n.unwrap_or(0)),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), SessionErrorKind::NoSecretKey);
            assert_eq!(
                error.to_string(),
                "The session is unavailable because no secret key was set.  Set the secret_key \
                 on the application to something unique and secret."
            );
        }
    }
}

#[test]
fn a_nested_list_that_is_changed_in_place_is_saved() {
    let (interface, app) = (AnySessionInterface::from(SecureCookie), App::default());
    let mut session = open(&interface, &app, &Request::default()).unwrap();
    session.insert("cart", vec!["apple"]).unwrap();
    let first = save(&interface, &app, &Request::default(), session);
    let request = Request::with_cookie(first.cookie_value().unwrap());
    let mut session = open(&interface, &app, &request).unwrap();
    assert!(!session.modified());
    let items = session.get_mut("cart").and_then(Value::as_list_mut);
    items.unwrap().push("pear".into());
    assert!(session.modified());
    let second = save(&interface, &app, &request, session);
    let request = Request::with_cookie(second.cookie_value().unwrap());
    let session = open(&interface, &app, &request).unwrap();
    assert_eq!(
        session.get("cart"),
        Some(vec!["apple".to_owned(), "pear".to_owned()])
    );
}

#[test]
fn older_keys_open_and_the_current_one_signs() {
    let interface = AnySessionInterface::from(SecureCookie);
    let mut old = App::default();
    old.secret_key = Some(b"\xff old".to_vec());
    let mut session = open(&interface, &old, &Request::default()).unwrap();
    session.insert("n", 1).unwrap();
    let saved = save(&interface, &old, &Request::default(), session);
    let request = Request::with_cookie(saved.cookie_value().unwrap());
    let mut app = App::default();
    app.fallbacks = vec![b"older".to_vec(), b"\xff old".to_vec()];
    let mut session = open(&interface, &app, &request).unwrap();
    assert_eq!(session.get::<i64>("n"), Some(1));
    session.set_modified(true);
    let saved = save(&interface, &app, &request, session);
    app.fallbacks.clear();
    let request = Request::with_cookie(saved.cookie_value().unwrap());
    assert_eq!(open(&interface, &app, &request).unwrap().len(), 1);
    let session = open(&interface, &old, &request).unwrap();
    assert!(session.is_empty());
}

#[test]
fn a_cookie_is_of_use_for_its_lifetime_and_not_before_its_time() {
    let interface = AnySessionInterface::from(SecureCookie);
    let mut app = App::default();
    app.lifetime = Duration::from_secs(100);
    let mut session = open(&interface, &app, &Request::default()).unwrap();
    session.insert("n", 1).unwrap();
    let saved = save(&interface, &app, &Request::default(), session);
    let request = Request::with_cookie(saved.cookie_value().unwrap());
    let signed_at = app.now;
    for (offset, lives) in [(0, true), (100, true), (101, false), (-1, false)] {
        app.now = match offset < 0 {
            true => signed_at - Duration::from_secs(1),
            false => signed_at + Duration::from_secs(offset as u64) + Duration::from_millis(999),
        };
        let session = open(&interface, &app, &request).unwrap();
        assert_eq!(!session.is_empty(), lives, "{offset}");
    }
}

#[test]
fn a_rightly_signed_cookie_that_cannot_be_read_is_an_error() {
    let app = App::default();
    let request = Request::default();
    let cx = SessionContext::new(&app, &request);
    let serializer = behavior::signing_serializer(&SecureCookie, &cx).unwrap();
    for unreadable in [Value::from(5), Value::from("text"), Value::from(vec![1])] {
        let style = carafe_sessions::JsonStyle::default();
        let tagged = carafe_sessions::TaggedJson::shared();
        let cookie = serializer.dumps_value(&unreadable, (tagged, style), app.now);
        let request = Request::with_cookie(cookie.unwrap());
        let error = open(&SecureCookie.into(), &app, &request).unwrap_err();
        assert_eq!(error.kind(), SessionErrorKind::Unreadable);
    }
}

/// Takes down what is logged.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<String>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "carafe::session"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Message<'a>(&'a mut String);
        impl tracing::field::Visit for Message<'_> {
            fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{value:?}"));
            }
        }
        event.record(&mut Message(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_cookie_that_is_too_large_is_named_with_its_largest_keys() {
    let (interface, app) = (AnySessionInterface::from(SecureCookie), App::default());
    let mut session = open(&interface, &app, &Request::default()).unwrap();
    let mut random = Random(7);
    for (key, size) in [
        ("small", 10),
        ("huge", 4000),
        ("large", 300),
        ("middle", 100),
    ] {
        let text: String = (0..size)
            .map(|_| char::from(b'!' + random.below(90) as u8))
            .filter(|character| !"\"\\".contains(*character))
            .collect();
        session.insert(key, text).unwrap();
    }
    let log = Log::default();
    let saved = tracing::subscriber::with_default(log.clone(), || {
        save(&interface, &app, &Request::default(), session)
    });
    assert!(saved.set_cookie.unwrap().len() > 4093);
    let text = log.0.lock().unwrap().clone();
    assert!(
        text.starts_with("The 'session' cookie is too large: the value was "),
        "{text}"
    );
    let place = |key: &str| text.find(&format!("'{key}' (")).unwrap_or(usize::MAX);
    assert!(
        place("huge") < place("large") && place("large") < place("middle"),
        "{text}"
    );
    assert_eq!(place("small"), usize::MAX, "{text}");
}

/// One small generator, so that a failure can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Changes a cookie in one of the ways that an attacker may try.
fn mutate(cookie: &str, other: &str, random: &mut Random) -> String {
    const LETTERS: &[u8] =
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=+/ \n\"%";
    let mut bytes = cookie.as_bytes().to_vec();
    let at = random.below(bytes.len());
    let letter = LETTERS[random.below(LETTERS.len())];
    match random.below(7) {
        0 => bytes[at] = letter,
        1 => bytes.insert(at, letter),
        2 => drop(bytes.remove(at)),
        3 => bytes.truncate(at),
        4 => bytes.push(letter),
        5 => bytes.swap(at, random.below(cookie.len())),
        _ => {
            // The parts of two genuine cookies, mixed.
            let mut parts: Vec<&str> = cookie.rsplitn(3, '.').collect();
            let others: Vec<&str> = other.rsplitn(3, '.').collect();
            let place = random.below(3);
            parts[place] = others[place];
            parts.reverse();
            return parts.join(".");
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// In a debug build a part of the million, so that the suite stays quick.
#[test]
fn no_mutated_cookie_is_accepted() {
    let rounds = if cfg!(debug_assertions) {
        50_000
    } else {
        1_000_000
    };
    let (interface, mut app) = (AnySessionInterface::from(SecureCookie), App::default());
    let mut cookies = Vec::new();
    for text in ["x".to_owned(), "a longer text, a longer text".repeat(9)] {
        app.now += Duration::from_secs(1);
        let mut session = open(&interface, &app, &Request::default()).unwrap();
        session.insert("user", &text).unwrap();
        let saved = save(&interface, &app, &Request::default(), session);
        cookies.push(saved.cookie_value().unwrap());
    }
    app.now += Duration::from_secs(1);
    let mut random = Random(0x5eed);
    for _ in 0..rounds {
        let pick = random.below(2);
        let mutant = mutate(&cookies[pick], &cookies[1 - pick], &mut random);
        if cookies.contains(&mutant) {
            continue;
        }
        let session = open(&interface, &app, &Request::with_cookie(mutant.clone())).unwrap();
        assert!(session.is_empty(), "{mutant}");
    }
}
