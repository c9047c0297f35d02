//! Matching, redirects, methods and URL building.
//!
//! Options: `layout` (`plain`, `subdomain` or `host`) and, of the URL map, `strict_slashes`,
//! `merge_slashes`, `redirect_defaults`, `sort_parameters`.

mod converters; // converters of the app's own
mod rules; // the rules of each layout
mod set_up; // which mistakes of the set-up are rejected

use std::collections::BTreeMap;

use carafe::prelude::*;
use carafe::routing::{BigInt, BuildError, Rule, Value, Values};
use carafe::sessions;
use serde_json::json;

use crate::support::{Setup, new_app};

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<carafe::ReadyApp> {
    let mut app = new_app("routing", setup)?;
    let layout: Option<String> = setup.option("layout")?;
    let layout = layout.as_deref().unwrap_or("plain");
    let options = app.url_map.options_mut();
    if layout == "host" {
        options.host_matching = true;
        app.static_host = Some("static.example.com".to_owned());
    }
    app.subdomain_matching = layout == "subdomain";
    let options = app.url_map.options_mut();
    if let Some(strict) = setup.option("strict_slashes")? {
        options.strict_slashes = strict;
    }
    if let Some(merge) = setup.option("merge_slashes")? {
        options.merge_slashes = merge;
    }
    if let Some(redirect) = setup.option("redirect_defaults")? {
        options.redirect_defaults = redirect;
    }
    options.sort_parameters = setup.flag("sort_parameters");
    converters::add(&mut app.url_map);

    app.error_handler(404, |_: &HttpError| {
        (json!({"missing": request().path()}), 404)
    });
    app.error_handler_for(|error: &BuildError| {
        let body = json!({
            "unbuildable": error.endpoint(),
            "values": error.value_names(),
            "method": error.method(),
        });
        (body, 501)
    });

    app.route("/build", build_view).endpoint("build");
    match layout {
        "subdomain" => rules::subdomain(&mut app),
        "host" => rules::host(&mut app),
        _ => rules::plain(&mut app, setup)?,
    }
    app.build()
}

/// A value of the URL beside the name of its type.
fn typed(value: &Value<'_>) -> (&'static str, sessions::Value) {
    match value {
        Value::Uuid(uuid) => ("uuid", uuid.to_string().into()),
        Value::Int(number) => ("int", (*number).into()),
        Value::BigInt(number) => ("int", number.clone().into()),
        Value::Float(number) => ("float", (*number).into()),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| typed(item).1).collect();
            ("list", items.into())
        }
        other => ("str", other.as_str().into()),
    }
}

/// Answers with what was matched.
fn show(values: Values<'static>) -> Result {
    let request = request();
    let args: BTreeMap<&str, _> = values
        .iter()
        .map(|(key, value)| (key, typed(value)))
        .collect();
    jsonify(Matched {
        endpoint: request.endpoint(),
        rule: request.url_rule().map(Rule::rule),
        args,
        method: request.method().as_str(),
    })
}

#[derive(serde::Serialize)]
struct Matched<'a> {
    endpoint: Option<&'a str>,
    rule: Option<&'a str>,
    args: BTreeMap<&'a str, (&'static str, sessions::Value)>,
    method: &'a str,
}

/// Builds the URL of `endpoint` from the other arguments of the query, at the app and in blueprints.
///
/// A repeated key is a list; `_int=KEY` makes that value an integer, `_none=KEY` adds an absent value.
fn build_view(_: Values<'static>) -> Result {
    let request = request();
    let args = request.args();
    let mut url = url_for(args.require("endpoint")?);
    let mut values = Values::new();
    for (key, items) in args.lists() {
        let first = args.require(key)?.as_str();
        match key {
            "endpoint" | "_int" => {}
            "_external" => url = url.external(first == "1"),
            "_anchor" => url = url.anchor(first),
            "_scheme" => url = url.scheme(first),
            "_method" => url = url.method(first),
            "_none" => values.extend(items.iter().map(|name| (name, Value::None))),
            _ if items.len() == 1 => values.insert(key, first),
            _ => values.insert(key, items.to_vec()),
        }
    }
    for name in args.getlist("_int") {
        let text = values.get(name).and_then(Value::as_str);
        let number: BigInt = text.or_abort(500)?.parse()?;
        values.insert(name, number);
    }
    for (name, value) in values.iter() {
        url = url.value(name.to_owned(), value.clone().into_owned());
    }
    jsonify(json!({"url": url.build()?}))
}
