//! Which views answer which methods, rules and endpoints.

use carafe::IntoView;
use carafe::prelude::*;
use carafe::routing::{Rule, Values};

use crate::{allow, method, new_app};

#[test]
fn options_lists_the_methods_of_a_rule() {
    let mut app = new_app();
    app.route("/", method).methods(["GET", "POST"]);
    let response = app.test_client().options("/").send();
    assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST"]);
    assert_eq!(response.text(), "");
}

#[test]
fn options_lists_the_methods_of_all_rules_of_a_path() {
    let mut app = new_app();
    app.route("/", method).methods(["GET", "POST"]);
    app.route("/", || "Aha!").endpoint("put").methods(["PUT"]);
    let response = app.test_client().options("/").send();
    assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST", "PUT"]);
}

#[test]
fn each_method_has_a_shortcut() {
    let mut app = new_app();
    app.get("/", method).endpoint("get");
    app.post("/", method).endpoint("post");
    app.put("/", method).endpoint("put");
    app.delete("/", method).endpoint("delete");
    app.patch("/", method).endpoint("patch");
    app.get("/only-get", method).endpoint("only_get");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "GET");
    assert_eq!(client.post("/").send().text(), "POST");
    assert_eq!(client.put("/").send().text(), "PUT");
    assert_eq!(client.delete("/").send().text(), "DELETE");
    assert_eq!(client.patch("/").send().text(), "PATCH");
    assert_eq!(client.post("/only-get").send().status(), 405);
}

#[test]
fn a_route_turns_its_automatic_options_off() {
    let mut app = new_app();
    app.get("/", method).provide_automatic_options(false);
    assert_eq!(app.test_client().options("/").send().status(), 405);
}

#[test]
fn a_route_turns_its_automatic_options_on_against_the_configuration() {
    let mut app = new_app();
    app.config.provide_automatic_options(false);
    app.get("/", method).provide_automatic_options(true);
    app.get("/without", method).endpoint("without");
    let client = app.test_client();
    let response = client.options("/").send();
    assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS"]);
    assert_eq!(client.options("/without").send().status(), 405);
}

#[test]
fn a_view_that_answers_options_is_asked() {
    let mut app = new_app();
    app.route("/", || ("", [("X-Test", "test")]))
        .endpoint("index")
        .methods(["OPTIONS"]);
    let response = app.test_client().options("/").send();
    assert_eq!(response.header("x-test"), Some("test"));
}

#[test]
fn methods_may_be_written_in_lower_case() {
    let mut app = new_app();
    app.route("/", method);
    app.route("/more", method)
        .endpoint("more")
        .methods(["GET", "POST"]);
    app.route("/options", || "7eb41166")
        .endpoint("options")
        .methods(["options"]);
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "GET");
    let response = client.post("/").send();
    assert_eq!(response.status(), 405);
    assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS"]);
    let response = client.head("/").send();
    assert_eq!((response.status(), response.text()), (200, String::new()));
    assert_eq!(client.post("/more").send().text(), "POST");
    let response = client.delete("/more").send();
    assert_eq!(response.status(), 405);
    assert_eq!(allow(&response), ["GET", "HEAD", "OPTIONS", "POST"]);
    assert_eq!(client.options("/options").send().text(), "7eb41166");
}

#[test]
fn a_rule_of_the_map_gets_its_view_by_its_endpoint() {
    let mut app = new_app();
    app.url_map
        .add(Rule::new("/foo/bar").endpoint("bar"))
        .unwrap();
    app.url_map
        .add(Rule::new("/foo/").endpoint("index"))
        .unwrap();
    app.endpoint("bar", || "bar");
    app.endpoint("index", || "index");
    let client = app.test_client();
    assert_eq!(client.get("/foo/").send().text(), "index");
    assert_eq!(client.get("/foo/bar").send().text(), "bar");
}

#[test]
fn one_view_has_several_rules() {
    fn index(values: Values<'static>) -> String {
        values
            .get("test")
            .map_or("a".to_owned(), ToString::to_string)
    }
    let mut app = new_app();
    app.route("/", index);
    app.route("/<test>/", index);
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "a");
    assert_eq!(client.get("/b/").send().text(), "b");
}

#[test]
fn a_method_of_a_value_is_the_view_of_several_rules() {
    #[derive(Clone)]
    struct Views {
        given: &'static str,
    }
    impl Views {
        fn index(&self, values: &Values<'static>) -> String {
            values
                .get("test")
                .map_or(self.given.to_owned(), ToString::to_string)
        }
    }
    let views = Views { given: "a" };
    let index = (move |values: Values<'static>| views.index(&values)).into_view();
    let mut app = new_app();
    app.route("/", index.clone()).endpoint("index");
    app.route("/<test>/", index).endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/").send().text(), "a");
    assert_eq!(client.get("/b/").send().text(), "b");
}

#[test]
fn a_rule_may_be_written_in_any_script() {
    let mut app = new_app();
    app.route("/киртест", || "Hello World!").endpoint("index");
    let client = app.test_client();
    assert_eq!(client.get("/киртест").send().text(), "Hello World!");
}

#[test]
fn a_route_gives_its_endpoint_another_name() {
    fn foo() -> String {
        request().endpoint().unwrap().to_owned()
    }
    let mut app = new_app();
    app.route("/foo/", foo);
    app.route("/bar/", foo).endpoint("bar");
    app.route("/bar/123", foo).endpoint("123");
    let client = app.test_client();
    {
        let ctx = client.app().test_request_context("/").build().unwrap();
        let _guard = ctx.push().unwrap();
        assert_eq!(url_for!("foo").unwrap(), "/foo/");
        assert_eq!(url_for!("bar").unwrap(), "/bar/");
        assert_eq!(url_for!("123").unwrap(), "/bar/123");
    }
    assert_eq!(client.get("/foo/").send().text(), "foo");
    assert_eq!(client.get("/bar/").send().text(), "bar");
    assert_eq!(client.get("/bar/123").send().text(), "123");
}
