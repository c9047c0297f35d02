//! The behavior that Flask's `test_signals` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::prelude::*;

/// An error of the program.
#[derive(Debug)]
struct ZeroDivision;

impl fmt::Display for ZeroDivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

impl std::error::Error for ZeroDivision {}

/// What happened, in order.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    fn push(&self, call: impl Into<String>) {
        self.0.lock().unwrap().push(call.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.secret_key("test key");
    app
}

#[test]
fn signals_of_a_request_come_before_and_after_its_hooks() {
    let calls = Calls::default();
    let mut app = new_app();
    let seen = calls.clone();
    app.before_request(move || seen.push("before-handler"));
    let seen = calls.clone();
    app.after_request(move |mut response: Response| {
        seen.push("after-handler");
        response.set_body("stuff");
        response.set_header("X-Stuff", "1")?;
        Ok::<_, Error>(response)
    });
    let seen = calls.clone();
    app.route("/", move || {
        seen.push("handler");
        "ignored anyway"
    })
    .endpoint("index");
    let client = app.test_client();
    let signals = client.app().signals();
    let seen = calls.clone();
    let _started = signals
        .request_started
        .connected_to(move |_| seen.push("before-signal"));
    let seen = calls.clone();
    let finished = signals.request_finished.connected_to(move |response| {
        // The response is as the hooks left it.
        seen.push(format!(
            "after-signal {} {:?}",
            response.status.as_u16(),
            response.headers["x-stuff"]
        ));
    });
    assert_eq!(client.get("/").send().text(), "stuff");
    assert_eq!(
        calls.taken(),
        [
            "before-signal",
            "before-handler",
            "handler",
            "after-handler",
            "after-signal 200 \"1\""
        ]
    );
    drop(finished);
    client.get("/").send();
    assert!(
        !calls
            .taken()
            .iter()
            .any(|call| call.starts_with("after-signal"))
    );
}

#[test]
fn an_unhandled_error_is_told() {
    let recorded = Calls::default();
    let mut app = new_app();
    app.route("/", || Err::<&str, _>(ZeroDivision))
        .endpoint("index");
    let client = app.test_client();
    let seen = recorded.clone();
    let signals = client.app().signals();
    let _guard = signals.got_request_exception.connected_to(move |error| {
        assert!(error.downcast_ref::<ZeroDivision>().is_some());
        seen.push(error.to_string());
    });
    assert_eq!(client.get("/").send().status(), 500);
    assert_eq!(recorded.taken(), ["division by zero"]);
}

#[test]
fn pushing_and_popping_a_context_are_told() {
    let recorded = Calls::default();
    let mut app = new_app();
    app.route("/", || "Hello").endpoint("index");
    let client = app.test_client();
    let signals = client.app().signals();
    let seen = recorded.clone();
    let _pushed = signals
        .appcontext_pushed
        .connected_to(move |_| seen.push("push"));
    let seen = recorded.clone();
    let _popped = signals
        .appcontext_popped
        .connected_to(move |_| seen.push("pop"));
    assert_eq!(client.get("/").send().text(), "Hello");
    assert_eq!(recorded.taken(), ["push", "pop"]);
}

#[test]
fn a_flashed_message_is_told() {
    let recorded = Calls::default();
    let mut app = new_app();
    app.route("/", || -> Result {
        flash("This is a flash message", "notice")?;
        make_response(redirect("/other"))
    })
    .endpoint("index");
    let client = app.test_client();
    let seen = recorded.clone();
    let signals = client.app().signals();
    let _guard = signals.message_flashed.connected_to(move |flashed| {
        seen.push(format!("{}: {}", flashed.category, flashed.message))
    });
    assert_eq!(client.get("/").send().status(), 303);
    assert_eq!(recorded.taken(), ["notice: This is a flash message"]);
}

#[test]
fn the_end_of_a_context_is_told_with_its_error() {
    let recorded = Calls::default();
    let mut app = new_app();
    app.route("/", || Err::<&str, _>(ZeroDivision))
        .endpoint("index");
    let client = app.test_client();
    let seen = recorded.clone();
    let signals = client.app().signals();
    let _guard = signals.appcontext_tearing_down.connected_to(move |ended| {
        let error = ended.error().unwrap();
        assert!(error.downcast_ref::<ZeroDivision>().is_some());
        seen.push("torn down");
    });
    assert_eq!(client.get("/").send().status(), 500);
    assert_eq!(recorded.taken(), ["torn down"]);
}
