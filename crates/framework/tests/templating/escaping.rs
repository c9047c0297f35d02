//! HTML, JSON and what values print.

use carafe::prelude::*;
use carafe::sessions::Markup;

use crate::{new_app, rendered};

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
    let expected = r#"{"a": [1, null, true, 1.0], "b": "\u003c/script\u003e\u0027\u0026\u00e9"}"#;
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
    let source =
        "{{ 1.0 }} {{ 1e16 }} {{ true }} {{ none }} {{ 7 // 2 }} {{ 2 ** 3 }} {{ [1, 'a', none] }}";
    assert_eq!(
        rendered(new_app(), source)?,
        "1.0 1e+16 True None 3 8 [1, &#39;a&#39;, None]"
    );
    Ok(())
}

#[test]
fn whole_numbers_of_any_size_are_printed_whole() -> Result<()> {
    let source = "{{ 0 }} {{ -7 }} {{ 2 ** 62 }} {{ -(2 ** 62) }} {{ 2 ** 64 }} {{ -(2 ** 64) }}";
    assert_eq!(
        rendered(new_app(), source)?,
        "0 -7 4611686018427387904 -4611686018427387904 18446744073709551616 -18446744073709551616"
    );
    Ok(())
}
