//! The behavior that Werkzeug's `test_exceptions` holds.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, SystemTime};

use carafe::headers::www_authenticate::WwwAuthenticate;
use carafe::prelude::*;
use carafe::{Aborter, TestClient};

/// The codes that there is an error for.
fn codes() -> impl Iterator<Item = u16> {
    (400..600).filter(|code| HttpError::try_new(*code).is_some())
}

/// An app that ends each request with the code in its path.
fn client(aborter: Aborter) -> TestClient {
    let mut app = App::new("werkzeug_test");
    app.aborter = aborter;
    app.route("/<int:code>", |code: u16| abort(code).map(|_| ""))
        .endpoint("aborted");
    app.test_client()
}

fn status(client: &TestClient, code: u16) -> u16 {
    client.get(&format!("/{code}")).send().status()
}

#[test]
fn aborting_with_a_response_gives_that_response() {
    let mut app = App::new("werkzeug_test");
    app.route("/", || {
        abort(make_response(("Hello World", 299, [("X-Mine", "1")]))?).map(|_| "")
    })
    .endpoint("index");
    let sent = app.test_client().get("/").send();
    assert_eq!((sent.status(), sent.header("X-Mine")), (299, Some("1")));
    assert_eq!(sent.text(), "Hello World");
}

#[test]
fn aborting_with_a_code_gives_the_error_of_that_code() {
    let expected = [
        400, 401, 403, 404, 405, 406, 408, 410, 411, 412, 413, 414, 415, 421, 422, 423, 500, 501,
        502, 503,
    ];
    for code in expected {
        let error = abort(code).unwrap_err();
        assert_eq!(error.as_http().unwrap().code(), code);
    }
    let client = client(Aborter::default());
    assert!(expected.iter().all(|code| status(&client, *code) == *code));
}

#[test]
fn the_description_is_part_of_what_an_error_says() {
    let error = abort((400, "<b>&lt;</b>")).unwrap_err();
    assert!(error.to_string().contains("<b>&lt;</b>"));
}

#[test]
fn an_aborter_knows_more_codes_or_others() {
    let mut more = Aborter::default();
    more.insert(1, HttpError::not_found);
    let more = client(more);
    assert_eq!((status(&more, 1), status(&more, 404)), (404, 404));
    assert_eq!(status(&more, 410), 410);

    let mut others = Aborter::without_defaults();
    others.insert(1, HttpError::not_found);
    let others = client(others);
    assert_eq!((status(&others, 1), status(&others, 410)), (404, 500));
}

#[test]
fn an_error_shows_code_name_and_description() {
    assert_eq!(
        HttpError::not_found().to_string(),
        "404 Not Found: The requested URL was not found on the server. \
         If you entered the URL manually please check your spelling and try again."
    );
    let error = HttpError::not_found().with_description("Not There");
    assert_eq!(error.to_string(), "404 Not Found: Not There");
    assert!(format!("{error:?}").contains("404"));
    let own = HttpError::custom(299, "An error message");
    assert_eq!(own.to_string(), "299 Unknown: An error message");
}

#[test]
fn the_methods_that_are_allowed_are_told() {
    let error = HttpError::method_not_allowed().with_valid_methods(["GET", "HEAD", "POST"]);
    assert_eq!(error.headers()["allow"], "GET, HEAD, POST");
    assert!(error.description().contains("The method is not allowed"));
}

#[test]
fn every_challenge_is_a_header_of_its_own() {
    let told = |error: HttpError| -> Vec<String> {
        let headers = error.headers();
        let told = headers.get_all("www-authenticate").iter();
        told.map(|value| value.to_str().unwrap().to_owned())
            .collect()
    };
    let basic = WwwAuthenticate::new("basic").with("realm", "test");
    let digest = WwwAuthenticate::new("digest")
        .with("realm", "test")
        .with("nonce", "test");
    let one = HttpError::unauthorized().with_www_authenticate(&basic);
    assert_eq!(told(one), [basic.to_string()]);
    let two = HttpError::unauthorized()
        .with_www_authenticate(&digest)
        .with_www_authenticate(&basic);
    assert_eq!(told(two), [digest.to_string(), basic.to_string()]);
    assert_eq!(told(HttpError::unauthorized()), [""; 0]);
}

#[test]
fn the_page_of_an_error_says_its_charset() {
    let response = HttpError::custom(299, "An error message").get_response();
    assert_eq!(
        response.unwrap().headers()["content-type"],
        "text/html; charset=utf-8"
    );
}

#[test]
fn when_to_try_again_is_a_number_of_seconds_or_a_date() {
    let seconds = HttpError::too_many_requests().with_retry_after(20);
    assert_eq!(seconds.headers()["retry-after"], "20");
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_578_163_936);
    let moment = HttpError::service_unavailable().with_retry_after(moment);
    assert_eq!(
        moment.headers()["retry-after"],
        "Sat, 04 Jan 2020 18:52:16 GMT"
    );
}

#[test]
fn an_error_of_any_code_can_hold_a_response() {
    for code in codes() {
        let ready = make_response(("", 299, [("X-Mine", "1")])).unwrap();
        let error = HttpError::new(code).with_response(ready);
        let response = error.get_response().unwrap();
        assert_eq!(response.status(), 299);
        assert_eq!(response.headers()["x-mine"], "1");
    }
}

#[test]
fn an_error_without_a_description_has_a_page() {
    let response = HttpError::custom(299, "").get_response().unwrap();
    assert!(response.into_text().contains("<p></p>"));
}

#[test]
fn the_page_of_every_code_has_its_name_and_description() {
    let escape = |text: &str| {
        let text = text.replace('&', "&amp;").replace('\'', "&#39;");
        let text = text.replace('"', "&#34;");
        text.replace('<', "&lt;").replace('>', "&gt;")
    };
    for code in codes() {
        let error = HttpError::new(code);
        let body = error.body();
        assert!(body.starts_with("<!doctype html>\n<html lang=en>\n"));
        let name = escape(error.name());
        assert!(body.contains(&format!("{code} {name}")), "{body}");
        assert!(body.contains(&escape(&error.description())), "{body}");
    }
    assert!(codes().count() > 25);
}
