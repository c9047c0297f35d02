//! The rules of each layout.

use carafe::Route;
use carafe::prelude::*;
use carafe::routing::{Rule, Value, Values};
use serde_json::json;

use super::{build_view, set_up, show};
use crate::support::Setup;

pub(super) fn plain(app: &mut App, setup: &Setup) -> carafe::Result<()> {
    converters(app);
    priorities(app);
    slashes(app);
    defaults(app);
    redirects(app);
    methods(app);

    // An endpoint with its view attached apart.
    app.url_map.add(Rule::new("/apart").endpoint("apart"))?;
    app.endpoint("apart", || show(Values::new()));

    languages(app);
    blueprints(app);
    if setup.flag("build_handler") {
        build_error_handlers(app);
    }

    let results = set_up::attempts();
    app.get("/setup", move || json!(results))
        .endpoint("setup_results");
    app.get("/setup-late", set_up::late).endpoint("setup_late");
    app.get("/allowed", allowed);
    Ok(())
}

fn rule<'a>(app: &'a mut App, path: &str, endpoint: &str) -> &'a mut Route {
    app.route(path, show).endpoint(endpoint)
}

fn converters(app: &mut App) {
    let rules = [
        ("/", "index"),
        ("/str/<value>", "string"),
        ("/str-min/<string(minlength=3):value>", "string_min"),
        ("/str-max/<string(maxlength=3):value>", "string_max"),
        ("/str-len/<string(length=2):value>", "string_length"),
        ("/int/<int:value>", "integer"),
        ("/int-fixed/<int(fixed_digits=4):value>", "integer_fixed"),
        ("/int-range/<int(min=5, max=10):value>", "integer_range"),
        ("/int-signed/<int(signed=True):value>", "integer_signed"),
        ("/float/<float:value>", "floating"),
        (
            "/float-range/<float(min=0.5, max=9.5):value>",
            "floating_range",
        ),
        (
            "/float-signed/<float(signed=True):value>",
            "floating_signed",
        ),
        ("/path/<path:value>", "path"),
        ("/path/<path:value>/edit", "path_edit"),
        ("/path-slash/<path:value>/", "path_slash"),
        ("/any/<any(red, green, \"light blue\"):value>", "any"),
        ("/uuid/<uuid:value>", "uuid"),
        ("/list/<list:value>", "list"),
        ("/hex/<hex:value>", "hex"),
        ("/archive/<yearmonth:when>", "archive"),
        ("/archive/<yearmonth:when>/<slug>", "archive_post"),
        ("/mixed/v<int:major>.<int:minor>/<name>.html", "mixed"),
        ("/pair/<a>-<b>", "pair"),
        ("/caf\u{e9}/<name>", "unicode"),
    ];
    for (path, endpoint) in rules {
        rule(app, path, endpoint);
    }
}

fn priorities(app: &mut App) {
    let rules = [
        ("/prio/fixed", "prio_fixed"),
        ("/prio/<int:value>", "prio_int"),
        ("/prio/<value>", "prio_string"),
        ("/prio/<path:value>", "prio_path"),
        ("/prio/<value>/tail", "prio_tail"),
        ("/prio/fixed/<value>", "prio_head"),
        ("/prio/<hex:value>/hex", "prio_hex"),
        ("/limit/<int(max=10):value>", "limit_int"),
        ("/limit/<value>", "limit_string"),
        ("/static-or/<value>/x", "or_value"),
        ("/static-or/known/<value>", "or_known"),
    ];
    for (path, endpoint) in rules {
        rule(app, path, endpoint);
    }
}

fn slashes(app: &mut App) {
    rule(app, "/branch/", "branch");
    rule(app, "/leaf", "leaf");
    rule(app, "/branch/<int:value>/", "branch_value");
    rule(app, "/loose/", "loose").strict_slashes(false);
    rule(app, "/loose-leaf", "loose_leaf").strict_slashes(false);
    rule(app, "/both", "both_leaf");
    rule(app, "/both/", "both_branch");
    rule(app, "/deep/a/b", "deep");
    rule(app, "/deep/<value>/c/", "deep_branch");
    rule(app, "/unmerged//x", "unmerged").merge_slashes(false);
}

fn defaults(app: &mut App) {
    rule(app, "/page/", "page").default("number", 1);
    rule(app, "/page/<int:number>", "page");
    rule(app, "/list-of/", "listing").defaults([("number", 1), ("size", 10)]);
    rule(app, "/list-of/<int:number>", "listing").default("size", 10);
    rule(app, "/list-of/<int:number>/<int:size>", "listing");
    rule(app, "/fixed-default/<int:value>", "fixed_default").default("extra", "e");
}

fn redirects(app: &mut App) {
    rule(app, "/old/<int:value>", "old").redirect_to("/int/<value>");
    rule(app, "/old-relative/<value>", "old_relative").redirect_to("str/<value>");
    rule(app, "/old-func/<int:value>", "old_func").redirect_with(|_, values| {
        let value = values.get("value").and_then(Value::as_int);
        format!("/int/{}", value.unwrap_or_default() + 1)
    });
    rule(app, "/canonical/<value>", "aliased");
    rule(app, "/alias/<value>", "aliased").alias();
    rule(app, "/only-built/<value>", "only_built").build_only();
}

fn methods(app: &mut App) {
    rule(app, "/get-only", "get_only");
    rule(app, "/post-only", "post_only").methods(["POST"]);
    rule(app, "/many", "many").methods(["GET", "PUT", "DELETE"]);
    rule(app, "/lower", "lower").methods(["get", "patch"]);
    rule(app, "/split", "split_get");
    rule(app, "/split", "split_post").methods(["POST"]);
    rule(app, "/no-options", "no_options").provide_automatic_options(false);
    rule(app, "/own-options", "own_options").methods(["GET", "OPTIONS"]);
    rule(app, "/forced-options", "forced_options")
        .methods(["POST"])
        .provide_automatic_options(true);
    rule(app, "/head-only", "head_only").methods(["HEAD"]);
    rule(app, "/custom-method", "custom_method").methods(["PURGE"]);
    rule(app, "/split-slash/", "split_slash_get");
    rule(app, "/split-slash", "split_slash_post").methods(["POST"]);
    rule(app, "/same-endpoint", "by_method").methods(["GET"]);
    rule(app, "/same-endpoint/post", "by_method").methods(["POST"]);

    app.get("/short/get", short).endpoint("short_get");
    app.post("/short/post", short).endpoint("short_post");
    app.put("/short/put", short).endpoint("short_put");
    app.delete("/short/delete", short).endpoint("short_delete");
    app.patch("/short/patch", short).endpoint("short_patch");
}

fn short() -> Result {
    show(Values::new())
}

fn languages(app: &mut App) {
    app.url_value_preprocessor(|_, values| {
        let language = values.remove("lang");
        let language = language.and_then(|language| language.as_str().map(str::to_owned));
        g().set("language", language);
    });
    app.url_defaults(|endpoint, values| {
        let language = g().get::<Option<String>>("language").flatten();
        if let Some(language) = language
            && current_app()
                .url_map()
                .is_endpoint_expecting(endpoint, &["lang"])
            && values.get("lang").is_none()
        {
            values.insert("lang", language);
        }
    });
    app.get("/<any(de, fr):lang>/home", language_home);
    app.get("/<any(de, fr):lang>/about", language_about);
}

fn language_home() -> Result {
    let language = g().get::<Option<String>>("language");
    jsonify(json!({"language": language, "about": url_for!("language_about")?}))
}

fn language_about() -> Result {
    let language = g().get::<Option<String>>("language");
    jsonify(json!({"language": language, "other": url_for!("language_home", lang = "fr")?}))
}

fn blueprints(app: &mut App) {
    let mut shop = Blueprint::new("shop").with_url_prefix("/shop");
    let mut cart = Blueprint::new("cart").with_url_prefix("/cart");
    cart.route("/<int:value>", show).endpoint("item");
    cart.route("/build", build_view).endpoint("build");
    shop.route("/", show).endpoint("index");
    shop.route("", show).endpoint("bare");
    shop.route("/build", build_view).endpoint("build");
    shop.register_blueprint(cart, ());
    app.register_blueprint(shop, ());
}

fn build_error_handlers(app: &mut App) {
    app.url_build_error_handler(|error, endpoint, _| match endpoint {
        "reraised" => Err(error.clone().into()),
        _ => Ok(None),
    });
    app.url_build_error_handler(|_, endpoint, values| {
        let Some(page) = endpoint.strip_prefix("ext_") else {
            return Ok(None);
        };
        let special = ["_anchor", "_external", "_method", "_scheme"];
        let is_given = |key: &&str| values.get(key).is_some_and(|value| !value.is_none());
        let given: Vec<_> = special.into_iter().filter(is_given).collect();
        let mut parts: Vec<_> = values
            .iter()
            .filter(|(key, _)| !special.contains(key))
            .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)))
            .collect();
        parts.sort();
        parts.push(format!("given={}", given.join("+")));
        Ok(Some(format!(
            "https://elsewhere.example/{page}?{}",
            parts.join("&")
        )))
    });
}

fn allowed() -> Result {
    let (app, request) = (current_app(), request());
    let endpoint = request.args().require("endpoint")?;
    let rules = app.url_map().rules_of(endpoint);
    jsonify(
        rules
            .map(|rule| (rule.rule(), rule.method_names()))
            .collect::<Vec<_>>(),
    )
}

pub(super) fn subdomain(app: &mut App) {
    rule(app, "/", "root");
    rule(app, "/", "www").subdomain("www");
    rule(app, "/", "user").subdomain("<user>");
    rule(app, "/page/<int:value>", "user_page").subdomain("<user>");
    rule(app, "/branch/", "user_branch").subdomain("<user>");
    rule(app, "/branch/", "root_branch");
    app.route("/build", build_view)
        .endpoint("user_build")
        .subdomain("<user>");
    rule(app, "/deep", "deep").subdomain("a.b");
    rule(app, "/old", "old")
        .subdomain("<user>")
        .redirect_to("/page/1");
    let mut api = Blueprint::new("api").with_subdomain("api");
    let mut inner = Blueprint::new("v1")
        .with_subdomain("v1")
        .with_url_prefix("/inner");
    api.route("/", show).endpoint("index");
    inner.route("/", show).endpoint("index");
    api.register_blueprint(inner, ());
    app.register_blueprint(api, ());
}

pub(super) fn host(app: &mut App) {
    rule(app, "/", "root").host("example.com");
    rule(app, "/", "tenant").host("<tenant>.example.com");
    rule(app, "/branch/", "tenant_branch").host("<tenant>.example.com");
    rule(app, "/port", "port").host("example.com:8080");
    app.route("/build", build_view)
        .endpoint("tenant_build")
        .host("<tenant>.example.com");
    rule(app, "/multi", "multi").host("one.example.org");
    rule(app, "/multi", "multi").host("two.example.org");
    app.route("/build", build_view)
        .endpoint("build_one")
        .host("one.example.org");
    app.route("/build", build_view)
        .endpoint("build_two")
        .host("two.example.org");
    let mut hosted = Blueprint::new("hosted").with_url_prefix("/hosted");
    hosted
        .route("/", show)
        .endpoint("index")
        .host("hosted.example.com");
    app.register_blueprint(hosted, ());
}
