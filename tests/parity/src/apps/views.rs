//! Class-based views.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use carafe::prelude::*;
use carafe::routing::Values;
use carafe::{IntoView, MaybeReady, MethodView, View, ViewFunction, as_view, method_view};
use serde_json::json;

use crate::support::{Setup, new_app, plain_values};

/// A view decorator that adds a header and notes its order.
fn tag<M>(name: &'static str, view: impl IntoView<M>) -> ViewFunction {
    view.into_view().wrap(move |view, arguments| {
        g().update("tags", |tags: &mut Vec<&str>| tags.push(name));
        view.call(arguments).map(move |answer| {
            let mut response = answer?;
            response.add_header("X-Tag", name)?;
            Ok(response)
        })
    })
}

/// A view decorator that may answer in place of the view.
fn refuse<M>(view: impl IntoView<M>) -> ViewFunction {
    view.into_view().wrap(|view, arguments| {
        if request().args().contains("refuse") {
            return MaybeReady::Ready(make_response(("refused", 403)));
        }
        view.call(arguments)
    })
}

struct Plain {
    args: Values<'static>,
}

impl View for Plain {
    async fn dispatch_request(&mut self) -> Result {
        jsonify(json!({
            "view": "plain",
            "args": plain_values(&self.args),
            "method": request().method().as_str(),
        }))
    }
}

fn plain(name: &'static str) -> ViewFunction {
    as_view(name, |args: Values<'static>| Plain { args })
}

struct Posting;

impl View for Posting {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["POST", "PUT"])
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response(format!("posting {}", request().method()))
    }
}

struct Greeting {
    word: &'static str,
    name: String,
}

impl View for Greeting {
    async fn dispatch_request(&mut self) -> Result {
        make_response(format!("{} {}", self.word, self.name))
    }
}

fn greeting(endpoint: &'static str, word: &'static str) -> ViewFunction {
    as_view(endpoint, move |name: String| Greeting { word, name })
}

/// A fresh instance serves each request.
#[derive(Default)]
struct Counting {
    count: u32,
}

impl View for Counting {
    async fn dispatch_request(&mut self) -> Result {
        self.count += 1;
        make_response(self.count.to_string())
    }
}

/// One count serves every request.
#[derive(Clone, Default)]
struct CountingOnce {
    count: Arc<AtomicI64>,
}

impl View for CountingOnce {
    async fn dispatch_request(&mut self) -> Result {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        make_response(count.to_string())
    }
}

struct Decorated;

impl View for Decorated {
    fn decorate(view: ViewFunction) -> ViewFunction {
        tag("outer", tag("inner", view))
    }

    async fn dispatch_request(&mut self) -> Result {
        jsonify(g().get::<Vec<&str>>("tags"))
    }
}

struct Refusing;

impl View for Refusing {
    fn decorate(view: ViewFunction) -> ViewFunction {
        refuse(view)
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response("allowed")
    }
}

struct NoOptions;

impl View for NoOptions {
    fn provide_automatic_options() -> Option<bool> {
        Some(false)
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response("no options")
    }
}

struct OwnOptions;

impl View for OwnOptions {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET", "OPTIONS"])
    }

    async fn dispatch_request(&mut self) -> Result {
        let body = format!("own {}", request().method());
        make_response((body, [("X-Own", "1")]))
    }
}

struct ForcedOptions;

impl View for ForcedOptions {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["POST"])
    }

    fn provide_automatic_options() -> Option<bool> {
        Some(true)
    }

    async fn dispatch_request(&mut self) -> Result {
        make_response("forced")
    }
}

struct Crud {
    id: i64,
}

impl MethodView for Crud {
    async fn get(&mut self) -> Result {
        make_response(format!("get {}", self.id))
    }

    async fn post(&mut self) -> Result {
        make_response((format!("post {}", self.id), 201))
    }

    async fn put(&mut self) -> Result {
        make_response(format!("put {}", self.id))
    }

    async fn patch(&mut self) -> Result {
        make_response(format!("patch {}", self.id))
    }

    async fn delete(&mut self) -> Result {
        make_response(("", 204))
    }
}

fn crud() -> ViewFunction {
    as_view("crud", |id: i64| Crud { id })
}

struct WithHead;

impl MethodView for WithHead {
    async fn get(&mut self) -> Result {
        make_response("body")
    }

    async fn head(&mut self) -> Result {
        make_response(("", [("X-Head", "own")]))
    }
}

struct WithOptions;

impl MethodView for WithOptions {
    async fn get(&mut self) -> Result {
        make_response("body")
    }

    async fn options(&mut self) -> Result {
        make_response(("own options", [("X-Options", "own")]))
    }
}

/// Has a post method that its `methods` leaves out.
struct Limited;

impl MethodView for Limited {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET"])
    }

    async fn get(&mut self) -> Result {
        make_response("limited")
    }

    async fn post(&mut self) -> Result {
        make_response("never")
    }
}

struct PostOnly;

impl MethodView for PostOnly {
    async fn post(&mut self) -> Result {
        make_response("post only")
    }
}

/// Allows a method that it does not have.
struct Unimplemented;

impl MethodView for Unimplemented {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET", "DELETE"])
    }

    async fn get(&mut self) -> Result {
        make_response("implemented")
    }
}

struct Traced;

impl MethodView for Traced {
    fn decorate(view: ViewFunction) -> ViewFunction {
        tag("method", view)
    }

    async fn get(&mut self) -> Result {
        make_response("traced get")
    }

    async fn post(&mut self) -> Result {
        make_response("traced post")
    }
}

/// Methods that share a number, as all requests do.
#[derive(Clone)]
struct Stateful {
    total: Arc<AtomicI64>,
}

impl Stateful {
    fn starting_at(total: i64) -> Self {
        let total = Arc::new(AtomicI64::new(total));
        Self { total }
    }
}

impl MethodView for Stateful {
    async fn get(&mut self) -> Result {
        make_response(self.total.load(Ordering::Relaxed).to_string())
    }

    async fn post(&mut self) -> Result {
        let number: i64 = request().form().await?.require("n")?.parse()?;
        let total = self.total.fetch_add(number, Ordering::Relaxed) + number;
        make_response(total.to_string())
    }
}

struct Asynchronous;

impl View for Asynchronous {
    async fn dispatch_request(&mut self) -> Result {
        make_response(format!("async {}", request().method()))
    }
}

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<carafe::ReadyApp> {
    let mut app = new_app("views", setup)?;
    views(&mut app);
    method_views(&mut app);

    let mut blueprint = Blueprint::new("bp").with_url_prefix("/bp");
    blueprint.route("/plain", plain("plain"));
    blueprint.route("/crud/<int:id>", crud());
    app.register_blueprint(blueprint, ());

    app.route("/endpoints", endpoints);
    app.route("/methods", methods);
    app.build()
}

fn views(app: &mut App) {
    let own_plain = plain("plain");
    app.route("/plain", own_plain.clone());
    app.route("/plain/<int:number>", own_plain.clone());
    app.route("/plain/default", own_plain).default("number", 7);
    app.route("/posting", as_view("posting", || Posting));
    app.route("/posting-get", as_view("posting_get", || Posting))
        .methods(["GET"]);
    app.route("/hello/<name>", greeting("hello", "hello"));
    app.route("/bye/<name>", greeting("bye", "bye"));
    app.route("/counting", as_view("counting", Counting::default));
    let once = CountingOnce::default();
    app.route(
        "/counting-once",
        as_view("counting_once", move || once.clone()),
    );
    app.route("/decorated", as_view("decorated", || Decorated));
    app.route("/refusing", as_view("refusing", || Refusing));
    app.route("/no-options", as_view("no_options", || NoOptions));
    app.route("/own-options", as_view("own_options", || OwnOptions));
    app.route(
        "/forced-options",
        as_view("forced_options", || ForcedOptions),
    );
    app.route("/argument-wins", as_view("argument_wins", || NoOptions))
        .provide_automatic_options(true);
    app.route("/async", as_view("asynchronous", || Asynchronous));
    app.route("/renamed", plain("inner_name"))
        .endpoint("outer_name");
}

fn method_views(app: &mut App) {
    app.route("/crud/<int:id>", crud());
    app.route("/with-head", as_view("with_head", || WithHead));
    app.route("/with-options", as_view("with_options", || WithOptions));
    app.route("/limited", as_view("limited", || Limited));
    app.route("/post-only", as_view("post_only", || PostOnly));
    app.route("/unimplemented", as_view("unimplemented", || Unimplemented));
    app.route("/traced", as_view("traced", || Traced));
    let stateful = Stateful::starting_at(10);
    app.route("/stateful", as_view("stateful", move || stateful.clone()));
    // Functions whose arguments differ, or of which only some wait, can be put together as well.
    let collection = method_view("collection")
        .get(|| jsonify(url_for!("crud", id = 3)?))
        .post(|Json(body): Json<serde_json::Value>| (Json(body), 201));
    app.route("/crud/", collection);
    let async_methods = method_view("async_methods")
        .get(async || "async get")
        .post(|| "sync post");
    app.route("/async-methods", async_methods);
}

fn endpoints() -> Result {
    jsonify(json!({
        "plain": url_for!("plain")?,
        "hello": url_for!("hello", name = "x")?,
        "outer_name": url_for!("outer_name")?,
        "crud": url_for!("crud", id = 1)?,
        "bp.crud": url_for!("bp.crud", id = 2)?,
        "bp.plain": url_for!("bp.plain")?,
    }))
}

fn methods() -> Result {
    let (app, request) = (current_app(), request());
    let wanted = request.args().getlist("e");
    let rules = app.url_map().rules().filter_map(|rule| {
        let endpoint = rule.endpoint_name()?;
        let is_wanted = wanted.iter().any(|name| name == endpoint);
        is_wanted.then(|| (endpoint, rule.method_names()))
    });
    jsonify(rules.collect::<std::collections::BTreeMap<_, _>>())
}
