//! Where templates fail, and what of it the app sees.

use carafe::TemplateErrorKind;
use carafe::prelude::*;

use crate::{new_app, template_error};

fn error_of(name: &'static str) -> Error {
    let mut app = new_app();
    app.config.debug(true);
    app.route("/", move || render_template(name, ()))
        .endpoint("index");
    app.test_client().get("/").try_send().unwrap_err()
}

#[test]
fn an_error_has_the_name_and_the_line_of_the_template() {
    let error = error_of("broken.html");
    let error = template_error(&error);
    assert_eq!(error.kind(), TemplateErrorKind::Syntax);
    assert_eq!((error.name(), error.line()), (Some("broken.html"), Some(2)));
    assert!(
        error.to_string().ends_with("(in \"broken.html\", line 2)"),
        "{error}"
    );
}

#[test]
fn an_error_in_an_included_template_is_placed_there() {
    let error = error_of("including.html");
    let error = template_error(&error);
    assert_eq!(error.kind(), TemplateErrorKind::Undefined);
    assert_eq!(
        (error.name(), error.line()),
        (Some("failing.html"), Some(3))
    );
    assert_eq!(
        error.template_source(),
        Some("one\ntwo\n{{ nothing.more }}\n")
    );
    assert!(error.to_string().contains("nothing"), "{error}");
}

#[test]
fn a_missing_template_is_named() {
    let error = error_of("missing.html");
    assert_eq!(template_error(&error).kind(), TemplateErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "the template \"missing.html\" does not exist"
    );
}

#[test]
fn a_stream_that_fails_half_way_breaks_the_response_off() {
    let mut app = new_app();
    app.route("/", || {
        stream_template_string("some {{ nothing.more }}", ())
    })
    .endpoint("index");
    assert!(app.test_client().get("/").try_send().is_err());
}

#[test]
fn rendering_outside_of_a_context_is_an_error() {
    assert!(
        render_template("simple.html", ())
            .unwrap_err()
            .to_string()
            .starts_with("Working outside of application context.")
    );
}
