//! The behavior that Werkzeug's `test_utils` holds, as far as there is such a thing in Rust.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::append_slash_redirect;
use carafe::prelude::*;
use carafe::security::secure_filename;
use http::StatusCode;

#[test]
fn a_redirect_has_an_address_in_ascii_and_a_page_that_shows_it() {
    let cases = [
        ("http://example.com", None, "http://example.com"),
        ("/füübär", Some(301), "/f%C3%BC%C3%BCb%C3%A4r"),
        (
            "http://☃.example.com/",
            Some(307),
            "http://xn--n3h.example.com/",
        ),
        ("itms-services://?url=abc", None, "itms-services://?url=abc"),
        // Written in ASCII twice, these would be other addresses.
        ("http:////example.com/?a", None, "http://example.com/?a"),
        ("//////example.com", None, "////example.com"),
    ];
    for (url, code, location) in cases {
        let mut redirect = redirect(url);
        if let Some(code) = code {
            redirect = redirect.code(StatusCode::from_u16(code).unwrap());
        }
        let mut app = App::new("test");
        app.after_request(move |response: Response| {
            assert_eq!(response.location().as_deref(), Some(url));
            response
        });
        app.route("/", move || redirect.clone()).endpoint("root");
        let response = app.test_client().get("/").send();
        assert_eq!(response.status(), code.unwrap_or(303));
        assert_eq!(response.header("location"), Some(location));
        assert_eq!(response.text().matches(url).count(), 2);
    }
}

#[test]
fn the_page_of_a_redirect_runs_no_scripts() {
    for (url, script) in [
        (
            "http://example.com/?xss=\"><script>alert(1)</script>",
            "<script>alert(1)</script>",
        ),
        (
            "http://example.com/?xss=\"onmouseover=\"alert(1)",
            "href=\"http://example.com/?xss=\"onmouseover=\"alert(1)\"",
        ),
    ] {
        let page = make_response(redirect(url)).unwrap().into_text();
        assert!(!page.contains(script), "{page}");
    }
}

#[test]
fn a_header_that_is_set_again_stands_once() {
    let given = [
        ("Content-Type", "text/html"),
        ("Foo", "bar"),
        ("Blub", "blah"),
    ];
    let mut response = make_response(("", given)).unwrap();
    response.set_header("blub", "hehe").unwrap();
    response.set_header("blafasel", "humm").unwrap();
    let headers: Vec<_> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let wanted = [
        ("content-type", "text/html"),
        ("foo", "bar"),
        ("blub", "hehe"),
        ("blafasel", "humm"),
    ];
    assert_eq!(headers, wanted);
}

#[test]
fn a_redirect_to_the_slash_is_relative_and_keeps_the_query() {
    let mut app = App::new("test");
    app.static_folder = None;
    app.route("/", || append_slash_redirect(&request()))
        .endpoint("root");
    app.route("/<path:path>", |_path: String| {
        append_slash_redirect(&request())
    })
    .endpoint("any");
    let client = app.test_client();
    for (path, location) in [
        ("foo", "foo/"),
        ("/foo", "foo/"),
        ("/foo/bar", "bar/"),
        ("/foo?baz", "foo/?baz"),
        ("/foo/", "./"),
        ("/", "./"),
        ("/a/http:evil.test", "./http:evil.test/"),
        ("/a/javascript:alert(1)", "./javascript:alert(1)/"),
        ("/a/x%3Ay%2Fz%3F", "x%3Ay%2Fz%3F/"),
    ] {
        let response = client.get(path).base_url("http://example.org/app").send();
        assert_eq!(response.status(), 308, "{path}");
        assert_eq!(response.header("location"), Some(location));
    }
}

#[test]
fn names_of_files_are_made_harmless() {
    for (name, harmless) in [
        ("My cool movie.mov", "My_cool_movie.mov"),
        ("../../../etc/passwd", "etc_passwd"),
        (
            "i contain cool \u{fc}ml\u{e4}uts.txt",
            "i_contain_cool_umlauts.txt",
        ),
        ("__filename__", "filename"),
        ("foo$&^*)bar", "foobar"),
    ] {
        assert_eq!(secure_filename(name), harmless);
    }
}
