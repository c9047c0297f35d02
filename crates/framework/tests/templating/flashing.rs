//! Flashed messages on pages.

use carafe::prelude::*;
use carafe::sessions::Markup;

use crate::new_app;

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
    let source =
        "{% for c, m in get_flashed_messages(with_categories=true) %}[{{ c }}:{{ m }}]{% endfor %}";
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
