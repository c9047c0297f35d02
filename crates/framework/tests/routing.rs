//! Rules and views as an app has them: what is reported before the first request, and what is answered after.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;
use carafe::routing::Values;
use carafe::{IntoView, MaybeReady};

mod shop {
    pub(crate) fn index() -> &'static str {
        "shop"
    }
}

mod blog {
    pub(crate) fn index() -> &'static str {
        "blog"
    }
}

/// The report of an app with mistakes.
fn report(app: App) -> String {
    app.build().unwrap_err().to_string()
}

#[test]
fn two_functions_of_one_name_cannot_share_an_endpoint() {
    let mut app = App::new("test");
    app.route("/shop", shop::index);
    app.route("/blog", blog::index);
    let report = report(app);
    assert!(report.contains("the endpoint \"index\" has another view already"));
    assert!(report.contains(file!()));
}

#[test]
fn one_function_may_answer_several_urls() {
    let mut app = App::new("test");
    app.route("/", shop::index);
    app.route("/home", shop::index);
    assert_eq!(app.test_client().get("/home").send().text(), "shop");
}

#[test]
fn a_decorated_view_is_another_than_the_bare_one() {
    let decorated = shop::index
        .into_view()
        .wrap(|_, _| MaybeReady::Ready(make_response("decorated")));
    let mut app = App::new("test");
    app.route("/", shop::index);
    app.route("/decorated", decorated);
    assert!(report(app).contains("has another view already"));
}

#[test]
fn a_handler_of_a_code_that_no_error_has_is_reported() {
    let mut app = App::new("test");
    app.error_handler(999, |_: &HttpError| "never");
    let report = report(app);
    assert!(report.contains("999 is not the code of an HTTP error"));
    assert!(report.contains(file!()));
}

#[test]
fn hosts_are_matched_with_a_host_for_static_files_or_without_a_static_folder() {
    let hosts = || {
        let mut app = App::new("test");
        app.url_map.options_mut().host_matching = true;
        app
    };
    assert!(report(hosts()).contains("static_host"));
    let mut app = hosts();
    app.static_folder = None;
    assert!(app.build().is_ok());
    let mut app = hosts();
    app.static_host = Some("static.example.com".into());
    assert!(app.build().is_ok());
    let mut app = App::new("test");
    app.static_host = Some("static.example.com".into());
    assert!(report(app).contains("static_host"));
}

#[test]
fn a_view_may_take_all_variables_of_whatever_rule() {
    fn show(values: Values<'static>) -> String {
        let pairs = values.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join(" ")
    }
    let mut app = App::new("test");
    app.route("/<int:a>/<b>", show);
    app.route("/<b>", show).default("c", "x");
    let client = app.test_client();
    assert_eq!(client.get("/7/y").send().text(), "a=7 b=y");
    assert_eq!(client.get("/y").send().text(), "b=y c=x");
}

#[test]
fn methods_are_told_apart_without_regard_to_case() {
    let mut app = App::new("test");
    app.get("/", || request().method().to_string())
        .endpoint("index");
    let client = app.test_client();
    let method = http::Method::from_bytes(b"get").unwrap();
    assert_eq!(client.request(method, "/").send().text(), "GET");
}

#[test]
fn a_host_that_is_not_trusted_is_told_so() {
    let mut app = App::new("test");
    app.config.trusted_hosts(vec!["example.com".to_owned()]);
    app.route("/", || "hello").endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("http://example.com/").send().text(), "hello");
    let refused = client.get("http://evil.test/").send();
    assert_eq!(refused.status(), 400);
    assert!(
        refused
            .text()
            .contains("Host &#39;evil.test&#39; is not trusted.")
    );
}

#[test]
fn a_rule_of_the_map_gets_its_view_apart() {
    let mut app = App::new("test");
    let rule = carafe::routing::Rule::new("/apart").endpoint("apart");
    app.url_map.add(rule).unwrap();
    app.endpoint("apart", || "apart");
    let client = app.test_client();
    assert_eq!(client.get("/apart").send().text(), "apart");
    assert_eq!(client.post("/apart").send().text(), "apart");
}
