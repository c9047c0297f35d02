//! Functions around views.

use carafe::prelude::*;

use crate::{Events, ZeroDivision, append, fails, new_app};

#[test]
fn hooks_run_around_the_view_in_order() {
    let events = Events::default();
    let mut app = new_app();
    let note = |event: &'static str| {
        let events = events.clone();
        move || events.push(event)
    };
    for event in ["1", "2"] {
        app.before_request(note(event));
    }
    for event in ["4", "3"] {
        let note = note(event);
        app.after_request(move |response: Response| {
            note();
            append(response, "|after")
        });
    }
    for event in ["6", "5"] {
        let note = note(event);
        app.teardown_request(move |_: Ended| note());
    }
    let in_view = note("view");
    app.route("/", move || {
        in_view();
        "request"
    })
    .endpoint("index");
    let response = app.test_client().get("/").send();
    assert_eq!(response.text(), "request|after|after");
    assert_eq!(events.taken(), ["1", "2", "view", "3", "4", "5", "6"]);
}

#[test]
fn an_early_answer_keeps_the_rest_from_running() {
    let events = Events::default();
    let mut app = new_app();
    for (name, answer) in [("1", None), ("2", Some("hello")), ("3", Some("bye"))] {
        let events = events.clone();
        app.before_request(move || {
            events.push(name);
            answer
        });
    }
    let seen = events.clone();
    app.route("/", move || {
        seen.push("index");
        "never"
    })
    .endpoint("index");
    assert_eq!(app.test_client().get("/").send().text(), "hello");
    assert_eq!(events.taken(), ["1", "2"]);
}

#[test]
fn a_function_of_one_request_changes_its_response() {
    let mut app = new_app();
    app.route("/", || -> Result<&'static str> {
        after_this_request(|mut response: Response| {
            response.set_header("X-Foo", "a header")?;
            Ok::<_, Error>(response)
        })?;
        Ok("Test")
    })
    .endpoint("index");
    app.route("/other", || "").endpoint("other");
    let client = app.test_client();
    let response = client.get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("x-foo"), Some("a header"));
    assert_eq!(client.get("/other").send().header("x-foo"), None);
}

#[test]
fn a_teardown_function_runs_once_a_request_in_debug_mode_too() {
    for debug in [false, true] {
        let events = Events::default();
        let mut app = new_app();
        app.config.debug(debug);
        let seen = events.clone();
        app.teardown_request(move |ended: Ended| {
            seen.push(format!("{:?}", ended.error().map(ToString::to_string)));
        });
        app.route("/", || "Response").endpoint("root");
        let response = app.test_client().get("/").send();
        assert_eq!(
            (response.status(), response.text().as_str()),
            (200, "Response")
        );
        assert_eq!(events.taken(), ["None"]);
    }
}

#[test]
fn each_teardown_function_gets_the_error_of_the_view() {
    let events = Events::default();
    let mut app = new_app();
    app.config.testing(false);
    for name in ["first", "second"] {
        let events = events.clone();
        app.teardown_request(move |ended: Ended| {
            let error = ended.error().unwrap();
            assert!(error.downcast_ref::<ZeroDivision>().is_some());
            events.push(name);
            Err::<(), _>(Error::msg("another"))
        });
    }
    app.route("/", fails);
    // A teardown function that fails fails the request; what matters is what each was told.
    let _ = app.test_client().get("/").try_send();
    assert_eq!(events.taken(), ["second", "first"]);
}
