//! The behavior that Flask's `test_appctx` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::{ReadyApp, has_app_context, try_current_app};

/// What teardown functions and receivers were told, in order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn push(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.testing(true).secret_key("test key");
    app
}

fn why(ended: &Ended) -> String {
    ended.error().map_or("none".to_owned(), ToString::to_string)
}

/// An app whose contexts tell why they ended.
fn app_that_tells() -> (App, Told) {
    let told = Told::default();
    let mut app = new_app();
    let seen = told.clone();
    app.teardown_appcontext(move |ended: Ended| seen.push(why(&ended)));
    (app, told)
}

fn is_current(app: &ReadyApp) -> bool {
    try_current_app().is_ok_and(|current| current.name() == app.name())
}

mod urls {
    use super::*;

    #[test]
    fn a_url_outside_of_a_request_is_external_and_as_configured() {
        let mut app = new_app();
        app.config
            .server_name("localhost")
            .preferred_url_scheme("https");
        app.route("/", || "").endpoint("index");
        let ctx = app.build().unwrap().app_context();
        let _guard = ctx.push().unwrap();
        assert_eq!(url_for!("index").unwrap(), "https://localhost/");
    }

    #[test]
    fn a_url_outside_of_a_request_needs_a_server_name() {
        let mut app = new_app();
        app.route("/", || "").endpoint("index");
        let ctx = app.build().unwrap().app_context();
        let _guard = ctx.push().unwrap();
        let error = url_for!("index").unwrap_err().to_string();
        assert!(error.contains("SERVER_NAME"), "{error}");
    }

    #[test]
    fn a_url_cannot_be_built_outside_of_any_context() {
        assert!(url_for!("index").is_err());
    }
}

#[test]
fn the_app_is_current_within_its_contexts_alone() {
    let app = new_app().build().unwrap();
    {
        let ctx = app.test_request_context("/").build().unwrap();
        let _guard = ctx.push().unwrap();
        assert!(is_current(&app));
    }
    assert!(try_current_app().is_err());
    {
        let _guard = app.app_context().push().unwrap();
        assert!(is_current(&app));
    }
    assert!(try_current_app().is_err());
}

mod teardown {
    use super::*;

    #[test]
    fn a_context_that_ends_by_itself_has_no_error() {
        let (app, told) = app_that_tells();
        let before: Result<()> = Err(Error::msg("dummy"));
        assert!(before.is_err());
        let guard = app.build().unwrap().app_context().push().unwrap();
        assert_eq!(told.taken(), [""; 0]);
        drop(guard);
        assert_eq!(told.taken(), ["none"]);
    }

    #[test]
    fn an_error_that_was_dealt_with_is_not_told() {
        let (app, told) = app_that_tells();
        {
            let _guard = app.build().unwrap().app_context().push().unwrap();
            let within: Result<()> = Err(Error::msg("dummy"));
            assert!(within.is_err());
        }
        assert_eq!(told.taken(), ["none"]);
    }

    #[test]
    fn an_error_that_a_handler_answered_is_not_told() {
        let (mut app, told) = app_that_tells();
        app.config.propagate_exceptions(true);
        app.route("/", || Err::<&str, _>(Error::msg("dummy")))
            .endpoint("index");
        app.any_error_handler(|error: &Error| jsonify(error.to_string()));
        let client = app.test_client();
        {
            let _guard = client.app().app_context().push().unwrap();
            assert_eq!(client.get("/").send().text(), "\"dummy\"\n");
        }
        assert_eq!(told.taken(), ["none", "none"]);
    }

    #[test]
    fn an_error_that_nobody_answered_is_told_to_each_context() {
        let (mut app, told) = app_that_tells();
        app.config.propagate_exceptions(true);
        app.route("/", || Err::<&str, _>(Error::msg("dummy")))
            .endpoint("index");
        let client = app.test_client();
        let guard = client.app().app_context().push().unwrap();
        let error = client.get("/").try_send().unwrap_err();
        assert_eq!(error.to_string(), "dummy");
        guard.pop(Ended::from(error)).unwrap();
        assert_eq!(told.taken(), ["dummy", "dummy"]);
    }

    #[test]
    fn a_context_that_is_pushed_again_ends_once() {
        let (mut app, told) = app_that_tells();
        let seen = told.clone();
        app.teardown_request(move |_: Ended| seen.push("request"));
        app.route("/", || -> Result<&'static str> {
            let request = request();
            drop(request.context().push()?);
            assert_eq!(carafe::request().path(), "/");
            Ok("")
        })
        .endpoint("index");
        assert_eq!(app.test_client().get("/").send().status(), 200);
        assert_eq!(told.taken(), ["request", "none"]);
    }

    #[test]
    fn teardown_of_a_request_is_not_for_contexts_without_one() {
        let (mut app, told) = app_that_tells();
        app.config.testing(false);
        app.teardown_request(|_: Ended| Err::<(), _>(Error::msg("never")));
        {
            let _guard = app.build().unwrap().app_context().push().unwrap();
            told.push(current_app().name());
        }
        assert_eq!(told.taken(), ["flask_test", "none"]);
        assert!(!has_app_context());
    }

    #[test]
    fn all_of_teardown_runs_though_each_part_fails() {
        let told = Told::default();
        let fail = |place: &'static str| {
            let told = told.clone();
            move |_: Ended| {
                told.push(place);
                Err::<(), _>(Error::msg(place))
            }
        };
        let receive = |place: &'static str| {
            let fail = fail(place);
            move |ended: &Ended| fail(ended.clone())
        };
        let mut app = new_app();
        app.teardown_request(fail("request_teardown"));
        app.teardown_appcontext(fail("app_teardown"));
        app.get("/", || "").endpoint("index");
        let client = app.test_client();
        let signals = client.app().signals();
        let _request = signals
            .request_tearing_down
            .connected_to(receive("request_signal"));
        let _context = signals
            .appcontext_tearing_down
            .connected_to(receive("app_signal"));
        let error = client.get("/").try_send().unwrap_err();
        assert_eq!(error.to_string(), "request_teardown");
        assert_eq!(
            told.taken(),
            [
                "request_teardown",
                "request_signal",
                "app_teardown",
                "app_signal"
            ]
        );
    }
}

#[test]
fn values_in_g_are_got_set_and_taken() {
    let ctx = new_app().build().unwrap().app_context();
    let _guard = ctx.push().unwrap();
    let g = g();
    assert_eq!(g.get::<&str>("foo"), None);
    assert!(!g.contains("foo"));
    g.set("foo", "bar");
    assert!(g.contains("foo"));
    g.setdefault("bar", "the cake is a lie");
    g.setdefault("bar", "hello world");
    assert_eq!(g.get::<&str>("bar"), Some("the cake is a lie"));
    assert_eq!(g.pop::<&str>("bar"), Some("the cake is a lie"));
    assert_eq!(g.pop::<&str>("bar"), None);
    assert_eq!(g.names(), ["foo"]);
    assert_eq!(format!("{g:?}"), r#"G(["foo"])"#);
}
