//! JSON output and input, configuration, trusted hosts.
//!
//! Options: provider = {"sort_keys", "ensure_ascii", "compact", "mimetype"} (fields of the JSON provider);
//! custom_json (a provider that shows dates as ISO text and reads numbers as text); prefix (load configuration
//! from the environment variables of this prefix); mapping (from_mapping); handler_400 (an error handler).

mod custom_json; // the provider of the app's own

use std::sync::Arc;

use carafe::json::{DefaultJsonProvider, GetJson};
use carafe::prelude::*;
use carafe::sessions::{Custom, DateTime, Dict, Markup, Uuid, Value};
use carafe::{ReadyApp, json as app_json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::custom_json::CustomProvider;
use crate::support::{Setup, new_app};

/// What a scenario changes of the default provider.
#[derive(Default, Deserialize)]
struct ProviderOptions {
    sort_keys: Option<bool>,
    ensure_ascii: Option<bool>,
    compact: Option<bool>,
    mimetype: Option<String>,
}

impl ProviderOptions {
    fn applied(self) -> DefaultJsonProvider {
        let default = DefaultJsonProvider::default();
        DefaultJsonProvider {
            sort_keys: self.sort_keys.unwrap_or(default.sort_keys),
            ensure_ascii: self.ensure_ascii.unwrap_or(default.ensure_ascii),
            compact: self.compact,
            mimetype: self.mimetype.map_or(default.mimetype, Into::into),
            default: None,
        }
    }
}

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("config_json", setup)?;
    let options: ProviderOptions = setup.option("provider")?;
    app.json = match setup.flag("custom_json") {
        true => Arc::new(CustomProvider::default()),
        false => Arc::new(options.applied()),
    };
    app.config
        .from_mapping(setup.option::<serde_json::Map<_, _>>("mapping")?)?;
    if let Some(prefix) = setup.option::<Option<String>>("prefix")? {
        app.config.from_prefixed_vars(&prefix, setup.env.clone())?;
    }
    add_output(&mut app);
    add_input(&mut app);
    add_configuration(&mut app);
    app.get("/url", url);
    app.get("/host", || request().host().into_owned())
        .endpoint("host");
    app.get("/crash", crash);
    if setup.flag("handler_400") {
        let bad_request = |_: &HttpError| (format!("bad request to {}", request().path()), 400);
        app.error_handler(400, bad_request);
    }
    app.build()
}

fn add_output(app: &mut App) {
    app.get("/object", || {
        Json(json!({"zeta": 1, "alpha": {"y": 1, "x": [3, 2, 1]}, "Mid": null}))
    })
    .endpoint("object");
    app.get("/list", || Json(json!([{"b": 1, "a": 2}, [], {}, "text"])))
        .endpoint("list");
    app.get("/empty", || jsonify(json!({}))).endpoint("empty");
    app.get("/nested-empty", || {
        jsonify(json!({"a": [], "b": {}, "c": [[]], "d": [{}]}))
    })
    .endpoint("nested_empty");
    app.get("/text", text);
    app.get("/keys", || {
        Json(json!({"\u{e9}": 1, "z": 2, "a b": 3, "": 4, "A": 5}))
    })
    .endpoint("keys");
    app.get("/numbers", numbers);
    app.get("/dates", dates);
    app.get("/special", special);
    app.get("/dumps", || {
        app_json::dumps(&json!({"b": 1, "a": ["\u{e9}"]}))
    })
    .endpoint("dumps");
    app.get("/tojson", || {
        let value = json!({"b": "<\u{e9}>", "a": [1, "'"]});
        render_template_string("{{ value|tojson }}", context! { value })
    })
    .endpoint("tojson");
    app.get("/session", in_session);
}

fn text() -> Result {
    jsonify(json!({
        "latin": "\u{e9}",
        "snow": "\u{2603}",
        "emoji": "\u{1f600}",
        "control": "\0\u{1f}\u{7f}\u{8}\u{c}\n\r\t",
        "quotes": "\"\\/'",
        "html": "<script>&amp;</script>",
        "separators": "\u{2028}\u{2029}",
    }))
}

fn numbers() -> Result {
    jsonify(json!({
        "zero": 0,
        "negative": -1,
        "big": (1_i64 << 53) + 1,
        "bigger": i64::MAX,
        "half": 0.5,
        "third": 1.0 / 3.0,
        "whole": 2.0,
        "small": 0.0001,
        "minus_zero": -0.0,
    }))
}

type Clock = (u32, u32, u32);

/// A moment in UTC. What kind it is a part of, a day or a time without a zone, is told by the tag.
fn moment(date: (i32, u32, u32), time: Clock) -> carafe::Result<DateTime> {
    DateTime::from_parts(date, time, 0).ok_or_else(|| Error::msg("there is no such date"))
}

fn tagged(tag: &str, date: DateTime) -> Value {
    Custom::new(tag, date.into()).into()
}

fn dates() -> Result {
    let (day, clock) = ((2015, 6, 7), (8, 9, 10));
    let east = moment((2015, 6, 6), (19, 32, 3))?;
    jsonify(Dict::from_iter([
        ("utc", moment(day, clock)?.into()),
        ("naive", tagged("naive", moment(day, clock)?)),
        ("east", tagged("+05:30", east)),
        ("date", tagged("date", moment((2000, 2, 29), (0, 0, 0))?)),
        ("early", moment((1970, 1, 1), (0, 0, 0))?.into()),
    ]))
}

#[derive(Serialize)]
struct Point {
    y: i64,
    x: i64,
    label: &'static str,
}

/// A number as it was written, which is what a decimal is in JSON.
#[derive(Serialize)]
struct Decimal(&'static str);

#[derive(Serialize)]
struct Special {
    uuid: Value,
    price: Decimal,
    point: Point,
    points: Vec<Point>,
    markup: Markup,
}

fn special() -> Result {
    let uuid: Uuid = "12345678-1234-5678-1234-567812345678".parse()?;
    let point = |y, x, label| Point { y, x, label };
    jsonify(Special {
        uuid: uuid.into(),
        price: Decimal("12.50"),
        point: point(2, 1, "p"),
        points: vec![point(4, 3, "q")],
        markup: Markup::new("<b>bold</b>"),
    })
}

fn in_session() -> carafe::Result<&'static str> {
    session().insert("b", json!({"z": 1, "a": "\u{e9}"}))?;
    session().insert("a", json!([1]))?;
    Ok("stored")
}

fn add_input(app: &mut App) {
    app.post("/echo", echo);
    app.post("/type", kind);
}

async fn echo() -> Result {
    jsonify(request().get_json(GetJson::default()).await?)
}

async fn kind() -> carafe::Result<&'static str> {
    let body = request().get_json(GetJson::default()).await?;
    let value = body.as_dict().and_then(|body| body.get("value"));
    Ok(match value {
        Some(Value::Str(_)) => "text",
        Some(Value::Int(_) | Value::BigInt(_) | Value::Float(_)) => "number",
        Some(Value::Bool(_)) => "boolean",
        _ => "other",
    })
}

fn add_configuration(app: &mut App) {
    app.get("/config", get_config);
    app.get("/namespace", namespace);
    app.get("/flags", flags);
    app.get("/lifetime", || {
        session().set_permanent(true)?;
        Ok::<_, Error>("permanent")
    })
    .endpoint("lifetime");
}

fn get_config() -> Result {
    let (app, request) = (current_app(), request());
    let keys = request.args().getlist("k");
    let entries = keys
        .iter()
        .map(|key| (key.as_str(), app.config().get(key).unwrap_or_default()));
    jsonify(entries.collect::<Dict>())
}

fn namespace() -> Result {
    let app = current_app();
    let mail = |lowercase, trim| Value::from(app.config().get_namespace("MAIL_", lowercase, trim));
    jsonify(Dict::from_iter([
        ("lower", mail(true, true)),
        ("upper", mail(false, true)),
        ("whole", mail(true, false)),
    ]))
}

fn flags() -> Result {
    let app = current_app();
    let config = app.config();
    jsonify(json!({
        "debug": config.debug,
        "testing": config.testing,
        "has_key": config.secret_key.is_some(),
        "lifetime": config.permanent_session_lifetime.as_seconds(),
    }))
}

fn url() -> Result {
    jsonify(json!({
        "url": request().url(),
        "host": request().host(),
        "link": url_for("url").external(true).build()?,
        "secure": url_for("url").scheme("https").build()?,
        "path": url_for!("url")?,
    }))
}

fn crash() -> carafe::Result<&'static str> {
    Err(Error::msg("crash"))
}
