//! Files that travel in the program: they behave as those on the disk.

#![cfg(feature = "templates")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, Seek, SeekFrom};
use std::time::{Duration, UNIX_EPOCH};

use carafe::prelude::*;
use carafe::{EmbeddedFiles, TestClient, TestResponse};
use http::HeaderMap;

const CHANGED: u128 = 1_704_164_645_250_000_000;

/// What the macro makes of a folder in a release build.
fn embedded(root: &str) -> EmbeddedFiles {
    EmbeddedFiles::new(
        root,
        &["static", "templates"],
        Some(&[
            ("static/css/site.css", b"p {}", CHANGED),
            ("static/css/site.css.gz", b"compressed", CHANGED),
            ("static/hello.txt", b"hello files", CHANGED),
            ("templates/hello.html", b"Hello {{ name }}!\r\n", 0),
        ]),
    )
}

fn embedding_app() -> App {
    let mut app = App::with_root_path("test", "/where/it/was/built");
    app.embed(embedded("/where/it/was/built"));
    app
}

/// The same files on the disk.
fn app_on_disk() -> (tempfile::TempDir, App) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("static");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("hello.txt"), "hello files").unwrap();
    let file = fs::File::options()
        .append(true)
        .open(folder.join("hello.txt"));
    file.unwrap()
        .set_modified(UNIX_EPOCH + Duration::from_nanos(CHANGED as u64))
        .unwrap();
    let app = App::with_root_path("test", root.path());
    (root, app)
}

/// The status, the body and the headers that tell of the file.
fn told(response: &TestResponse) -> (u16, String, HeaderMap) {
    let mut headers = response.headers().clone();
    headers.remove("date");
    // The tag is of the path, too.
    headers.remove("etag");
    (response.status(), response.text(), headers)
}

/// Asks for the same file in many ways.
fn ask(client: &TestClient) -> Vec<(u16, String, HeaderMap)> {
    let get = || client.get("/static/hello.txt");
    let etag = get().send().header("etag").unwrap().to_owned();
    let responses = [
        get().send(),
        get().header("if-none-match", &etag).send(),
        get().header("if-none-match", "\"other\"").send(),
        get()
            .header("if-modified-since", "Tue, 02 Jan 2024 03:04:05 GMT")
            .send(),
        get().header("range", "bytes=6-").send(),
        get()
            .header("range", "bytes=6-8")
            .header("if-range", &etag)
            .send(),
        get()
            .header("range", "bytes=6-8")
            .header("if-range", "\"other\"")
            .send(),
        get().header("range", "bytes=20-").send(),
        client.head("/static/hello.txt").send(),
    ];
    responses.iter().map(told).collect()
}

#[test]
fn embedded_files_are_sent_as_those_on_the_disk() {
    let (_root, app) = app_on_disk();
    let expected = ask(&app.test_client());
    let found = ask(&embedding_app().test_client());
    assert_eq!(found, expected);
    let statuses: Vec<_> = found.iter().map(|told| told.0).collect();
    assert_eq!(statuses, [200, 304, 200, 304, 206, 206, 200, 416, 200]);
}

#[test]
fn compressed_twins_are_embedded() {
    let mut app = embedding_app();
    app.static_precompressed = true;
    let client = app.test_client();
    let css = |accept: &str| {
        let request = client.get("/static/css/site.css");
        request.header("accept-encoding", accept).send()
    };
    assert_eq!(css("identity").text(), "p {}");
    assert_eq!(css("gzip").text(), "compressed");
    assert_eq!(css("gzip").header("content-encoding"), Some("gzip"));
}

/// The web server in front has no way to the program's files.
#[test]
fn embedded_files_are_not_left_to_the_server_in_front() {
    let mut app = embedding_app();
    app.config.use_x_sendfile(true);
    let file = app.test_client().get("/static/hello.txt").send();
    assert_eq!(file.header("x-sendfile"), None);
    assert_eq!(file.text(), "hello files");
}

#[test]
fn embedded_files_are_found_by_their_names_alone() {
    let client = embedding_app().test_client();
    let status = |path: &str| client.get(path).send().status();
    assert_eq!(status("/static/css/site.css"), 200);
    assert_eq!(status("/static/css/../hello.txt"), 200);
    for path in [
        "",
        "css",
        "hello.tx",
        "../templates/hello.html",
        "../static",
    ] {
        assert_eq!(status(&format!("/static/{path}")), 404, "{path:?}");
    }
}

#[test]
fn templates_are_embedded() {
    let ctx = embedding_app().build().unwrap().app_context();
    let _guard = ctx.push().unwrap();
    let page = render_template("hello.html", context! { name = "<World>" }).unwrap();
    assert_eq!(page.into_text(), "Hello &lt;World&gt;!");
    assert!(render_template("../static/hello.txt", ()).is_err());
    assert!(render_template("missing.html", ()).is_err());
}

/// Otherwise a file that was forgotten would be missed on the next machine only.
#[test]
fn nothing_beside_what_is_embedded_is_seen() {
    let (root, mut app) = app_on_disk();
    app.embed(embedded("/where/it/was/built"));
    let folder = root.path().join("static");
    fs::write(folder.join("forgotten.txt"), "on the disk").unwrap();
    app.static_folder = Some(folder.clone());
    assert_eq!(
        app.test_client()
            .get("/static/forgotten.txt")
            .send()
            .status(),
        200
    );

    let (_root, mut app) = app_on_disk();
    app.embed(EmbeddedFiles::new(root.path(), &["static"], Some(&[])));
    app.static_folder = Some(folder);
    assert_eq!(
        app.test_client()
            .get("/static/forgotten.txt")
            .send()
            .status(),
        404
    );
}

#[test]
fn resources_are_read_from_the_program() {
    let app = embedding_app();
    let read = |path| io::read_to_string(app.open_resource(path).unwrap()).unwrap();
    assert_eq!(read("static/hello.txt"), "hello files");
    assert!(app.open_resource("static/missing.txt").is_err());
    let mut file = app.open_resource("static/hello.txt").unwrap();
    file.seek(SeekFrom::End(-5)).unwrap();
    assert_eq!(io::read_to_string(file).unwrap(), "files");
}

#[test]
fn an_embedding_app_is_rooted_where_it_runs() {
    let mut app = embedding_app();
    let here = std::env::current_dir().unwrap();
    assert_eq!(app.root_path(), here);
    assert_eq!(app.config.root_path(), here);
    assert_eq!(app.build().unwrap().instance_path(), here.join("instance"));
}

#[test]
fn a_debug_build_reads_the_disk() {
    if cfg!(debug_assertions) {
        let mut app = carafe::app!();
        let files = carafe::embed!("tests/site/static", "tests/site/templates");
        assert!(!files.are_in_the_program());
        app.embed(files);
        assert_eq!(app.root_path(), env!("CARGO_MANIFEST_DIR"));
    }
}

#[test]
fn blueprints_of_the_package_are_embedded_with_the_app() {
    let mut app = App::with_root_path("test", "/where/it/was/built");
    app.embed(EmbeddedFiles::new(
        "/where/it/was/built",
        &["src/shop", "static", "templates"],
        Some(&[
            ("src/shop/static/shop.txt", b"the shop's file", 0),
            ("src/shop/templates/shop.html", b"the shop's page", 0),
        ]),
    ));
    for (name, root) in [
        ("inside", "src/shop"),
        ("by_source", "/where/it/was/built/src/shop"),
    ] {
        let shop = Blueprint::new(name)
            .with_root_path(root)
            .with_static_folder("static")
            .with_template_folder("templates");
        app.register_blueprint(shop, url_prefix(format!("/{name}")));
    }
    app.route("/", || render_template("shop.html", ()))
        .endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "the shop's page");
    assert_eq!(
        client.get("/inside/static/shop.txt").send().text(),
        "the shop's file"
    );
    assert_eq!(
        client.get("/by_source/static/shop.txt").send().text(),
        "the shop's file"
    );
}

#[test]
fn a_blueprint_of_another_package_brings_its_own_files() {
    let files = EmbeddedFiles::new(
        "/elsewhere/admin",
        &["static", "templates"],
        Some(&[
            ("static/admin.css", b"p {}", 0),
            ("templates/admin.html", b"the back office", 0),
        ]),
    );
    let mut admin = Blueprint::new("admin")
        .with_root_path("/elsewhere/admin")
        .with_static_folder("static")
        .with_template_folder("templates")
        .with_embedded(files);
    admin
        .route("/", || {
            render_template(["hello.html", "admin.html"], context! { name = "you" })
        })
        .endpoint("index");
    let mut app = embedding_app();
    app.register_blueprint(admin, url_prefix("/admin"));
    app.route("/office", || render_template("admin.html", ()))
        .endpoint("office");
    let client = app.test_client();
    assert_eq!(client.get("/admin/static/admin.css").send().text(), "p {}");
    assert_eq!(client.get("/static/admin.css").send().status(), 404);
    assert_eq!(client.get("/admin/").send().text(), "Hello you!");
    assert_eq!(client.get("/office").send().text(), "the back office");
}
