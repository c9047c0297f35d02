//! The page that shows what led to an error, in debug mode.

#![cfg(feature = "templates")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt;

use bytes::Bytes;
use carafe::prelude::*;
use carafe::{ReadyApp, RequestBody};
use http_body_util::BodyExt;
use tower_service::Service;

const KEY: &str = "the very secret key";

#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the <b>number</b> is missing")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn fails() -> Result<&'static str> {
    g().set("note", "<i>kept</i>".to_owned());
    g().set("api_token", "token of g".to_owned());
    session().insert("user", "ada")?;
    session().insert("password", "hunter2 in the session")?;
    "many".parse::<u8>().map_err(Outer)?; // the line that fails
    Ok("never")
}

fn panics(name: String) -> &'static str {
    assert!(name.is_empty(), "no luck with {name}"); // the line that panics
    "never"
}

fn tells_secrets() -> Result<&'static str> {
    let request = request();
    let cookie = request.cookie("theme").unwrap_or_default();
    let header = request.header("authorization").unwrap_or_default();
    let name = request.args().get("api_key").cloned().unwrap_or_default();
    Err(Error::msg(format!("{KEY} {cookie} {header} {name}")))
}

async fn reads_a_form() -> Result<&'static str> {
    let count = request().form().await?.len();
    Err(Error::msg(format!("{count} fields")))
}

fn app(debug: bool) -> App {
    let mut app = App::with_root_path("test", env!("CARGO_MANIFEST_DIR"));
    app.config
        .debug(debug)
        .debug_error_page(true)
        .secret_key(KEY);
    app.route("/fails", fails);
    app.route("/panics/<name>", panics);
    app.route("/tells", tells_secrets);
    app.route("/form", reads_a_form).methods(["POST"]);
    app.route("/template", || {
        let source = "first\n{{ missing.attribute }}\n<last>";
        render_template_string(source, ())
    })
    .endpoint("template");
    app.route("/later", async || -> &'static str { panic!("in a future") })
        .endpoint("later");
    app
}

struct Page {
    status: u16,
    text: String,
}

impl Page {
    #[track_caller]
    fn has(&self, part: &str) {
        assert!(
            self.text.contains(part),
            "{part:?} is not in:\n{}",
            self.text
        );
    }

    #[track_caller]
    fn lacks(&self, part: &str) {
        assert!(!self.text.contains(part), "{part:?} is in:\n{}", self.text);
    }
}

fn get(path: &str) -> http::request::Builder {
    http::Request::builder()
        .uri(path)
        .header("host", "localhost")
}

async fn send_to(mut app: ReadyApp, request: http::request::Builder, body: &'static str) -> Page {
    let request = request.body(RequestBody::from(Bytes::from(body))).unwrap();
    let response = app.call(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Page { status, text }
}

async fn send(request: http::request::Builder) -> Page {
    send_to(app(true).build().unwrap(), request, "").await
}

#[tokio::test]
async fn the_page_tells_what_failed_and_where() {
    let page = send(get("/fails")).await;
    assert_eq!(page.status, 500);
    page.has("<h1>Outer</h1>");
    page.has("the &lt;b&gt;number&lt;/b&gt; is missing");
    page.lacks("<b>number");
    page.has("<li>invalid digit found in string</li>");
    page.has("tests/debug_page.rs, line ");
    page.has("// the line that fails\n</mark>");
}

#[tokio::test]
async fn the_page_shows_the_request_the_session_and_g() {
    let page = send(get("/fails?page=%3Cscript%3E").header("x-note", "a<b")).await;
    for (name, value) in [
        ("rule", "/fails"),
        ("endpoint", "fails"),
        ("page", "&lt;script&gt;"),
        ("x-note", "a&lt;b"),
        ("user", "&#34;ada&#34;"),
        ("note", "&#34;&lt;i&gt;kept&lt;/i&gt;&#34;"),
        ("api_token", "********"),
        ("password", "********"),
    ] {
        page.has(&format!(
            "<tr><th scope=row>{name}</th><td>{value}</td></tr>"
        ));
    }
    page.lacks("token of g");
    page.lacks("<script");
}

#[tokio::test]
async fn a_panic_is_shown_with_the_functions_that_were_running() {
    let page = send(get("/panics/ada")).await;
    assert_eq!(page.status, 500);
    page.has("<h1>Panic</h1>");
    page.has("no luck with ada");
    page.has("// the line that panics\n</mark>");
    page.has("<li><code>debug_page::panics</code>");
    page.has("<th scope=row>name</th><td>ada</td>");

    let page = send(get("/later")).await;
    page.has("in a future");
    page.has("<li><code>debug_page::app::");
}

#[tokio::test]
async fn a_template_is_shown_around_the_line_that_failed() {
    let page = send(get("/template")).await;
    page.has("<h1>TemplateError</h1>");
    page.has("a template given as a string, line 2");
    page.has("<mark><i>   2</i> {{ missing.attribute }}\n</mark>");
    page.has("&lt;last&gt;");
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_turn_up() {
    let request = get("/tells?api_key=key-in-the-query")
        .header("cookie", "theme=cookie-value; short=ab")
        .header("authorization", "Basic YWRhOmxvdmVsYWNl")
        .header("x-auth-token", "header-token");
    let page = send(request).await;
    for secret in [
        KEY,
        "cookie-value",
        "YWRhOmxvdmVsYWNl",
        "lovelace",
        "header-token",
        "key-in-the-query",
    ] {
        page.lacks(secret);
    }
    page.has("<th scope=row>theme</th><td>********</td>");
    page.has("<p class=message>******** ******** ******** ********</p>");
}

#[tokio::test]
async fn secrets_in_the_path_are_masked_as_those_in_fields() {
    let mut app = app(true);
    let fails = |token: String| Err::<&str, _>(Error::msg(format!("no {token}")));
    app.route("/reset/<token>", fails).endpoint("reset");
    let page = send_to(app.build().unwrap(), get("/reset/token%20of-mine"), "").await;
    page.lacks("token of-mine");
    page.lacks("token%20of-mine");
    page.has("<p>GET /reset/********</p>");
    page.has("<th scope=row>path</th><td>/reset/********</td>");
    page.has("<th scope=row>token</th><td>********</td>");
}

#[tokio::test]
async fn fields_of_a_form_are_shown_but_for_secrets() {
    let request = get("/form")
        .method("POST")
        .header("content-type", "application/x-www-form-urlencoded");
    let app = app(true).build().unwrap();
    let page = send_to(app, request, "name=ada&password=hunter2-and-3").await;
    page.has("<th scope=row>name</th><td>ada</td>");
    page.has("<th scope=row>password</th><td>********</td>");
    page.lacks("hunter2-and-3");
}

#[tokio::test]
async fn the_page_loads_nothing_and_runs_nothing() {
    let page = send(get("/fails")).await;
    for part in [
        "<script", "<link", "<img", "src=", "href=", "url(", "@import",
    ] {
        page.lacks(part);
    }
    page.has("prefers-color-scheme: dark");
}

#[tokio::test]
async fn clients_get_a_plain_500_otherwise() {
    let without_page = || {
        let mut app = app(true);
        app.config.debug_error_page(false);
        app
    };
    let unless_run = || {
        let mut app = app(true);
        app.config.debug_error_page(None);
        app
    };
    for app in [app(false), without_page(), unless_run()] {
        let page = send_to(app.build().unwrap(), get("/panics/ada"), "").await;
        assert_eq!(page.status, 500);
        page.has("<h1>Internal Server Error</h1>");
        page.lacks("no luck");
        page.lacks("debug_page");
    }
}

#[tokio::test]
async fn errors_with_a_status_have_their_own_page() {
    let page = send(get("/missing")).await;
    assert_eq!(page.status, 404);
    page.has("<h1>Not Found</h1>");
}

#[tokio::test]
async fn the_functions_that_ran_are_told_in_order() {
    fn before() {}
    async fn before_blueprint() {}
    fn fails_in_the_end(_: carafe::Ended) -> Result<(), Error> {
        Err(Error::msg("later"))
    }
    let mut app = app(true);
    app.before_request(before);
    app.after_request(|response: Response| response);
    app.teardown_request(fails_in_the_end);
    let mut blueprint = Blueprint::new("bp");
    blueprint.before_request(before_blueprint);
    blueprint.route("/view", panics_at_once);
    app.register_blueprint(blueprint, ());
    let page = send_to(app.build().unwrap(), get("/view"), "").await;
    let rows = [
        (
            "before_request",
            "debug_page::the_functions_that_ran_are_told_in_order::{{closure}}::before",
        ),
        (
            "before_request of bp",
            "debug_page::the_functions_that_ran_are_told_in_order::{{closure}}::before_blueprint",
        ),
        ("view", "panics_at_once \u{2014} did not return"),
        (
            "teardown_request",
            "debug_page::the_functions_that_ran_are_told_in_order::{{closure}}::fails_in_the_end \u{2014} failed",
        ),
    ];
    let rows = rows
        .map(|(kind, function)| format!("<tr><th scope=row>{kind}</th><td>{function}</td></tr>\n"));
    page.has(&format!("<table>\n{}</table>", rows.concat()));
}

fn panics_at_once() -> &'static str {
    panic!("at once")
}
