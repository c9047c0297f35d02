//! Which mistakes of the set-up are rejected.
//!
//! Flask rejects most of them as they are made, and Carafe all of them when the set-up ends: so each attempt
//! has an app of its own.

use std::collections::BTreeMap;

use carafe::prelude::*;
use carafe::routing::Values;
use serde_json::json;

fn other(_: Values<'static>) -> &'static str {
    "other"
}

fn again(_: Values<'static>) -> &'static str {
    "again"
}

fn attempt(set_up: impl FnOnce(&mut App)) -> &'static str {
    let mut app = App::new("scratch");
    app.static_folder = None;
    app.route("/first", other).endpoint("first");
    set_up(&mut app);
    match app.build() {
        Ok(_) => "accepted",
        Err(_) => "rejected",
    }
}

pub(super) fn attempts() -> BTreeMap<&'static str, &'static str> {
    let mut results = BTreeMap::from([
        // The blueprint belongs to the app once it is registered: such a program does not compile.
        ("route on a registered blueprint", "rejected"),
        (
            "error handler for code 999",
            attempt(|app| {
                app.error_handler(999, |_: &HttpError| "other");
            }),
        ),
    ]);
    results.extend(rules());
    results.extend(blueprints());
    results
}

fn rules() -> [(&'static str, &'static str); 8] {
    let rule = |path: &'static str, endpoint: &'static str| {
        attempt(move |app| {
            app.route(path, other).endpoint(endpoint);
        })
    };
    [
        (
            "same endpoint, other view",
            attempt(|app| {
                app.route("/x", again).endpoint("first");
            }),
        ),
        ("same endpoint, same view", rule("/y", "first")),
        ("same rule, other endpoint", rule("/first", "z")),
        (
            "same rule, other method",
            attempt(|app| {
                app.post("/first", again).endpoint("post");
            }),
        ),
        ("no leading slash", rule("nope", "n")),
        ("unknown converter", rule("/<zzz:a>", "u")),
        ("unclosed variable", rule("/<a", "m")),
        (
            "same rule, other variable name",
            attempt(|app| {
                app.route("/v/<a>", other).endpoint("va");
                app.route("/v/<b>", other).endpoint("vb");
            }),
        ),
    ]
}

fn blueprints() -> [(&'static str, &'static str); 7] {
    let register = |app: &mut App, name| {
        app.register_blueprint(Blueprint::new(name), ());
    };
    [
        ("dot in blueprint name", attempt(|app| register(app, "a.b"))),
        ("empty blueprint name", attempt(|app| register(app, ""))),
        (
            "dot in blueprint endpoint",
            attempt(|app| {
                let mut dots = Blueprint::new("dots");
                dots.route("/d", other).endpoint("d.d");
                app.register_blueprint(dots, ());
            }),
        ),
        (
            "blueprint registered twice",
            attempt(|app| {
                let twice = Blueprint::new("twice");
                app.register_blueprint(twice.clone(), ());
                app.register_blueprint(twice, ());
            }),
        ),
        (
            "blueprint registered twice by two names",
            attempt(|app| {
                let renamed = Blueprint::new("renamed");
                app.register_blueprint(renamed.clone(), ());
                app.register_blueprint(
                    renamed,
                    carafe::BlueprintOptions::default().name("renamed2"),
                );
            }),
        ),
        (
            "two blueprints of one name",
            attempt(|app| {
                register(app, "same");
                register(app, "same");
            }),
        ),
        (
            "blueprint into itself",
            attempt(|app| {
                let mut itself = Blueprint::new("itself");
                itself.register_blueprint(itself.clone(), ());
                app.register_blueprint(itself, ());
            }),
        ),
    ]
}

/// An app that serves requests has no methods to register anything: such a program does not compile.
pub(super) fn late() -> serde_json::Value {
    let attempts = [
        "add_url_rule",
        "before_request",
        "errorhandler",
        "register_blueprint",
    ];
    json!(
        attempts
            .map(|attempt| (attempt, "rejected"))
            .into_iter()
            .collect::<BTreeMap<_, _>>()
    )
}
