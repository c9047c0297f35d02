//! The session in a request: who may read it when, and what is answered when it cannot be saved.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;
use carafe::routing::{Converter, ValidationError, Value};

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
