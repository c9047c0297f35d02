//! What templates may use: given names, processors, the globals of the context.

use std::sync::Arc;

use carafe::prelude::*;
use carafe::sessions::Markup;
use serde::Serialize;

use crate::{new_app, rendered};

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
    let text = render_template_string("{{ title[0] }} {{ title[1].deep }}", mapping)?.into_text();
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
fn the_headers_of_the_request_have_names_of_their_own() {
    let source = "{{ request.referrer }} {{ request.origin }} {{ request.user_agent }} \
                  {{ request.content_type }} {{ request.mimetype }} {{ request.content_length }} \
                  {{ request.access_route|join }}";
    let mut app = new_app();
    app.post("/", move || render_template_string(source, ()))
        .endpoint("index");
    let client = app.test_client();
    let request = client
        .post("/")
        .header("referer", "/a")
        .header("origin", "b");
    let request = request
        .header("user-agent", "c")
        .header("content-type", "D/E; f=g");
    let text = request.body("body").send().text();
    assert_eq!(text, "/a b c D/E; f=g d/e 4 127.0.0.1");
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
