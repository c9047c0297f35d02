//! Errors find their handlers as in Flask, and keep what they bring along.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error as StdError;
use std::fmt;

use carafe::prelude::*;
use carafe::{BadRequestKeyError, OriginalError, TestClient, TestResponse};

macro_rules! errors {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name;

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

errors! { Base Derived Other }

impl StdError for Base {}

impl StdError for Derived {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&Base)
    }
}

impl StdError for Other {}

/// An app whose views fail in each of the ways.
fn app() -> App {
    let mut app = App::new("errors");
    app.route("/base", || -> Result { Err(Base.into()) })
        .endpoint("base");
    app.route("/derived", || -> Result { Err(Derived.into()) })
        .endpoint("derived");
    app.route("/other", || -> Result { Err(Other.into()) })
        .endpoint("other");
    app.route("/panic", || -> Result { panic!("no luck") })
        .endpoint("panic");
    app.route("/abort/<int:code>", |code: u16| -> Result {
        match abort(code)? {}
    })
    .endpoint("aborted");
    app.route("/custom/<int:code>", |code: u16| -> Result {
        Err(HttpError::custom(code, "one of our own").into())
    })
    .endpoint("custom");
    app.route("/key", || -> Result<String> {
        Ok(request().args().require("wanted")?.clone())
    })
    .endpoint("key");
    app.route("/ready", || -> Result {
        Err(HttpError::not_found()
            .with_response(make_response(("ready", 410))?)
            .into())
    })
    .endpoint("ready");
    app.route("/response", || -> Result {
        match abort(make_response(("stopped", 202))?)? {}
    })
    .endpoint("response");
    app.route("/slash/", || "slash").endpoint("slash");
    app
}

fn get(client: &TestClient, path: &str) -> TestResponse {
    client.get(path).send()
}

#[test]
fn a_handler_for_a_source_answers_what_has_no_handler_of_its_own() {
    let mut app = app();
    app.error_handler_for(|error: &Base| format!("base handler: {error}"));
    let client = app.test_client();
    assert_eq!(get(&client, "/derived").text(), "base handler: Base");
    assert_eq!(get(&client, "/other").status(), 500);
}

#[test]
fn the_nearest_type_wins() {
    let mut app = app();
    app.error_handler_for(|_: &Base| "base handler");
    app.error_handler_for(|_: &Derived| "derived handler");
    let client = app.test_client();
    assert_eq!(get(&client, "/base").text(), "base handler");
    assert_eq!(get(&client, "/derived").text(), "derived handler");
}

#[test]
fn a_code_wins_over_all_http_errors_and_these_over_everything() {
    let mut app = app();
    app.error_handler(404, |_: &HttpError| "404");
    app.error_handler_for(|error: &HttpError| format!("http {}", error.code()));
    app.any_error_handler(|error: &Error| format!("any {error}"));
    let client = app.test_client();
    assert_eq!(get(&client, "/abort/404").text(), "404");
    assert_eq!(get(&client, "/nowhere").text(), "404");
    assert_eq!(get(&client, "/abort/410").text(), "http 410");
    assert_eq!(get(&client, "/base").text(), "any Base");
}

#[test]
fn an_error_of_ones_own_stands_apart_from_that_of_its_code() {
    let mut app = app();
    app.error_handler(409, |_: &HttpError| "the handler for 409");
    let client = app.test_client();
    assert_eq!(get(&client, "/abort/409").text(), "the handler for 409");
    let own = get(&client, "/custom/409");
    assert_eq!(own.status(), 409);
    assert!(own.text().contains("one of our own"));
}

#[test]
fn abort_knows_the_codes_of_the_app() {
    let client = app().test_client();
    assert_eq!(get(&client, "/abort/402").status(), 500);
    let mut app = app();
    app.aborter
        .insert(402, || HttpError::custom(402, "Pay first."));
    let paid = get(&app.test_client(), "/abort/402");
    assert_eq!(paid.status(), 402);
    assert!(paid.text().contains("Pay first."));
}

#[test]
fn a_missing_key_can_be_handled_by_its_type() {
    let mut app = app();
    app.error_handler_for(|error: &BadRequestKeyError| (format!("no {}", error.key()), 422));
    let client = app.test_client();
    let missing = get(&client, "/key");
    assert_eq!(
        (missing.status(), missing.text()),
        (422, "no wanted".to_owned())
    );
    assert_eq!(get(&client, "/abort/400").status(), 400);
}

#[test]
fn a_missing_key_is_told_while_debugging() {
    let page = |debug: bool| {
        let mut app = app();
        app.config.debug(debug).trap_bad_request_errors(false);
        get(&app.test_client(), "/key").text()
    };
    assert!(!page(false).contains("wanted"));
    assert!(page(true).contains("KeyError: &#39;wanted&#39;"));
}

#[test]
fn a_ready_response_is_sent_unless_a_handler_answers() {
    let client = app().test_client();
    assert_eq!(get(&client, "/ready").status(), 410);
    let mut app = app();
    app.error_handler(404, |error: &HttpError| {
        let mut response = error.get_response()?;
        response.set_body("changed");
        Ok::<_, Error>(response)
    });
    let changed = get(&app.test_client(), "/ready");
    assert_eq!(
        (changed.status(), changed.text()),
        (410, "changed".to_owned())
    );
}

#[test]
fn handlers_see_neither_redirects_of_routing_nor_responses() {
    let mut app = app();
    app.any_error_handler(|_: &Error| "handled");
    app.error_handler_for(|_: &HttpError| "handled");
    let client = app.test_client();
    assert_eq!(get(&client, "/slash").status(), 308);
    assert_eq!(get(&client, "/response").status(), 202);
}

#[test]
fn trapped_errors_are_errors_of_the_app() {
    let mut app = app();
    app.config.trap_http_exceptions(true);
    app.error_handler(500, |error: &HttpError| {
        let code = OriginalError::of(error)
            .and_then(Error::as_http)
            .map(HttpError::code);
        format!("from {code:?}")
    });
    let client = app.test_client();
    assert_eq!(get(&client, "/abort/404").text(), "from Some(404)");
    assert_eq!(get(&client, "/slash").text(), "from Some(308)");
    assert_eq!(get(&client, "/response").text(), "from Some(202)");
}

#[test]
fn a_trapped_response_goes_to_the_handler_of_http_errors() {
    let mut app = app();
    app.config.trap_http_exceptions(true);
    app.error_handler_for(|error: &HttpError| {
        let response = error.get_response()?;
        Ok::<_, Error>((format!("handled {}", response.status()), 418))
    });
    let response = get(&app.test_client(), "/response");
    assert_eq!(response.status(), 418);
    assert_eq!(response.text(), "handled 202 Accepted");
}

#[test]
fn a_panic_is_an_error_with_its_message_and_place() {
    let mut app = app();
    app.error_handler(500, |error: &HttpError| {
        OriginalError::of(error)
            .map(ToString::to_string)
            .unwrap_or_default()
    });
    let told = get(&app.test_client(), "/panic").text();
    assert!(told.starts_with("panicked: no luck at "), "{told}");
    assert!(told.contains("errors.rs:"), "{told}");
}

#[test]
fn what_hooks_changed_before_one_failed_stays_in_the_answer() {
    let mut app = app();
    app.after_request(|mut response: Response| -> Result {
        response.set_header("x-last", "seen")?;
        Err(Other.into())
    });
    app.after_request(|mut response: Response| {
        response.set_header("x-first", "seen")?;
        Ok::<_, Error>(response)
    });
    let answer = get(&app.test_client(), "/base");
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.header("x-first"), Some("seen"));
    assert_eq!(answer.header("x-last"), Some("seen"));
    assert!(answer.text().contains("Internal Server Error"));
}

#[test]
fn a_response_made_in_its_place_goes_when_a_later_hook_fails() {
    let mut app = app();
    app.after_request(|_: Response| -> Result { Err(Other.into()) });
    app.after_request(|_: Response| Response::new("another one"));
    let answer = get(&app.test_client(), "/base");
    assert_eq!(answer.status(), 500);
    assert!(answer.text().contains("Internal Server Error"));
}
