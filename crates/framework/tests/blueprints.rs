//! Blueprints: names, nesting, hooks, handlers and folders.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io;
use std::sync::{Arc, Mutex};

use carafe::BlueprintOptions;
use carafe::prelude::*;

fn endpoint() -> String {
    request().endpoint().unwrap_or_default().to_owned()
}

#[test]
fn a_blueprint_on_itself_is_reported() {
    let mut blueprint = Blueprint::new("loop");
    blueprint.register_blueprint(blueprint.clone(), ());
    let mut app = App::new("test");
    app.register_blueprint(blueprint, ());
    let report = app.build().unwrap_err().to_string();
    assert!(report.contains("a blueprint cannot be registered on itself"));
}

#[test]
fn a_blueprint_is_registered_twice_under_two_names_only() {
    let blueprint = {
        let mut blueprint = Blueprint::new("pages");
        blueprint.route("/", endpoint);
        blueprint
    };
    let mut app = App::new("test");
    app.register_blueprint(blueprint.clone(), url_prefix("/a"));
    app.register_blueprint(blueprint.clone(), url_prefix("/b"));
    assert!(app.build().is_err());

    let mut app = App::new("test");
    app.register_blueprint(blueprint.clone(), url_prefix("/a"));
    let second = BlueprintOptions::default().name("second").url_prefix("/b");
    app.register_blueprint(blueprint, second);
    let client = app.test_client();
    assert_eq!(client.get("/a/").send().text(), "pages.endpoint");
    assert_eq!(client.get("/b/").send().text(), "second.endpoint");
}

#[test]
fn names_and_prefixes_of_nested_blueprints_are_joined() {
    let mut outer = Blueprint::new("outer").with_url_prefix("/outer/");
    let mut inner = Blueprint::new("inner").with_url_prefix("/inner");
    inner.route("/", endpoint);
    inner.route("", endpoint).endpoint("bare");
    outer.register_blueprint(inner, ());
    let mut app = App::new("test");
    app.register_blueprint(outer, ());
    let client = app.test_client();
    assert_eq!(
        client.get("/outer/inner/").send().text(),
        "outer.inner.endpoint"
    );
    assert_eq!(client.get("/outer/inner").send().text(), "outer.inner.bare");
}

#[test]
fn recorded_functions_learn_of_each_registration() {
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let (each, once) = (recorded.clone(), recorded.clone());
    let mut blueprint = Blueprint::new("b");
    blueprint.record(move |state| each.lock().unwrap().push(format!("{state:?}")));
    blueprint.record_once(move |state| once.lock().unwrap().push(state.name.to_owned()));
    let mut app = App::new("test");
    app.register_blueprint(blueprint.clone(), url_prefix("/x"));
    app.register_blueprint(blueprint, BlueprintOptions::default().name("c"));
    let recorded = recorded.lock().unwrap();
    let [first, once, second] = recorded.as_slice() else {
        panic!("three entries, not {recorded:?}");
    };
    assert!(first.contains("name: \"b\", url_prefix: Some(\"/x\")"));
    assert!(first.contains("first_registration: true"));
    assert_eq!(once, "b");
    assert!(second.contains("name: \"c\", url_prefix: None"));
    assert!(second.contains("first_registration: false"));
}

#[test]
fn the_innermost_handler_of_an_error_answers() {
    fn missing() -> Result {
        match abort(404)? {}
    }
    let mut outer = Blueprint::new("outer").with_url_prefix("/outer");
    let mut inner = Blueprint::new("inner").with_url_prefix("/inner");
    inner.route("/", missing);
    outer.route("/", missing);
    inner.error_handler(404, |_: &HttpError| ("inner", 404));
    outer.error_handler(404, |_: &HttpError| ("outer", 404));
    outer.register_blueprint(inner, ());
    let mut app = App::new("test");
    app.register_blueprint(outer, ());
    app.error_handler(404, |_: &HttpError| ("app", 404));
    let client = app.test_client();
    assert_eq!(client.get("/outer/inner/").send().text(), "inner");
    assert_eq!(client.get("/outer/").send().text(), "outer");
    assert_eq!(client.get("/outer/nothing").send().text(), "app");
}

#[test]
fn a_preprocessor_takes_a_value_of_the_prefix_away() {
    let mut lang = Blueprint::new("lang").with_url_prefix("/<code>");
    lang.url_value_preprocessor(|_, values| {
        let code = values.remove("code");
        g().set(
            "code",
            code.map(|code| code.to_string()).unwrap_or_default(),
        );
    });
    lang.url_defaults(|_, values| {
        if values.get("code").is_none() {
            values.insert("code", g().get::<String>("code").unwrap_or_default());
        }
    });
    lang.route("/page/<int:number>", |number: i64| {
        carafe::Result::<String>::Ok(format!("{number} {}", url_for!(".page", number = 8)?))
    })
    .endpoint("page");
    let mut app = App::new("test");
    app.register_blueprint(lang, ());
    assert_eq!(
        app.test_client().get("/de/page/7").send().text(),
        "7 /de/page/8"
    );
}

#[test]
fn a_blueprint_has_files_of_its_own() -> carafe::Result<()> {
    let root = tempfile::tempdir()?;
    fs::create_dir(root.path().join("assets"))?;
    fs::write(root.path().join("assets/site.css"), "p {}")?;
    fs::write(root.path().join("note.txt"), "a note")?;
    let mut blueprint = Blueprint::new("b")
        .with_url_prefix("/b")
        .with_root_path(root.path())
        .with_static_folder("assets")
        .with_static_url_path("/files/");
    let own = blueprint.clone();
    blueprint
        .route("/note", move || {
            Ok::<_, Error>(io::read_to_string(own.open_resource("note.txt")?)?)
        })
        .endpoint("note");
    blueprint
        .route("/url", || url_for!(".static", filename = "site.css"))
        .endpoint("url");
    let mut app = App::new("test");
    app.register_blueprint(blueprint, ());
    let client = app.test_client();
    assert_eq!(client.get("/b/files/site.css").send().text(), "p {}");
    assert_eq!(client.get("/b/files/../note.txt").send().status(), 404);
    assert_eq!(client.get("/b/note").send().text(), "a note");
    assert_eq!(client.get("/b/url").send().text(), "/b/files/site.css");
    Ok(())
}
