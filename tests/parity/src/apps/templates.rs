//! Templates: escaping, context, inheritance, filters, functions, streams, errors and signals.
//!
//! Options: signal (the trace shows the template signals).

use carafe::prelude::*;
use carafe::sessions::Markup;
use carafe::{
    ReadyApp, RenderedTemplate, TemplateValue, get_template_attribute, template_function,
};
use serde::Serialize;
use serde_json::json;

use crate::support::{Setup, log, new_app};

const DANGER: &str = "<b>&'\"</b>";

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("templates", setup)?;
    crate::support::Trace::of(&mut app);
    add_processors(&mut app);
    add_functions(&mut app);
    app.before_request(|| {
        let user = request().args().get("user").cloned();
        g().set("user", user.unwrap_or_else(|| "nobody".into()));
    });
    add_escapes(&mut app);
    add_pages(&mut app);
    add_streams(&mut app);
    app.error_handler(404, |error: &HttpError| {
        let page = render_template("404.html", context! { error })?;
        Ok::<_, Error>((page, 404))
    });
    app.register_blueprint(shop(), ());
    if setup.flag("signal") {
        let tell = |when: &'static str| {
            move |told: &RenderedTemplate| {
                let name = told.name().unwrap_or("-");
                let given: String = told.context().get_as("given").unwrap_or_default();
                log(format!("{when} {name} {given}"));
            }
        };
        app.signals.template_rendered.connect(tell("rendered"));
        app.signals.before_render_template.connect(tell("before"));
    }
    app.build()
}

fn add_processors(app: &mut App) {
    app.context_processor(
        || context! { first = "one", shared = "from processor one", given = "processor" },
    );
    app.context_processor(|| context! { second = "two", shared = "from processor two" });

    fn price(amount: f64, currency: Option<String>) -> String {
        format!("{amount:.2} {}", currency.as_deref().unwrap_or("EUR"))
    }
    app.context_processor(
        || context! { price = template_function(price).parameters(["amount", "currency"]) },
    );
}

fn add_functions(app: &mut App) {
    app.template_filter("reverse_text", |text: String| {
        text.chars().rev().collect::<String>()
    });

    fn surround(text: String, left: Option<String>, right: Option<String>) -> String {
        let (left, right) = (left.as_deref(), right.as_deref());
        format!("{}{text}{}", left.unwrap_or("["), right.unwrap_or("]"))
    }
    app.template_filter(
        "surround",
        template_function(surround).parameters(["text", "left", "right"]),
    );
    app.template_filter("bold", |text: Markup| {
        Markup::from(format!("<b>{text}</b>"))
    });

    app.template_test("multiple_of", |number: i64, factor: i64| {
        number % factor == 0
    });
    app.template_test("shouting", |text: String| text == text.to_uppercase());

    fn add(a: i64, b: Option<i64>) -> i64 {
        a + b.unwrap_or(1)
    }
    app.template_global("add", template_function(add).parameters(["a", "b"]));
    app.template_global("markup", |text: String| Markup::from(text));
    app.template_value("constant", "a constant");
}

fn add_escapes(app: &mut App) {
    // The same source under several extensions.
    app.route("/escape/<name>", |name: String| {
        let context = context! { value = DANGER, safe = Markup::from(DANGER) };
        render_template(format!("escape/{name}"), context)
    })
    .endpoint("escape");
    app.route("/escape-string", || {
        let context = context! { value = DANGER, safe = Markup::from(DANGER) };
        render_template_string("{{ value }} {{ value|safe }} {{ safe }}", context)
    })
    .endpoint("escape_string");
    app.route("/escape-block", || {
        render_template_string(
            "{% autoescape false %}{{ value }}{% endautoescape %} {{ value }}",
            context! { value = DANGER },
        )
    })
    .endpoint("escape_block");
    app.route("/escape-types", || {
        render_template_string(
            "{{ text|e }} {{ text|upper }} {{ text|replace('b', 'i') }} \
             {{ text|bold }} {{ markup(text) }} {{ text|surround }} \
             {{ safe|safe }} {{ safe|e }}",
            context! { text = "<b>", safe = Markup::from("<i>") },
        )
    })
    .endpoint("escape_types");
}

#[derive(Serialize)]
struct Item {
    name: &'static str,
    price: serde_json::Value,
    tags: &'static [&'static str],
    group: &'static str,
}

fn items() -> [Item; 3] {
    let item = |name, price, tags, group| Item {
        name,
        price,
        tags,
        group,
    };
    [
        item("pen", json!(1.5), &["red", "small"][..], "desk"),
        item("cup", json!(4.25), &[], "kitchen"),
        item("ink", json!(10), &["blue"], "desk"),
    ]
}

fn add_pages(app: &mut App) {
    app.route("/page/<name>", |name: String| {
        let context = context! { title = "A <title>", items = items() };
        render_template(format!("pages/{name}.html"), context)
    })
    .endpoint("page");
    app.route("/context", || {
        render_template("context.html", context! { given = "view" })
    })
    .endpoint("context");
    app.route("/context-override", || {
        let context = context! { request = "mine", g = "also mine", session = "and mine" };
        render_template("override.html", context)
    })
    .endpoint("context_override");
    app.route("/session/<value>", set_session);
    app.route("/session-untouched", || render_template("plain.html", ()))
        .endpoint("session_untouched");
    app.route("/session-read", || render_template("session.html", ()))
        .endpoint("session_read");
    app.route("/globals", || render_template("globals.html", ()))
        .endpoint("globals_");
    app.route("/filters", filters);
    app.route("/tests", || {
        let context = context! { number = 9, text = "LOUD", nothing = None::<u8> };
        render_template("tests.html", context)
    })
    .endpoint("tests");
    app.route("/urls", || render_template("urls.html", ()))
        .endpoint("urls");
    app.route("/target/<name>", |name: String| name)
        .endpoint("target");
    app.route("/json", json_page).endpoint("json");
    app.route("/flash", flashing);
    app.route("/flashes/<name>", |name: String| {
        render_template(format!("flashes/{name}.html"), ())
    })
    .endpoint("flashes");
    app.route("/select", || {
        let names = request().args().getlist("t").to_vec();
        render_template(names, context! { value = "v" })
    })
    .endpoint("select");
    app.route("/missing", || render_template("does-not-exist.html", ()))
        .endpoint("missing");
    app.route("/broken", || render_template("broken.html", ()))
        .endpoint("broken");
    app.route("/broken-include", || {
        render_template("broken_include.html", ())
    })
    .endpoint("broken_include");
    app.route("/undefined/<kind>", undefined);
    app.route("/string", || {
        let a = request().args().get("a").cloned().unwrap_or_default();
        render_template_string(
            "{{ a }} {{ b }} {{ first }} {{ request.path }} {{ g.user }}",
            context! { a, b = 2 },
        )
    })
    .endpoint("string");
    app.route("/macro", macro_page).endpoint("macro");
    app.route("/two", || {
        let first = render_template("plain.html", ())?.into_text();
        let second = render_template_string("and {{ first }}", ())?.into_text();
        Ok::<_, Error>(first + &second)
    })
    .endpoint("two");
    app.route("/with-status", || {
        let page = render_template("plain.html", ())?;
        Ok::<_, Error>((page, 202, [("Content-Type", "text/plain")]))
    })
    .endpoint("with_status");
    app.route("/config", || render_template("config.html", ()))
        .endpoint("config_page");
}

fn set_session(value: String) -> Result<&'static str> {
    session().insert("value", value)?;
    Ok("set")
}

fn filters() -> Result {
    render_template(
        "filters.html",
        context! {
            words = ["banana", "apple", "cherry"],
            numbers = [3, 1, 2],
            items = items(),
            text = "Hello <World>",
        },
    )
}

fn json_page() -> Result {
    render_template(
        "json.html",
        context! {
            text = "</script><b>&'\"\u{e9}",
            data = json!({"b": [1, 2, null], "a": {"x": true}}),
            number = 3,
        },
    )
}

fn flashing() -> Result<&'static str> {
    for item in request().args().getlist("m") {
        let (category, message) = item.split_once(':').unwrap_or((item, ""));
        flash(message, category)?;
    }
    Ok("flashed")
}

fn undefined(kind: String) -> Result {
    let source = match kind.as_str() {
        "print" => "[{{ nothing }}]",
        "attribute" => "[{{ nothing.more }}]",
        "item" => "[{{ known.missing }}]",
        "deep" => "[{{ known.missing.more }}]",
        "call" => "[{{ nothing() }}]",
        "filter" => "[{{ nothing|default('d') }}]",
        "loop" => "[{% for x in nothing %}x{% else %}none{% endfor %}]",
        "test" => "[{% if nothing %}yes{% else %}no{% endif %}]",
        "unknown_filter" => "[{{ 'x'|no_such_filter }}]",
        other => return Err(Error::msg(format!("there is no source {other:?}"))),
    };
    render_template_string(source, context! { known = json!({"a": 1}) })
}

fn macro_page() -> Result<TemplateValue> {
    let hello = get_template_attribute("macros.html", "hello")?;
    let name = request().args().get("name").cloned();
    hello.call([name.as_deref().unwrap_or("<World>")])
}

fn add_streams(app: &mut App) {
    app.route("/stream", || {
        stream_template("stream.html", context! { numbers = [0, 1, 2, 3] })
    })
    .endpoint("stream");
    app.route("/stream-response", || {
        stream_template("stream.html", context! { numbers = [9] })?.mimetype("text/plain")
    })
    .endpoint("stream_response");
    app.route("/stream-string", || {
        stream_template_string(
            "{{ request.path }} {% for n in numbers %}{{ n }},{% endfor %}",
            context! { numbers = [1, 2] },
        )
    })
    .endpoint("stream_string");
    app.route("/stream-missing", || {
        stream_template("does-not-exist.html", ())
    })
    .endpoint("stream_missing");
}

/// A blueprint's processors and templates.
fn shop() -> Blueprint {
    let mut shop = Blueprint::new("shop").with_url_prefix("/shop");
    shop.context_processor(|| context! { shared = "from the shop", only_shop = "yes" });
    shop.route("/", || {
        render_template("context.html", context! { given = "shop view" })
    })
    .endpoint("shop_index");
    shop.route("/urls", || {
        render_template_string(
            "{{ url_for('.shop_index') }} {{ url_for('target', name='x') }}",
            (),
        )
    })
    .endpoint("shop_urls");
    shop
}
