//! What a view sees of the request. Option: handler_413 (an error handler).

mod body; // forms, files, bytes, JSON and limits
mod headers; // headers by what they hold

use std::collections::{BTreeMap, BTreeSet};

use carafe::ReadyApp;
use carafe::multi_dict::MultiDict;
use carafe::prelude::*;
use carafe::routing::Values;
use serde_json::json;

use crate::support::{Setup, new_app, plain_values};

const EVERY: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// All values of a mapping by key.
fn lists(values: &MultiDict) -> BTreeMap<&str, &[String]> {
    values.lists().collect()
}

fn url(request: Request, values: Values<'static>) -> Result {
    jsonify(json!({
        "url": request.url(),
        "base_url": request.base_url(),
        "url_root": request.root_url(),
        "root_url": request.root_url(),
        "host_url": request.host_url(),
        "host": request.host(),
        "path": request.path(),
        "full_path": request.full_path(),
        "script_root": request.script_root(),
        "root_path": request.script_root(),
        "query_string": request.query_string(),
        "scheme": request.scheme(),
        "is_secure": request.is_secure(),
        "method": request.method().as_str(),
        "rest": values.get("rest").and_then(|rest| rest.as_str()),
    }))
}

fn endpoint(request: Request, _: Values<'static>) -> Result {
    let rule = request.url_rule().or_404()?;
    let methods: BTreeSet<_> = rule.method_names().into_iter().flatten().collect();
    jsonify(json!({
        "endpoint": request.endpoint(),
        "view_args": plain_values(&request.view_args()),
        "rule": rule.rule(),
        "methods": methods,
        "blueprint": request.blueprint(),
        "blueprints": request.blueprints(),
    }))
}

fn args(request: Request) -> Result {
    let first: BTreeMap<_, _> = request.args().items().collect();
    jsonify(json!({"args": lists(request.args()), "first": first}))
}

fn args_typed(request: Request) -> Result {
    let args = request.args();
    let integer: Option<i64> = args.get_as("n");
    jsonify(json!({
        "integer": integer,
        "default": integer.unwrap_or(7),
        "all": args.getlist_as::<i64>("n"),
        "text": args.get("s").map_or("fallback", String::as_str),
        "has": args.contains("s"),
    }))
}

fn args_key(request: Request) -> Result<String> {
    Ok(request.args().require("wanted")?.clone())
}

async fn values(request: Request) -> Result {
    jsonify(lists(&request.values().await?))
}

fn cookies(request: Request) -> Result {
    jsonify(lists(request.cookies()))
}

fn cookies_key(request: Request) -> Result<String> {
    Ok(request.cookies().require("wanted")?.clone())
}

pub(crate) fn create_app(setup: &Setup) -> Result<ReadyApp> {
    let mut app = new_app("requests", setup)?;
    app.route("/url", url).methods(EVERY);
    app.route("/url/<path:rest>", url).methods(EVERY);
    app.route("/endpoint/<int:number>/<name>", endpoint);
    app.route("/args", args);
    app.route("/args/typed", args_typed);
    app.route("/args/key", args_key);
    app.route("/values", values).methods(EVERY);
    app.route("/cookies", cookies);
    app.route("/cookies/key", cookies_key);
    body::routes(&mut app);
    headers::routes(&mut app);
    if setup.flag("handler_413") {
        app.error_handler(413, |_: &HttpError| ("too large for us", 413));
    }
    app.build()
}
