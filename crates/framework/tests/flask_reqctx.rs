//! The behavior that Flask's `test_reqctx`, `test_converters` and `test_session_interface` hold, where no
//! recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::routing::{Converter, ValidationError, Value};
use carafe::{
    AppContext, BoxSession, SecureCookieSessionInterface, SessionContext, SessionError,
    copy_current_request_context, has_app_context, has_request_context, try_request,
};

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.testing(true).secret_key("test key");
    app
}

fn hello() -> String {
    let request = request();
    let name = request.args().get("name").cloned().unwrap_or_default();
    format!("Hello {name}!")
}

mod contexts {
    use super::*;

    #[test]
    fn teardown_runs_when_a_request_context_is_popped() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let mut app = new_app();
        let seen = told.clone();
        app.teardown_request(move |ended: Ended| {
            seen.lock().unwrap().push(ended.error().is_some())
        });
        let app = app.build().unwrap();
        let before: Result<()> = Err(Error::msg("dummy"));
        assert!(before.is_err());
        let ctx = app.test_request_context("/").build().unwrap();
        let guard = ctx.push().unwrap();
        assert!(told.lock().unwrap().is_empty());
        let within: Result<()> = Err(Error::msg("dummy"));
        assert!(within.is_err());
        drop(guard);
        assert_eq!(*told.lock().unwrap(), [false]);
    }

    #[test]
    fn a_made_up_request_is_for_the_server_name() {
        let mut app = new_app();
        app.config.server_name("localhost.localdomain:5000");
        app.route("/", || "").endpoint("index");
        app.route("/", || "").endpoint("sub").subdomain("foo");
        let app = app.build().unwrap();
        let ctx = app.test_request_context("/").build().unwrap();
        let _guard = ctx.push().unwrap();
        assert_eq!(
            url_for!("index", _external = true).unwrap(),
            "http://localhost.localdomain:5000/"
        );
        assert_eq!(
            url_for!("sub", _external = true).unwrap(),
            "http://foo.localhost.localdomain:5000/"
        );
    }

    #[test]
    fn a_made_up_request_may_be_for_another_host() {
        for name in ["localhost.localdomain:5000", "localhost", "localhost:80"] {
            let mut app = new_app();
            app.config.server_name(name);
            let ctx = app
                .build()
                .unwrap()
                .test_request_context("/")
                .base_url("http://localhost")
                .build()
                .unwrap();
            let _guard = ctx.push().unwrap();
            assert_eq!(request().host(), "localhost");
        }
    }

    #[test]
    fn functions_see_the_request_that_is_pushed() {
        let app = new_app().build().unwrap();
        assert!(!has_request_context() && try_request().is_err());
        {
            let ctx = app.test_request_context("/?name=World").build().unwrap();
            let _guard = ctx.push().unwrap();
            assert!(has_request_context());
            assert_eq!(hello(), "Hello World!");
        }
        {
            let ctx = app.test_request_context("/meh").build().unwrap();
            let _guard = ctx.push().unwrap();
            assert_eq!(request().url(), "http://localhost/meh");
        }
        assert!(!has_request_context() && try_request().is_err());
    }

    #[test]
    #[should_panic(expected = "request context")]
    fn using_the_request_after_the_pop_panics() {
        let app = new_app().build().unwrap();
        let ctx = app.test_request_context("/?name=World").build().unwrap();
        let guard = ctx.push().unwrap();
        assert_eq!(hello(), "Hello World!");
        drop(guard);
        hello();
    }

    /// What work outside of the request found there.
    fn found() -> (String, Option<String>, Option<String>, String) {
        let request = request();
        (
            request.path().to_owned(),
            request.args().get("foo").cloned(),
            session().get("fizz"),
            current_app().name().to_owned(),
        )
    }

    fn expected() -> (String, Option<String>, Option<String>, String) {
        (
            "/".into(),
            Some("bar".into()),
            Some("buzz".into()),
            "flask_test".into(),
        )
    }

    #[test]
    fn a_copy_of_a_context_is_pushed_elsewhere_after_the_request() {
        let kept: Arc<Mutex<Option<AppContext>>> = Arc::default();
        let mut app = new_app();
        let keep = kept.clone();
        app.route("/", move || -> Result<&'static str> {
            session().insert("fizz", "buzz")?;
            *keep.lock().unwrap() = Some(request().context().copy());
            Ok("Hello World!")
        })
        .endpoint("index");
        let response = app.test_client().get("/?foo=bar").send();
        assert_eq!(response.text(), "Hello World!");
        let ctx = kept.lock().unwrap().take().unwrap();
        assert!(!has_app_context());
        {
            let _guard = ctx.push().unwrap();
            assert_eq!(found(), expected());
        }
        assert!(!has_app_context());
    }

    type Work = Box<dyn FnOnce() -> (String, Option<String>, Option<String>, String) + Send>;

    #[test]
    fn a_function_takes_a_copy_of_the_context_with_it() {
        let kept: Arc<Mutex<Option<Work>>> = Arc::default();
        let mut app = new_app();
        let keep = kept.clone();
        app.route("/", move || -> Result<&'static str> {
            session().insert("fizz", "buzz")?;
            *keep.lock().unwrap() = Some(Box::new(copy_current_request_context(found)?));
            Ok("Hello World!")
        })
        .endpoint("index");
        let response = app.test_client().get("/?foo=bar").send();
        assert_eq!(response.text(), "Hello World!");
        let work = kept.lock().unwrap().take().unwrap();
        assert_eq!(work(), expected());
    }
}

mod sessions {
    use super::*;

    /// Cannot open a session.
    struct Failing;

    impl SecureCookieSessionInterface for Failing {
        fn open_session(&self, _: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
            Err(SessionError::other("no session today"))
        }
    }

    #[test]
    fn a_session_that_cannot_be_opened_is_a_500_and_leaves_no_context() {
        let mut app = App::new("flask_test");
        app.session_interface = Failing.into();
        app.route("/", || "never").endpoint("index");
        let client = app.test_client();
        let response = client.get("/").send();
        assert_eq!(response.status(), 500);
        assert!(!response.text().contains("never"));
        let ctx = client.app().test_request_context("/").build().unwrap();
        assert!(ctx.push().is_err());
        assert!(!has_request_context() && !has_app_context());
    }

    /// The cookie's name depends on the URL.
    struct PathAware;

    impl SecureCookieSessionInterface for PathAware {
        fn cookie_name<'a>(&'a self, cx: &SessionContext<'a>) -> Cow<'a, str> {
            match cx.request().path().ends_with("dynamic_cookie") {
                true => "dynamic_cookie_name".into(),
                false => cx.config().session_cookie_name().into(),
            }
        }
    }

    #[test]
    fn the_cookies_name_may_depend_on_the_path() {
        async fn set() -> Result<&'static str> {
            let request = request();
            session().insert("value", request.form().await?.require("value")?)?;
            Ok("value set")
        }
        fn get() -> String {
            session().get("value").unwrap_or_else(|| "None".to_owned())
        }
        let mut app = new_app();
        app.session_interface = PathAware.into();
        app.post("/set", set);
        app.post("/set_dynamic_cookie", set);
        app.get("/get", get);
        app.get("/get_dynamic_cookie", get);
        let client = app.test_client();
        for (path, value) in [("/set", "42"), ("/set_dynamic_cookie", "616")] {
            let response = client.post(path).form([("value", value)]).send();
            assert_eq!(response.text(), "value set");
        }
        assert_eq!(client.get("/get").send().text(), "42");
        assert_eq!(client.get("/get_dynamic_cookie").send().text(), "616");
    }

    /// Wants to know the endpoint before it opens the session, which it does not do.
    struct EndpointAware;

    impl SecureCookieSessionInterface for EndpointAware {
        fn open_session(
            &self,
            cx: &SessionContext<'_>,
        ) -> Result<Option<BoxSession>, SessionError> {
            assert!(cx.request().endpoint().is_none());
            cx.request().match_request().unwrap();
            assert_eq!(cx.request().endpoint().as_deref(), Some("index"));
            Ok(None)
        }
    }

    #[test]
    fn the_url_can_be_matched_before_the_session_is_opened() {
        let mut app = new_app();
        app.session_interface = EndpointAware.into();
        app.get("/", || "Hello, World!").endpoint("index");
        assert_eq!(app.test_client().get("/").send().status(), 200);
    }
}

mod converters {
    use super::*;

    /// Texts between commas.
    struct List;

    impl Converter for List {
        fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
            Ok(Value::from(text.replace(',', "|")))
        }

        fn to_url(&self, value: &Value<'_>) -> Result<String, ValidationError> {
            let text = value
                .as_str()
                .ok_or(ValidationError::refusal("not a text"))?;
            Ok(text.replace('|', ","))
        }
    }

    #[test]
    fn a_converter_of_ones_own_reads_and_writes_values() {
        let mut app = new_app();
        app.url_map.add_converter("list", |_| Ok(List));
        app.route("/<list:args>", |args: String| args)
            .endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/1,2,3").send().text(), "1|2|3");
        let ctx = client.app().test_request_context("/").build().unwrap();
        let _guard = ctx.push().unwrap();
        assert_eq!(url_for!("index", args = "4|5|6").unwrap(), "/4,5,6");
    }

    /// Looks at the request and its session.
    struct InContext;

    impl Converter for InContext {
        fn to_value<'t>(&self, text: &'t str) -> Result<Value<'t>, ValidationError> {
            let path = request().path().to_owned();
            match session().is_empty() && path.ends_with(text) {
                true => Ok(text.into()),
                false => Err(ValidationError::new("not of this request")),
            }
        }
    }

    #[test]
    fn a_converter_may_use_request_and_session() {
        let mut app = new_app();
        app.url_map.add_converter("ctx", |_| Ok(InContext));
        app.get("/<ctx:name>", |name: String| name)
            .endpoint("index");
        assert_eq!(app.test_client().get("/admin").send().text(), "admin");
    }
}
