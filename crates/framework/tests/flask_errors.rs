//! The behavior that Flask's `test_user_error_handler` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::OriginalError;
use carafe::prelude::*;

macro_rules! errors {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name;

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl std::error::Error for $name {}
    )*};
}

errors! { Custom KeyError }

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.secret_key("test key");
    app
}

/// An app whose views fail in every way.
fn app_that_fails() -> App {
    let mut app = new_app();
    app.route("/custom", || Err::<&str, _>(Custom))
        .endpoint("custom");
    app.route("/error", || Err::<&str, _>(KeyError))
        .endpoint("error");
    app.route("/abort", || abort(500).map(|_| ""))
        .endpoint("abort");
    app.route("/raise", || {
        Err::<&str, _>(HttpError::internal_server_error())
    })
    .endpoint("raise");
    app
}

fn report_http(error: &HttpError) -> String {
    match OriginalError::of(error) {
        Some(original) => format!("wrapped {original}"),
        None => format!("direct {}", error.name()),
    }
}

/// What a client is told at each path.
fn told<const COUNT: usize>(app: App, paths: [&str; COUNT]) -> [String; COUNT] {
    let client = app.test_client();
    paths.map(|path| client.get(path).send().text())
}

#[test]
fn what_no_handler_is_for_reaches_the_one_of_500() {
    let mut app = app_that_fails();
    app.error_handler_for(|_: &Custom| "custom");
    app.error_handler(500, report_http);
    assert_eq!(
        told(app, ["/custom", "/error", "/abort"]),
        ["custom", "wrapped KeyError", "direct Internal Server Error"]
    );
}

#[test]
fn a_code_without_an_error_has_no_handler() {
    let mut app = new_app();
    app.error_handler(999, |_: &HttpError| "never");
    let complaint = app.build().unwrap_err().to_string();
    assert!(complaint.contains("999 is not the code"), "{complaint}");
}

#[test]
fn the_handler_of_500_sees_wrapped_and_direct_errors() {
    let mut app = app_that_fails();
    app.error_handler(500, report_http);
    assert_eq!(
        told(app, ["/custom", "/error", "/abort", "/raise"]),
        [
            "wrapped Custom",
            "wrapped KeyError",
            "direct Internal Server Error",
            "direct Internal Server Error"
        ]
    );
}

#[test]
fn the_handler_of_http_errors_sees_them_alone() {
    let mut app = app_that_fails();
    app.error_handler_for(|error: &HttpError| error.code().to_string());
    assert_eq!(
        told(app, ["/error", "/abort", "/not-found"]),
        ["500", "500", "404"]
    );
}

#[test]
fn the_handler_of_everything_sees_errors_as_they_are() {
    let mut app = app_that_fails();
    app.any_error_handler(|error: &Error| match error.as_http() {
        Some(http) => report_http(http),
        None => format!("direct {error}"),
    });
    assert_eq!(
        told(app, ["/custom", "/error", "/abort", "/not-found"]),
        [
            "direct Custom",
            "direct KeyError",
            "direct Internal Server Error",
            "direct Not Found"
        ]
    );
}

#[test]
fn a_blueprints_handler_of_500_comes_before_the_apps() {
    let fail = || Err::<&str, _>(HttpError::internal_server_error());
    let mut blueprint = Blueprint::new("bp");
    blueprint.error_handler(500, |_: &HttpError| "bp-error");
    blueprint.route("/error", fail).endpoint("error");
    let mut app = new_app();
    app.error_handler(500, |_: &HttpError| "app-error");
    app.route("/error", fail).endpoint("error");
    app.register_blueprint(blueprint, url_prefix("/bp"));
    assert_eq!(
        told(app, ["/error", "/bp/error"]),
        ["app-error", "bp-error"]
    );
}

#[test]
fn the_handler_of_http_errors_is_for_what_no_code_has() {
    let mut blueprint = Blueprint::new("bp");
    blueprint.error_handler_for(|_: &HttpError| "bp-default");
    blueprint.error_handler(403, |_: &HttpError| "bp-forbidden");
    blueprint
        .route("/undefined", || abort(404).map(|_| ""))
        .endpoint("undefined");
    blueprint
        .route("/forbidden", || abort(403).map(|_| ""))
        .endpoint("forbidden");
    let mut app = new_app();
    app.error_handler_for(|_: &HttpError| "default");
    app.error_handler(403, |_: &HttpError| "forbidden");
    app.route("/forbidden", || abort(403).map(|_| ""))
        .endpoint("forbidden");
    app.route("/slash/", || "slash").endpoint("slash");
    app.register_blueprint(blueprint, url_prefix("/bp"));
    let client = app.test_client();
    for (path, text) in [
        ("/bp/undefined", "bp-default"),
        ("/bp/forbidden", "bp-forbidden"),
        ("/undefined", "default"),
        ("/forbidden", "forbidden"),
        // The redirect to the slash is no error for handlers.
        ("/slash", "slash"),
    ] {
        assert_eq!(client.get(path).follow_redirects().send().text(), text);
    }
}

#[test]
fn a_redirect_ends_a_request_as_an_error_of_the_program_does() {
    let mut app = new_app();
    app.error_handler_for(|_: &Custom| "42");
    app.route("/", || abort(redirect(url_for!("test")?)).map(|_| ""))
        .endpoint("index");
    app.route("/test", || Err::<&str, _>(Custom))
        .endpoint("test");
    let client = app.test_client();
    assert_eq!(client.get("/").send().header("Location"), Some("/test"));
    assert_eq!(client.get("/test").send().text(), "42");
}

#[test]
fn an_app_may_log_its_errors_itself() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut app = app_that_fails();
    let kept = told.clone();
    app.log_exception(move |error| {
        let line = format!("{} {error}", request().path());
        kept.lock().unwrap().push(line);
    });
    let response = app.test_client().get("/custom").send();
    assert_eq!(response.status(), 500);
    assert!(response.text().contains("Internal Server Error"));
    assert_eq!(*told.lock().unwrap(), ["/custom Custom"]);
}

#[test]
fn a_log_that_panics_leaves_the_answer_alone() {
    let mut app = app_that_fails();
    app.log_exception(|_| panic!("no paper"));
    let response = app.test_client().get("/custom").send();
    assert_eq!(response.status(), 500);
    assert!(response.text().contains("Internal Server Error"));
}
