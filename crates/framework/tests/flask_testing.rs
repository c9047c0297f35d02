//! The behavior that Flask's `test_testing` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use carafe::json::DefaultJsonProvider;
use carafe::prelude::*;
use carafe::testing::RequestBuilder;
use carafe::{Body, stream_with_context, try_request};
use serde_json::{Value, json};

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.config.testing(true).secret_key("test key");
    app
}

fn url() -> String {
    request().url()
}

mod requests {
    use super::*;

    #[test]
    fn a_made_up_request_is_for_the_configured_place() {
        for (server_name, root, expected) in [
            (
                Some("example.com:1234"),
                "/foo",
                "http://example.com:1234/foo/",
            ),
            (None, "/", "http://localhost/"),
        ] {
            let mut app = new_app();
            if let Some(name) = server_name {
                app.config.server_name(name);
            }
            app.config.application_root(root);
            app.route("/", url);
            let client = app.test_client();
            let ctx = client.app().test_request_context("/").build().unwrap();
            assert_eq!(ctx.request().unwrap().url(), expected);
            assert_eq!(client.get("/").send().text(), expected);
        }
    }

    #[test]
    fn a_request_comes_from_this_machine_or_from_where_it_is_told() {
        let mut app = new_app();
        app.route("/", || {
            let request = request();
            let address = request
                .remote_addr()
                .map(|address| address.ip().to_string());
            g().set("remote_addr", address);
            g().set("user_agent", request.header("user-agent").map(String::from));
            ""
        })
        .endpoint("index");
        let client = app.test_client();
        let seen = |change: fn(RequestBuilder) -> RequestBuilder| {
            let response = client.get("/").with(change).send();
            let g = response.context().g();
            let text = |name| g.get::<Option<String>>(name).unwrap();
            (text("remote_addr"), text("user_agent"))
        };
        assert_eq!(seen(|request| request), (Some("127.0.0.1".into()), None));
        let changed = seen(|request| {
            request
                .remote_addr(([192, 168, 0, 22], 0))
                .header("user-agent", "Foo")
        });
        assert_eq!(changed, (Some("192.168.0.22".into()), Some("Foo".into())));
    }

    #[test]
    fn the_scheme_of_a_request_can_be_given() {
        let mut app = new_app();
        app.route("/", url);
        let client = app.test_client();
        let place = "https://localhost";
        let ctx = client.app().test_request_context("/").base_url(place);
        let ctx = ctx.build().unwrap();
        assert_eq!(ctx.request().unwrap().url(), "https://localhost/");
        let response = client.get("/").base_url(place).send();
        assert_eq!(response.text(), "https://localhost/");
    }

    #[test]
    fn the_path_of_a_request_may_be_a_whole_url() {
        let app = new_app().build().unwrap();
        let ctx = app.test_request_context("https://example.com/");
        let request = ctx.build().unwrap().request().unwrap();
        assert_eq!(request.scheme(), "https");
        assert_eq!(request.host(), "example.com");
        assert_eq!(request.script_root(), "");
        assert_eq!(request.path(), "/");
    }

    #[test]
    fn json_is_sent_as_the_apps_provider_writes_it() {
        for (ensure_ascii, text) in [(false, "\"\u{20ac}\""), (true, "\"\\u20ac\"")] {
            let mut app = new_app();
            app.json = Arc::new(DefaultJsonProvider {
                ensure_ascii,
                ..DefaultJsonProvider::default()
            });
            app.post("/", async || {
                let data = request().data().await?;
                Ok::<_, Error>(data.to_vec())
            })
            .endpoint("index");
            let response = app.test_client().post("/").json(&"\u{20ac}").send();
            assert_eq!(response.text(), text);
        }
    }

    #[test]
    fn a_request_may_be_for_a_subdomain() {
        let mut app = new_app();
        app.subdomain_matching = true;
        app.config
            .server_name("example.com:1234")
            .application_root("/foo");
        let mut blueprint = Blueprint::new("company").with_subdomain("xxx");
        blueprint.route("/", url);
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        let expected = "http://xxx.example.com:1234/foo/";
        let ctx = client.app().test_request_context("/");
        let ctx = ctx
            .with(|request| request.subdomain("xxx"))
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        assert_eq!(request().url(), expected);
        assert_eq!(request().blueprint(), Some("company"));
        let response = client.get("/").subdomain("xxx").send();
        assert_eq!(response.text(), expected);
    }

    #[test]
    fn a_request_may_have_a_whole_url_with_a_query_and_a_form() {
        let mut app = new_app();
        app.post("/action", async || {
            let request = request();
            let has_gin = request.form().await?.contains("gin");
            let has_vodka = request.args().contains("vodka");
            Ok::<_, Error>(format!("{} {has_gin} {has_vodka}", request.host()))
        })
        .endpoint("action");
        let client = app.test_client();
        let request = client.post("http://domain.com/action?vodka=42");
        let response = request.form([("gin", "43")]).send();
        assert_eq!(response.text(), "domain.com true true");
    }

    #[test]
    fn json_goes_there_and_back() {
        let mut app = new_app();
        app.post("/echo", |Json(value): Json<Value>| Json(value))
            .endpoint("echo");
        let data = json!({"drink": {"gin": 1, "tonic": true}, "price": 10});
        let response = app.test_client().post("/echo").json(&data).send();
        assert!(response.context().request().unwrap().is_json());
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.json::<Value>(), data);
    }

    #[test]
    fn sending_json_pushes_no_further_context() {
        let mut app = new_app();
        app.post("/hello", |Json(value): Json<Value>| {
            format!("Hello, {}!", value["name"].as_str().unwrap())
        })
        .endpoint("hello");
        let client = app.test_client();
        let count = Arc::new(AtomicU32::new(0));
        let counted = count.clone();
        let popped = &client.app().signals().appcontext_popped;
        let _guard = popped.connected_to(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let response = client.post("/hello").json(&json!({"name": "Flask"})).send();
        assert_eq!(response.text(), "Hello, Flask!");
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_built_url_can_be_requested() {
        for subdomain_matching in [true, false] {
            let mut app = new_app();
            app.subdomain_matching = subdomain_matching;
            app.config.server_name("example.com");
            let view = |company: String| company;
            if subdomain_matching {
                app.route("/", view).subdomain("<company>").endpoint("view");
            } else {
                app.route("/<company>", view).endpoint("view");
            }
            let client = app.test_client();
            let url = {
                let ctx = client.app().test_request_context("/").build().unwrap();
                let _guard = ctx.push().unwrap();
                url_for!("view", company = "xxx").unwrap()
            };
            let response = client.get(&url).send();
            assert_eq!((response.status(), response.text().as_str()), (200, "xxx"));
        }
    }
}

mod sessions {
    use super::*;

    #[test]
    fn followed_redirects_keep_the_session() {
        let mut app = new_app();
        app.route("/redirect", || -> Result {
            session().insert("redirect", true)?;
            make_response(redirect("/target"))
        })
        .endpoint("index");
        app.route("/target", || session().insert("target", true).map(|()| ""))
            .endpoint("target");
        let client = app.test_client();
        let response = client.get("/redirect").follow_redirects().send();
        assert_eq!(response.history().len(), 1);
        let keys = client
            .session_transaction(|session| {
                ["redirect", "target"].map(|key| session.get_value(key).is_some())
            })
            .unwrap();
        assert_eq!(keys, [true, true]);
    }

    #[test]
    fn a_client_without_cookies_has_no_session_to_change() {
        let mut app = new_app();
        app.route("/", || -> Result<String> {
            let count = session().get::<u32>("count").unwrap_or(0) + 1;
            session().insert("count", count)?;
            Ok(count.to_string())
        })
        .endpoint("index");
        let client = app.test_client().without_cookies();
        assert_eq!(client.get("/").send().text(), "1");
        assert_eq!(client.get("/").send().text(), "1");
        let refused = client.session_transaction(|_| ()).unwrap_err();
        assert!(refused.to_string().contains("without cookies"), "{refused}");
    }

    #[test]
    fn a_test_changes_and_reads_the_session() {
        let mut app = new_app();
        app.route("/", || jsonify(session().get_value("foo")))
            .endpoint("index");
        let client = app.test_client();
        client
            .session_transaction(|session| {
                assert_eq!(session.len(), 0);
                session.insert("foo", vec![42]).unwrap();
                assert_eq!(session.len(), 1);
            })
            .unwrap();
        assert_eq!(client.get("/").send().text(), "[42]\n");
        let foo = client.session_transaction(|session| {
            assert_eq!(session.len(), 1);
            session.get_value("foo").cloned()
        });
        let foo = foo.unwrap().unwrap();
        assert_eq!(foo.as_slice().unwrap(), [42.into()]);
    }

    #[test]
    fn a_test_cannot_change_a_session_that_is_not_opened() {
        let client = App::new("flask_test").test_client();
        let refused = client.session_transaction(|_| ()).unwrap_err().to_string();
        assert!(
            refused.contains("session backend did not open a session"),
            "{refused}"
        );
    }

    #[test]
    fn changing_the_session_leaves_the_current_request_alone() {
        let client = new_app().test_client();
        let ctx = client
            .app()
            .test_request_context("/current")
            .build()
            .unwrap();
        let _guard = ctx.push().unwrap();
        client.get("/").send();
        assert_eq!(request().path(), "/current");
        client.session_transaction(|_| ()).unwrap();
        assert_eq!(request().path(), "/current");
    }
}

mod contexts {
    use super::*;

    #[test]
    fn the_context_of_a_request_is_kept_with_its_response() {
        let mut app = new_app();
        app.config.testing(false);
        app.route("/", || {
            g().set("value", 42);
            "Hello World!"
        })
        .endpoint("index");
        app.route("/other", || Err::<&str, _>(Error::msg("division by zero")))
            .endpoint("other");
        let client = app.test_client();
        let response = client.get("/").send();
        assert_eq!(response.context().g().get::<i32>("value"), Some(42));
        assert_eq!(response.text(), "Hello World!");
        let response = client.get("/other").send();
        assert!(!response.context().g().contains("value"));
        assert_eq!(response.status(), 500);
        assert!(response.text().contains("Internal Server Error"));
        assert!(carafe::try_g().is_err());
    }

    #[test]
    fn a_client_is_used_again() {
        let client = new_app().test_client();
        assert_eq!(client.get("/").send().status(), 404);
        assert_eq!(client.get("/").send().status(), 404);
    }

    #[test]
    fn a_request_of_the_client_leaves_no_context_behind() {
        let mut app = new_app();
        app.route("/", || -> Result {
            let hello = futures_util::stream::iter([Ok::<_, Error>("hello")]);
            make_response(Body::stream(stream_with_context(hello)?))
        })
        .endpoint("index");
        let client = app.test_client();
        {
            let ctx = client
                .app()
                .test_request_context("/current")
                .build()
                .unwrap();
            let _guard = ctx.push().unwrap();
            assert_eq!(client.get("/").send().text(), "hello");
            assert_eq!(request().path(), "/current");
        }
        assert!(try_request().is_err());
    }
}
