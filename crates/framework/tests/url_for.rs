//! URLs that are built, and those that cannot be.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;
use carafe::routing::BuildError;

fn app() -> App {
    let mut app = App::new("test");
    app.route("/", || "").endpoint("index");
    app.route("/item/<int:id>", |_: i64| "").endpoint("item");
    app
}

/// Runs a function in the context of a request.
fn in_request<T>(app: App, run: impl FnOnce() -> T) -> T {
    let app = app.build().unwrap();
    let ctx = app.test_request_context("/").build().unwrap();
    let _guard = ctx.push().unwrap();
    run()
}

#[test]
fn a_build_error_tells_what_was_asked_for() {
    let error = in_request(app(), || {
        url_for!("item", other = 1, absent = None::<i64>, _method = "POST").unwrap_err()
    });
    let error: &BuildError = error.downcast_ref().unwrap();
    assert_eq!(error.endpoint(), "item");
    assert_eq!(error.method(), Some("POST"));
    assert_eq!(error.value_names(), ["other"]);
}

#[test]
fn a_value_that_a_converter_refuses_is_no_build_error() {
    let mut app = app();
    app.url_build_error_handler(|_, _, _| Ok(Some("/elsewhere".into())));
    in_request(app, || {
        assert_eq!(url_for!("nothing").unwrap(), "/elsewhere");
        let refused = url_for!("item", id = "many").unwrap_err();
        assert!(refused.downcast_ref::<BuildError>().is_none());
        assert!(refused.to_string().contains("\"item\""));
    });
}

#[test]
fn the_static_folder_has_an_endpoint() {
    let mut named = app();
    named.static_folder = Some("assets/public".into());
    let url = in_request(named, || url_for!("static", filename = "a b.css").unwrap());
    assert_eq!(url, "/public/a%20b.css");
    let mut renamed = app();
    renamed.static_url_path = Some("/files/".into());
    let url = in_request(renamed, || url_for!("static", filename = "x").unwrap());
    assert_eq!(url, "/files/x");
    let mut without = app();
    without.static_folder = None;
    in_request(without, || {
        assert!(url_for!("static", filename = "x").is_err())
    });
}
