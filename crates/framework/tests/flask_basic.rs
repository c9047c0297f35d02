//! The behavior that Flask's `test_basic` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::json::DefaultJsonProvider;
use carafe::prelude::*;
use carafe::routing::{Rule, Values};
use carafe::sessions::Markup;
use carafe::sessions::cookie::SetCookie;
use carafe::{Body, IntoView, TestResponse, has_app_context};

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
struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    fn push(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn new_app() -> App {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site");
    let mut app = App::with_root_path("flask_test", site);
    app.config.testing(true).secret_key("test key");
    app
}

fn allow(response: &TestResponse) -> Vec<&str> {
    let mut methods: Vec<_> = response.header("allow").unwrap().split(", ").collect();
    methods.sort_unstable();
    methods
}

fn append(mut response: Response, text: &str) -> Response {
    let body = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
    response.set_body(body + text);
    response
}

fn fails() -> Result {
    Err(ZeroDivision.into())
}

fn method() -> String {
    request().method().to_string()
}

mod methods {
    use super::*;

    #[test]
    fn options_lists_the_methods_of_a_rule() {
        let mut app = new_app();
        app.route("/", method).methods(["GET", "POST"]);
        let response = app.test_client().options("/").send();
        assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST"]);
        assert_eq!(response.text(), "");
    }

    #[test]
    fn options_lists_the_methods_of_all_rules_of_a_path() {
        let mut app = new_app();
        app.route("/", method).methods(["GET", "POST"]);
        app.route("/", || "Aha!").endpoint("put").methods(["PUT"]);
        let response = app.test_client().options("/").send();
        assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST", "PUT"]);
    }

    #[test]
    fn each_method_has_a_shortcut() {
        let mut app = new_app();
        app.get("/", method).endpoint("get");
        app.post("/", method).endpoint("post");
        app.put("/", method).endpoint("put");
        app.delete("/", method).endpoint("delete");
        app.patch("/", method).endpoint("patch");
        app.get("/only-get", method).endpoint("only_get");
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        assert_eq!(client.post("/").send().text(), "POST");
        assert_eq!(client.put("/").send().text(), "PUT");
        assert_eq!(client.delete("/").send().text(), "DELETE");
        assert_eq!(client.patch("/").send().text(), "PATCH");
        assert_eq!(client.post("/only-get").send().status(), 405);
    }

    #[test]
    fn a_route_turns_its_automatic_options_off() {
        let mut app = new_app();
        app.get("/", method).provide_automatic_options(false);
        assert_eq!(app.test_client().options("/").send().status(), 405);
    }

    #[test]
    fn a_route_turns_its_automatic_options_on_against_the_configuration() {
        let mut app = new_app();
        app.config.provide_automatic_options(false);
        app.get("/", method).provide_automatic_options(true);
        app.get("/without", method).endpoint("without");
        let client = app.test_client();
        let response = client.options("/").send();
        assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS"]);
        assert_eq!(client.options("/without").send().status(), 405);
    }

    #[test]
    fn a_view_that_answers_options_is_asked() {
        let mut app = new_app();
        app.route("/", || ("", [("X-Test", "test")]))
            .endpoint("index")
            .methods(["OPTIONS"]);
        let response = app.test_client().options("/").send();
        assert_eq!(response.header("x-test"), Some("test"));
    }

    #[test]
    fn methods_may_be_written_in_lower_case() {
        let mut app = new_app();
        app.route("/", method);
        app.route("/more", method)
            .endpoint("more")
            .methods(["GET", "POST"]);
        app.route("/options", || "7eb41166")
            .endpoint("options")
            .methods(["options"]);
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "GET");
        let response = client.post("/").send();
        assert_eq!(response.status(), 405);
        assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS"]);
        let response = client.head("/").send();
        assert_eq!((response.status(), response.text()), (200, String::new()));
        assert_eq!(client.post("/more").send().text(), "POST");
        let response = client.delete("/more").send();
        assert_eq!(response.status(), 405);
        assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST"]);
        assert_eq!(client.options("/options").send().text(), "7eb41166");
    }

    #[test]
    fn a_rule_of_the_map_gets_its_view_by_its_endpoint() {
        let mut app = new_app();
        app.url_map
            .add(Rule::new("/foo/bar").endpoint("bar"))
            .unwrap();
        app.url_map
            .add(Rule::new("/foo/").endpoint("index"))
            .unwrap();
        app.endpoint("bar", || "bar");
        app.endpoint("index", || "index");
        let client = app.test_client();
        assert_eq!(client.get("/foo/").send().text(), "index");
        assert_eq!(client.get("/foo/bar").send().text(), "bar");
    }

    #[test]
    fn one_view_has_several_rules() {
        fn index(values: Values<'static>) -> String {
            values
                .get("test")
                .map_or("a".to_owned(), ToString::to_string)
        }
        let mut app = new_app();
        app.route("/", index);
        app.route("/<test>/", index);
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "a");
        assert_eq!(client.get("/b/").send().text(), "b");
    }

    #[test]
    fn a_method_of_a_value_is_the_view_of_several_rules() {
        #[derive(Clone)]
        struct Views {
            given: &'static str,
        }
        impl Views {
            fn index(&self, values: &Values<'static>) -> String {
                values
                    .get("test")
                    .map_or(self.given.to_owned(), ToString::to_string)
            }
        }
        let views = Views { given: "a" };
        let index = (move |values: Values<'static>| views.index(&values)).into_view();
        let mut app = new_app();
        app.route("/", index.clone()).endpoint("index");
        app.route("/<test>/", index).endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "a");
        assert_eq!(client.get("/b/").send().text(), "b");
    }

    #[test]
    fn a_rule_may_be_written_in_any_script() {
        let mut app = new_app();
        app.route("/киртест", || "Hello World!").endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/киртест").send().text(), "Hello World!");
    }

    #[test]
    fn a_route_gives_its_endpoint_another_name() {
        fn foo() -> String {
            request().endpoint().unwrap().to_owned()
        }
        let mut app = new_app();
        app.route("/foo/", foo);
        app.route("/bar/", foo).endpoint("bar");
        app.route("/bar/123", foo).endpoint("123");
        let client = app.test_client();
        {
            let ctx = client.app().test_request_context("/").build().unwrap();
            let _guard = ctx.push().unwrap();
            assert_eq!(url_for!("foo").unwrap(), "/foo/");
            assert_eq!(url_for!("bar").unwrap(), "/bar/");
            assert_eq!(url_for!("123").unwrap(), "/bar/123");
        }
        assert_eq!(client.get("/foo/").send().text(), "foo");
        assert_eq!(client.get("/bar/").send().text(), "bar");
        assert_eq!(client.get("/bar/123").send().text(), "123");
    }
}

mod sessions {
    use super::*;

    #[test]
    fn reading_and_writing_the_session_are_told_apart() {
        let events = Events::default();
        let mut app = new_app();
        let seen = events.clone();
        app.teardown_request(move |_: Ended| {
            // `Vary` tells whether the session was used; asking here would use it.
            seen.push(session().modified().to_string());
        });
        app.post("/", async || {
            let request = request();
            session().insert("value", request.form().await?.require("value")?)?;
            Ok::<_, Error>("value set")
        })
        .endpoint("set");
        app.get("/", || session().get::<String>("value").unwrap_or_default())
            .endpoint("get");
        app.get("/nothing", || "").endpoint("nothing");
        let client = app.test_client();
        let nothing = || {
            let response = client.get("/nothing").send();
            assert_eq!(response.header("vary"), None);
        };
        nothing();
        assert_eq!(events.taken(), ["false"]);
        let response = client.post("/").form([("value", "42")]).send();
        assert_eq!(response.text(), "value set");
        assert_eq!(response.header("vary"), Some("Cookie"));
        assert_eq!(events.taken(), ["true"]);
        let response = client.get("/").send();
        assert_eq!(response.text(), "42");
        assert_eq!(response.header("vary"), Some("Cookie"));
        assert_eq!(events.taken(), ["false"]);
        nothing();
        assert_eq!(events.taken(), ["false"]);
    }

    fn app_that_sets() -> App {
        let mut app = new_app();
        app.route("/", || session().insert("testing", 42).map(|()| "set"))
            .endpoint("index");
        app.route("/clear", || session().remove("testing").map(|_| "cleared"))
            .endpoint("clear");
        app
    }

    #[test]
    fn the_cookies_path_is_the_application_root() {
        let mut app = app_that_sets();
        app.config.application_root("/foo");
        let response = app
            .test_client()
            .get("/")
            .base_url("http://example.com:8080/foo")
            .send();
        let cookie = response.header("set-cookie").unwrap();
        assert!(cookie.to_lowercase().contains("path=/foo"), "{cookie}");
    }

    #[test]
    fn the_cookie_is_set_and_deleted_as_configured() {
        let mut app = app_that_sets();
        app.config
            .server_name("www.example.com:8080")
            .application_root("/test")
            .session_cookie_domain(".example.com")
            .session_cookie_httponly(false)
            .session_cookie_secure(true)
            .session_cookie_partitioned(true)
            .session_cookie_samesite("Lax")
            .session_cookie_path("/");
        let client = app.test_client();
        let cookie = |path| {
            let request = client
                .get(path)
                .base_url("https://www.example.com:8080/test/");
            let response = request.send();
            response.header("set-cookie").unwrap().to_lowercase()
        };
        for (path, start) in [("/", "session=ey"), ("/clear", "session=;")] {
            let cookie = cookie(path);
            assert!(cookie.starts_with(start), "{cookie}");
            for part in [
                "domain=example.com",
                "path=/;",
                "secure",
                "samesite=lax",
                "partitioned",
            ] {
                assert!(cookie.contains(part), "{part} in {cookie}");
            }
            assert!(!cookie.contains("httponly"), "{cookie}");
        }
    }

    #[test]
    fn a_session_without_a_key_can_be_read_and_refuses_changes() {
        let mut app = App::new("flask_test");
        app.config.testing(true);
        let ctx = app
            .build()
            .unwrap()
            .test_request_context("/")
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        assert_eq!(session().get::<i64>("missing_key"), None);
        let refused = session().insert("foo", 42).unwrap_err().to_string();
        assert!(refused.contains("session is unavailable"), "{refused}");
        let refused = session().remove("foo").unwrap_err().to_string();
        assert!(refused.contains("session is unavailable"), "{refused}");
    }

    #[test]
    fn flashing_marks_the_session_as_modified() {
        let ctx = new_app()
            .build()
            .unwrap()
            .test_request_context("/")
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        assert!(!session().modified());
        flash("Zap", "message").unwrap();
        session().set_modified(false).unwrap();
        flash("Zip", "message").unwrap();
        assert!(session().modified());
        let pair = |text: &str| ("message".to_owned(), text.to_owned());
        assert_eq!(
            get_flashed_messages(&[]).unwrap(),
            [pair("Zap"), pair("Zip")]
        );
    }

    #[test]
    fn flashed_messages_are_chosen_by_their_categories() {
        let mut app = new_app();
        app.route("/", || -> Result<&'static str> {
            flash("Hello World", "message")?;
            flash("Hello World", "error")?;
            flash(Markup::new("<em>Testing</em>"), "warning")?;
            Ok("")
        })
        .endpoint("index");
        app.route("/shown", || -> Result {
            let filter = request().args().getlist("only").to_vec();
            let filter: Vec<_> = filter.iter().map(String::as_str).collect();
            jsonify(get_flashed_messages(&filter)?)
        })
        .endpoint("shown");
        let app = app.build().unwrap();
        let shown = |query: &str| -> Vec<(String, String)> {
            let client = app.test_client();
            client.get("/").send();
            client.get(&format!("/shown{query}")).send().json()
        };
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(category, text)| (category.to_string(), text.to_string()))
                .collect()
        };
        let plain = ("message", "Hello World");
        let marked = ("warning", "<em>Testing</em>");
        assert_eq!(shown(""), pairs(&[plain, ("error", "Hello World"), marked]));
        assert_eq!(shown("?only=message"), pairs(&[plain]));
        assert_eq!(shown("?only=message&only=warning"), pairs(&[plain, marked]));
    }
}

mod hooks {
    use super::*;

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
}

mod errors {
    use super::*;

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
}

mod responses {
    use super::*;

    const GREETING: &str = "Hällo Wörld";
    const PLAIN: &str = "text/plain; charset=utf-8";

    fn app_of_answers() -> App {
        let mut app = new_app();
        app.route("/text", || GREETING).endpoint("text");
        app.route("/bytes", || GREETING.as_bytes())
            .endpoint("bytes");
        app.route("/full", || {
            ("Meh", 400, [("X-Foo", "Testing"), ("Content-Type", PLAIN)])
        })
        .endpoint("full");
        app.route("/headers", || {
            ("Hello", [("X-Foo", "Test"), ("Content-Type", PLAIN)])
        })
        .endpoint("headers");
        app.route("/status", || ("Hi, status!", 400))
            .endpoint("status");
        app.route("/response-headers", || {
            let own = [("Content-Type", "text/html"), ("X-Foo", "Baz")];
            let response = make_response(("Hello world", 404, own))?;
            let given = [
                ("Content-Type", "text/plain"),
                ("X-Foo", "Bar"),
                ("X-Bar", "Foo"),
            ];
            make_response((response, given))
        })
        .endpoint("response_headers");
        app.route("/response-status", || {
            Ok::<_, Error>((make_response(("Hello world", 400))?, 500))
        })
        .endpoint("response_status");
        app.route("/error", HttpError::not_found).endpoint("error");
        app.route("/dict", || (serde_json::json!({"foo": "bar"}), 201))
            .endpoint("dict");
        app.route("/list", || (Json(["foo", "bar"]), 201))
            .endpoint("list");
        app
    }

    #[test]
    fn a_view_answers_with_text_bytes_json_and_tuples() {
        let client = app_of_answers().test_client();
        let seen = |path: &str| {
            let response = client.get(path).send();
            let content_type = response.header("content-type").unwrap().to_owned();
            (response.status(), response.text(), content_type)
        };
        let expected = |status: u16, text: &str, content_type: &str| {
            (status, text.to_owned(), content_type.to_owned())
        };
        let html = "text/html; charset=utf-8";
        let json = "application/json";
        assert_eq!(seen("/text"), expected(200, GREETING, html));
        assert_eq!(seen("/bytes"), expected(200, GREETING, html));
        assert_eq!(seen("/full"), expected(400, "Meh", PLAIN));
        assert_eq!(seen("/headers"), expected(200, "Hello", PLAIN));
        assert_eq!(seen("/status"), expected(400, "Hi, status!", html));
        assert_eq!(seen("/response-status"), expected(500, "Hello world", html));
        assert_eq!(seen("/dict"), expected(201, "{\"foo\":\"bar\"}\n", json));
        assert_eq!(seen("/list"), expected(201, "[\"foo\",\"bar\"]\n", json));
        let (status, text, _) = seen("/error");
        assert!(status == 404 && text.contains("Not Found"), "{text}");
        let full = client.get("/full").send();
        assert_eq!(full.header("x-foo"), Some("Testing"));
    }

    #[test]
    fn headers_beside_a_response_replace_its_own() {
        let response = app_of_answers()
            .test_client()
            .get("/response-headers")
            .send();
        assert_eq!(
            (response.status(), response.text().as_str()),
            (404, "Hello world")
        );
        assert_eq!(response.header("content-type"), Some("text/plain"));
        let foos: Vec<_> = response.headers().get_all("x-foo").iter().collect();
        assert_eq!(foos, ["Bar"]);
        assert_eq!(response.header("x-bar"), Some("Foo"));
    }

    fn parts(response: Response) -> (u16, Option<String>, String) {
        let content_type = response.headers().get("content-type");
        let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
        (
            response.status().as_u16(),
            content_type,
            response.into_text(),
        )
    }

    #[test]
    fn a_response_is_made_of_anything_that_a_view_returns() {
        let html = Some("text/html; charset=utf-8".to_owned());
        let made = make_response("").unwrap();
        assert_eq!(parts(made), (200, html.clone(), String::new()));
        let made = make_response("Awesome").unwrap();
        assert_eq!(parts(made), (200, html.clone(), "Awesome".into()));
        let made = make_response(("W00t", 404)).unwrap();
        assert_eq!(parts(made), (404, html.clone(), "W00t".into()));
        let mut app = new_app();
        app.route("/", || {
            let letters = "Hello"
                .chars()
                .map(|letter| Ok::<_, Error>(letter.to_string()));
            make_response(Body::stream(futures_util::stream::iter(letters)))
        })
        .endpoint("index");
        let response = app.test_client().get("/").send();
        assert_eq!(response.text(), "Hello");
        assert_eq!(response.header("content-type"), html.as_deref());
    }

    #[test]
    fn a_response_keeps_what_the_tuple_around_it_does_not_give() {
        let json = jsonify(serde_json::json!({"msg": "W00t"})).unwrap();
        let made = make_response((json, 400)).unwrap();
        let (status, content_type, text) = parts(made);
        assert_eq!((status, text.as_str()), (400, "{\"msg\":\"W00t\"}\n"));
        assert_eq!(content_type.as_deref(), Some("application/json"));
        let own = [("Content-Type", "text/html")];
        let response = make_response(("", own)).unwrap();
        let made = make_response((response, 400, [("X-Foo", "bar")])).unwrap();
        assert_eq!(made.headers()["x-foo"], "bar");
        assert_eq!(parts(made), (400, Some("text/html".into()), String::new()));
    }

    #[test]
    fn json_is_laid_out_as_the_provider_says() {
        for compact in [true, false] {
            let mut app = new_app();
            app.json = Arc::new(DefaultJsonProvider {
                compact: Some(compact),
                ..DefaultJsonProvider::default()
            });
            app.route("/", || {
                jsonify(serde_json::json!({"msg": {"submsg": "W00t"}, "msg2": "foobar"}))
            })
            .endpoint("index");
            let text = app.test_client().get("/").send().text();
            assert_eq!(!text.trim().contains(' '), compact, "{text}");
            assert_eq!(!text.trim().contains('\n'), compact, "{text}");
        }
    }

    #[test]
    fn json_has_the_mimetype_of_the_provider() {
        let mut app = new_app();
        app.json = Arc::new(DefaultJsonProvider {
            mimetype: "application/vnd.api+json".into(),
            ..DefaultJsonProvider::default()
        });
        app.route("/", || (jsonify(serde_json::json!({"msg": "W00t"})), 200))
            .endpoint("index");
        let response = app.test_client().get("/").send();
        assert_eq!(
            response.header("content-type"),
            Some("application/vnd.api+json")
        );
    }

    /// The warnings that are logged on a thread.
    #[derive(Clone, Default)]
    struct Log(Events);

    impl tracing::Subscriber for Log {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            *metadata.level() == tracing::Level::WARN
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            struct Message<'a>(&'a Log);
            impl tracing::field::Visit for Message<'_> {
                fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                    if field.name() == "message" {
                        self.0.0.push(format!("{value:?}"));
                    }
                }
            }
            event.record(&mut Message(self));
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    fn a_cookie_beyond_the_configured_size_is_told_in_the_log() {
        for (most, warnings) in [(100, 1), (0, 0), (4093, 0)] {
            let mut app = new_app();
            app.config.max_cookie_size(most);
            let ctx = app.build().unwrap().app_context();
            let log = Log::default();
            let mut response = Response::new("");
            tracing::subscriber::with_default(log.clone(), || {
                let _guard = ctx.push().unwrap();
                let cookie = SetCookie::new("foo", "bar".repeat(100));
                response.set_cookie(&cookie).unwrap();
            });
            let lines = log.0.taken();
            assert_eq!(lines.len(), warnings, "{lines:?}");
            let is_told = |line: &String| line.contains("cookie is too large");
            assert!(lines.iter().all(is_told), "{lines:?}");
            assert!(response.headers().contains_key("set-cookie"));
        }
    }
}

mod urls {
    use super::*;

    /// Builds a URL in the context of a request.
    fn in_request(app: App, build: impl FnOnce() -> Result<String>) -> Result<String> {
        let ctx = app.build()?.test_request_context("/").build()?;
        let _guard = ctx.push()?;
        build()
    }

    fn app_with_hello() -> App {
        let mut app = new_app();
        app.post("/hello/<name>", |name: String| name)
            .endpoint("hello");
        app
    }

    #[test]
    fn a_url_is_built_of_an_endpoint_and_values() {
        let url = in_request(app_with_hello(), || url_for!("hello", name = "test x"));
        assert_eq!(url.unwrap(), "/hello/test%20x");
        let url = in_request(app_with_hello(), || {
            url_for!("hello", name = "test x", _external = true)
        });
        assert_eq!(url.unwrap(), "http://localhost/hello/test%20x");
    }

    #[test]
    fn an_endpoint_without_a_rule_is_an_error_or_a_handlers_business() {
        let spam = || url_for!("spam");
        assert!(in_request(new_app(), spam).is_err());
        let mut app = new_app();
        app.url_build_error_handler(|_, _, _| Ok(Some("/test_handler/".to_owned())));
        assert_eq!(in_request(app, spam).unwrap(), "/test_handler/");
        let mut app = new_app();
        app.url_build_error_handler(|error, _, _| Err(error.clone().into()));
        let error = in_request(app, || url_for!("not.existing")).unwrap_err();
        assert!(
            error
                .downcast_ref::<carafe::routing::BuildError>()
                .is_some()
        );
    }

    #[test]
    fn a_build_error_handler_gets_the_special_values() {
        let events = Events::default();
        let mut app = new_app();
        let seen = events.clone();
        app.url_build_error_handler(move |_, _, values| {
            let mut names: Vec<_> = values.iter().map(|(name, _)| name.to_owned()).collect();
            names.sort();
            seen.push(names.join(" "));
            Ok(Some("handled".to_owned()))
        });
        assert_eq!(in_request(app, || url_for!("/")).unwrap(), "handled");
        assert_eq!(events.taken(), ["_anchor _external _method _scheme"]);
    }

    #[test]
    fn a_value_of_the_url_is_taken_out_and_put_in_by_hooks() {
        let mut app = new_app();
        app.url_defaults(|endpoint, values| {
            let expects = current_app()
                .url_map()
                .is_endpoint_expecting(endpoint, &["lang_code"]);
            if let Some(code) = g().get::<String>("lang_code")
                && expects
                && values.get("lang_code").is_none()
            {
                values.insert("lang_code", code);
            }
        });
        app.url_value_preprocessor(|_, values| {
            if let Some(code) = values.remove("lang_code") {
                g().set("lang_code", code.to_string());
            }
        });
        app.route("/<lang_code>/", || url_for!("about"))
            .endpoint("index");
        app.route("/<lang_code>/about", || url_for!("other"))
            .endpoint("about");
        app.route("/foo", || url_for!("about", lang_code = "en"))
            .endpoint("other");
        let client = app.test_client();
        assert_eq!(client.get("/de/").send().text(), "/de/about");
        assert_eq!(client.get("/de/about").send().text(), "/foo");
        assert_eq!(client.get("/foo").send().text(), "/en/about");
    }

    #[test]
    fn a_blueprint_gives_values_to_the_urls_of_its_views() {
        let mut blueprint = Blueprint::new("foo");
        blueprint.url_defaults(|_, values| values.insert("page", "login"));
        blueprint
            .route("/<page>", |page: String| page)
            .endpoint("view");
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let url = in_request(app, || url_for!("foo.view"));
        assert_eq!(url.unwrap(), "/login");
    }

    #[test]
    fn a_redirect_to_the_slash_keeps_method_and_form() {
        let mut app = new_app();
        app.config.debug(true);
        app.route("/user/", async || {
            let request = request();
            let value = request.form().await?.require("status")?;
            Ok::<_, Error>(value.clone())
        })
        .endpoint("user")
        .methods(["GET", "POST"]);
        let response = app
            .test_client()
            .post("/user")
            .form([("status", "success")])
            .follow_redirects()
            .send();
        assert_eq!(response.text(), "success");
    }
}

mod static_files {
    use super::*;

    fn served(app: App, path: &str) -> (u16, String) {
        let response = app.test_client().get(path).send();
        (response.status(), response.text().trim().to_owned())
    }

    fn page() -> (u16, String) {
        (200, "<h1>Hello World!</h1>".to_owned())
    }

    fn url(app: App, external: bool) -> String {
        let ctx = app
            .build()
            .unwrap()
            .test_request_context("/")
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        url_for!("static", filename = "index.html", _external = external).unwrap()
    }

    #[test]
    fn files_of_the_static_folder_are_served_under_its_name() {
        assert_eq!(served(new_app(), "/static/index.html"), page());
        assert_eq!(url(new_app(), false), "/static/index.html");
    }

    #[test]
    fn the_url_path_of_static_files_can_be_given() {
        for path in ["/foo", "/foo/"] {
            let app = || {
                let mut app = new_app();
                app.static_url_path = Some(path.to_owned());
                app
            };
            assert_eq!(served(app(), "/foo/index.html"), page());
            assert_eq!(url(app(), false), "/foo/index.html");
        }
    }

    #[test]
    fn static_files_may_lie_at_the_root() {
        let mut app = new_app();
        app.static_url_path = Some(String::new());
        assert_eq!(served(app, "/index.html"), page());
        let mut app = new_app();
        app.static_folder = Some("".into());
        assert_eq!(served(app, "/static/index.html"), page());
    }

    #[test]
    fn the_static_folder_is_a_path() {
        let mut app = new_app();
        app.static_folder = Some(std::path::PathBuf::from("static"));
        assert_eq!(served(app, "/static/index.html"), page());
    }

    #[test]
    fn a_slash_after_the_static_folder_changes_nothing() {
        let mut app = new_app();
        app.static_folder = Some("static/".into());
        app.route("/<path:path>", |path: String| path)
            .endpoint("catch_all");
        let client = app.test_client();
        assert_eq!(client.get("/catch/all").send().text(), "catch/all");
        assert_eq!(client.get("/static/index.html").send().status(), 200);
    }

    #[test]
    fn static_files_have_a_host_where_hosts_are_matched() {
        let app = |host_matching: bool, host: Option<&str>, folder: bool| {
            let mut app = new_app();
            app.url_map.options_mut().host_matching = host_matching;
            app.static_host = host.map(str::to_owned);
            if !folder {
                app.static_folder = None;
            }
            app
        };
        let whole = || app(true, Some("example.com"), true);
        assert_eq!(
            served(whole(), "http://example.com/static/index.html"),
            page()
        );
        assert_eq!(url(whole(), true), "http://example.com/static/index.html");
        assert!(app(false, Some("example.com"), true).build().is_err());
        assert!(app(true, None, true).build().is_err());
        assert!(app(true, None, false).build().is_ok());
    }
}

mod hosts {
    use super::*;

    #[test]
    fn subdomains_and_hosts_are_matched_as_configured() {
        for (subdomain_matching, host_matching, of_subdomain) in [
            (false, false, "default"),
            (true, false, "abc"),
            (false, true, "abc"),
        ] {
            let mut app = new_app();
            app.config.server_name("example.test");
            app.subdomain_matching = subdomain_matching;
            app.url_map.options_mut().host_matching = host_matching;
            app.static_host = host_matching.then(|| "example.test".to_owned());
            let index = (|name: String| name).into_view();
            app.route("/", index.clone())
                .endpoint("index")
                .default("name", "default")
                .host("<name>");
            app.route("/", index)
                .endpoint("index")
                .subdomain("<name>")
                .host("<name>.example.test");
            let client = app.test_client();
            let seen = |url: &str| client.get("/").base_url(url).send().text();
            assert_eq!(seen("http://example.test"), "default");
            assert_eq!(seen("http://abc.example.test"), of_subdomain);
            assert_eq!(seen("http://xyz.other.test"), "default");
        }
    }

    fn app_with_foo(server_name: Option<&str>) -> App {
        let mut app = new_app();
        app.subdomain_matching = true;
        if let Some(name) = server_name {
            app.config.server_name(name);
        }
        app.route("/", || "default").endpoint("index");
        app.route("/", || "subdomain")
            .endpoint("sub")
            .subdomain("foo");
        app
    }

    #[test]
    fn a_host_below_the_server_name_is_a_subdomain() {
        for (server_name, url, text) in [
            ("dev.local:5000", "http://dev.local:5000", "default"),
            ("dev.local:5000", "https://dev.local:5000", "default"),
            ("dev.local:443", "https://dev.local", "default"),
            ("dev.local", "https://dev.local", "default"),
            ("dev.local", "http://foo.localhost", "default"),
            ("dev.local", "http://foo.dev.local", "subdomain"),
        ] {
            let client = app_with_foo(Some(server_name)).test_client();
            assert_eq!(client.get("/").base_url(url).send().text(), text, "{url}");
        }
        let client = app_with_foo(Some("dev.local:5000")).test_client();
        assert_eq!(client.get("/").send().text(), "default");
    }

    #[test]
    fn an_unknown_subdomain_has_no_page_where_subdomains_are_matched() {
        for (matching, status) in [(true, 404), (false, 204)] {
            let mut app = new_app();
            app.subdomain_matching = matching;
            app.config.server_name("localhost.localdomain:3000");
            app.route("/", || ("", 204)).endpoint("index");
            let client = app.test_client();
            let seen = |url: &str| client.get("/").base_url(url).send().status();
            assert_eq!(seen("http://127.0.0.1:3000"), 204);
            assert_eq!(seen("http://www.localhost.localdomain:3000"), status);
        }
    }
}

#[test]
fn names_in_g_are_listed() {
    let ctx = new_app().build().unwrap().app_context();
    let _guard = ctx.push().unwrap();
    assert_eq!(g().get::<i64>("x"), None);
    g().set("foo", 23);
    g().set("bar", 42);
    assert!(g().contains("foo") && !g().contains("foos"));
    let mut names = g().names();
    names.sort();
    assert_eq!(names, ["bar", "foo"]);
}

#[test]
fn an_app_is_freed_with_its_last_owner() {
    let mut app = new_app();
    app.route("/", || "index").endpoint("index");
    app.state(Arc::new(()));
    let client = app.test_client();
    let state = client.app().state::<Arc<()>>().unwrap();
    let weak = Arc::downgrade(&*state);
    drop(state);
    assert_eq!(client.get("/").send().status(), 200);
    assert!(weak.upgrade().is_some());
    drop(client);
    assert!(weak.upgrade().is_none() && !has_app_context());
}
