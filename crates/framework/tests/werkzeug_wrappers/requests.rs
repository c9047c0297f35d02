//! What a request says of itself.

use crate::*;

#[tokio::test]
async fn a_request_has_arguments_and_a_form_or_data() {
    let request = made("/?foo=bar&foo=hehe", |request| request);
    assert_eq!(pairs(request.args()), [("foo", "bar"), ("foo", "hehe")]);
    assert!(request.form().await.unwrap().is_empty());
    assert!(request.data().await.unwrap().is_empty());
    for method in ["POST", "PATCH"] {
        let request = made("/?blub=blah", |request| {
            let form = request.form([("foo", "blub hehe"), ("blah", "42")]);
            form.method(method)
        });
        assert_eq!(pairs(request.args()), [("blub", "blah")]);
        let form = request.form().await.unwrap();
        assert_eq!(pairs(form), [("foo", "blub hehe"), ("blah", "42")]);
        assert!(request.data().await.unwrap().is_empty());
    }
    let json = "{\"foo\": \"bar\", \"blub\": \"blah\"}";
    let request = made("/?a=b", |request| {
        let request = request.method("POST").body(json);
        request.header("Content-Type", "application/json")
    });
    assert_eq!(request.data().await.unwrap(), json);
    assert_eq!(pairs(request.args()), [("a", "b")]);
    assert!(request.form().await.unwrap().is_empty());
}

#[test]
fn the_query_is_as_it_came() {
    assert_eq!(
        made("/?foo=%2f", |request| request).query_string(),
        "foo=%2f"
    );
}

#[test]
fn a_request_shows_its_method_and_url() {
    for path in ["/foobar", "/привет"] {
        let shown = format!("{:?}", made(path, |request| request));
        assert!(shown.contains("GET"), "{shown}");
        assert!(
            shown.contains(&format!("http://localhost{path}")),
            "{shown}"
        );
    }
}

#[test]
fn proxies_tell_the_route_of_a_request() {
    let from = ([192, 168, 1, 3], 80);
    let request = made("/", |request| {
        let request = request.header("X-Forwarded-For", "192.168.1.2, 192.168.1.1");
        request.remote_addr(from)
    });
    assert_eq!(request.access_route(), ["192.168.1.2", "192.168.1.1"]);
    assert_eq!(
        request.remote_addr().unwrap().ip().to_string(),
        "192.168.1.3"
    );
    let request = made("/", |request| request.remote_addr(from));
    assert_eq!(request.access_route(), ["192.168.1.3"]);
}

#[test]
fn a_url_has_its_parts() {
    for scheme in ["http", "https"] {
        let base = format!("{scheme}://example.com");
        let root = format!("{base}/test");
        let request = made("/bar?foo=baz", |request| request.base_url(&root));
        assert_eq!(request.path(), "/bar");
        assert_eq!(request.full_path(), "/bar?foo=baz");
        assert_eq!(request.script_root(), "/test");
        assert_eq!(request.url(), format!("{root}/bar?foo=baz"));
        assert_eq!(request.base_url(), format!("{root}/bar"));
        assert_eq!(request.root_url(), format!("{root}/"));
        assert_eq!(request.host_url(), format!("{base}/"));
        assert_eq!(request.host(), "example.com");
        assert_eq!(request.scheme(), scheme);
    }
}

#[test]
fn a_path_starts_with_one_slash() {
    for (sent, path) in [("///a//b", "/a//b"), ("/%2F%2fa", "/a"), ("//", "/")] {
        let request = made(sent, |request| request);
        assert_eq!(request.path(), path, "{sent}");
        assert_eq!(request.full_path(), format!("{path}?"));
        assert_eq!(request.url(), format!("http://localhost{path}"));
    }
}

#[test]
fn a_path_with_more_slashes_at_its_start_has_the_same_variables() {
    let mut app = App::new("slashes");
    app.route("/a/<name>", |name: String| {
        format!("{} {name}", request().path())
    })
    .endpoint("a");
    let client = app.test_client();
    for path in ["/a/kim", "/%2Fa/kim", "/%2F%2Fa/kim"] {
        assert_eq!(client.get(path).send().text(), "/a/kim kim", "{path}");
        let options = client.options(path).send();
        assert!(options.header("Allow").unwrap().contains("GET"), "{path}");
    }
}

#[test]
fn a_shown_url_keeps_what_would_change_its_meaning_encoded() {
    let quoted = "http%3A%2F%2Fwww.example.com%2F%3Fnext%3D%2Fbaz%23my%3Dhash";
    let unquoted = "http://www.example.com/?next%3D/baz%23my%3Dhash";
    let request = made(&format!("/bar?next={quoted}"), |request| {
        request.base_url("http://example.com/")
    });
    assert_eq!(request.path(), "/bar");
    assert_eq!(request.full_path(), format!("/bar?next={quoted}"));
    assert_eq!(
        request.url(),
        format!("http://example.com/bar?next={unquoted}")
    );
}

#[test]
fn a_request_for_a_host_that_is_not_trusted_is_refused() {
    let mut app = App::new("tests");
    app.config.trusted_hosts(["example.com", ".other.test"]);
    app.route("/bar", || request().url()).endpoint("bar");
    let client = app.test_client();
    for (host, status) in [
        ("example.com", 200),
        ("a.other.test", 200),
        ("bad.test", 400),
    ] {
        let url = format!("http://{host}/bar?foo=baz");
        let response = client.get(&url).send();
        assert_eq!(response.status(), status, "{host}");
        assert_eq!(response.text() == url, status == 200);
    }
}

#[test]
fn basic_credentials_are_of_all_alphabets() {
    for (header, username, password) in [
        (
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            "Aladdin",
            "open sesame",
        ),
        (
            "Basic 0YDRg9GB0YHQutC40IE60JHRg9C60LLRiw==",
            "русскиЁ",
            "Буквы",
        ),
    ] {
        let request = with_header("Authorization", header);
        let credentials = request.authorization().unwrap();
        assert_eq!(credentials.auth_type(), "basic");
        assert_eq!(credentials.username(), Some(username));
        assert_eq!(credentials.password(), Some(password));
    }
}

#[test]
fn an_app_may_be_one_function() {
    let answer = |handler: fn() -> Result<&'static str>| {
        let mut app = App::new("tests");
        app.before_request(move || handler().map(Some));
        app.test_client().get("/anything").send()
    };
    let response = answer(|| Ok("Hello World!"));
    assert_eq!(
        (response.status(), response.text().as_str()),
        (200, "Hello World!")
    );
    let response = answer(|| match abort(400)? {});
    assert_eq!(response.status(), 400);
    assert!(response.text().contains("Bad Request"));
}

#[test]
fn a_page_of_another_origin_says_what_it_wants() {
    let request = made("/", |request| {
        request
            .header("Origin", "https://palletsprojects.com")
            .header("Access-Control-Request-Headers", "X-A, X-B")
            .header("Access-Control-Request-Method", "PUT")
    });
    assert_eq!(request.origin().unwrap(), "https://palletsprojects.com");
    let headers = request.access_control_request_headers().unwrap();
    assert_eq!(headers.iter().collect::<Vec<_>>(), ["X-A", "X-B"]);
    assert_eq!(request.access_control_request_method().unwrap(), "PUT");
}

#[test]
fn what_the_client_accepts_is_sorted() {
    let request = made("/", |request| {
        request
            .header(
                "Accept",
                "text/xml,application/xml,application/xhtml+xml,\
                 text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5",
            )
            .header("Accept-Encoding", "gzip,deflate")
            .header("Accept-Language", "en-us,en;q=0.5")
            .header("Accept-Charset", "latin1;q=0.1, utf-8")
    });
    assert_eq!(
        request.accept_mimetypes().iter().collect::<Vec<_>>(),
        [
            ("text/xml", 1.0),
            ("application/xml", 1.0),
            ("application/xhtml+xml", 1.0),
            ("image/png", 1.0),
            ("text/html", 0.9),
            ("text/plain", 0.8),
            ("*/*", 0.5),
        ]
    );
    let encodings = request.accept_encodings();
    assert_eq!(
        encodings.iter().collect::<Vec<_>>(),
        [("gzip", 1.0), ("deflate", 1.0)]
    );
    let languages = request.accept_languages();
    assert_eq!(
        languages.iter().collect::<Vec<_>>(),
        [("en-us", 1.0), ("en", 0.5)]
    );
    assert!(request.accept_charsets().contains("UTF8"));
    assert!(!with_header("Accept", "").accept_mimetypes().provided());
}

#[test]
fn conditions_are_tags_and_dates() {
    let tags = "W/\"foo\", bar, \"baz\"";
    let date = "Tue, 22 Jan 2008 11:18:44 GMT";
    let request = made("/", |request| {
        request
            .header("Cache-Control", "no-store, no-cache")
            .header("If-Match", tags)
            .header("If-None-Match", tags)
            .header("If-Modified-Since", date)
            .header("If-Unmodified-Since", date)
            .header("If-Range", date)
            .header("Pragma", "no-cache")
    });
    assert!(request.cache_control().no_store() && request.cache_control().no_cache());
    assert!(request.pragma().contains("no-cache"));
    for tags in [request.if_match(), request.if_none_match()] {
        assert!(tags.contains("bar") && !tags.contains("foo"));
        assert!(tags.contains_raw("W/\"foo\"") && tags.contains_weak("foo"));
    }
    for date in [
        request.if_modified_since(),
        request.if_unmodified_since(),
        request.if_range().date,
    ] {
        assert_eq!(date.unwrap().unix(), 1_201_000_724);
    }
}

#[test]
fn a_client_has_a_name() {
    let name = "Mozilla/5.0 (X11; Linux x86_64; rv:94.0) Gecko/20100101 Firefox/94.0";
    assert_eq!(with_header("User-Agent", name).user_agent().unwrap(), name);
}

#[test]
fn a_request_has_headers_of_many_kinds() {
    let request = made("/", |request| {
        request
            .header("Content-Type", "text/html; charset=utf-8")
            .header("Content-Length", "23")
            .header("Referer", "http://www.example.com/")
            .header("Date", "Sat, 28 Feb 2009 19:04:35 GMT")
            .header("Max-Forwards", "10")
            .header("Content-Encoding", "gzip")
            .header("Content-MD5", "Q2hlY2s=")
    });
    assert_eq!(request.content_type().unwrap(), "text/html; charset=utf-8");
    assert_eq!(request.mimetype(), "text/html");
    let params = request.mimetype_params();
    assert_eq!(
        params.iter().collect::<Vec<_>>(),
        [("charset", &"utf-8".to_owned())]
    );
    assert_eq!(request.content_length(), Some(23));
    assert_eq!(request.referrer().unwrap(), "http://www.example.com/");
    assert_eq!(request.date().unwrap().unix(), 1_235_847_875);
    assert_eq!(request.max_forwards(), Some(10));
    assert_eq!(request.content_encoding().unwrap(), "gzip");
    assert_eq!(request.content_md5().unwrap(), "Q2hlY2s=");
    assert_eq!(
        with_header("Content-Type", "APPLICATION/JSON").mimetype(),
        "application/json"
    );
}

#[test]
fn browsers_tell_why_they_ask() {
    use carafe::{FetchDest, FetchMode, FetchSite};

    let request = made("/", |request| {
        request
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-User", "?1")
            .header("Sec-Fetch-Dest", "document")
    });
    assert_eq!(request.sec_fetch_site(), Some(FetchSite::SameOrigin));
    assert_eq!(request.sec_fetch_mode(), Some(FetchMode::Navigate));
    assert_eq!(request.sec_fetch_user(), Some(true));
    assert_eq!(request.sec_fetch_dest(), Some(FetchDest::Document));
    assert_eq!(with_header("Sec-Fetch-Dest", "moon").sec_fetch_dest(), None);
}

#[test]
fn a_method_is_in_capitals() {
    let request = made("/", |request| request.method("get"));
    assert_eq!(request.method().as_str(), "GET");
}

#[test]
fn a_range_is_that_of_the_answer() {
    assert!(made("/", |request| request).range().is_none());
    let range = with_header("Range", "bytes=0-499").range().unwrap();
    assert_eq!(range.ranges(), [(0, Some(500))]);

    let mut response = Response::new("");
    response.set_content_range(range.make_content_range(Some(1000)));
    assert_eq!(response.headers()["content-range"], "bytes 0-499/1000");
    let range = response.content_range().unwrap();
    assert_eq!(range.units(), "bytes");
    assert_eq!((range.start(), range.stop()), (Some(0), Some(500)));
    assert_eq!(range.length(), Some(1000));
    response.set_content_range(None);
    assert!(response.content_range().is_none());
    assert!(!response.headers().contains_key("content-range"));
}

#[test]
fn why_no_rule_matched_is_known_before_the_answer() {
    let mut app = App::new("tests");
    app.route("/folder/", || "here").endpoint("folder");
    app.post("/post", || "posted").endpoint("post");
    app.before_request(|| {
        let error = request().routing_exception();
        Some(error.map_or(0, |error| error.code()).to_string())
    });
    let client = app.test_client();
    for (path, told) in [
        ("/folder/", "0"),
        ("/folder", "308"),
        ("/post", "405"),
        ("/x", "404"),
    ] {
        assert_eq!(client.get(path).send().text(), told, "{path}");
    }
}

#[test]
fn several_headers_of_one_name_are_one_list() {
    let request = made("/", |request| {
        let request = request.header("accept", "text/html");
        request.header("accept", "text/plain")
    });
    assert_eq!(
        request.header("accept").as_deref(),
        Some("text/html,text/plain")
    );
    assert!(request.accept_mimetypes().contains("text/plain").unwrap());
}
