//! Errors and who handles them.

use std::fmt;

use carafe::prelude::*;

use crate::{ZeroDivision, fails, new_app};

#[test]
fn handlers_answer_by_code_and_for_what_is_not_handled() {
    let mut app = new_app();
    app.config.testing(false);
    app.error_handler(404, |_: &HttpError| ("not found", 404));
    app.error_handler(500, |_: &HttpError| ("internal server error", 500));
    app.error_handler(403, |_: &HttpError| ("forbidden", 403));
    app.route("/", || abort(404).map(|_| "")).endpoint("index");
    app.route("/error", fails);
    app.route("/forbidden", || abort(403).map(|_| ""))
        .endpoint("forbidden");
    let client = app.test_client();
    for (path, status, text) in [
        ("/", 404, "not found"),
        ("/error", 500, "internal server error"),
        ("/forbidden", 403, "forbidden"),
    ] {
        let response = client.get(path).send();
        assert_eq!(
            (response.status(), response.text().as_str()),
            (status, text)
        );
    }
}

#[test]
fn after_request_functions_see_the_answer_of_an_error_handler() {
    let mut app = new_app();
    app.config.testing(false);
    app.error_handler(500, |_: &HttpError| ("internal server error", 500));
    app.after_request(|response: Response| response.mimetype("text/x-special"));
    app.route("/", fails);
    let response = app.test_client().get("/").send();
    let content_type = response.header("content-type").unwrap();
    assert!(content_type.starts_with("text/x-special"), "{content_type}");
    assert_eq!(response.text(), "internal server error");
}

#[test]
fn hooks_run_before_a_routing_error_is_handled() {
    let mut app = new_app();
    app.before_request(|| g().set("something", "value"));
    app.error_handler(404, |_: &HttpError| {
        (g().get::<&str>("something").unwrap(), 404)
    });
    let response = app.test_client().get("/").send();
    assert_eq!(
        (response.status(), response.text().as_str()),
        (404, "value")
    );
}

#[test]
fn an_error_of_the_program_is_handled_by_its_type() {
    let mut app = new_app();
    app.error_handler_for(|error: &ZeroDivision| error.to_string());
    app.route("/", fails);
    let response = app.test_client().get("/").send();
    assert_eq!(
        (response.status(), response.text().as_str()),
        (200, "division by zero")
    );
}

#[test]
fn a_handler_of_a_type_comes_before_that_of_all_errors() {
    /// An error that comes of another.
    #[derive(Debug)]
    struct Outer(ZeroDivision);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    let mut app = new_app();
    app.error_handler_for(|_: &ZeroDivision| "E2");
    app.any_error_handler(|_: &Error| "Exception");
    app.route("/E1", || Err::<&str, _>(Error::msg("E1")))
        .endpoint("e1");
    app.route("/E3", || Err::<&str, _>(Outer(ZeroDivision)))
        .endpoint("e3");
    let client = app.test_client();
    assert_eq!(client.get("/E1").send().text(), "Exception");
    assert_eq!(client.get("/E3").send().text(), "E2");
}

#[test]
fn a_missing_key_and_other_bad_requests_are_trapped_as_configured() {
    for (debug, trap, is_key_answered, is_abort_answered) in [
        (false, None, true, true),
        (true, None, false, true),
        (false, Some(true), false, false),
    ] {
        let mut app = new_app();
        app.config.debug(debug).trap_bad_request_errors(trap);
        app.route("/key", async || {
            let request = request();
            let value = request.form().await?.require("missing_key")?;
            Ok::<_, Error>(value.clone())
        })
        .endpoint("key");
        app.route("/abort", || abort(400).map(|_| ""))
            .endpoint("abort");
        let client = app.test_client();
        match client.get("/key").try_send() {
            Ok(response) => {
                assert!(is_key_answered);
                assert_eq!(response.status(), 400);
                assert!(!response.text().contains("missing_key"));
            }
            Err(error) => {
                assert!(!is_key_answered);
                let error = error.as_http().unwrap();
                assert!(error.description().contains("missing_key"));
            }
        }
        match client.get("/abort").try_send() {
            Ok(response) => assert!(is_abort_answered && response.status() == 400),
            Err(error) => {
                assert!(!is_abort_answered && error.as_http().unwrap().code() == 400);
            }
        }
    }
}

#[test]
fn all_http_errors_are_trapped_when_configured() {
    let mut app = new_app();
    app.config.trap_http_exceptions(true);
    app.route("/fail", || abort(404).map(|_| ""))
        .endpoint("fail");
    let error = app.test_client().get("/fail").try_send().unwrap_err();
    assert_eq!(error.as_http().map(HttpError::code), Some(404));
}

#[test]
fn an_error_in_a_hook_reaches_the_handler_of_500() {
    for place in ["before", "after"] {
        let mut app = new_app();
        app.config.testing(false);
        app.before_request(move || match place {
            "before" => Err(ZeroDivision),
            _ => Ok(()),
        });
        app.after_request(move |response: Response| match place {
            "after" => Err(ZeroDivision),
            _ => Ok(response),
        });
        app.error_handler(500, |_: &HttpError| ("Hello Server Error", 500));
        app.route("/", || "Foo").endpoint("index");
        let response = app.test_client().get("/").send();
        assert_eq!(
            (response.status(), response.text().as_str()),
            (500, "Hello Server Error")
        );
    }
}

#[test]
fn an_unhandled_error_reaches_the_caller_when_configured() {
    let answer = |change: fn(&mut App)| {
        let mut app = new_app();
        app.config.testing(false);
        change(&mut app);
        app.route("/", fails);
        app.test_client().get("/").try_send()
    };
    let propagating: [fn(&mut App); 3] = [
        |app| {
            app.config.testing(true);
        },
        |app| {
            app.config.propagate_exceptions(true);
        },
        |app| {
            app.config.debug(true);
        },
    ];
    for change in propagating {
        let error = answer(change).unwrap_err();
        assert!(error.downcast_ref::<ZeroDivision>().is_some());
    }
    assert_eq!(answer(|_| ()).unwrap().status(), 500);
}
