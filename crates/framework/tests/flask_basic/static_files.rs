//! Files of the static folder.

use carafe::prelude::*;

use crate::new_app;

fn served(app: App, path: &str) -> (u16, String) {
    let response = app.test_client().get(path).send();
    (response.status(), response.text().trim().to_owned())
}

fn page() -> (u16, String) {
    (200, "<h1>Hello World!</h1>".to_owned())
}

fn url(app: App, external: bool) -> String {
    let ctx = app
        .build()
        .unwrap()
        .test_request_context("/")
        .build()
        .unwrap();
    let _guard = ctx.push().unwrap();
    url_for!("static", filename = "index.html", _external = external).unwrap()
}

#[test]
fn files_of_the_static_folder_are_served_under_its_name() {
    assert_eq!(served(new_app(), "/static/index.html"), page());
    assert_eq!(url(new_app(), false), "/static/index.html");
}

#[test]
fn the_url_path_of_static_files_can_be_given() {
    for path in ["/foo", "/foo/"] {
        let app = || {
            let mut app = new_app();
            app.static_url_path = Some(path.to_owned());
            app
        };
        assert_eq!(served(app(), "/foo/index.html"), page());
        assert_eq!(url(app(), false), "/foo/index.html");
    }
}

#[test]
fn static_files_may_lie_at_the_root() {
    let mut app = new_app();
    app.static_url_path = Some(String::new());
    assert_eq!(served(app, "/index.html"), page());
    let mut app = new_app();
    app.static_folder = Some("".into());
    assert_eq!(served(app, "/static/index.html"), page());
}

#[test]
fn the_static_folder_is_a_path() {
    let mut app = new_app();
    app.static_folder = Some(std::path::PathBuf::from("static"));
    assert_eq!(served(app, "/static/index.html"), page());
}

#[test]
fn a_slash_after_the_static_folder_changes_nothing() {
    let mut app = new_app();
    app.static_folder = Some("static/".into());
    app.route("/<path:path>", |path: String| path)
        .endpoint("catch_all");
    let client = app.test_client();
    assert_eq!(client.get("/catch/all").send().text(), "catch/all");
    assert_eq!(client.get("/static/index.html").send().status(), 200);
}

#[test]
fn static_files_have_a_host_where_hosts_are_matched() {
    let app = |host_matching: bool, host: Option<&str>, folder: bool| {
        let mut app = new_app();
        app.url_map.options_mut().host_matching = host_matching;
        app.static_host = host.map(str::to_owned);
        if !folder {
            app.static_folder = None;
        }
        app
    };
    let whole = || app(true, Some("example.com"), true);
    assert_eq!(
        served(whole(), "http://example.com/static/index.html"),
        page()
    );
    assert_eq!(url(whole(), true), "http://example.com/static/index.html");
    assert!(app(false, Some("example.com"), true).build().is_err());
    assert!(app(true, None, true).build().is_err());
    assert!(app(true, None, false).build().is_ok());
}
