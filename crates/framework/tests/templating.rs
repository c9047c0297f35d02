//! Templates in an app: context, escaping, functions, folders, signals and errors.

#![cfg(feature = "templates")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs::{self, File};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use carafe::prelude::*;
use carafe::sessions::Markup;
use carafe::{
    ReadyApp, TemplateError, TemplateErrorKind, TemplateValue, get_template_attribute,
    template_function,
};
use serde::Serialize;

fn new_app() -> App {
    let mut app = App::with_root_path("tests", concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    app.config.testing(true).secret_key("tests");
    app
}

/// Renders a string in a context without a request.
fn rendered(app: App, source: &str) -> Result<String> {
    let ctx = app.build()?.app_context();
    let _guard = ctx.push()?;
    Ok(render_template_string(source, ())?.into_text())
}

/// What a client gets for a template given as a string.
fn page(mut app: App, source: &'static str) -> String {
    app.route("/", move || render_template_string(source, ()))
        .endpoint("index");
    app.test_client().get("/").send().text()
}

fn template_error(error: &Error) -> &TemplateError {
    error.downcast_ref().unwrap()
}

mod context {
    use super::*;

    #[test]
    fn processors_give_further_names() {
        let mut app = new_app();
        app.context_processor(|| context! { injected_value = 42 });
        app.route("/", || {
            render_template("context.html", context! { value = 23 })
        })
        .endpoint("index");
        assert_eq!(app.test_client().get("/").send().text(), "<p>23|42");
    }

    #[test]
    fn later_processors_and_given_values_win() {
        let mut app = new_app();
        app.context_processor(|| context! { a = "first", b = "first", c = "first" });
        app.context_processor(|| Ok::<_, Error>(context! { b = "second", c = "second" }));
        app.route("/", || {
            render_template_string("{{ a }} {{ b }} {{ c }}", context! { c = "given" })
        })
        .endpoint("index");
        assert_eq!(
            app.test_client().get("/").send().text(),
            "first second given"
        );
    }

    #[test]
    fn a_blueprints_processors_are_for_its_views() {
        let source = "{{ who }} {{ everywhere }}";
        let mut inner = Blueprint::new("inner");
        inner.context_processor(|| context! { who = "inner" });
        inner.app_context_processor(|| context! { everywhere = "yes" });
        inner
            .route("/inner", move || render_template_string(source, ()))
            .endpoint("view");
        let mut outer = Blueprint::new("outer");
        outer.context_processor(|| context! { who = "outer" });
        outer
            .route("/outer", move || render_template_string(source, ()))
            .endpoint("view");
        outer.register_blueprint(inner, ());
        let mut app = new_app();
        app.context_processor(|| context! { who = "app" });
        app.route("/", move || render_template_string(source, ()))
            .endpoint("index");
        app.register_blueprint(outer, ());
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "app yes");
        assert_eq!(client.get("/outer").send().text(), "outer yes");
        assert_eq!(client.get("/inner").send().text(), "inner yes");
    }

    #[test]
    fn given_values_win_over_the_standard_ones() {
        let mut app = new_app();
        app.route("/", || {
            render_template_string("{{ config }}", context! { config = 42 })
        })
        .endpoint("index");
        app.route("/stream", || {
            stream_template_string("{{ config }}", context! { config = 42 })
        })
        .endpoint("stream");
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "42");
        assert_eq!(client.get("/stream").send().text(), "42");
    }

    #[test]
    fn templates_render_without_a_request() -> Result<()> {
        let mut app = new_app();
        app.config.set("WORLD_NAME", "Special World")?;
        app.context_processor(|| context! { foo = 42 });
        let source = "Hello {{ config.WORLD_NAME }} {{ foo }}{% if request %} asked{% endif %}";
        assert_eq!(rendered(app, source)?, "Hello Special World 42");
        Ok(())
    }

    #[test]
    fn the_standard_names_are_there() {
        let mut app = new_app();
        app.route("/", || {
            g().set("foo", 23);
            session().insert("test", "aha")?;
            let source = "{{ request.args.foo }} {{ g.foo }} {{ config.DEBUG }} {{ session.test }}";
            render_template_string(source, ())
        })
        .endpoint("index");
        assert_eq!(
            app.test_client().get("/?foo=42").send().text(),
            "42 23 False aha"
        );
    }

    #[test]
    fn a_page_varies_by_the_cookie_if_it_reads_the_session() {
        let mut app = new_app();
        app.route("/read", || {
            render_template_string("{{ session.get('x', 'none') }}", ())
        })
        .endpoint("read");
        app.route("/other", || {
            render_template_string("{{ request.path }}", ())
        })
        .endpoint("other");
        let client = app.test_client();
        let read = client.get("/read").send();
        assert_eq!(
            (read.text().as_str(), read.header("vary")),
            ("none", Some("Cookie"))
        );
        assert_eq!(client.get("/other").send().header("vary"), None);
    }

    #[test]
    fn structs_and_mappings_are_contexts_too() -> Result<()> {
        #[derive(Serialize)]
        struct Page<'a> {
            title: &'a str,
            safe: Markup,
        }
        let ctx = new_app().build()?.app_context();
        let _guard = ctx.push()?;
        let page = Page {
            title: "<t>",
            safe: "<b>".into(),
        };
        let text = render_template_string("{{ title }} {{ safe }}", &page)?.into_text();
        assert_eq!(text, "&lt;t&gt; <b>");
        let mapping = serde_json::json!({"title": [1, {"deep": null}]});
        let text =
            render_template_string("{{ title[0] }} {{ title[1].deep }}", mapping)?.into_text();
        assert_eq!(text, "1 None");
        assert!(render_template_string("", 5).is_err());
        Ok(())
    }

    #[test]
    fn values_in_g_are_read_by_their_type() -> Result<()> {
        #[derive(Clone, Serialize)]
        struct User {
            name: String,
        }
        struct Secret;
        let mut app = new_app();
        app.template_type::<User>();
        let ctx = app.build()?.app_context();
        let _guard = ctx.push()?;
        let user = User {
            name: "<ada>".into(),
        };
        g().set("user", user.clone());
        g().set("maybe", Some(user.clone()));
        g().set("users", vec![user.clone()]);
        g().set("shared", Arc::new(user));
        g().set("markup", Markup::from("<b>"));
        g().set("none", None::<String>);
        g().set("secret", Secret);
        let source = "{{ g.user.name }} {{ g.maybe.name }} {{ g.users[0].name }} {{ g.shared.name }} {{ g.markup }} \
                      {{ g.none is none }} {{ g.nothing is undefined }} {{ g.get('nothing', 'd') }} \
                      {% if g.secret %}there{% endif %} {{ 'user' in g }}";
        let name = "&lt;ada&gt;";
        let expected = format!("{name} {name} {name} {name} <b> True True d there True");
        assert_eq!(render_template_string(source, ())?.into_text(), expected);
        let error = render_template_string("{{ g.secret.key }}", ())
            .unwrap_err()
            .to_string();
        assert!(error.contains("App::template_type"), "{error}");
        Ok(())
    }

    #[test]
    fn a_form_is_there_once_the_view_has_read_it() {
        let source =
            "[{{ request.form['title'] }}{{ request.form.title }}{{ request.form.get('x', '-') }}]";
        let mut app = new_app();
        app.route("/read", move || async move {
            request().form().await?;
            render_template_string(source, ())
        })
        .endpoint("read")
        .methods(["GET", "POST"]);
        app.route("/unread", move || render_template_string(source, ()))
            .endpoint("unread")
            .methods(["GET", "POST"]);
        let client = app.test_client();
        assert_eq!(client.get("/unread").send().text(), "[-]");
        assert_eq!(
            client.post("/read").form([("title", "<t>")]).send().text(),
            "[&lt;t&gt;&lt;t&gt;-]"
        );
        let error = client
            .post("/unread")
            .form([("title", "t")])
            .try_send()
            .unwrap_err();
        assert!(error.to_string().contains("has not been read"), "{error}");
    }

    #[test]
    fn the_request_is_read_by_its_names() {
        let source = "{{ request.method }} {{ request.path }} {{ request.args.getlist('a')|join('+') }} \
                      {{ request.headers['X-Name'] }} {{ request.endpoint }} {{ request.view_args.id }} \
                      {{ request.args.get('none') }} {{ request.nothing is undefined }} \
                      {% for key, value in request.args.items() %}{{ key }}={{ value }}{% endfor %} {{ request }}";
        let mut app = new_app();
        app.route("/item/<int:id>", move |_: i64| {
            render_template_string(source, ())
        })
        .endpoint("item");
        let text = app
            .test_client()
            .get("/item/7?a=1&a=2")
            .header("x-name", "<n>")
            .send()
            .text();
        let url = "http://localhost/item/7?a=1&amp;a=2";
        let expected = format!(
            "GET /item/7 1+2 &lt;n&gt; item 7 None True a=1 &lt;Request &#39;{url}&#39; [GET]&gt;"
        );
        assert_eq!(text, expected);
    }
}

mod escaping {
    use super::*;

    fn lines(name: &'static str) -> Vec<String> {
        let mut app = new_app();
        app.route("/", move || {
            let text = "<p>Hello World!";
            render_template(name, context! { text, html = Markup::from(text) })
        })
        .endpoint("index");
        app.test_client()
            .get("/")
            .send()
            .text()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    const PLAIN: &str = "<p>Hello World!";
    const ESCAPED: &str = "&lt;p&gt;Hello World!";

    #[test]
    fn html_is_escaped() {
        assert_eq!(
            lines("escaping.html"),
            [ESCAPED, PLAIN, PLAIN, PLAIN, ESCAPED, PLAIN]
        );
    }

    #[test]
    fn text_is_not_escaped_unless_the_template_asks_for_it() {
        assert_eq!(
            lines("escaping.txt"),
            [PLAIN, PLAIN, PLAIN, PLAIN, ESCAPED, PLAIN]
        );
    }

    #[test]
    fn a_string_is_escaped_and_a_mail_is_not() -> Result<()> {
        let ctx = new_app().build()?.app_context();
        let _guard = ctx.push()?;
        let context = context! { foo = "<test>" };
        assert_eq!(
            render_template_string("{{ foo }}", &context)?.into_text(),
            "&lt;test&gt;"
        );
        assert_eq!(
            render_template("mail.txt", &context)?.into_text(),
            "<test> Mail"
        );
        Ok(())
    }

    #[test]
    fn json_is_safe_in_scripts() -> Result<()> {
        let source = r#"{{ {"b": "</script>'&é", "a": [1, none, true, 1.0]}|tojson }}"#;
        let expected =
            r#"{"a": [1, null, true, 1.0], "b": "\u003c/script\u003e\u0027\u0026\u00e9"}"#;
        assert_eq!(rendered(new_app(), source)?, expected);
        assert_eq!(
            rendered(new_app(), "{{ [1, {}]|tojson(indent=4) }}")?,
            "[\n    1,\n    {}\n]"
        );
        assert!(rendered(new_app(), "{{ nothing|tojson }}").is_err());
        Ok(())
    }

    #[test]
    fn safe_html_stays_safe_through_the_session_and_flashes() {
        let mut app = new_app();
        app.route("/set", || {
            session().insert("html", Markup::from("<b>"))?;
            session().insert("text", "<b>")?;
            flash(Markup::from("<em>Testing</em>"), "warning")?;
            flash("<hello>", "message")?;
            Ok::<_, Error>("set")
        })
        .endpoint("set");
        let source = "{{ session.html }}{{ session.text }}\
                      {% for c, m in get_flashed_messages(with_categories=true) %}[{{ c }}:{{ m }}]{% endfor %}";
        app.route("/", move || render_template_string(source, ()))
            .endpoint("index");
        let client = app.test_client();
        client.get("/set").send();
        let expected = "<b>&lt;b&gt;[warning:<em>Testing</em>][message:&lt;hello&gt;]";
        assert_eq!(client.get("/").send().text(), expected);
    }

    #[test]
    fn what_a_template_prints_is_spelled_as_python_does() -> Result<()> {
        let source = "{{ 1.0 }} {{ 1e16 }} {{ true }} {{ none }} {{ 7 // 2 }} {{ 2 ** 3 }} {{ [1, 'a', none] }}";
        assert_eq!(
            rendered(new_app(), source)?,
            "1.0 1e+16 True None 3 8 [1, &#39;a&#39;, None]"
        );
        Ok(())
    }
}

mod functions {
    use super::*;

    fn reverse(text: String) -> String {
        text.chars().rev().collect()
    }

    fn is_boolean(value: TemplateValue) -> bool {
        value.to::<bool>().is_ok()
    }

    #[test]
    fn a_filter_is_used_by_its_name() {
        let mut app = new_app();
        app.template_filter("super_reverse", reverse);
        assert_eq!(page(app, "{{ 'abcd'|super_reverse }}"), "dcba");
    }

    #[test]
    fn a_test_is_used_by_its_name() {
        let mut app = new_app();
        app.template_test("boolish", is_boolean);
        assert_eq!(
            page(
                app,
                "{% if false is boolish %}Success!{% endif %}{{ 1 is boolish }}"
            ),
            "Success!False"
        );
    }

    #[test]
    fn a_global_is_called_by_its_name() -> Result<()> {
        let mut app = new_app();
        app.template_global("get_stuff", || 42);
        app.template_value("answer", [4, 2]);
        assert_eq!(
            rendered(app, "{{ get_stuff() }} {{ answer|join }}")?,
            "42 42"
        );
        Ok(())
    }

    #[test]
    fn a_blueprint_gives_the_app_functions() -> Result<()> {
        let mut blueprint = Blueprint::new("functions");
        blueprint.app_template_filter("super_reverse", reverse);
        blueprint.app_template_test("boolish", is_boolean);
        blueprint.app_template_global("get_stuff", || 42);
        let mut app = new_app();
        app.register_blueprint(blueprint, ());
        let source = "{{ 'abcd'|super_reverse }} {{ true is boolish }} {{ get_stuff() }}";
        assert_eq!(rendered(app, source)?, "dcba True 42");
        Ok(())
    }

    #[test]
    fn arguments_are_given_by_place_and_by_name() -> Result<()> {
        fn add(a: i64, b: Option<i64>) -> i64 {
            a + b.unwrap_or(1)
        }
        let app = || {
            let mut app = new_app();
            app.template_global("add", template_function(add).parameters(["a", "b"]));
            app.template_global("nameless", add);
            app
        };
        assert_eq!(
            rendered(
                app(),
                "{{ add(2) }} {{ add(2, 3) }} {{ add(b=3, a=1) }} {{ nameless(1, 1) }}"
            )?,
            "3 5 4 2"
        );
        for (source, reason) in [
            ("{{ add() }}", "the argument \"a\": it is missing"),
            (
                "{{ add(1, 2, 3) }}",
                "the function takes 2 arguments, not 3",
            ),
            ("{{ add(1, a=2) }}", "the argument \"a\" is given twice"),
            ("{{ add(1, c=2) }}", "the argument \"c\" is unknown"),
            ("{{ nameless(1, b=2) }}", "the argument \"b\" is unknown"),
            (
                "{{ nameless(unknown) }}",
                "the argument in place 1: it is undefined",
            ),
        ] {
            let error = rendered(app(), source).unwrap_err().to_string();
            assert!(error.contains(reason), "{source}: {error}");
        }
        Ok(())
    }

    #[test]
    fn markup_arguments_arrive_escaped_unless_they_are_safe() -> Result<()> {
        let mut app = new_app();
        app.template_filter("bold", |text: Markup| {
            Markup::from(format!("<b>{text}</b>"))
        });
        assert_eq!(
            rendered(app, "{{ '<'|bold }} {{ '<i>'|safe|bold }}")?,
            "<b>&lt;</b> <b><i></b>"
        );
        Ok(())
    }

    #[test]
    fn a_function_can_stand_in_a_context() -> Result<()> {
        let ctx = new_app().build()?.app_context();
        let _guard = ctx.push()?;
        let context = context! { twice = template_function(|n: i64| n * 2), list = vec![1, 2] };
        assert_eq!(
            render_template_string("{{ twice(list[1]) }}", context)?.into_text(),
            "4"
        );
        Ok(())
    }

    #[test]
    fn an_error_with_a_status_stays_one() {
        let mut app = new_app();
        app.template_global("gone", || -> Result<String> {
            Err(HttpError::new(410).into())
        });
        app.template_global("fail", || "x".parse::<u8>());
        app.route("/gone", || render_template_string("{{ gone() }}", ()))
            .endpoint("gone");
        app.route("/fail", || render_template_string("{{ fail() }}", ()))
            .endpoint("fail");
        let client = app.test_client();
        assert_eq!(client.get("/gone").send().status(), 410);
        let error = client.get("/fail").try_send().unwrap_err();
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
        assert_eq!(template_error(&error).kind(), TemplateErrorKind::Render);
    }

    #[test]
    fn jinjas_filters_answer_as_in_jinja() -> Result<()> {
        for (source, expected) in [
            (
                "{{ 'x'|int }} {{ 'x'|int(5) }} {{ ' 42 '|int }} {{ 'ff'|int(base=16) }} {{ 3.9|int }}",
                "0 5 42 255 3",
            ),
            (
                "{{ '3.7'|float }} {{ 'z'|float }} {{ 'z'|float(default=1.5) }}",
                "3.7 0.0 1.5",
            ),
            (
                "{{ x|default }}|{{ ''|d('e', true) }}|{{ none|default('x', boolean=true) }}",
                "|e|x",
            ),
            ("{{ 'hello'|center(11) }}|", "   hello   |"),
            (
                "{{ 'hello world foo'|truncate(9) }} {{ 'hello world foo'|truncate(9, true, '..') }}",
                "hello... hello w..",
            ),
            (
                "{{ 'hello big world'|wordwrap(5) }} {{ 'one two'|wordcount }}",
                "hello\nbig\nworld 2",
            ),
            (
                "{{ 'a b/c?~'|urlencode }} {{ {'a': '1 2/', 'b': 'é'}|urlencode }}",
                "a%20b/c%3F~ a=1+2%2F&amp;b=%C3%A9",
            ),
            (
                "<a{{ {'class': 'a b', 'id': none, 'x': '<'}|xmlattr }}>",
                "<a class=\"a b\" x=\"&lt;\">",
            ),
            (
                "{{ '<b>hi</b>'|striptags }} {{ 1000000|filesizeformat }}",
                "hi 1.0 MB",
            ),
            (
                "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}",
                "aba",
            ),
            (
                "{{ '<'|forceescape }} {{ '<'|safe|forceescape }} {{ '<'|e|e }}",
                "&lt; &lt; &lt;",
            ),
            (
                "{{ {'b': 1}.get('b') }} {% for k, v in {'b': 1}.items() %}{{ k }}{{ v }}{% endfor %}",
                "1 b1",
            ),
        ] {
            assert_eq!(rendered(new_app(), source)?, expected, "{source}");
        }
        assert!(rendered(new_app(), "{{ {'a b': 1}|xmlattr }}").is_err());
        Ok(())
    }

    #[test]
    fn macros_and_variables_are_used_from_rust() -> Result<()> {
        let ctx = new_app().build()?.app_context();
        let _guard = ctx.push()?;
        let hello = get_template_attribute("_macro.html", "hello")?;
        assert_eq!(hello.call(["World"])?.to_string(), "Hello World!");
        let page = hello.call(["<World>"])?;
        assert_eq!(
            (page.to_string().as_str(), page.is_safe()),
            ("Hello &lt;World&gt;!", true)
        );
        assert_eq!(
            get_template_attribute("_macro.html", "version")?
                .value()?
                .as_str(),
            Some("v1")
        );
        for (template, name) in [
            ("_macro.html", "missing"),
            ("_macro.html", "_private"),
            ("missing.html", "hello"),
        ] {
            assert!(
                get_template_attribute(template, name).is_err(),
                "{template} {name}"
            );
        }
        Ok(())
    }
}

mod flashing {
    use super::*;

    /// A client that was flashed three messages, and is shown a template.
    fn shown(source: &'static str) -> String {
        let mut app = new_app();
        app.route("/flash", || {
            flash("Hello World", "message")?;
            flash("Hello World".to_owned(), "error")?;
            flash(Markup::from("<em>Testing</em>"), "warning")?;
            Ok::<_, Error>("")
        })
        .endpoint("flash");
        app.route("/", move || render_template_string(source, ()))
            .endpoint("index");
        let client = app.test_client();
        client.get("/flash").send();
        client.get("/").send().text()
    }

    #[test]
    fn messages_are_shown_in_order() {
        let source = "{% for m in get_flashed_messages() %}[{{ m }}]{% endfor %}";
        assert_eq!(
            shown(source),
            "[Hello World][Hello World][<em>Testing</em>]"
        );
    }

    #[test]
    fn messages_are_shown_with_their_categories() {
        let source = "{% for c, m in get_flashed_messages(with_categories=true) %}[{{ c }}:{{ m }}]{% endfor %}";
        assert_eq!(
            shown(source),
            "[message:Hello World][error:Hello World][warning:<em>Testing</em>]"
        );
    }

    #[test]
    fn messages_are_chosen_by_their_categories() {
        let one =
            "{% for m in get_flashed_messages(category_filter=['warning']) %}[{{ m }}]{% endfor %}";
        assert_eq!(shown(one), "[<em>Testing</em>]");
        let two = "{% for c, m in get_flashed_messages(true, ['message', 'warning']) %}[{{ c }}:{{ m }}]{% endfor %}";
        assert_eq!(
            shown(two),
            "[message:Hello World][warning:<em>Testing</em>]"
        );
    }

    #[test]
    fn rust_code_gets_pairs_of_text_once_a_request() {
        let mut app = new_app();
        app.route("/flash", || {
            flash(Markup::from("<em>"), "warning").map(|()| "flashed")
        })
        .endpoint("flash");
        app.route("/", || {
            assert_eq!(get_flashed_messages(&[])?, get_flashed_messages(&[])?);
            Ok::<_, Error>(format!("{:?}", get_flashed_messages(&["warning"])?))
        })
        .endpoint("index");
        let client = app.test_client();
        client.get("/flash").send();
        assert_eq!(client.get("/").send().text(), "[(\"warning\", \"<em>\")]");
        assert_eq!(client.get("/").send().text(), "[]");
    }
}

mod loading {
    use super::*;

    #[test]
    fn the_first_template_that_exists_is_taken() {
        let mut app = new_app();
        app.context_processor(|| context! { whiskey = "Jameson" });
        app.route("/", || {
            render_template(
                ["no_template.xml", "simple.html", "context.html"],
                context! { value = 23 },
            )
        })
        .endpoint("index");
        app.route("/none", || {
            render_template(["no_template.xml", "nor_this.xml"], ())
        })
        .endpoint("none");
        app.route("/empty", || render_template(Vec::<String>::new(), ()))
            .endpoint("empty");
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "<h1>Jameson</h1>");
        for url in ["/none", "/empty"] {
            let error = client.get(url).try_send().unwrap_err();
            assert_eq!(template_error(&error).kind(), TemplateErrorKind::NotFound);
        }
    }

    #[test]
    fn a_function_stands_in_for_folders() {
        let mut app = new_app();
        app.template_loader(|name| {
            Ok((name == "index.html").then(|| "Hello Custom World!".to_owned()))
        });
        app.route("/", || render_template("index.html", ()))
            .endpoint("index");
        assert_eq!(
            app.test_client().get("/").send().text(),
            "Hello Custom World!"
        );
    }

    fn site() -> App {
        let mut app =
            App::with_root_path("site", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site"));
        app.config.testing(true);
        for name in ["admin", "shop"] {
            let mut blueprint = Blueprint::new(name)
                .with_root_path(name)
                .with_template_folder("templates");
            blueprint
                .route(&format!("/{name}/<template>"), |template: String| {
                    render_template(template, ())
                })
                .endpoint("show");
            app.register_blueprint(blueprint, ());
        }
        app
    }

    #[test]
    fn the_apps_folder_comes_before_those_of_blueprints_in_order() {
        let client = site().test_client();
        assert_eq!(client.get("/admin/both.html").send().text(), "the app");
        assert_eq!(client.get("/shop/admin.html").send().text(), "admin only");
        assert_eq!(
            client.get("/shop/shared.html").send().text(),
            "shared by the admin"
        );
    }

    #[test]
    fn a_name_cannot_leave_the_folder() -> Result<()> {
        let mut app = site();
        app.template_folder = Some("templates".into());
        let ctx = app.build()?.app_context();
        let _guard = ctx.push()?;
        for name in [
            "../admin/templates/admin.html/../../Cargo.toml",
            "..",
            "",
            "/etc/passwd",
            "a\0b",
            "\\",
        ] {
            let error = render_template(name, ()).unwrap_err();
            assert_eq!(
                template_error(&error).kind(),
                TemplateErrorKind::NotFound,
                "{name}"
            );
        }
        Ok(())
    }

    /// An app with one template in a folder of its own, and a way to change the template.
    fn editable(
        change: impl FnOnce(&mut App),
    ) -> (tempfile::TempDir, impl Fn(&str, u64), ReadyApp) {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("templates/page.html");
        fs::create_dir(root.path().join("templates")).unwrap();
        let write = move |text: &str, seconds| {
            fs::write(&file, text).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            File::options()
                .write(true)
                .open(&file)
                .unwrap()
                .set_modified(time)
                .unwrap();
        };
        write("before", 1_000);
        let mut app = App::with_root_path("editable", root.path());
        change(&mut app);
        (root, write, app.build().unwrap())
    }

    #[test]
    fn changed_templates_are_read_again_when_configured_or_in_debug() -> Result<()> {
        for (debug, configured, reloads) in [
            (false, None, false),
            (false, Some(false), false),
            (false, Some(true), true),
            (true, None, true),
            (true, Some(false), false),
            (true, Some(true), true),
        ] {
            let (_root, write, app) = editable(|app| {
                app.config.debug(debug).templates_auto_reload(configured);
            });
            let ctx = app.app_context();
            let _guard = ctx.push()?;
            assert_eq!(render_template("page.html", ())?.into_text(), "before");
            write("after", 2_000);
            let expected = if reloads { "after" } else { "before" };
            assert_eq!(
                render_template("page.html", ())?.into_text(),
                expected,
                "{debug} {configured:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn line_ends_are_line_feeds_and_the_last_is_dropped() -> Result<()> {
        let (_root, write, app) = editable(|app| {
            app.config.templates_auto_reload(true);
        });
        write("a\r\nb\r\n", 2_000);
        let ctx = app.app_context();
        let _guard = ctx.push()?;
        assert_eq!(render_template("page.html", ())?.into_text(), "a\nb");
        assert_eq!(
            render_template_string("a\r\nb\r\n", ())?.into_text(),
            "a\nb"
        );
        Ok(())
    }

    #[test]
    fn the_search_for_a_template_is_explained_in_the_log() {
        let mut app = site();
        app.config.explain_template_loading(true);
        let client = app.test_client();
        let log = Log::default();
        let lines = tracing::subscriber::with_default(log.clone(), || {
            // The client's own thread has the subscriber of none, so the view runs here.
            let ctx = client
                .app()
                .test_request_context("/shop/missing.html")
                .build()
                .unwrap();
            let _guard = ctx.push().unwrap();
            assert!(render_template("missing.html", ()).is_err());
            log.0.lock().unwrap().clone()
        });
        let text = lines.join("\n");
        for expected in [
            "Locating template \"missing.html\":",
            "1: trying loader of application \"site\"",
            "2: trying loader of blueprint \"admin\"",
            "3: trying loader of blueprint \"shop\"",
            "Error: the template could not be found.",
            "looked up from an endpoint that belongs to the blueprint \"shop\"",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in {text}");
        }
        assert_eq!(lines.len(), 1);
    }

    /// The messages that are logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<String>>>);

    impl tracing::Subscriber for Log {
        fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
            metadata.target() == "carafe::app"
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            struct Message<'a>(&'a Log);
            impl tracing::field::Visit for Message<'_> {
                fn record_debug(
                    &mut self,
                    field: &tracing::field::Field,
                    value: &dyn std::fmt::Debug,
                ) {
                    if field.name() == "message" {
                        self.0.0.lock().unwrap().push(format!("{value:?}"));
                    }
                }
            }
            event.record(&mut Message(self));
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }
}

mod signals {
    use super::*;

    #[test]
    fn receivers_learn_of_a_rendered_template() {
        let mut app = new_app();
        app.route("/", || {
            render_template("simple.html", context! { whiskey = 42 })
        })
        .endpoint("index");
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let record = recorded.clone();
        app.signals.template_rendered.connect(move |rendered| {
            let whiskey = rendered.context().get_as::<i64>("whiskey");
            record
                .lock()
                .unwrap()
                .push((rendered.name().map(str::to_owned), whiskey));
        });
        app.test_client().get("/").send();
        assert_eq!(
            *recorded.lock().unwrap(),
            [(Some("simple.html".to_owned()), Some(42))]
        );
    }

    #[test]
    fn receivers_change_the_context_before_a_template_is_rendered() {
        let mut app = new_app();
        app.route("/", || {
            render_template("simple.html", context! { whiskey = 42 })
        })
        .endpoint("index");
        app.route("/stream", || {
            stream_template("simple.html", context! { whiskey = 42 })
        })
        .endpoint("stream");
        app.signals
            .before_render_template
            .connect(|rendered| rendered.insert("whiskey", 43));
        let client = app.test_client();
        assert_eq!(client.get("/").send().text(), "<h1>43</h1>");
        assert_eq!(client.get("/stream").send().text(), "<h1>43</h1>");
    }

    #[test]
    fn a_failing_receiver_fails_the_rendering() {
        let mut app = new_app();
        app.route("/", || render_template("simple.html", ()))
            .endpoint("index");
        app.signals.template_rendered.connect(|_| Err("no whiskey"));
        let error = app.test_client().get("/").try_send().unwrap_err();
        assert_eq!(error.to_string(), "no whiskey");
    }
}

mod errors {
    use super::*;

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
}
