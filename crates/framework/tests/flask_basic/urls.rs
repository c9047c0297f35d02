//! Building URLs.

use carafe::prelude::*;

use crate::{Events, new_app};

/// Builds a URL in the context of a request.
fn in_request(app: App, build: impl FnOnce() -> Result<String>) -> Result<String> {
    let ctx = app.build()?.test_request_context("/").build()?;
    let _guard = ctx.push()?;
    build()
}

fn app_with_hello() -> App {
    let mut app = new_app();
    app.post("/hello/<name>", |name: String| name)
        .endpoint("hello");
    app
}

#[test]
fn a_url_is_built_of_an_endpoint_and_values() {
    let url = in_request(app_with_hello(), || url_for!("hello", name = "test x"));
    assert_eq!(url.unwrap(), "/hello/test%20x");
    let url = in_request(app_with_hello(), || {
        url_for!("hello", name = "test x", _external = true)
    });
    assert_eq!(url.unwrap(), "http://localhost/hello/test%20x");
}

#[test]
fn an_endpoint_without_a_rule_is_an_error_or_a_handlers_business() {
    let spam = || url_for!("spam");
    assert!(in_request(new_app(), spam).is_err());
    let mut app = new_app();
    app.url_build_error_handler(|_, _, _| Ok(Some("/test_handler/".to_owned())));
    assert_eq!(in_request(app, spam).unwrap(), "/test_handler/");
    let mut app = new_app();
    app.url_build_error_handler(|error, _, _| Err(error.clone().into()));
    let error = in_request(app, || url_for!("not.existing")).unwrap_err();
    assert!(
        error
            .downcast_ref::<carafe::routing::BuildError>()
            .is_some()
    );
}

#[test]
fn a_build_error_handler_gets_the_special_values() {
    let events = Events::default();
    let mut app = new_app();
    let seen = events.clone();
    app.url_build_error_handler(move |_, _, values| {
        let mut names: Vec<_> = values.iter().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        seen.push(names.join(" "));
        Ok(Some("handled".to_owned()))
    });
    assert_eq!(in_request(app, || url_for!("/")).unwrap(), "handled");
    assert_eq!(events.taken(), ["_anchor _external _method _scheme"]);
}

#[test]
fn a_value_of_the_url_is_taken_out_and_put_in_by_hooks() {
    let mut app = new_app();
    app.url_defaults(|endpoint, values| {
        let expects = current_app()
            .url_map()
            .is_endpoint_expecting(endpoint, &["lang_code"]);
        if let Some(code) = g().get::<String>("lang_code")
            && expects
            && values.get("lang_code").is_none()
        {
            values.insert("lang_code", code);
        }
    });
    app.url_value_preprocessor(|_, values| {
        if let Some(code) = values.remove("lang_code") {
            g().set("lang_code", code.to_string());
        }
    });
    app.route("/<lang_code>/", || url_for!("about"))
        .endpoint("index");
    app.route("/<lang_code>/about", || url_for!("other"))
        .endpoint("about");
    app.route("/foo", || url_for!("about", lang_code = "en"))
        .endpoint("other");
    let client = app.test_client();
    assert_eq!(client.get("/de/").send().text(), "/de/about");
    assert_eq!(client.get("/de/about").send().text(), "/foo");
    assert_eq!(client.get("/foo").send().text(), "/en/about");
}

#[test]
fn a_blueprint_gives_values_to_the_urls_of_its_views() {
    let mut blueprint = Blueprint::new("foo");
    blueprint.url_defaults(|_, values| values.insert("page", "login"));
    blueprint
        .route("/<page>", |page: String| page)
        .endpoint("view");
    let mut app = new_app();
    app.register_blueprint(blueprint, ());
    let url = in_request(app, || url_for!("foo.view"));
    assert_eq!(url.unwrap(), "/login");
}

#[test]
fn a_redirect_to_the_slash_keeps_method_and_form() {
    let mut app = new_app();
    app.config.debug(true);
    app.route("/user/", async || {
        let request = request();
        let value = request.form().await?.require("status")?;
        Ok::<_, Error>(value.clone())
    })
    .endpoint("user")
    .methods(["GET", "POST"]);
    let response = app
        .test_client()
        .post("/user")
        .form([("status", "success")])
        .follow_redirects()
        .send();
    assert_eq!(response.text(), "success");
}
