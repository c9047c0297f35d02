//! The words after a status code, as clients get them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use carafe::prelude::*;

fn with_line(line: &'static str) -> impl Fn() -> Result + Clone {
    move || {
        let mut response = Response::new("body");
        response.set_status_line(line)?;
        Ok(response)
    }
}

#[tokio::test]
async fn a_status_is_sent_with_its_words() {
    let mut app = App::new("test");
    for (rule, line) in [
        ("/own", "250 Own Words"),
        ("/other", "418 TEAPOT"),
        ("/usual", "404"),
        ("/empty", "250 "),
        ("/latin", "250 Schön"),
        ("/unknown", "599"),
        ("/none", "fine"),
        ("/blank", ""),
        ("/zero", "0 nothing"),
        ("/break", "250 a\r\nb: c"),
        ("/wide", "250 ☃"),
    ] {
        app.route(rule, with_line(line))
            .endpoint(rule.trim_matches('/'));
    }
    app.route("/number", || ("body", 299)).endpoint("number");
    app.route("/again", || {
        let mut response = with_line("250 Own Words")()?;
        response.set_status(200)?;
        Ok::<_, Error>(response)
    })
    .endpoint("again");
    app.route("/known", || {
        let mut response = with_line("200 Fine")()?;
        response.set_etag("x", false)?;
        response.make_conditional(&request())
    })
    .endpoint("known");
    let address = server::serve(app.build().unwrap()).await;
    for (path, wanted) in [
        ("/own", "250 Own Words"),
        ("/other", "418 TEAPOT"),
        ("/usual", "404 Not Found"),
        ("/empty", "250 Unknown"),
        ("/unknown", "599 Unknown"),
        ("/number", "299 Unknown"),
        ("/again", "200 OK"),
        ("/known", "200 Fine"),
        ("/none", "500 Internal Server Error"),
        ("/blank", "500 Internal Server Error"),
        ("/zero", "500 Internal Server Error"),
        ("/break", "500 Internal Server Error"),
        ("/wide", "500 Internal Server Error"),
    ] {
        let answer = server::get(address, path).await;
        let line = answer.lines().next().unwrap();
        assert_eq!(line, format!("HTTP/1.1 {wanted}"), "{path}");
    }
    let answer = server::get(address, "/latin").await;
    assert!(
        answer.starts_with("HTTP/1.1 250 Sch\u{fffd}n\r\n"),
        "{answer}"
    );
}

#[test]
fn another_status_has_its_own_words() {
    let mut app = App::new("test");
    app.route("/", || {
        let mut response = with_line("200 Fine")()?;
        response.set_etag("x", false)?;
        let mut response = response.make_conditional(&request())?;
        let line = response.status_line();
        response.set_header("x-line", &line)?;
        Ok::<_, Error>(response)
    })
    .endpoint("index");
    let client = app.test_client();
    let line = |tag: &str| {
        let response = client.get("/").header("if-none-match", tag).send();
        response.header("x-line").unwrap().to_owned()
    };
    assert_eq!(line("\"y\""), "200 Fine");
    assert_eq!(line("\"x\""), "304 Not Modified");
}
