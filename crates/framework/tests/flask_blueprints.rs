//! The behavior that Flask's `test_blueprints` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::routing::Rule;

/// What happened, in order.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    fn push(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn new_app() -> App {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site");
    let mut app = App::with_root_path("flask_test", site);
    app.config.testing(true).secret_key("test key");
    app
}

fn append(mut response: Response, text: &str) -> Response {
    let body = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
    response.set_body(body + text);
    response
}

fn endpoint() -> String {
    request().endpoint().unwrap().to_owned()
}

fn refuse() -> Result<&'static str> {
    match abort(403)? {}
}

/// What the set-up of an app complains of.
fn complaint(app: App) -> String {
    app.build().unwrap_err().to_string()
}

mod errors {
    use super::*;

    #[test]
    fn a_blueprints_handler_answers_for_its_views() {
        let mut app = new_app();
        for name in ["frontend", "backend", "sideend"] {
            let mut blueprint = Blueprint::new(name);
            if name != "sideend" {
                blueprint.error_handler(403, move |_: &HttpError| (format!("{name} says no"), 403));
            }
            blueprint.route(&format!("/{name}-no"), refuse);
            app.register_blueprint(blueprint, ());
        }
        app.error_handler(403, |_: &HttpError| ("application itself says no", 403));
        let client = app.test_client();
        let text = |path: &str| client.get(path).send().text();
        assert_eq!(text("/frontend-no"), "frontend says no");
        assert_eq!(text("/backend-no"), "backend says no");
        assert_eq!(text("/sideend-no"), "application itself says no");
    }

    macro_rules! errors {
        ($($name:ident)*) => {$(
            #[derive(Debug)]
            struct $name;

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(stringify!($name))
                }
            }

            impl std::error::Error for $name {}
        )*};
    }

    errors! { First Second }

    #[test]
    fn a_blueprint_handles_errors_of_the_program() {
        fn handle_second(_: &Second) -> &'static str {
            "bam"
        }
        let mut blueprint = Blueprint::new("blue");
        blueprint.error_handler_for(|_: &First| "boom");
        blueprint.error_handler_for(handle_second);
        blueprint
            .route("/first", || Err::<&str, _>(First))
            .endpoint("first");
        blueprint
            .route("/second", || Err::<&str, _>(Second))
            .endpoint("second");
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        assert_eq!(client.get("/first").send().text(), "boom");
        assert_eq!(client.get("/second").send().text(), "bam");
    }

    #[test]
    fn a_blueprint_handles_errors_of_the_whole_app() {
        let mut errors = Blueprint::new("errors");
        errors.app_error_handler(403, |_: &HttpError| ("you shall not pass", 403));
        let mut other = Blueprint::new("forbidden_bp");
        other.route("/nope", refuse);
        let mut app = new_app();
        app.route("/forbidden", refuse);
        app.register_blueprint(errors, ());
        app.register_blueprint(other, ());
        let client = app.test_client();
        assert_eq!(client.get("/forbidden").send().text(), "you shall not pass");
        assert_eq!(client.get("/nope").send().text(), "you shall not pass");
    }

    #[test]
    fn a_nested_blueprints_error_goes_to_the_nearest_handler() {
        let mut parent = Blueprint::new("parent");
        parent.error_handler(403, |_: &HttpError| ("Parent no", 403));
        parent.route("/", || "Parent yes").endpoint("index");
        parent.route("/no", refuse);
        let mut child = Blueprint::new("child");
        child.route("/", || "Child yes").endpoint("index");
        child.route("/no", refuse);
        let mut grandchild = Blueprint::new("grandchild");
        grandchild.error_handler(403, |_: &HttpError| ("Grandchild no", 403));
        grandchild.route("/", || "Grandchild yes").endpoint("index");
        grandchild.route("/no", refuse);
        child.register_blueprint(grandchild, url_prefix("/grandchild"));
        parent.register_blueprint(child, url_prefix("/child"));
        let mut app = new_app();
        app.register_blueprint(parent, url_prefix("/parent"));
        let client = app.test_client();
        for (path, text) in [
            ("/parent/", "Parent yes"),
            ("/parent/child/", "Child yes"),
            ("/parent/child/grandchild/", "Grandchild yes"),
            ("/parent/no", "Parent no"),
            ("/parent/child/no", "Parent no"),
            ("/parent/child/grandchild/no", "Grandchild no"),
        ] {
            assert_eq!(client.get(path).send().text(), text);
        }
    }
}

mod urls {
    use super::*;

    #[test]
    fn prefix_and_rule_are_joined_by_one_slash() {
        for (prefix, rule, url) in [
            ("", "/", "/"),
            ("/", "", "/"),
            ("/", "/", "/"),
            ("/foo", "", "/foo"),
            ("/foo/", "", "/foo/"),
            ("", "/bar", "/bar"),
            ("/foo/", "/bar", "/foo/bar"),
            ("/foo/", "bar", "/foo/bar"),
            ("/foo", "/bar", "/foo/bar"),
            ("/foo/", "//bar", "/foo/bar"),
            ("/foo//", "/bar", "/foo/bar"),
        ] {
            let mut blueprint = Blueprint::new("test").with_url_prefix(prefix);
            blueprint.route(rule, || ("", 204)).endpoint("index");
            let mut app = new_app();
            app.register_blueprint(blueprint, ());
            let status = app.test_client().get(url).send().status();
            assert_eq!(status, 204, "{prefix:?} {rule:?}");
        }
    }

    #[test]
    fn each_registration_has_its_own_defaults() {
        let mut blueprint = Blueprint::new("test");
        blueprint
            .route("/foo", |bar: i64, baz: i64| format!("{bar}/{baz}"))
            .endpoint("foo")
            .default("baz", 42);
        blueprint
            .route("/bar", |bar: i64| bar.to_string())
            .endpoint("bar");
        let mut app = new_app();
        app.register_blueprint(blueprint.clone(), url_prefix("/1").url_default("bar", 23));
        app.register_blueprint(
            blueprint,
            url_prefix("/2").name("test2").url_default("bar", 19),
        );
        let client = app.test_client();
        for (path, text) in [
            ("/1/foo", "23/42"),
            ("/2/foo", "19/42"),
            ("/1/bar", "23"),
            ("/2/bar", "19"),
        ] {
            assert_eq!(client.get(path).send().text(), text);
        }
    }

    #[test]
    fn a_blueprint_takes_values_out_of_its_urls_and_puts_them_in() {
        let mut blueprint = Blueprint::new("frontend").with_url_prefix("/<lang_code>");
        blueprint.url_defaults(|_, values| {
            values.insert("lang_code", g().get::<String>("lang_code").unwrap());
        });
        blueprint.url_value_preprocessor(|_, values| {
            g().set("lang_code", values.remove("lang_code").unwrap().to_string());
        });
        blueprint
            .route("/", || url_for!(".about"))
            .endpoint("index");
        blueprint
            .route("/about", || url_for!(".index"))
            .endpoint("about");
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        assert_eq!(client.get("/de/").send().text(), "/de/about");
        assert_eq!(client.get("/de/about").send().text(), "/de/");
    }

    #[test]
    fn a_blueprint_takes_values_out_of_all_urls_and_puts_them_in() {
        let mut blueprint = Blueprint::new("bp");
        blueprint.app_url_defaults(|_, values| {
            values.insert("lang_code", g().get::<String>("lang_code").unwrap());
        });
        blueprint.app_url_value_preprocessor(|_, values| {
            g().set("lang_code", values.remove("lang_code").unwrap().to_string());
        });
        let mut app = new_app();
        app.route("/<lang_code>/", || url_for!("about"))
            .endpoint("index");
        app.route("/<lang_code>/about", || url_for!("index"))
            .endpoint("about");
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        assert_eq!(client.get("/de/").send().text(), "/de/about");
        assert_eq!(client.get("/de/about").send().text(), "/de/");
    }

    #[test]
    fn urls_lead_from_the_app_into_blueprints_and_back() {
        let mut app = new_app();
        app.route("/", || url_for!("test.index"))
            .endpoint("app_index");
        let mut blueprint = Blueprint::new("test");
        blueprint
            .route("/test/", || url_for!("app_index"))
            .endpoint("index");
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "/test/");
        assert_eq!(client.get("/test/").send().text(), "/");
    }

    #[test]
    fn a_rule_without_the_variable_has_its_default() {
        fn something(page: i64) -> String {
            page.to_string()
        }
        let mut blueprint = Blueprint::new("bp");
        blueprint.route("/", something).default("page", 1);
        blueprint.route("/page/<int:page>", something);
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "1");
        assert_eq!(client.get("/page/2").send().text(), "2");
    }

    #[test]
    fn prefixes_of_nested_blueprints_come_from_either_side() {
        for (parent_own, child_own, parent_given, child_given) in [
            (Some("/parent"), Some("/child"), None, None),
            (Some("/parent"), None, None, Some("/child")),
            (None, None, Some("/parent"), Some("/child")),
            (
                Some("/other"),
                Some("/something"),
                Some("/parent"),
                Some("/child"),
            ),
        ] {
            let blueprint = |name: &str, prefix: Option<&str>| match prefix {
                Some(prefix) => Blueprint::new(name).with_url_prefix(prefix),
                None => Blueprint::new(name),
            };
            let options = |prefix: Option<&str>| match prefix {
                Some(prefix) => url_prefix(prefix),
                None => ().into(),
            };
            let mut parent = blueprint("parent", parent_own);
            let mut child = blueprint("child", child_own);
            child.route("/", || "index").endpoint("index");
            parent.register_blueprint(child, options(child_given));
            let mut app = new_app();
            app.register_blueprint(parent, options(parent_given));
            assert_eq!(app.test_client().get("/parent/child/").send().status(), 200);
        }
    }

    #[test]
    fn a_nested_blueprint_is_below_the_subdomain_of_the_outer_one() {
        for (own, host) in [
            (None, "api.example.test"),
            (Some("v1"), "v1.api.example.test"),
        ] {
            let mut app = new_app();
            app.subdomain_matching = true;
            app.config.server_name("example.test");
            let mut child = Blueprint::new("child");
            if let Some(own) = own {
                child = child.with_subdomain(own);
            }
            child.route("/child/", || "child").endpoint("index");
            let mut parent = Blueprint::new("parent").with_subdomain("api");
            parent.register_blueprint(child, ());
            app.register_blueprint(parent, ());
            let client = app.test_client();
            let status = |host: &str| {
                let base = format!("http://{host}");
                client.get("/child/").base_url(&base).send().status()
            };
            assert_eq!(status(host), 200);
            assert_eq!(status("other.example.test"), 404);
            if own.is_some() {
                assert_eq!(status("api.example.test"), 404);
            }
        }
    }
}

mod endpoints {
    use super::*;

    #[test]
    fn endpoints_have_the_name_of_the_blueprint_before_them() {
        let mut blueprint = Blueprint::new("bp");
        blueprint.route("/foo", endpoint).endpoint("foo");
        blueprint.route("/bar", endpoint).endpoint("bar");
        blueprint.route("/bar/123", endpoint).endpoint("123");
        blueprint.route("/bar/foo", endpoint);
        let mut app = new_app();
        app.register_blueprint(blueprint, url_prefix("/py"));
        app.route("/", endpoint).endpoint("index");
        let client = app.test_client();
        for (path, text) in [
            ("/", "index"),
            ("/py/foo", "bp.foo"),
            ("/py/bar", "bp.bar"),
            ("/py/bar/123", "bp.123"),
            ("/py/bar/foo", "bp.endpoint"),
        ] {
            assert_eq!(client.get(path).send().text(), text);
        }
    }

    #[test]
    fn an_endpoint_of_a_blueprint_has_no_dot() {
        let mut blueprint = Blueprint::new("bp");
        blueprint.route("/", || "").endpoint("a.b");
        blueprint.add_rule("/other", "c.d");
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let complaint = complaint(app);
        assert!(
            complaint.contains("a.b") && complaint.contains("c.d"),
            "{complaint}"
        );
    }

    #[test]
    fn a_view_is_given_to_a_rule_of_the_map_whatever_the_prefix() {
        let mut app = new_app();
        app.url_map.add(Rule::new("/foo").endpoint("bar")).unwrap();
        app.endpoint("bar", endpoint);
        app.register_blueprint(Blueprint::new("bp"), url_prefix("/bp_prefix"));
        let client = app.test_client();
        assert_eq!(client.get("/foo").send().text(), "bar");
        assert_eq!(client.get("/bp_prefix/bar").send().status(), 404);
    }

    #[test]
    fn a_blueprint_has_the_names_it_was_registered_under() {
        let mut inner = Blueprint::new("bp2");
        inner.get("/", endpoint).endpoint("index2");
        let mut blueprint = Blueprint::new("bp");
        blueprint.get("/", endpoint).endpoint("index");
        blueprint.get("/error", refuse);
        blueprint.error_handler(403, |_: &HttpError| ("Error", 403));
        blueprint.register_blueprint(inner, url_prefix("/a").name("sub"));
        let mut app = new_app();
        app.register_blueprint(blueprint.clone(), url_prefix("/a"));
        app.register_blueprint(blueprint, url_prefix("/b").name("alt"));
        let client = app.test_client();
        for (path, text) in [
            ("/a/", "bp.index"),
            ("/b/", "alt.index"),
            ("/a/a/", "bp.sub.index2"),
            ("/b/a/", "alt.sub.index2"),
            ("/a/error", "Error"),
            ("/b/error", "Error"),
        ] {
            assert_eq!(client.get(path).send().text(), text);
        }
    }
}

mod names {
    use super::*;

    #[test]
    fn a_blueprint_has_a_name_without_dots() {
        for name in ["app.ui", ""] {
            let mut app = new_app();
            app.register_blueprint(Blueprint::new(name), ());
            let complaint = complaint(app);
            let expected = if name.is_empty() {
                "needs a name"
            } else {
                "has a dot"
            };
            assert!(complaint.contains(expected), "{complaint}");
        }
    }

    #[test]
    fn two_blueprints_have_two_names() {
        let blueprint = Blueprint::new("bp");
        let other = Blueprint::new("bp");
        for second in [&blueprint, &other] {
            let mut app = new_app();
            app.register_blueprint(blueprint.clone(), ());
            app.register_blueprint(second.clone(), ());
            let complaint = complaint(app);
            assert!(complaint.contains("registered already"), "{complaint}");
            let mut app = new_app();
            app.register_blueprint(blueprint.clone(), ());
            app.register_blueprint(second.clone(), url_prefix("/again").name("again"));
            let app = app.build().unwrap();
            assert_eq!(app.blueprints().collect::<Vec<_>>(), ["bp", "again"]);
        }
    }

    #[test]
    fn a_blueprint_is_not_registered_on_itself() {
        let mut blueprint = Blueprint::new("bp");
        blueprint.register_blueprint(blueprint.clone(), ());
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let complaint = complaint(app);
        assert!(complaint.contains("on itself"), "{complaint}");
    }
}

mod hooks {
    use super::*;

    #[test]
    fn hooks_of_a_blueprint_run_around_its_views() {
        let events = Events::default();
        let mut blueprint = Blueprint::new("bp");
        let seen = events.clone();
        blueprint.before_request(move || seen.push("before"));
        let seen = events.clone();
        blueprint.after_request(move |response: Response| {
            seen.push("after");
            append(response, "|after")
        });
        let seen = events.clone();
        blueprint.teardown_request(move |_: Ended| seen.push("teardown"));
        blueprint.route("/bp", || "request").endpoint("index");
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        app.route("/", || "app").endpoint("app_index");
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "app");
        assert_eq!(events.taken(), [""; 0]);
        assert_eq!(client.get("/bp").send().text(), "request|after");
        assert_eq!(events.taken(), ["before", "after", "teardown"]);
    }

    #[test]
    fn hooks_for_the_app_run_around_every_view() {
        let events = Events::default();
        let mut blueprint = Blueprint::new("bp");
        let seen = events.clone();
        blueprint.before_app_request(move || seen.push("before"));
        let seen = events.clone();
        blueprint.after_app_request(move |response: Response| {
            seen.push("after");
            append(response, "|after")
        });
        let seen = events.clone();
        blueprint.teardown_app_request(move |_: Ended| seen.push("teardown"));
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        app.route("/", || "request").endpoint("index");
        let client = app.test_client();
        for _ in 0..2 {
            assert_eq!(client.get("/").send().text(), "request|after");
            assert_eq!(events.taken(), ["before", "after", "teardown"]);
        }
    }

    /// Notes a name before a request, and takes it back, as the last one, after it.
    fn nest(scaffold: &mut impl Scaffold, name: &'static str, events: &Events) {
        for place in ["1", "2"] {
            let name = format!("{name}_{place}");
            let own = name.clone();
            scaffold.before_request(move || {
                g().update("seen", |seen: &mut Vec<String>| seen.push(own.clone()));
            });
            let events = events.clone();
            scaffold.teardown_request(move |_: Ended| {
                g().update("seen", |seen: &mut Vec<String>| {
                    if seen.pop().as_deref() != Some(&name) {
                        events.push(format!("{name} is not the last"));
                    }
                });
            });
        }
    }

    #[test]
    fn hooks_of_nested_blueprints_run_inwards_and_back() {
        let events = Events::default();
        let mut app = new_app();
        nest(&mut app, "app", &events);
        let mut parent = Blueprint::new("parent");
        nest(&mut parent, "parent", &events);
        let mut child = Blueprint::new("child");
        nest(&mut child, "child", &events);
        child
            .route("/a", || g().get::<Vec<String>>("seen").unwrap().join(", "))
            .endpoint("a");
        parent.register_blueprint(child, ());
        app.register_blueprint(parent, ());
        let text = app.test_client().get("/a").send().text();
        assert_eq!(text, "app_1, app_2, parent_1, parent_2, child_1, child_2");
        assert_eq!(events.taken(), [""; 0]);
    }
}

#[cfg(feature = "templates")]
mod templates {
    use super::*;
    use carafe::TemplateError;

    #[test]
    fn a_missing_template_is_an_error_with_its_name() {
        let app = new_app().build().unwrap();
        let ctx = app.test_request_context("/").build().unwrap();
        let _guard = ctx.push().unwrap();
        let error = render_template("missing.html", ()).unwrap_err();
        assert!(error.downcast_ref::<TemplateError>().is_some());
        assert!(error.to_string().contains("missing.html"), "{error}");
    }

    #[test]
    fn the_innermost_blueprints_context_wins() {
        let mut child = Blueprint::new("child");
        child.context_processor(|| context! { key = "child" });
        child
            .route("/b", || render_template_string("{{ key }}", ()))
            .endpoint("b");
        let mut parent = Blueprint::new("parent");
        parent.context_processor(|| context! { key = "parent" });
        parent.register_blueprint(child, ());
        let mut app = new_app();
        app.context_processor(|| context! { key = "app" });
        app.register_blueprint(parent, ());
        assert_eq!(app.test_client().get("/b").send().text(), "child");
    }
}
