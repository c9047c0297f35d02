//! Blueprints: nesting, prefixes, names, handlers, static and template folders.
//!
//! Options: `subdomain` (register the blueprint `sub` on a subdomain; needs `SERVER_NAME`), `order` = `ba`
//! (register beta before alpha).

mod folders; // blueprints with files of their own
mod levels; // three levels of blueprints in each other
mod wide; // blueprints with effects on the app, on values and under several names

use carafe::prelude::*;
use carafe::routing::Values;
use carafe::{BlueprintOptions, ReadyApp, render_template};
use serde_json::json;

use crate::support::{Setup, new_app, plain_values};

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<ReadyApp> {
    let mut app = new_app("blueprints", setup)?;
    let subdomain: Option<String> = setup.option("subdomain")?;
    app.subdomain_matching = setup.flag("subdomain");

    app.route("/", where_am_i).endpoint("index");
    app.route("/page/<name>", page);
    app.route("/registered", registered);
    app.route("/abort/<int:code>", aborted);
    app.route("/gone", || aborted(410)).endpoint("app_gone");
    wide::add_pages(&mut app);

    app.register_blueprint(levels::top(), ());
    wide::register(&mut app);
    let order: Option<String> = setup.option("order")?;
    folders::register(&mut app, setup, order.as_deref() == Some("ba"));

    prefixed(&mut app, "a", Some("/made"), None);
    prefixed(&mut app, "b", None, Some("/given"));
    prefixed(&mut app, "c", Some("/made2"), Some("/given2"));
    prefixed(&mut app, "d", Some("/slashed/"), None);
    if let Some(subdomain) = subdomain.filter(|subdomain| !subdomain.is_empty()) {
        on_subdomain(&mut app, &subdomain);
    }
    app.build()
}

fn where_am_i() -> Result {
    let request = request();
    jsonify(json!({
        "endpoint": request.endpoint(),
        "blueprint": request.blueprint(),
        "blueprints": request.blueprints(),
        "args": plain_values(&request.view_args()),
        "seen": g().get::<Vec<&str>>("seen").unwrap_or_default(),
    }))
}

/// Notes in `g` that a function ran.
fn see(name: &'static str) {
    g().update("seen", |seen: &mut Vec<&str>| seen.push(name));
}

fn aborted(code: u16) -> Result {
    match abort(code)? {}
}

fn page(name: String) -> Result {
    render_template(format!("{name}.html"), ())
}

fn registered() -> Result {
    jsonify(current_app().blueprints().collect::<Vec<_>>())
}

/// Prefixes at construction and at registration.
fn prefixed(
    app: &mut App,
    name: &str,
    at_construction: Option<&str>,
    at_registration: Option<&str>,
) {
    let make = |name: &str| {
        let blueprint = Blueprint::new(name);
        match at_construction {
            Some(prefix) => blueprint.with_url_prefix(prefix),
            None => blueprint,
        }
    };
    let options = || at_registration.map(url_prefix).unwrap_or_default();
    let mut outer = make(&format!("outer_{name}"));
    let mut inner = make("inner");
    inner.route("/", where_am_i).endpoint("index");
    inner.route("/leaf", where_am_i).endpoint("leaf");
    outer.register_blueprint(inner, options());
    app.register_blueprint(outer, options());
}

fn on_subdomain(app: &mut App, subdomain: &str) {
    let index = |_: Values<'static>| where_am_i();
    let mut sub = Blueprint::new("sub").with_subdomain("<name>");
    let mut inner = Blueprint::new("inner")
        .with_subdomain("in")
        .with_url_prefix("/inner");
    sub.route("/", index).endpoint("index");
    inner.route("/", index).endpoint("index");
    sub.register_blueprint(inner, ());
    app.register_blueprint(sub, BlueprintOptions::default().subdomain(subdomain));
}
