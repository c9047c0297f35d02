//! A request is matched once, by whoever asks first, and its session is opened before.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::routing::{Converter, ValidationError, Value};
use carafe::sessions::cookie::behavior;
use carafe::{BoxSession, SecureCookieSessionInterface, SessionContext, SessionError};

/// Counts the conversions, which matching does.
struct Counting(Arc<AtomicUsize>);

impl Converter for Counting {
    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Value::from(text))
    }
}

fn counting_app(conversions: &Arc<AtomicUsize>) -> App {
    let mut app = App::new("matching");
    app.config.secret_key("matching");
    let counted = conversions.clone();
    app.url_map
        .add_converter("counted", move |_| Ok(Counting(counted.clone())));
    app.route("/item/<counted:name>", |name: String| name)
        .endpoint("item");
    app
}

/// Asks for the match before the session is open.
struct Early(Arc<Mutex<Vec<String>>>);

impl SecureCookieSessionInterface for Early {
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        assert_eq!(cx.request().endpoint(), None);
        let matched = cx.request().match_request().is_ok();
        let again = cx.request().match_request().is_ok();
        let endpoint = cx.request().endpoint();
        let name = cx.request().view_arg("name");
        let seen = format!("{matched} {again} {endpoint:?} {name:?}");
        self.0.lock().unwrap().push(seen);
        behavior::open_session(self, cx)
    }
}

#[test]
fn a_request_is_matched_once_whoever_asks() {
    let conversions = Arc::new(AtomicUsize::new(0));
    let mut app = counting_app(&conversions);
    app.before_request(|| {
        assert_eq!(request().endpoint(), Some("item"));
        request().context().match_request();
    });
    let client = app.test_client();
    assert_eq!(client.get("/item/a").send().text(), "a");
    assert_eq!(conversions.load(Ordering::Relaxed), 1);
}

#[test]
fn opening_the_session_may_ask_for_the_match() {
    let conversions = Arc::new(AtomicUsize::new(0));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut app = counting_app(&conversions);
    app.session_interface = Early(seen.clone()).into();
    let client = app.test_client();
    assert_eq!(client.get("/item/a").send().text(), "a");
    assert_eq!(conversions.load(Ordering::Relaxed), 1);
    assert_eq!(client.get("/nowhere").send().status(), 404);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            r#"true true Some("item") Some("a")"#,
            "false false None None"
        ]
    );
}

/// Reads the session while it converts.
struct OfUser;

impl Converter for OfUser {
    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        match session().get::<String>("user") {
            Some(user) => Ok(Value::from(format!("{text} of {user}"))),
            None => Err(ValidationError::new("nobody is logged in")),
        }
    }
}

#[test]
fn converters_read_the_session() {
    let mut app = App::new("matching");
    app.config.secret_key("matching");
    app.url_map.add_converter("own", |_| Ok(OfUser));
    app.route("/login/<name>", |name: String| -> Result<&str> {
        session().insert("user", name)?;
        Ok("welcome")
    })
    .endpoint("login");
    app.route("/things/<own:thing>", |thing: String| thing)
        .endpoint("things");
    let client = app.test_client();
    assert_eq!(client.get("/things/hat").send().status(), 404);
    client.get("/login/ada").send();
    assert_eq!(client.get("/things/hat").send().text(), "hat of ada");
}

/// The cookie's name depends on the path.
struct PathAware;

impl SecureCookieSessionInterface for PathAware {
    fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
        match cx.request().path().starts_with("/admin/") {
            true => "admin_session".into(),
            false => "session".into(),
        }
    }
}

fn count() -> Result<String> {
    let count = session().get::<u32>("count").unwrap_or(0) + 1;
    session().insert("count", count)?;
    Ok(count.to_string())
}

#[test]
fn a_cookie_name_of_ones_own_is_used_to_open_and_to_save() {
    let mut app = App::new("matching");
    app.config.secret_key("matching");
    app.session_interface = PathAware.into();
    app.route("/count", count);
    app.route("/admin/count", count);
    let client = app.test_client();
    let counts = |path: &str| client.get(path).send().text();
    assert_eq!(
        (counts("/count"), counts("/count")),
        ("1".into(), "2".into())
    );
    assert_eq!(
        (counts("/admin/count"), counts("/admin/count")),
        ("1".into(), "2".into())
    );
    assert_eq!(counts("/count"), "3");
    assert!(client.get_cookie("session").is_some());
    assert!(client.get_cookie("admin_session").is_some());
}
