//! The session in a request: who may read it when, and what is answered when it cannot be saved.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::SecureCookieSessionInterface;
use carafe::prelude::*;
use carafe::routing::{Converter, ValidationError, Value};
use carafe::sessions::{BoxSession, Dict, SecureCookieSession};

/// Matches only what the session owns.
struct Owned;

impl Converter for Owned {
    fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
        let owned: Vec<String> = session().get("owned").unwrap_or_default();
        match owned.iter().any(|name| name == text) {
            true => Ok(text.into()),
            false => Err(ValidationError::new("not owned")),
        }
    }
}

fn app() -> App {
    let mut app = App::new("test");
    app.config.secret_key("test");
    app.get("/own/<name>", |name: String| {
        let own = |owned: &mut Vec<String>| owned.push(name);
        session().modify("owned", own).map(|()| "owned")
    })
    .endpoint("own");
    app
}

#[test]
fn a_converter_reads_the_session_while_the_url_is_matched() {
    let mut app = app();
    app.url_map.add_converter("owned", |_| Ok(Owned));
    app.get("/<owned:thing>", |thing: String| thing)
        .endpoint("thing");
    let client = app.test_client();
    assert_eq!(client.get("/ball").send().status(), 404);
    client.get("/own/ball").send();
    assert_eq!(client.get("/ball").send().text(), "ball");
    assert_eq!(client.get("/cup").send().status(), 404);
}

#[test]
fn a_cookie_with_an_unknown_samesite_is_not_written() {
    let mut app = app();
    app.config.session_cookie_samesite("sometimes".to_owned());
    app.get("/", || "untouched").endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/own/ball").send().status(), 500);
    assert_eq!(client.get("/").send().status(), 200);
}

#[test]
fn a_session_without_a_secret_key_can_be_read_and_not_written() {
    let mut app = app();
    app.config.secret_key("");
    app.get("/", || session().len().to_string())
        .endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "0");
    assert_eq!(client.get("/own/ball").send().status(), 500);
}

#[test]
fn hooks_after_the_view_still_change_the_session() {
    let mut app = app();
    app.after_request(|response: Response| {
        session().insert("after", true)?;
        Ok::<_, Error>(response)
    });
    app.get("/", || session().contains_key("after").to_string())
        .endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "false");
    assert_eq!(client.get("/").send().text(), "true");
}

#[test]
fn a_session_that_no_cookie_holds_is_there_for_whoever_looks_first() {
    let mut app = app();
    app.get("/", || "untouched").endpoint("index");
    app.after_request(|response: Response| {
        if request().args().get("look").is_some() {
            session().insert("seen", true)?;
        }
        Ok::<_, Error>(response)
    });
    app.teardown_request(|_: Ended| assert_eq!(session().get::<i64>("count"), None));
    let client = app.test_client();
    let response = client.get("/").send();
    assert_eq!(
        (response.header("set-cookie"), response.header("vary")),
        (None, None)
    );
    let response = client.get("/?look=1").send();
    assert!(response.header("set-cookie").is_some());
    assert_eq!(response.header("vary"), Some("Cookie"));
}

#[test]
fn an_interface_of_ones_own_is_asked_also_without_a_cookie() {
    /// Sessions begin with a value.
    struct Begins;

    impl SecureCookieSessionInterface for Begins {
        fn make_session(&self, mut values: Dict) -> BoxSession {
            values.insert("begun", true.into());
            SecureCookieSession::with_values(values).into()
        }
    }

    let mut app = app();
    app.session_interface = Begins.into();
    app.get("/", || session().contains_key("begun").to_string())
        .endpoint("index");
    assert_eq!(app.test_client().get("/").send().text(), "true");
}
