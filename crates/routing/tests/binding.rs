//! Binding to a request finds the subdomain and the server name out.
#![allow(clippy::unwrap_used)] // a binding that is refused by mistake fails the test

use carafe_routing::{BindRequest, BuildOptions, Map, MapOptions, Rule, UrlAdapter, Values};

fn map() -> Map {
    let mut map = Map::default();
    map.add(Rule::new("/").endpoint("index")).unwrap();
    map.add(Rule::new("/").endpoint("user").subdomain("<name>"))
        .unwrap();
    map
}

fn endpoint(urls: &UrlAdapter<'_>) -> Option<String> {
    let found = urls.match_request().ok()?;
    found.rule(urls.map()).endpoint_name().map(str::to_owned)
}

#[test]
fn the_subdomain_is_what_the_host_has_before_the_server_name() {
    let map = map();
    let bind = |host| {
        let request = BindRequest {
            server_name: Some("Site.test:80"),
            ..BindRequest::new(host, "/")
        };
        map.bind_to_request(request).unwrap()
    };
    assert_eq!(bind("ada.site.test").subdomain(), "ada");
    assert_eq!(endpoint(&bind("ADA.site.test")).as_deref(), Some("user"));
    assert_eq!(endpoint(&bind("site.test")).as_deref(), Some("index"));
    // A host that has nothing to do with the server name has the default subdomain.
    assert_eq!(endpoint(&bind("127.0.0.1")).as_deref(), Some("index"));
    assert_eq!(bind("127.0.0.1").server_name(), "site.test");
}

#[test]
fn without_a_server_name_the_host_takes_its_place() {
    let map = map();
    let request = BindRequest {
        scheme: "https",
        websocket: true,
        ..BindRequest::new("site.test:8443", "/")
    };
    let urls = map.bind_to_request(request).unwrap();
    assert_eq!(
        (urls.server_name(), urls.subdomain()),
        ("site.test:8443", "")
    );
    assert_eq!((urls.url_scheme(), urls.is_websocket()), ("wss", true));
}

#[test]
fn under_host_matching_the_host_alone_counts() {
    let mut options = MapOptions::default();
    options.host_matching = true;
    let mut map = Map::new(options);
    map.add(Rule::new("/").endpoint("here").host("a.test"))
        .unwrap();
    let request = BindRequest {
        server_name: Some("b.test"),
        ..BindRequest::new("a.test", "/")
    };
    let urls = map.bind_to_request(request).unwrap();
    assert_eq!(endpoint(&urls).as_deref(), Some("here"));
    let url = urls.build("here", &Values::new(), BuildOptions::default());
    assert_eq!(url.unwrap(), "/");
}
