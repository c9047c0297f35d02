//! Blueprints with effects on the whole app, on the values of URLs, and under several names.

use std::sync::{Arc, Mutex, PoisonError};

use carafe::prelude::*;
use carafe::{BlueprintOptions, context, render_template_string};
use serde_json::{Value, json};

use super::{aborted, see, where_am_i};

pub(super) fn add_pages(app: &mut App) {
    app.route("/helpers", helpers);
    app.route("/word/<word>", with_default);
}

fn helpers() -> Result {
    let source = "{{ 'hey'|shout }} {% if 'abc' is short %}short{% endif %} \
                  {% if 'abcd' is not short %}long{% endif %} {{ twice('xy') }}";
    render_template_string(source, ())
}

fn with_default(word: String) -> Result {
    jsonify(json!({"url": url_for!("with_default")?, "word": word}))
}

pub(super) fn register(app: &mut App) {
    let recorded = Recorded::default();
    let shown = recorded.clone();
    app.route("/recorded", move || jsonify(shown.all()))
        .endpoint("get_recorded");

    let twin = twin(&recorded);
    let mut holder = Blueprint::new("holder").with_url_prefix("/holder");
    holder.register_blueprint(twin.clone(), url_prefix("/twin"));
    app.register_blueprint(twin.clone(), url_prefix("/twin"));
    let second = BlueprintOptions::default()
        .name("twin2")
        .url_prefix("/second-twin");
    app.register_blueprint(twin, second);
    app.register_blueprint(holder, ());
    app.register_blueprint(lang(), ());
    app.register_blueprint(wide(), url_prefix("/wide"));
}

/// What the functions of `record` and `record_once` were told.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<Value>>>);

impl Recorded {
    fn push(&self, entry: Value) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }

    fn all(&self) -> Vec<Value> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// One blueprint under several names.
fn twin(recorded: &Recorded) -> Blueprint {
    let mut twin = Blueprint::new("twin");
    twin.before_request(|| see("twin"));
    let (each, once) = (recorded.clone(), recorded.clone());
    twin.record(move |state| {
        let prefix = state.url_prefix.unwrap_or_default();
        each.push(json!([
            "record",
            state.name,
            prefix,
            state.first_registration
        ]));
    });
    twin.record_once(move |state| once.push(json!(["once", state.name])));
    twin.before_app_request(|| see("twin-app"));
    twin.route("/", where_am_i).endpoint("twin_index");
    twin.route("/link/<word>", twin_link);
    twin
}

fn twin_link(_: String) -> Result {
    jsonify(json!({
        "relative": url_for!(".twin_link", word = "next")?,
        "first": url_for!("twin.twin_link", word = "next")?,
        "second": url_for!("twin2.twin_link", word = "next")?,
        "nested": url_for!("holder.twin.twin_link", word = "next")?,
    }))
}

/// Values and defaults in the prefix.
fn lang() -> Blueprint {
    let mut lang = Blueprint::new("lang")
        .with_url_prefix("/l/<code>")
        .with_url_default("size", 10);
    lang.url_value_preprocessor(|_, values| {
        let code = values
            .remove("code")
            .ok_or_else(|| Error::msg("there is no code"))?;
        g().set("code", code.to_string());
        Ok::<_, Error>(())
    });
    lang.url_defaults(|_, values| {
        let code = code()?;
        if values.get("code").is_none() {
            values.insert("code", code);
        }
        Ok::<_, Error>(())
    });
    lang.route("/", lang_index);
    lang.route("/about/<int:count>", about);
    lang.route("/about", about)
        .defaults([("size", 3), ("count", 0)]);
    lang
}

/// The language of the URL.
fn code() -> carafe::Result<String> {
    g().get::<String>("code")
        .ok_or_else(|| Error::msg("g has no code"))
}

fn lang_index(size: i64) -> Result {
    jsonify(json!({"code": code()?, "size": size, "about": url_for!(".about", count = 5)?}))
}

#[derive(serde::Deserialize)]
struct About {
    size: i64,
    count: i64,
}

fn about(Path(About { size, count }): Path<About>) -> Result {
    jsonify(json!({
        "code": code()?,
        "size": size,
        "count": count,
        "index": url_for!(".lang_index")?,
        "other": url_for!("lang.lang_index", code = "xx")?,
    }))
}

/// Effects on the whole app.
fn wide() -> Blueprint {
    let mut wide = Blueprint::new("wide");
    wide.app_error_handler(418, |_: &HttpError| ("teapot from wide", 418));
    wide.error_handler(410, |_: &HttpError| ("gone, only in wide", 410));
    wide.after_app_request(|mut response: Response| {
        response.set_header("X-Wide", request().endpoint().unwrap_or("-"))?;
        Ok::<_, Error>(response)
    });
    wide.app_context_processor(|| context! { app_wide = "wide" });
    wide.app_template_filter("shout", |text: String| format!("{}!", text.to_uppercase()));
    wide.app_template_test("short", |text: String| text.chars().count() < 4);
    wide.app_template_global("twice", |text: String| text.repeat(2));
    wide.app_url_defaults(|endpoint, values| {
        if endpoint == "with_default" && values.get("word").is_none() {
            values.insert("word", "wide");
        }
    });
    wide.route("/gone", || aborted(410)).endpoint("gone");
    wide
}
