//! Files of static folders: headers, conditional requests, ranges, and paths that lead out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use carafe::prelude::*;
use carafe::{TestClient, TestResponse};
use tempfile::TempDir;

/// A folder with an app around it.
fn folder() -> (TempDir, App) {
    let root = tempfile::tempdir().unwrap();
    let files = root.path().join("static");
    fs::create_dir_all(files.join("css")).unwrap();
    fs::write(files.join("hello.txt"), "hello files").unwrap();
    fs::write(files.join("css/site.css"), "p {}").unwrap();
    fs::write(files.join("empty"), "").unwrap();
    let large: Vec<u8> = (0..700_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    fs::write(files.join("large.bin"), large).unwrap();
    fs::write(root.path().join("secret.txt"), "secret").unwrap();
    let changed = UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let hello = fs::File::options()
        .append(true)
        .open(files.join("hello.txt"));
    hello.unwrap().set_modified(changed).unwrap();
    let app = App::with_root_path("test", root.path());
    (root, app)
}

fn hello(client: &TestClient, name: &str, value: &str) -> TestResponse {
    client.get("/static/hello.txt").header(name, value).send()
}

#[test]
fn a_file_is_sent_with_what_is_known_of_it() {
    let (_root, app) = folder();
    let client = app.test_client();
    let file = client.get("/static/hello.txt").send();
    assert_eq!(file.text(), "hello files");
    assert_eq!(
        file.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(file.header("content-length"), Some("11"));
    assert_eq!(
        file.header("content-disposition"),
        Some("inline; filename=hello.txt")
    );
    assert_eq!(
        file.header("last-modified"),
        Some("Tue, 02 Jan 2024 03:04:05 GMT")
    );
    assert_eq!(file.header("cache-control"), Some("no-cache"));
    assert_eq!(file.header("accept-ranges"), Some("bytes"));
    assert_eq!(client.get("/static/css/site.css").send().text(), "p {}");
    let empty = client.get("/static/empty").send();
    assert_eq!(
        (empty.status(), empty.header("content-length")),
        (200, Some("0"))
    );
    assert_eq!(
        empty.header("content-type"),
        Some("application/octet-stream")
    );
}

#[test]
fn a_large_file_is_sent_in_pieces() {
    let (root, app) = folder();
    let client = app.test_client();
    let content = fs::read(root.path().join("static/large.bin")).unwrap();
    let whole = client.get("/static/large.bin").send();
    assert_eq!(whole.body(), &content);
    assert_eq!(whole.header("content-length"), Some("700000"));
    let range = client
        .get("/static/large.bin")
        .header("range", "bytes=600000-699998");
    assert_eq!(range.send().body(), &content[600_000..699_999]);
}

#[test]
fn head_tells_the_length_and_sends_nothing() {
    let (_root, app) = folder();
    let head = app.test_client().head("/static/hello.txt").send();
    assert_eq!(head.header("content-length"), Some("11"));
    assert!(head.body().is_empty());
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let (_root, app) = folder();
    let client = app.test_client();
    let etag = client
        .get("/static/hello.txt")
        .send()
        .header("etag")
        .unwrap()
        .to_owned();
    for (name, value) in [
        ("if-none-match", etag.as_str()),
        ("if-modified-since", "Tue, 02 Jan 2024 03:04:05 GMT"),
    ] {
        let answer = hello(&client, name, value);
        assert_eq!(answer.status(), 304);
        assert!(answer.body().is_empty());
        assert_eq!(answer.header("content-type"), None);
        assert_eq!(answer.header("content-length"), None);
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
    }
    assert_eq!(hello(&client, "if-none-match", "\"other\"").status(), 200);
}

#[test]
fn a_range_is_sent_alone() {
    let (_root, app) = folder();
    let client = app.test_client();
    let part = hello(&client, "range", "bytes=6-");
    assert_eq!((part.status(), part.text().as_str()), (206, "files"));
    assert_eq!(part.header("content-range"), Some("bytes 6-10/11"));
    assert_eq!(part.header("content-length"), Some("5"));
    let beyond = hello(&client, "range", "bytes=50-");
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.header("content-range"), Some("bytes */11"));
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let (_root, app) = folder();
    let client = app.test_client();
    for path in [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "css/../../secret.txt",
        "..%2fsecret.txt",
        "/etc/passwd",
        "%2Fetc/passwd",
        "%00",
        "hello.txt%00",
        "css",
        "",
        ".",
        "nothing",
    ] {
        let status = client.get(&format!("/static/{path}")).send().status();
        assert!(matches!(status, 404 | 308), "{path} gives {status}");
    }
}

#[test]
fn files_may_be_cached_for_as_long_as_configured() {
    let (_root, mut app) = folder();
    app.config.set("SEND_FILE_MAX_AGE_DEFAULT", 60).unwrap();
    let file = app.test_client().get("/static/hello.txt").send();
    assert_eq!(file.header("cache-control"), Some("public, max-age=60"));
    assert!(file.header("expires").is_some());
}

#[test]
fn an_app_without_a_static_folder_has_no_such_url() {
    let (_root, mut app) = folder();
    app.static_folder = None;
    app.route("/", async || {
        current_app().send_static_file("hello.txt").await
    })
    .endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/static/hello.txt").send().status(), 404);
    assert_eq!(client.get("/").send().status(), 500);
}

#[test]
fn a_view_sends_a_file_of_a_folder() {
    let (_root, mut app) = folder();
    app.route("/css", async || {
        carafe::send_from_directory("static/css", "site.css").await
    })
    .endpoint("css");
    app.route("/robots.txt", async || {
        current_app().send_static_file("hello.txt").await
    })
    .endpoint("robots");
    let client = app.test_client();
    assert_eq!(client.get("/css").send().text(), "p {}");
    assert_eq!(client.get("/robots.txt").send().text(), "hello files");
}
