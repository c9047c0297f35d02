//! Behind proxies: what is trusted of the headers that tell of the client.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;
use carafe::{ProxyFix, TestClient};

/// An app that tells what it sees.
fn app(proxies: ProxyFix) -> App {
    let mut app = App::new("test");
    app.config.proxy_fix(proxies);
    app.route("/seen", || {
        let request = request();
        let address = request
            .remote_addr()
            .map(|address| address.ip().to_string());
        let address = address.unwrap_or_else(|| "nobody".to_owned());
        format!("{address} {} {}", request.root_url(), request.url())
    })
    .endpoint("seen");
    app.route("/go", || Ok::<_, Error>(redirect(&url_for!("seen")?)))
        .endpoint("go");
    app.route("/slash/", || "").endpoint("slash");
    app
}

/// What is trusted, the headers, and the address and root URL that come of them.
type Case<'a> = (ProxyFix, &'a [(&'a str, &'a str)], &'a str, &'a str);

/// What the app sees of a request from 192.168.0.2 for the host `spam`: the address and the root URL.
fn seen(client: &TestClient, headers: &[(&str, &str)]) -> (String, String) {
    let mut request = client
        .get("/seen")
        .with(|request| request.remote_addr(([192, 168, 0, 2], 5000)));
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.base_url("http://spam");
    }
    for (name, value) in headers {
        request = match *name {
            "host" => request.base_url(&format!("http://{value}")),
            _ => request.header(name, value),
        };
    }
    let text = request.send().text();
    let (address, urls) = text.split_once(' ').unwrap();
    let (root, url) = urls.split_once(' ').unwrap();
    assert_eq!(format!("{root}seen"), url);
    (address.to_owned(), root.to_owned())
}

#[test]
fn each_header_is_trusted_as_far_as_told() {
    let new = ProxyFix::new;
    let one_for = ("x-forwarded-for", "192.168.0.1");
    let all = new().x_for(1).x_proto(1).x_host(1).x_port(1).x_prefix(1);
    let cases: &[Case<'_>] = &[
        (
            new().x_for(1).x_proto(1),
            &[one_for, ("x-forwarded-proto", "https")],
            "192.168.0.1",
            "https://spam/",
        ),
        (
            new().x_proto(1),
            &[("x-forwarded-proto", "https")],
            "192.168.0.2",
            "https://spam/",
        ),
        (
            new().x_host(1),
            &[("x-forwarded-host", "eggs")],
            "192.168.0.2",
            "http://eggs/",
        ),
        (
            new().x_port(1),
            &[("x-forwarded-port", "8080")],
            "192.168.0.2",
            "http://spam:8080/",
        ),
        (
            new().x_port(1),
            &[("host", "spam:9000"), ("x-forwarded-port", "8080")],
            "192.168.0.2",
            "http://spam:8080/",
        ),
        (
            new().x_prefix(1),
            &[("x-forwarded-prefix", "/eggs")],
            "192.168.0.2",
            "http://spam/eggs/",
        ),
        (
            all,
            &[
                ("host", "spam:9000"),
                one_for,
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "eggs"),
                ("x-forwarded-port", "443"),
                ("x-forwarded-prefix", "/ham"),
            ],
            "192.168.0.1",
            "https://eggs/ham/",
        ),
        (
            new().x_for(2),
            &[("x-forwarded-for", "192.168.0.1, 192.168.0.3")],
            "192.168.0.1",
            "http://spam/",
        ),
        (new(), &[one_for], "192.168.0.2", "http://spam/"),
        (
            new().x_for(3),
            &[("x-forwarded-for", "192.168.0.3, 192.168.0.4")],
            "192.168.0.2",
            "http://spam/",
        ),
        (
            new().x_for(1),
            &[("x-forwarded-for", "192.168.0.3, 192.168.0.1")],
            "192.168.0.1",
            "http://spam/",
        ),
        // A quotation mark of the client's does not hide what the proxy has added.
        (
            new().x_for(1),
            &[("x-forwarded-for", "\", 192.168.0.1")],
            "192.168.0.1",
            "http://spam/",
        ),
        (
            new().x_for(2),
            &[("x-forwarded-for", ", 192.168.0.3")],
            "192.168.0.2",
            "http://spam/",
        ),
        (
            new().x_for(2).x_prefix(1),
            &[
                ("x-forwarded-for", "192.168.0.1, 192.168.0.3"),
                ("x-forwarded-prefix", "/ham, /eggs"),
            ],
            "192.168.0.1",
            "http://spam/eggs/",
        ),
        (
            new().x_host(1),
            &[("x-forwarded-host", "[2001:db8::a]")],
            "192.168.0.2",
            "http://[2001:db8::a]/",
        ),
        (
            new().x_port(1),
            &[("host", "[2001:db8::a]"), ("x-forwarded-port", "8080")],
            "192.168.0.2",
            "http://[2001:db8::a]:8080/",
        ),
        (
            new().x_port(1),
            &[("host", "[2001:db8::a]:9000"), ("x-forwarded-port", "8080")],
            "192.168.0.2",
            "http://[2001:db8::a]:8080/",
        ),
        (
            new().x_for(2),
            &[
                ("x-forwarded-for", "192.168.0.1"),
                ("x-forwarded-for", "192.168.0.3"),
            ],
            "192.168.0.1",
            "http://spam/",
        ),
        (
            new().x_for(1).x_proto(1),
            &[
                ("x-forwarded-for", "unknown"),
                ("x-forwarded-proto", "gopher"),
            ],
            "nobody",
            "http://spam/",
        ),
    ];
    for (proxies, headers, address, root) in cases {
        let client = app(*proxies).test_client();
        let wanted = ((*address).to_owned(), (*root).to_owned());
        assert_eq!(seen(&client, headers), wanted, "{proxies:?} {headers:?}");
    }
}

#[test]
fn the_standard_header_is_trusted_as_far_as_told() {
    let cases = [
        (
            1,
            "for=192.0.2.60;proto=https;host=eggs",
            "192.0.2.60",
            "https://eggs/",
        ),
        (
            1,
            "For=\"192.0.2.60:4711\" ; Proto=HTTPS",
            "192.0.2.60",
            "https://spam/",
        ),
        (
            1,
            "for=\"[2001:db8:cafe::17]:4711\"",
            "2001:db8:cafe::17",
            "http://spam/",
        ),
        (
            2,
            "for=192.0.2.1;host=\"a,b\", for=192.0.2.2;proto=https, for=192.0.2.3",
            "192.0.2.2",
            "https://spam/",
        ),
        (
            1,
            "for=192.0.2.1, proto=https",
            "192.168.0.2",
            "https://spam/",
        ),
        (1, "for=unknown", "nobody", "http://spam/"),
        (
            3,
            "for=192.0.2.1, for=192.0.2.2",
            "192.168.0.2",
            "http://spam/",
        ),
        (1, "for=\"open", "192.168.0.2", "http://spam/"),
        (
            0,
            "for=192.0.2.60;proto=https;host=eggs",
            "192.168.0.2",
            "http://spam/",
        ),
    ];
    for (count, header, address, root) in cases {
        let client = app(ProxyFix::new().forwarded(count)).test_client();
        let wanted = (address.to_owned(), root.to_owned());
        assert_eq!(
            seen(&client, &[("forwarded", header)]),
            wanted,
            "{count} {header}"
        );
    }
}

#[test]
fn urls_are_built_for_the_place_that_the_client_sees() {
    let proxies = ProxyFix::new().x_proto(1).x_host(1).x_prefix(1);
    let client = app(proxies).test_client();
    let get = |path: &str| {
        let response = client
            .get(path)
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "eggs")
            .header("x-forwarded-prefix", "/ham/")
            .send();
        response.header("location").unwrap().to_owned()
    };
    assert_eq!(get("/go"), "/ham/seen");
    assert_eq!(get("/slash"), "https://eggs/ham/slash/");
}

#[test]
fn trusted_hosts_are_asked_about_the_host_that_the_proxy_tells() {
    let mut app = app(ProxyFix::new().x_host(1));
    app.config.trusted_hosts(["eggs"]);
    let client = app.test_client();
    let status = |host: &str| {
        let request = client.get("/seen").base_url("http://eggs");
        request.header("x-forwarded-host", host).send().status()
    };
    assert_eq!((status("eggs"), status("spam")), (200, 400));
}

#[test]
fn the_configuration_tells_whom_to_trust() {
    let mut config = carafe::config::Config::new(".");
    assert_eq!(config.proxy_fix, ProxyFix::new());
    let vars = [
        ("CARAFE_PROXY_FIX__x_for", "1"),
        ("CARAFE_PROXY_FIX__forwarded", "2"),
    ];
    let mut made = App::new("test");
    made.config.from_prefixed_vars("CARAFE", vars).unwrap();
    assert_eq!(made.config.proxy_fix, ProxyFix::new().x_for(1).forwarded(2));
    for wrong in [
        "{\"x_for\": -1}",
        "{\"x_for\": \"1\"}",
        "{\"x_four\": 1}",
        "1",
    ] {
        let outcome = made
            .config
            .from_prefixed_vars("CARAFE", [("CARAFE_PROXY_FIX", wrong)]);
        assert!(
            outcome.unwrap_err().to_string().contains("PROXY_FIX"),
            "{wrong}"
        );
    }
    made.config
        .from_prefixed_vars("CARAFE", [("CARAFE_PROXY_FIX", "null")])
        .unwrap();
    assert_eq!(made.config.proxy_fix, ProxyFix::new());
    config.proxy_fix(ProxyFix::new().x_host(3));
    assert_eq!(config.proxy_fix, ProxyFix::new().x_host(3));
}
