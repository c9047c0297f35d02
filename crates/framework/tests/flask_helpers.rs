//! The behavior that Flask's `test_helpers` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use carafe::prelude::*;
use carafe::routing::Values;
use carafe::{Body, IntoView, ReadyApp, stream_with_context};
use futures_util::stream::{self, Stream, StreamExt};
use http::StatusCode;

fn new_app() -> App {
    let mut app = App::new("flask_test");
    app.route("/", || "42").endpoint("index");
    app
}

/// Runs a function in the context of a request.
fn in_request<T>(app: App, run: impl FnOnce(&ReadyApp) -> T) -> T {
    let app = app.build().unwrap();
    let ctx = app.test_request_context("/").build().unwrap();
    let _guard = ctx.push().unwrap();
    run(&app)
}

mod urls {
    use super::*;

    #[test]
    fn a_url_has_an_anchor() {
        in_request(new_app(), |_| {
            assert_eq!(url_for!("index", _anchor = "x y").unwrap(), "/#x%20y");
        });
    }

    #[test]
    fn a_scheme_makes_a_url_external() {
        in_request(new_app(), |_| {
            for external in [None, Some(true)] {
                let url = url_for("index").scheme("https");
                let url = match external {
                    Some(external) => url.external(external),
                    None => url,
                };
                assert_eq!(url.build().unwrap(), "https://localhost/");
            }
            assert!(url_for!("index", _scheme = "https", _external = false).is_err());
        });
    }

    #[test]
    fn a_scheme_is_for_one_url_alone() {
        in_request(new_app(), |_| {
            let external = || url_for!("index", _external = true).unwrap();
            assert_eq!(external(), "http://localhost/");
            let secure = url_for!("index", _external = true, _scheme = "https");
            assert_eq!(secure.unwrap(), "https://localhost/");
            assert_eq!(external(), "http://localhost/");
        });
    }

    #[test]
    fn a_method_chooses_among_the_rules_of_a_view() {
        let mut app = new_app();
        let get = |values: Values<'static>| match values.get("id") {
            Some(id) => format!("Get {id}"),
            None => "List".to_owned(),
        };
        let myview = carafe::method_view("myview").get(get).post(|| "Create");
        let myview = myview.into_view();
        app.route("/myview/", myview.clone()).methods(["GET"]);
        app.route("/myview/<int:id>", myview.clone())
            .methods(["GET"]);
        app.route("/myview/create", myview).methods(["POST"]);
        in_request(app, |_| {
            let list = url_for!("myview", _method = "GET");
            assert_eq!(list.unwrap(), "/myview/");
            let one = url_for!("myview", id = 42, _method = "GET");
            assert_eq!(one.unwrap(), "/myview/42");
            let create = url_for!("myview", _method = "POST");
            assert_eq!(create.unwrap(), "/myview/create");
        });
    }

    #[test]
    fn a_variable_may_have_any_name() {
        let mut app = App::new("flask_test");
        app.route("/<self>", |_name: String| "42").endpoint("index");
        in_request(app, |_| {
            assert_eq!(url_for!("index", self = "2").unwrap(), "/2");
        });
    }
}

#[test]
fn a_redirect_needs_no_app() {
    let redirect = redirect("https://localhost").code(StatusCode::TEMPORARY_REDIRECT);
    let response = make_response(redirect).unwrap();
    assert_eq!(response.location().as_deref(), Some("https://localhost"));
    assert_eq!(response.status(), 307);
}

#[test]
fn abort_needs_no_app() {
    let unauthorized = abort(401).unwrap_err();
    assert_eq!(unauthorized.as_http().unwrap().code(), 401);
    assert!(abort(900).unwrap_err().as_http().is_none());
}

mod streams {
    use super::*;

    /// Greets who asks, piece by piece.
    fn greeting(hello: &'static str) -> impl Stream<Item = Result<String>> + Send {
        stream::iter([Some(hello), None, Some("!")]).map(|word| match word {
            Some(word) => Ok(word.to_owned()),
            None => Ok(request().args().require("name")?.clone()),
        })
    }

    #[test]
    fn a_stream_sees_the_request() {
        let mut app = App::new("flask_test");
        app.route("/", || -> Result {
            let stream = stream_with_context(greeting("Hello "))?;
            Ok(Response::new(Body::stream(stream)))
        })
        .endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/?name=World").send().text(), "Hello World!");
    }

    #[test]
    fn a_function_that_makes_streams_gives_them_the_request() {
        fn generate(hello: &'static str) -> Result<Body> {
            Ok(Body::stream(stream_with_context(greeting(hello))?))
        }
        let mut app = App::new("flask_test");
        app.route("/", || Ok::<_, Error>(Response::new(generate("Hello ")?)))
            .endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/?name=World").send().text(), "Hello World!");
    }

    #[test]
    fn a_stream_is_let_go_of_at_its_end() {
        struct Closing(Arc<AtomicBool>);
        impl Drop for Closing {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let closed = Arc::new(AtomicBool::new(false));
        let seen = closed.clone();
        let mut app = App::new("flask_test");
        app.route("/", move || -> Result {
            let closing = Closing(seen.clone());
            let stream = greeting("Hello ").map(move |chunk| {
                let _held = &closing;
                chunk
            });
            Ok(Response::new(Body::stream(stream_with_context(stream)?)))
        })
        .endpoint("index");
        let client = app.test_client();
        assert_eq!(client.get("/?name=World").send().text(), "Hello World!");
        assert!(closed.load(Ordering::Relaxed));
    }

    /// Streams what the session holds.
    fn of_the_session() -> Result {
        session().insert("test", "flask")?;
        let stream = stream::iter(["test"]).map(|key| -> Result<String> {
            let value: Option<String> = session().get(key);
            Ok(value.unwrap_or_default())
        });
        Ok(Response::new(Body::stream(stream_with_context(stream)?)))
    }

    #[test]
    fn a_stream_sees_the_session() {
        let mut app = App::new("flask_test");
        app.config.secret_key("test key");
        app.route("/", of_the_session);
        assert_eq!(app.test_client().get("/").send().text(), "flask");
    }

    #[tokio::test]
    async fn a_stream_of_an_asynchronous_view_is_read_or_let_go_of() {
        let mut app = App::new("flask_test");
        app.config.secret_key("test key");
        app.route("/", async || of_the_session()).endpoint("index");
        let mut app = app.build().unwrap();
        let request = || http::Request::new(carafe::RequestBody::default());
        let unread = tower_service::Service::call(&mut app, request());
        assert_eq!(unread.await.unwrap().status(), 200);
        let read = tower_service::Service::call(&mut app, request());
        let body = http_body_util::BodyExt::collect(read.await.unwrap().into_body());
        assert_eq!(body.await.unwrap().to_bytes(), "flask");
        assert!(!carafe::has_request_context());
    }
}

#[test]
fn a_response_is_made_of_nothing_much() {
    in_request(new_app(), |_| {
        for text in ["", "Hello"] {
            let response = make_response(text).unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.media_type().as_deref(), Some("text/html"));
            assert_eq!(response.into_text(), text);
        }
    });
}

#[test]
fn files_of_the_app_are_opened_to_be_read() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("static")).unwrap();
    let page = root.path().join("static/index.html");
    std::fs::write(page, "<h1>Hello World!</h1>").unwrap();
    let app = App::with_root_path("flask_test", root.path());
    let mut text = String::new();
    let mut file = app.open_resource("static/index.html").unwrap();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "<h1>Hello World!</h1>");
    assert!(app.open_resource("static/nothing.html").is_err());
}
