//! Hosts and subdomains.

use carafe::IntoView;
use carafe::prelude::*;

use crate::new_app;

#[test]
fn subdomains_and_hosts_are_matched_as_configured() {
    for (subdomain_matching, host_matching, of_subdomain) in [
        (false, false, "default"),
        (true, false, "abc"),
        (false, true, "abc"),
    ] {
        let mut app = new_app();
        app.config.server_name("example.test");
        app.subdomain_matching = subdomain_matching;
        app.url_map.options_mut().host_matching = host_matching;
        app.static_host = host_matching.then(|| "example.test".to_owned());
        let index = (|name: String| name).into_view();
        app.route("/", index.clone())
            .endpoint("index")
            .default("name", "default")
            .host("<name>");
        app.route("/", index)
            .endpoint("index")
            .subdomain("<name>")
            .host("<name>.example.test");
        let client = app.test_client();
        let seen = |url: &str| client.get("/").base_url(url).send().text();
        assert_eq!(seen("http://example.test"), "default");
        assert_eq!(seen("http://abc.example.test"), of_subdomain);
        assert_eq!(seen("http://xyz.other.test"), "default");
    }
}

fn app_with_foo(server_name: Option<&str>) -> App {
    let mut app = new_app();
    app.subdomain_matching = true;
    if let Some(name) = server_name {
        app.config.server_name(name);
    }
    app.route("/", || "default").endpoint("index");
    app.route("/", || "subdomain")
        .endpoint("sub")
        .subdomain("foo");
    app
}

#[test]
fn a_host_below_the_server_name_is_a_subdomain() {
    for (server_name, url, text) in [
        ("dev.local:5000", "http://dev.local:5000", "default"),
        ("dev.local:5000", "https://dev.local:5000", "default"),
        ("dev.local:443", "https://dev.local", "default"),
        ("dev.local", "https://dev.local", "default"),
        ("dev.local", "http://foo.localhost", "default"),
        ("dev.local", "http://foo.dev.local", "subdomain"),
    ] {
        let client = app_with_foo(Some(server_name)).test_client();
        assert_eq!(client.get("/").base_url(url).send().text(), text, "{url}");
    }
    let client = app_with_foo(Some("dev.local:5000")).test_client();
    assert_eq!(client.get("/").send().text(), "default");
}

#[test]
fn an_unknown_subdomain_has_no_page_where_subdomains_are_matched() {
    for (matching, status) in [(true, 404), (false, 204)] {
        let mut app = new_app();
        app.subdomain_matching = matching;
        app.config.server_name("localhost.localdomain:3000");
        app.route("/", || ("", 204)).endpoint("index");
        let client = app.test_client();
        let seen = |url: &str| client.get("/").base_url(url).send().status();
        assert_eq!(seen("http://127.0.0.1:3000"), 204);
        assert_eq!(seen("http://www.localhost.localdomain:3000"), status);
    }
}
