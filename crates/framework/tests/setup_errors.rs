//! What is told of mistakes before the first request: each message, with where the mistake was made.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use carafe::prelude::*;

/// The report of an app that must not start.
fn report(set_up: impl FnOnce(&mut App)) -> String {
    let mut app = App::new("mistaken");
    set_up(&mut app);
    app.build().unwrap_err().to_string()
}

fn index() -> &'static str {
    "index"
}

fn user(id: i64) -> String {
    id.to_string()
}

/// Asserts that a report has all these parts, and names this file.
#[track_caller]
fn tells(report: &str, parts: &[&str]) {
    for part in parts.iter().chain(&["setup_errors.rs:"]) {
        assert!(report.contains(part), "{part:?} is missing in: {report}");
    }
}

#[test]
fn a_view_with_too_few_arguments() {
    let report = report(|app| drop(app.route("/user/<int:id>", index).endpoint("user").clone()));
    tells(
        &report,
        &[
            "takes 0 of the URL's variables",
            "has 1 (id)",
            "/user/<int:id>",
            "`index`",
        ],
    );
}

#[test]
fn a_view_with_too_many_arguments() {
    let report = report(|app| drop(app.route("/", user).clone()));
    tells(
        &report,
        &["takes 1 of the URL's variables", "has 0 (none)", "`user`"],
    );
}

#[test]
fn a_view_with_an_argument_of_another_type() {
    let report = report(|app| drop(app.route("/user/<name>", user).clone()));
    tells(&report, &["variable `name`", "takes a `i64`"]);
}

#[test]
fn a_state_that_nobody_gave() {
    struct Database;
    let report = report(|app| {
        app.route("/", |_: State<Database>| "").endpoint("index");
    });
    tells(&report, &["State<", "Database", "App::state"]);
}

#[test]
fn a_closure_without_an_endpoint() {
    let report = report(|app| drop(app.route("/", || "").clone()));
    tells(&report, &["a closure has no name", ".endpoint("]);
}

#[test]
fn an_endpoint_with_two_views() {
    let report = report(|app| {
        app.route("/a", index).endpoint("same");
        app.route("/b", || "b").endpoint("same");
    });
    tells(&report, &["\"same\"", "another view already"]);
}

#[test]
fn rules_that_are_none() {
    for (rule, part) in [
        ("no-slash", "slash"),
        ("/<open", "/<open"),
        ("/<unknown:x>", "unknown"),
        ("/<x>/<x>", "x"),
        ("/<int(oops=1):x>", "oops"),
    ] {
        let report = report(|app| drop(app.route(rule, |_: String| "").endpoint("e").clone()));
        tells(&report, &[part, rule]);
    }
}

#[test]
fn a_rule_that_is_there_already() {
    let report = report(|app| {
        app.route("/", index);
        app.route("/", || "other").endpoint("other");
    });
    tells(&report, &["\"/\""]);
}

#[test]
fn blueprints_with_names_that_will_not_do() {
    let dotted = report(|app| {
        drop(
            app.register_blueprint(Blueprint::new("a.b"), ())
                .name()
                .to_owned(),
        )
    });
    tells(&dotted, &["a.b", "dot"]);
    let empty = report(|app| {
        drop(
            app.register_blueprint(Blueprint::new(""), ())
                .name()
                .to_owned(),
        )
    });
    tells(&empty, &["needs a name"]);
    let twice = report(|app| {
        app.register_blueprint(Blueprint::new("shop"), ());
        app.register_blueprint(Blueprint::new("shop"), ());
    });
    tells(&twice, &["\"shop\"", "BlueprintOptions::name"]);
}

#[test]
fn a_blueprints_endpoint_with_a_dot() {
    let report = report(|app| {
        let mut shop = Blueprint::new("shop");
        shop.route("/", index).endpoint("a.b");
        app.register_blueprint(shop, ());
    });
    tells(&report, &["\"a.b\"", "dot", "\"shop\""]);
}

#[test]
fn an_error_handler_for_a_code_that_is_none() {
    let message = report(|app| {
        app.error_handler(999, |_: &HttpError| "");
    });
    assert!(message.contains("999"), "{message}");
}

#[test]
fn all_mistakes_are_told_in_one_report() {
    let report = report(|app| {
        app.route("/user/<int:id>", index);
        app.route("broken", || "").endpoint("broken");
    });
    tells(&report, &["2 mistakes", "/user/<int:id>", "broken"]);
}
