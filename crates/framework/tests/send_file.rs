//! Files as responses: names, types, ages, tags, twins, ranges, and servers in front.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path as FilePath;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use carafe::files::{FileSource, SendFile};
use carafe::prelude::*;
use carafe::{TestClient, TestResponse};
use tempfile::TempDir;

/// A folder with some files, and an app rooted there.
fn folder() -> (TempDir, App) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("d")).unwrap();
    fs::write(root.path().join("d/test.txt"), "FOUND").unwrap();
    fs::write(root.path().join("page.html"), "<h1>Hello World!</h1>").unwrap();
    let app = App::with_root_path("test", root.path());
    (root, app)
}

/// Adds a route that sends what a function makes.
fn route(app: &mut App, rule: &str, file: impl Fn() -> SendFile + Clone + Send + Sync + 'static) {
    let view = move || {
        let file = file();
        async move { file.await }
    };
    app.route(rule, view).endpoint(rule.trim_matches('/'));
}

/// Sends one file to one request.
fn sent(file: impl Fn() -> SendFile + Clone + Send + Sync + 'static) -> TestResponse {
    let (_root, mut app) = folder();
    route(&mut app, "/file", file);
    app.test_client().get("/file").send()
}

fn etag(client: &TestClient, path: &str) -> String {
    let response = client.get(path).send();
    response.header("etag").unwrap().to_owned()
}

#[test]
fn a_path_is_below_the_root_of_the_app() {
    let page = sent(|| send_file("page.html"));
    assert_eq!(page.text(), "<h1>Hello World!</h1>");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(page.header("content-length"), Some("21"));
    assert_eq!(sent(|| send_file("d/test.txt")).text(), "FOUND");
    assert_eq!(
        sent(|| send_from_directory("d", "test.txt")).text(),
        "FOUND"
    );
    let (root, mut app) = folder();
    let absolute = root.path().join("page.html");
    route(&mut app, "/file", move || send_file(&absolute));
    let page = app.test_client().get("/file").send();
    assert_eq!(page.text(), "<h1>Hello World!</h1>");
}

#[test]
fn what_is_not_there_is_an_error_of_the_app_or_of_the_client() {
    assert_eq!(sent(|| send_file("nothing.txt")).status(), 500);
    assert_eq!(sent(|| send_file("d")).status(), 500);
    for path in [
        "../d/test.txt",
        "nothing.txt",
        "null\0.txt",
        "",
        ".",
        "test.txt/more",
    ] {
        let status = sent(move || send_from_directory("d", path)).status();
        assert_eq!(status, 404, "{path:?}");
    }
}

#[test]
fn files_are_sent_in_requests_alone() {
    let (_root, app) = folder();
    let app = app.build().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let failure = runtime.block_on(async {
        let _guard = app.app_context().push().unwrap();
        send_file("page.html").await
    });
    assert!(failure.unwrap_err().to_string().contains("request context"));
}

#[test]
fn bytes_files_and_readers_are_sent_too() {
    let opened = || {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, b"skip test").unwrap();
        file.seek(SeekFrom::Start(5)).unwrap();
        file
    };
    let sources: [(fn() -> FileSource, bool); 5] = [
        (|| b"test".into(), true),
        (|| Bytes::from_static(b"test").into(), true),
        (|| b"test".to_vec().into(), true),
        (|| FileSource::reader(Cursor::new("test")), false),
        (
            || FileSource::reader(Cursor::new("te").chain(Cursor::new("st"))),
            false,
        ),
    ];
    for (source, has_length) in sources {
        let text = sent(move || send_file(source()).mimetype("text/plain"));
        assert_eq!(text.text(), "test");
        assert_eq!(
            text.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(text.header("content-length").is_some(), has_length);
        assert_eq!(text.header("etag"), None);
        assert_eq!(text.header("last-modified"), None);
        assert_eq!(text.header("content-disposition"), None);
    }
    let file = sent(move || send_file(opened()).download_name("test.txt"));
    assert_eq!(file.text(), "test");
    assert_eq!(file.header("content-length"), Some("4"));
}

#[test]
fn an_open_file_has_ranges_from_where_it_stands() {
    let (root, mut app) = folder();
    let path = root.path().join("page.html");
    route(&mut app, "/file", move || {
        let mut file = File::open(&path).unwrap();
        file.seek(SeekFrom::Start(4)).unwrap();
        send_file(file).mimetype("text/plain")
    });
    let client = app.test_client();
    let part = client.get("/file").header("range", "bytes=6-10").send();
    assert_eq!((part.status(), part.text().as_str()), (206, "World"));
    assert_eq!(part.header("content-range"), Some("bytes 6-10/17"));
}

#[test]
fn content_without_a_name_needs_a_media_type() {
    let unnamed = sent(|| send_file(b"test"));
    assert_eq!(unnamed.status(), 500);
    let named = sent(|| send_file(b"test").download_name("test.txt"));
    assert_eq!(
        named.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let unknown = sent(|| send_file(b"test").download_name("test"));
    assert_eq!(
        unknown.header("content-type"),
        Some("application/octet-stream")
    );
}

#[test]
fn an_attachment_needs_a_name() {
    let unnamed = sent(|| {
        send_file(b"test")
            .mimetype("text/plain")
            .as_attachment(true)
    });
    assert_eq!(unnamed.status(), 500);
    let named = sent(|| {
        send_file(b"test")
            .as_attachment(true)
            .download_name("test.txt")
    });
    assert_eq!(
        named.header("content-disposition"),
        Some("attachment; filename=test.txt")
    );
}

#[test]
fn a_file_is_shown_or_saved_under_its_name() {
    for (as_attachment, disposition) in [
        (false, "inline; filename=test.txt"),
        (true, "attachment; filename=test.txt"),
    ] {
        let file = sent(move || send_file("d/test.txt").as_attachment(as_attachment));
        assert_eq!(file.header("content-disposition"), Some(disposition));
    }
}

#[test]
fn names_beyond_ascii_are_sent_twice() {
    let cases = [
        ("index.html", "index.html", None),
        (
            "Ñandú／pingüino.txt",
            "\"Nandu/pinguino.txt\"",
            Some("%C3%91and%C3%BA%EF%BC%8Fping%C3%BCino.txt"),
        ),
        ("Vögel.txt", "Vogel.txt", Some("V%C3%B6gel.txt")),
        ("те:/ст", "\":/\"", Some("%D1%82%D0%B5%3A%2F%D1%81%D1%82")),
        (
            "(тест.txt",
            "\"(.txt\"",
            Some("%28%D1%82%D0%B5%D1%81%D1%82.txt"),
        ),
        ("(test.txt", "\"(test.txt\"", None),
    ];
    for (name, ascii, encoded) in cases {
        let file = sent(move || {
            send_file("page.html")
                .as_attachment(true)
                .download_name(name)
        });
        let mut wanted = format!("attachment; filename={ascii}");
        if let Some(encoded) = encoded {
            wanted.push_str(&format!("; filename*=UTF-8''{encoded}"));
        }
        assert_eq!(file.header("content-disposition"), Some(wanted.as_str()));
    }
}

#[test]
fn the_time_of_change_can_be_given() {
    let changed = UNIX_EPOCH + Duration::from_secs(915_148_800);
    let file = sent(move || send_file("d/test.txt").last_modified(changed));
    assert_eq!(
        file.header("last-modified"),
        Some("Fri, 01 Jan 1999 00:00:00 GMT")
    );
    let (_root, mut app) = folder();
    route(&mut app, "/file", move || {
        send_file("d/test.txt").last_modified(changed)
    });
    let client = app.test_client();
    let known = client
        .get("/file")
        .header("if-modified-since", "Sat, 02 Jan 1999 00:00:00 GMT")
        .send();
    assert_eq!(known.status(), 304);
    assert_eq!(known.header("cache-control"), Some("no-cache"));
    assert_eq!(known.header("expires"), None);
}

#[test]
fn an_age_lets_caches_keep_the_file() {
    for (seconds, policy) in [(0, "no-cache, max-age=0"), (60, "public, max-age=60")] {
        let file = sent(move || send_file("d/test.txt").max_age(seconds));
        assert_eq!(file.header("cache-control"), Some(policy));
        assert!(file.header("expires").is_some());
        assert_eq!(file.status(), 200);
    }
    let by_name = sent(|| send_file("d/test.txt").max_age_by(|path| path?.extension().map(|_| 10)));
    assert_eq!(by_name.header("cache-control"), Some("public, max-age=10"));
    for seconds in [i64::MIN, i64::MAX] {
        assert_eq!(
            sent(move || send_file("d/test.txt").max_age(seconds)).status(),
            200
        );
    }
}

#[test]
fn the_app_says_how_long_files_may_be_cached() {
    let cache_control = |app: App| {
        let client = app.test_client();
        ["/static/test.txt", "/file"].map(|path| {
            let response = client.get(path).send();
            response.header("cache-control").unwrap().to_owned()
        })
    };
    let app = || {
        let (root, mut app) = folder();
        app.static_folder = Some("d".into());
        app.static_url_path = Some("/static".into());
        route(&mut app, "/file", || send_file("page.html"));
        (root, app)
    };
    let (_root, plain) = app();
    assert_eq!(cache_control(plain), ["no-cache", "no-cache"]);
    let (_root, mut configured) = app();
    configured.config.send_file_max_age_default(3600);
    assert_eq!(
        cache_control(configured),
        ["public, max-age=3600", "public, max-age=3600"]
    );
    let (_root, mut by_name) = app();
    by_name.send_file_max_age(|path| {
        let is_page = path?.extension()? == "html";
        Some(if is_page { 10 } else { 20 })
    });
    assert_eq!(
        cache_control(by_name),
        ["public, max-age=20", "public, max-age=10"]
    );
}

#[test]
fn a_blueprint_says_how_long_its_own_files_may_be_cached() {
    let (root, mut app) = folder();
    app.config.send_file_max_age_default(3600);
    let blueprint = Blueprint::new("bp")
        .with_root_path(root.path())
        .with_static_folder("d")
        .with_send_file_max_age(|_| Some(100));
    app.register_blueprint(blueprint, url_prefix("/bp"));
    route(&mut app, "/file", || send_file("page.html"));
    let client = app.test_client();
    for (path, age) in [("/bp/d/test.txt", "100"), ("/file", "3600")] {
        let file = client.get(path).send();
        let wanted = format!("public, max-age={age}");
        assert_eq!(file.header("cache-control"), Some(wanted.as_str()));
    }
}

#[test]
fn a_tag_is_made_given_or_left_out() {
    let (root, mut app) = folder();
    let path = root.path().join("d/test.txt");
    let changed = UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let file = File::options().append(true).open(&path).unwrap();
    file.set_modified(changed).unwrap();
    route(&mut app, "/made", || send_file("d/test.txt"));
    route(&mut app, "/given", || {
        send_file("d/test.txt").etag("unique")
    });
    route(&mut app, "/none", || send_file("d/test.txt").without_etag());
    route(&mut app, "/wrong", || send_file("d/test.txt").etag("\""));
    let client = app.test_client();
    let made = etag(&client, "/made");
    assert!(made.starts_with("\"1704164645.0-5-"), "{made}");
    assert_eq!(etag(&client, "/given"), "\"unique\"");
    assert_eq!(client.get("/none").send().header("etag"), None);
    assert_eq!(client.get("/wrong").send().status(), 500);

    fs::write(&path, "CHANGED").unwrap();
    assert_ne!(etag(&client, "/made"), made);
    let renamed = root.path().join("d/other.txt");
    fs::write(&renamed, "FOUND").unwrap();
    let other = File::options().append(true).open(renamed).unwrap();
    other.set_modified(changed).unwrap();
    let (_, mut app) = (client, App::with_root_path("test", root.path()));
    route(&mut app, "/other", || send_file("d/other.txt"));
    assert_ne!(etag(&app.test_client(), "/other"), made);
}

#[test]
fn conditions_can_be_ignored() {
    let (_root, mut app) = folder();
    route(&mut app, "/file", || {
        send_file("d/test.txt").conditional(false)
    });
    let client = app.test_client();
    let tag = etag(&client, "/file");
    for (name, value) in [("range", "bytes=0-1"), ("if-none-match", tag.as_str())] {
        let file = client.get("/file").header(name, value).send();
        assert_eq!((file.status(), file.text().as_str()), (200, "FOUND"));
        assert_eq!(file.header("accept-ranges"), None);
        assert_eq!(file.header("content-length"), Some("5"));
    }
}

#[test]
fn compressed_content_is_told_unless_it_is_saved() {
    for (as_attachment, encoding) in [(false, Some("gzip")), (true, None)] {
        let file = sent(move || {
            send_file("d/test.txt")
                .download_name("logo.svgz")
                .as_attachment(as_attachment)
        });
        assert_eq!(
            file.header("content-type"),
            Some("image/svg+xml; charset=utf-8")
        );
        assert_eq!(file.header("content-encoding"), encoding);
    }
}

#[test]
fn a_server_in_front_is_told_the_path() {
    let (root, mut app) = folder();
    app.config.use_x_sendfile(true);
    route(&mut app, "/path", || send_file("page.html"));
    route(&mut app, "/bytes", || {
        send_file(b"test").mimetype("text/plain")
    });
    let client = app.test_client();
    let path = root.path().join("page.html");
    let file = client.get("/path").header("range", "bytes=0-1").send();
    assert_eq!(file.header("x-sendfile"), path.to_str());
    assert_eq!((file.status(), file.text().as_str()), (200, ""));
    assert_eq!(
        file.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let tag = file.header("etag").unwrap();
    let known = client.get("/path").header("if-none-match", tag).send();
    assert_eq!((known.status(), known.header("x-sendfile")), (304, None));
    let bytes = client.get("/bytes").send();
    assert_eq!(
        (bytes.header("x-sendfile"), bytes.text().as_str()),
        (None, "test")
    );
}

/// A script with both twins, a style with one, and an archive.
fn twins(root: &FilePath) {
    for (name, content) in [
        ("app.js", "plain"),
        ("app.js.br", "as br"),
        ("app.js.gz", "as gz"),
        ("site.css", "plain"),
        ("site.css.gz", "as gz"),
        ("data.tar.gz", "archive"),
        ("data.tar.gz.br", "never"),
        ("lost.js.gz", "as gz"),
    ] {
        fs::write(root.join(name), content).unwrap();
    }
}

#[test]
fn twins_are_sent_to_those_who_accept_them() {
    let (root, mut app) = folder();
    twins(&root.path().join("d"));
    app.static_folder = Some("d".into());
    app.static_precompressed = true;
    let client = app.test_client();
    let get = |name: &str, accept: &str| {
        client
            .get(&format!("/d/{name}"))
            .header("accept-encoding", accept)
            .send()
    };
    for (name, accept, text, encoding) in [
        ("app.js", "gzip, deflate, br", "as br", Some("br")),
        ("app.js", "gzip, br;q=0.5", "as gz", Some("gzip")),
        ("app.js", "gzip;q=0, br;q=0", "plain", None),
        ("app.js", "gzip;q=0.5, identity", "plain", None),
        ("app.js", "*", "as br", Some("br")),
        ("app.js", "deflate", "plain", None),
        ("app.js", "", "plain", None),
        ("site.css", "br, gzip", "as gz", Some("gzip")),
        ("site.css", "br", "plain", None),
    ] {
        let file = get(name, accept);
        assert_eq!(file.text(), text, "{name} {accept}");
        assert_eq!(file.header("content-encoding"), encoding, "{name} {accept}");
        assert_eq!(file.header("vary"), Some("accept-encoding"));
        let wanted = format!("inline; filename={name}");
        assert_eq!(file.header("content-disposition"), Some(wanted.as_str()));
    }
    let archive = get("data.tar.gz", "br");
    assert_eq!(archive.text(), "archive");
    assert_eq!(
        (archive.header("content-encoding"), archive.header("vary")),
        (Some("gzip"), None)
    );
    assert_eq!(get("lost.js", "gzip").status(), 404);
    let tags = ["br", "gzip", ""].map(|accept| {
        let file = get("app.js", accept);
        file.header("etag").unwrap().to_owned()
    });
    assert!(tags[0] != tags[1] && tags[1] != tags[2]);
}

#[test]
fn twins_are_left_alone_unless_asked_for() {
    let (root, mut app) = folder();
    twins(&root.path().join("d"));
    app.static_folder = Some("d".into());
    route(&mut app, "/file", || {
        send_file("d/app.js").precompressed(true).etag("v1")
    });
    let client = app.test_client();
    let get = |path: &str| client.get(path).header("accept-encoding", "br").send();
    let plain = get("/d/app.js");
    assert_eq!(
        (plain.text().as_str(), plain.header("vary")),
        ("plain", None)
    );
    let twin = get("/file");
    assert_eq!(twin.text(), "as br");
    assert_eq!(twin.header("etag"), Some("\"v1-br\""));
}

#[test]
fn a_tag_of_the_past_keeps_a_range_from_being_sent() {
    let (_root, mut app) = folder();
    route(&mut app, "/file", || send_file("d/test.txt"));
    let client = app.test_client();
    let tag = etag(&client, "/file");
    let resumed = |if_range: &str| {
        let request = client.get("/file").header("range", "bytes=3-");
        request.header("if-range", if_range).send()
    };
    assert_eq!(resumed(&tag).text(), "ND");
    assert_eq!(resumed("\"other\"").text(), "FOUND");
    let today = carafe::headers::date::http_date(SystemTime::now() + Duration::from_secs(60));
    assert_eq!(resumed(&today).status(), 206);
}

#[cfg(unix)]
#[test]
fn links_are_up_to_who_owns_the_folder() {
    let (root, mut app) = folder();
    std::os::unix::fs::symlink(
        root.path().join("page.html"),
        root.path().join("d/link.html"),
    )
    .unwrap();
    fs::write(root.path().join("d/back\\slash.txt"), "kept").unwrap();
    app.static_folder = Some("d".into());
    let client = app.test_client();
    assert_eq!(
        client.get("/d/link.html").send().text(),
        "<h1>Hello World!</h1>"
    );
    assert_eq!(client.get("/d/back%5Cslash.txt").send().text(), "kept");
    assert_eq!(client.get("/d/..%5Cpage.html").send().status(), 404);
}
