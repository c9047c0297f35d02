//! A rule that is refused says where and why, and the map stays as it was.
#![allow(clippy::unwrap_used)] // a rule that is accepted by mistake fails the test

use carafe_routing::{
    Bind, BindErrorKind, BuildErrorKind, BuildOptions, Map, MapOptions, Rule, RuleErrorKind, Values,
};

#[test]
fn a_mistake_in_a_rule_is_shown_with_its_column() {
    let cases = [
        ("user", 1, "expected a slash at the start"),
        (
            "/<",
            3,
            "expected the name of a variable or converter, found the end",
        ),
        ("/<x", 4, "expected `>`, `:` or `(`, found the end"),
        ("/<int: x>", 7, "expected the name of a variable, found ' '"),
        (
            "/a//<int(min=1:x>",
            18,
            "expected `)` after the arguments, found the end",
        ),
        (
            "/a//<int(min=1)x>",
            16,
            "expected `:` and the name of a variable, found 'x'",
        ),
        (
            "/a//<int(-1):x>",
            10,
            "expected an argument: a name, number or quoted text",
        ),
        (
            "/\u{e9}/<itn:x>",
            5,
            "unknown converter \"itn\", did you mean \"int\"?",
        ),
        (
            "/<int(size=3):x>",
            3,
            "the converter \"int\" has no argument \"size\"",
        ),
        (
            "/<any(1):x>",
            3,
            "the converter \"any\" takes text, not 1; quote it",
        ),
        ("/<x>/<int:x>", 11, "the variable \"x\" stands twice"),
    ];
    for (rule, column, message) in cases {
        let error = Map::default().add(Rule::new(rule)).unwrap_err();
        assert_eq!(
            (error.column(), error.message()),
            (Some(column), message),
            "{rule}"
        );
    }
}

#[test]
fn the_alternate_form_points_at_the_mistake() {
    let error = Map::default().add(Rule::new("/<x y>")).unwrap_err();
    let lines: Vec<String> = format!("{error:#}").lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "rule \"/<x y>\", column 4: expected `>`, `:` or `(`, found ' '",
            "    /<x y>",
            "       ^",
        ]
    );
}

#[test]
fn a_duplicate_names_the_rule_it_collides_with_and_changes_nothing() {
    let mut map = Map::default();
    let first = map.add(Rule::new("/<a>")).unwrap();
    let error = map.add(Rule::new("/<b>")).unwrap_err();
    assert_eq!(
        (error.kind(), error.existing()),
        (RuleErrorKind::Duplicate, Some(first))
    );
    assert_eq!(map.rules().len(), 1);
    assert_eq!(map.add(Rule::new("/b")).unwrap().index(), 1);
}

#[test]
fn a_default_and_a_redirect_must_fit_the_rule() {
    let mut map = Map::default();
    let error = map
        .add(Rule::new("/<int:n>").defaults([("n", "one")]))
        .unwrap_err();
    assert_eq!(error.kind(), RuleErrorKind::Default);
    let error = map.add(Rule::new("/<a>").redirect_to("x/<b>")).unwrap_err();
    assert_eq!(
        (error.kind(), error.column()),
        (RuleErrorKind::RedirectTemplate, Some(3))
    );
}

#[test]
fn converters_without_parameters_take_any_arguments() {
    let mut map = Map::default();
    map.add(Rule::new("/<path(deep, most=2):p>/end").endpoint("path"))
        .unwrap();
    map.add(Rule::new("/<uuid(4):u>").endpoint("uuid")).unwrap();
    let urls = map.bind(Bind::new("localhost")).unwrap();
    for path in ["/a/b/end", "/3f2b8c1e-9a4d-4e57-b0c6-7d81f2a39e05"] {
        assert!(urls.test(path, None), "{path}");
    }
    let error = map.add(Rule::new("/<string(1, 2, 3, 4):s>")).unwrap_err();
    assert_eq!(error.kind(), RuleErrorKind::ConverterArguments);
}

#[test]
fn bindings_are_refused_for_bad_names_and_needless_subdomains() {
    let map = Map::default();
    let refused = map.bind(Bind::new("a..b")).unwrap_err();
    assert_eq!(refused.kind(), BindErrorKind::BadHost);
    let mut options = MapOptions::default();
    options.host_matching = true;
    let map = Map::new(options);
    let refused = map
        .bind(Bind {
            subdomain: Some("x"),
            ..Bind::new("a.test")
        })
        .unwrap_err();
    assert_eq!(refused.kind(), BindErrorKind::SubdomainWithHostMatching);
}

#[test]
fn a_build_error_suggests_what_was_meant() {
    let mut map = Map::default();
    map.add(Rule::new("/user/<id>").endpoint("user").methods(["POST"]))
        .unwrap();
    map.add(Rule::new("/n/<int:n>").endpoint("number")).unwrap();
    let urls = map.bind(Bind::new("localhost")).unwrap();
    let build = |endpoint, values: Values<'_>, method| {
        urls.build(
            endpoint,
            &values,
            BuildOptions {
                method,
                ..BuildOptions::default()
            },
        )
        .unwrap_err()
    };
    let error = build("usr", Values::new().with("id", 1), None);
    assert_eq!(
        error.to_string(),
        "could not build a URL for endpoint \"usr\" with values [\"id\"]; \
         did you mean \"user\" instead?",
    );
    let error = build("user", Values::new(), Some("GET"));
    assert_eq!(error.missing_values(), ["id"]);
    assert_eq!(error.suggestion().unwrap().methods(), ["POST"]);
    let error = build("number", Values::new().with("n", "x"), None);
    assert_eq!(error.kind(), BuildErrorKind::Value);
}
