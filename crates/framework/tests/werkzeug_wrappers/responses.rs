//! What a response says of itself, and its body.

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use carafe::headers::www_authenticate::WwwAuthenticate;
use carafe::sessions::SameSite;
use carafe::sessions::cookie::SetCookie;
use carafe::{EmbedderPolicy, OpenerPolicy, ResourcePolicy};
use futures_util::TryStreamExt;
use http::HeaderMap;
use http_body_util::BodyExt;

use crate::*;

/// What is sent over a socket for what a view returns.
async fn sent<T: IntoResponse + 'static>(view: fn() -> T) -> String {
    let mut app = App::new("tests");
    app.route("/", view).endpoint("index");
    let address = server::serve(app.build().unwrap()).await;
    let answer = server::get(address, "/").await;
    answer.replace("Content-Length", "content-length")
}

#[test]
fn other_origins_are_told_what_they_may_do() {
    let mut response = Response::new("Hello World");
    assert!(!response.access_control_allow_credentials());
    response.set_access_control_allow_credentials(true);
    response
        .access_control_allow_headers_mut()
        .update(["X-A", "X-B"]);
    response.access_control_allow_methods_mut().add("PUT");
    response.access_control_expose_headers_mut().add("X-C");
    response.set_access_control_allow_origin("*").unwrap();
    response.set_access_control_max_age(Duration::from_secs(600));
    for (name, value) in [
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", "X-A, X-B"),
        ("access-control-allow-methods", "PUT"),
        ("access-control-expose-headers", "X-C"),
        ("access-control-allow-origin", "*"),
        ("access-control-max-age", "600"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
    assert!(response.access_control_allow_credentials());
    assert!(response.access_control_allow_methods().contains("put"));
    assert!(response.access_control_allow_headers().contains("x-a"));
    assert!(response.access_control_expose_headers().contains("x-c"));
    assert_eq!(response.access_control_allow_origin().unwrap(), "*");
    assert_eq!(
        response.access_control_max_age(),
        Some(Duration::from_secs(600))
    );
    response.set_access_control_allow_credentials(false);
    assert!(!response.access_control_allow_credentials());
}

#[test]
fn a_body_is_bytes_that_can_be_written_behind() {
    let response = Response::new("öäü");
    assert_eq!(response.body().as_bytes(), Some("öäü".as_bytes()));
    assert_eq!(Response::new("你好").body().as_bytes().unwrap().len(), 6);
    let mut response = Response::new("foo");
    response.writer().write_all(b"bar").unwrap();
    assert_eq!(response.into_text(), "foobar");

    let mut response = Response::new("");
    assert_eq!(response.writer().write(b"Hello ").unwrap(), 6);
    let mut buffered = BufWriter::new(response.writer());
    std::io::copy(&mut &b"World!"[..], &mut buffered).unwrap();
    drop(buffered);
    assert_eq!(response.into_text(), "Hello World!");

    let mut stream = Response::new(pieces(["a"]));
    assert!(stream.writer().write(b"b").is_err());
    assert!(stream.body().is_streamed());
}

#[test]
fn cookies_are_set_with_their_attributes_and_deleted() {
    let cookie = || {
        SetCookie::new("foo", "bar")
            .max_age(60)
            .expires(UNIX_EPOCH)
            .path(Some("/blub"))
            .domain(Some("example.org"))
    };
    let start = "foo=bar; Domain=example.org; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60;";
    let strict = Some(SameSite::Strict);
    for (cookie, end) in [
        (cookie().secure(true), "Secure; Path=/blub"),
        (cookie().httponly(true), "HttpOnly; Path=/blub"),
        (
            cookie().secure(true).httponly(true),
            "Secure; HttpOnly; Path=/blub",
        ),
        (cookie().samesite(strict), "Path=/blub; SameSite=Strict"),
    ] {
        let mut response = Response::new("");
        response.set_cookie(&cookie).unwrap();
        let wanted = format!("{start} {end}");
        assert_eq!(response.headers()["set-cookie"], wanted);
    }
    let mut response = Response::new("");
    response.delete_cookie("foo").unwrap();
    let deleted = "foo=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/";
    assert_eq!(response.headers()["set-cookie"], deleted);
}

#[test]
fn functions_run_when_a_response_was_sent_or_dropped() {
    let closed = Arc::new(AtomicU32::new(0));
    let counted = closed.clone();
    let mut app = App::new("tests");
    app.route("/", move || {
        let counted = counted.clone();
        let mut response = Response::new(pieces([]));
        response.call_on_close(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        response
    })
    .endpoint("index");
    let response = app.test_client().get("/").send();
    assert_eq!((response.status(), response.text().as_str()), (200, ""));
    assert_eq!(closed.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_response_of_another_library_becomes_one() {
    let other = http::Response::builder()
        .header("Content-Type", "text/html")
        .body(http_body_util::Full::new(bytes::Bytes::from(
            "Hello World!",
        )));
    let mut response = make_response(other.unwrap()).unwrap();
    assert_eq!(response.data().await.unwrap(), "Hello World!");
    assert_eq!(response.content_type().unwrap(), "text/html");
    assert_eq!(response.status().as_u16(), 200);
}

#[test]
fn headers_of_many_kinds_are_read_as_they_were_set() {
    let mut response = Response::new("");
    assert_eq!(response.media_type().as_deref(), Some("text/html"));
    assert_eq!(response.content_type().unwrap(), "text/html; charset=utf-8");
    let mut params = response.mimetype_params();
    assert_eq!(params.get("charset").map(String::as_str), Some("utf-8"));
    params.insert("x-foo", "yep".to_owned());
    params.remove("charset");
    response.set_mimetype_params(&params).unwrap();
    assert_eq!(response.content_type().unwrap(), "text/html; x-foo=yep");
    response.set_mimetype("application/json").unwrap();
    assert!(response.is_json());
    response.set_content_type("text/plain").unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain");

    assert_eq!(response.content_length(), None);
    response.set_content_length(42);
    assert_eq!(response.content_length(), Some(42));

    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    assert_eq!((response.date(), response.expires()), (None, None));
    response.set_date(now);
    response.set_expires(now);
    response.set_last_modified(now);
    for date in [
        response.date(),
        response.expires(),
        response.last_modified(),
    ] {
        assert_eq!(date.unwrap().system_time(), Some(now));
    }
    response.set_expires(None);
    assert_eq!(response.expires(), None);

    assert_eq!(response.age(), None);
    let age = Duration::from_secs(86_400 + 180 + 5);
    response.set_age(age);
    assert_eq!(response.age(), Some(age));

    assert_eq!(response.retry_after(), None);
    response.set_retry_after(now);
    assert_eq!(response.retry_after(), Some(now));
    response.set_retry_after(60);
    assert_eq!(response.headers()["retry-after"], "60");
    assert!(response.retry_after().unwrap() > SystemTime::now());

    response.set_content_encoding("identity").unwrap();
    assert_eq!(response.content_encoding().unwrap(), "identity");
    response.set_accept_ranges("none").unwrap();
    assert_eq!(response.accept_ranges().unwrap(), "none");
    response.set_content_location("/p é").unwrap();
    assert_eq!(response.content_location().unwrap(), "/p é");
    response.set_location("/there").unwrap();
    assert_eq!(response.location().unwrap(), "/there");
    assert!(response.set_location("/a\r\nb: c").is_err());
}

#[test]
fn sets_of_names_are_changed_in_place() {
    let mut response = Response::new("");
    assert!(response.vary().is_empty());
    response.vary_mut().add("Cookie");
    response.vary_mut().add("Content-Language");
    assert!(response.vary().contains("cookie"));
    assert_eq!(response.vary().to_string(), "Cookie, Content-Language");
    response.set_header("Vary", "Content-Encoding").unwrap();
    assert_eq!(
        response.vary().iter().collect::<Vec<_>>(),
        ["Content-Encoding"]
    );
    response.vary_mut().clear();
    assert!(!response.headers().contains_key("vary"));

    response.allow_mut().update(["GET", "POST"]);
    assert_eq!(response.headers()["allow"], "GET, POST");
    assert!(response.allow().contains("post"));
    response.content_language_mut().add("en-US");
    response.content_language_mut().add("fr");
    assert_eq!(response.headers()["content-language"], "en-US, fr");
    assert!(response.content_language().contains("FR"));
}

#[test]
fn challenges_are_set_changed_and_removed() {
    let mut response = Response::new("");
    let basic = WwwAuthenticate::new("basic").with("realm", "Testing");
    response.set_www_authenticate([basic.clone()]).unwrap();
    assert_eq!(
        response.headers()["www-authenticate"],
        "Basic realm=Testing"
    );
    response.set_www_authenticate([]).unwrap();
    assert!(response.www_authenticate().is_none());

    let digest = |qop: &str| {
        let digest = WwwAuthenticate::new("digest").with("realm", "REALM");
        digest.with("nonce", "NONCE").with("qop", qop)
    };
    response
        .set_www_authenticate([digest("auth, auth-int"), basic])
        .unwrap();
    let all = response.headers().get_all("www-authenticate");
    let all: Vec<_> = all.iter().collect();
    assert_eq!(
        all,
        [
            "Digest realm=\"REALM\", nonce=\"NONCE\", qop=\"auth, auth-int\"",
            "Basic realm=Testing"
        ]
    );
    let mut read = response.www_authenticate().unwrap();
    read.parameters_mut().insert("qop", Some("auth".to_owned()));
    response.set_www_authenticate([read]).unwrap();
    assert_eq!(
        response.headers()["www-authenticate"],
        "Digest realm=\"REALM\", nonce=\"NONCE\", qop=\"auth\""
    );
}

#[test]
fn policies_are_set_and_removed() {
    let mut response = Response::new("Hello World");
    response
        .content_security_policy_mut()
        .set("default-src", "'self'");
    assert_eq!(
        response.headers()["content-security-policy"],
        "default-src 'self'"
    );
    let scripts = "'self' palletsprojects.com";
    response
        .content_security_policy_mut()
        .set("script-src", scripts);
    assert_eq!(
        response.headers()["content-security-policy"],
        "default-src 'self'; script-src 'self' palletsprojects.com"
    );
    assert_eq!(
        response.content_security_policy().get("script-src"),
        Some(scripts)
    );
    response.content_security_policy_mut().remove("script-src");
    response.content_security_policy_mut().remove("default-src");
    assert!(!response.headers().contains_key("content-security-policy"));
    response
        .content_security_policy_report_only_mut()
        .set("img-src", "*");
    assert_eq!(
        response.headers()["content-security-policy-report-only"],
        "img-src *"
    );
    assert_eq!(
        response
            .content_security_policy_report_only()
            .get("img-src"),
        Some("*")
    );

    assert_eq!(response.cross_origin_opener_policy(), None);
    response.set_cross_origin_opener_policy(OpenerPolicy::SameOrigin);
    assert_eq!(
        response.headers()["cross-origin-opener-policy"],
        "same-origin"
    );
    assert_eq!(
        response.cross_origin_opener_policy(),
        Some(OpenerPolicy::SameOrigin)
    );
    assert_eq!(response.cross_origin_embedder_policy(), None);
    response.set_cross_origin_embedder_policy(EmbedderPolicy::RequireCorp);
    assert_eq!(
        response.headers()["cross-origin-embedder-policy"],
        "require-corp"
    );
    response.set_cross_origin_resource_policy(ResourcePolicy::SameSite);
    assert_eq!(
        response.headers()["cross-origin-resource-policy"],
        "same-site"
    );
    response.set_cross_origin_resource_policy(None);
    assert_eq!(response.cross_origin_resource_policy(), None);
}

#[test]
fn json_of_a_response_is_read_back() {
    let response = jsonify(serde_json::json!({"ä": "b"})).unwrap();
    assert_eq!(response.json::<serde_json::Value>().unwrap()["ä"], "b");
    assert!(Response::new("1").json::<u8>().is_err());
}

#[test]
fn the_headers_of_a_response_may_be_replaced_as_a_whole() {
    let mut headers = HeaderMap::new();
    headers.insert("x-a", "1".parse().unwrap());
    let mut response = Response::new("");
    *response.headers_mut() = headers.clone();
    assert_eq!(*response.headers(), headers);
}

#[tokio::test]
async fn a_body_is_whole_or_a_stream_and_reading_makes_it_whole() {
    assert!(!Response::new("").body().is_streamed());
    let mut response = Response::new("Hello Wörld!");
    assert!(!response.body().is_streamed());
    assert_eq!(response.data().await.unwrap(), "Hello Wörld!");
    response.set_body("Wörd");
    assert_eq!(response.body().as_bytes(), Some("Wörd".as_bytes()));

    response.set_body(pieces(["Hello ", "Wörld!"]));
    assert!(response.body().is_streamed());
    assert_eq!(response.body().as_bytes(), None);
    assert!(response.add_etag(false).is_err());
    assert_eq!(response.data().await.unwrap(), "Hello Wörld!");
    assert!(!response.body().is_streamed());
    assert_eq!(response.into_text(), "Hello Wörld!");
}

#[test]
fn a_stream_may_be_wrapped_in_another() {
    let mut app = App::new("tests");
    app.route("/", || Response::new(pieces(["foo", "bar"])))
        .endpoint("index");
    app.after_request(|mut response: Response| {
        let chunks = response.take_body().into_data_stream();
        let louder = chunks.map_ok(|chunk| chunk.to_ascii_uppercase());
        response.set_body(carafe::Body::stream(louder));
        response
    });
    assert_eq!(app.test_client().get("/").send().text(), "FOOBAR");
}

#[tokio::test]
async fn a_frozen_response_is_whole_with_its_length_and_tag() {
    let mut response = Response::new(pieces(["foo", "bar"]));
    response.freeze().await.unwrap();
    assert_eq!(response.body().as_bytes(), Some(&b"foobar"[..]));
    assert_eq!(response.headers()["content-length"], "6");

    let mut response = Response::new("Hello World");
    response.freeze().await.unwrap();
    let tag = carafe::headers::etag::generate_etag(b"Hello World");
    assert_eq!(response.etag(), Some((tag, false)));
}

#[tokio::test]
async fn urls_are_sent_in_ascii_and_not_completed() {
    let answer = sent(|| {
        let mut response = Response::new("");
        response.set_location("http://üser:pässword@☃.net/påth")?;
        response.set_content_location("http://☃.net/")?;
        Ok::<_, Error>(response)
    });
    let answer = answer.await;
    let location = "location: http://%C3%BCser:p%C3%A4ssword@xn--n3h.net/p%C3%A5th\r\n";
    assert!(answer.contains(location), "{answer}");
    assert!(answer.contains("content-location: http://xn--n3h.net/\r\n"));

    let location = |location: &'static str| {
        let mut app = App::new("tests");
        app.route("/a/b/c", move || ("Hello World!", [("Location", location)]))
            .endpoint("index");
        let response = app.test_client().get("/a/b/c").send();
        response.header("location").unwrap().to_owned()
    };
    assert_eq!(location("/test"), "/test");
    assert_eq!(location("../test"), "../test");
    assert_eq!(location("/\\\\test.example?q"), "/%5C%5Ctest.example?q");
}

#[tokio::test]
async fn the_length_is_that_of_the_body_as_it_is_sent() {
    let answer = sent(|| "Hello World!").await;
    assert!(answer.contains("content-length: 12\r\n"), "{answer}");
    let answer = sent(|| {
        let mut response = Response::new("foo");
        response.set_content_length(3);
        response.writer().write_all(b"barbaz")?;
        Ok::<_, Error>(response)
    });
    assert!(answer.await.contains("content-length: 9\r\n"));
    let answer = sent(|| {
        let mut response = Response::new("").make_conditional(&request())?;
        response.writer().write_all(b"foobarbaz")?;
        Ok::<_, Error>(response)
    });
    assert!(answer.await.contains("content-length: 9\r\n"));
    let answer = sent(|| Response::new(pieces(["Hello World!"]))).await;
    assert!(!answer.contains("content-length"), "{answer}");
}

#[tokio::test]
async fn answers_without_a_body_have_no_length() {
    for (answer, line) in [
        (sent(|| ("", 204)).await, "HTTP/1.1 204 No Content\r\n"),
        (sent(|| ("test", 204)).await, "HTTP/1.1 204 No Content\r\n"),
        (
            sent(|| ("Test", 304)).await,
            "HTTP/1.1 304 Not Modified\r\n",
        ),
    ] {
        assert!(answer.starts_with(line), "{answer}");
        assert!(!answer.contains("content-length"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}
