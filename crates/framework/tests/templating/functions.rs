//! Filters, tests, globals and macros.

use carafe::prelude::*;
use carafe::sessions::Markup;
use carafe::{TemplateErrorKind, TemplateValue, get_template_attribute, template_function};

use crate::{new_app, page, rendered, template_error};

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
fn urls_in_text_become_links() -> Result<()> {
    let ctx = new_app().build()?.app_context();
    let _guard = ctx.push()?;
    let link = |attributes: &str, shown: &str| {
        format!("&lt;b&gt; (<a href=\"https://a.org/?b&amp;c\"{attributes}>{shown}</a>).")
    };
    for (options, expected) in [
        ("", link(" rel=\"noopener\"", "https://a.org/?b&amp;c")),
        (
            "(9, true)",
            link(" rel=\"nofollow noopener\"", "https://a..."),
        ),
        (
            "(target='\"', rel='ugc me')",
            link(
                " rel=\"me noopener ugc\" target=\"&#34;\"",
                "https://a.org/?b&amp;c",
            ),
        ),
    ] {
        let source = format!("{{{{ text|urlize{options} }}}}");
        let page =
            render_template_string(&source, context! { text = "<b> (https://a.org/?b&c)." })?;
        assert_eq!(page.into_text(), expected);
    }
    let source =
        "{{ 'tel:1'|urlize(extra_schemes=['tel:']) }} {{ 'x'|urlize(extra_schemes=['?']) }}";
    assert!(render_template_string(source, ()).is_err());
    Ok(())
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
