//! What receivers learn and change.

use std::sync::{Arc, Mutex};

use carafe::prelude::*;

use crate::new_app;

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
