//! What views answer with.

use std::fmt;
use std::sync::Arc;

use carafe::Body;
use carafe::json::DefaultJsonProvider;
use carafe::prelude::*;
use carafe::sessions::cookie::SetCookie;

use crate::{Events, new_app};

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
