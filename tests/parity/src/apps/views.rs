//! Class-based views.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use carafe::prelude::*;
use carafe::{Arguments, IntoView, MaybeReady, View, ViewFunction, as_view, method_view};
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

struct Plain;

impl View for Plain {
    fn dispatch_request(&mut self, arguments: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(jsonify(json!({
            "view": "plain",
            "args": plain_values(&arguments.view_args()),
            "method": request().method().as_str(),
        })))
    }
}

struct Posting;

impl View for Posting {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["POST", "PUT"])
    }

    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(make_response(format!("posting {}", request().method())))
    }
}

struct Greeting {
    word: &'static str,
}

impl View for Greeting {
    fn dispatch_request(&mut self, arguments: &mut Arguments<'_>) -> MaybeReady<Result> {
        let values = arguments.view_args();
        let name = values
            .get("name")
            .and_then(|name| name.as_str())
            .unwrap_or_default();
        MaybeReady::Ready(make_response(format!("{} {name}", self.word)))
    }
}

/// A fresh instance serves each request.
#[derive(Default)]
struct Counting {
    count: u32,
}

impl View for Counting {
    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        self.count += 1;
        MaybeReady::Ready(make_response(self.count.to_string()))
    }
}

/// One instance serves every request.
#[derive(Clone, Default)]
struct CountingOnce {
    count: Arc<AtomicI64>,
}

impl View for CountingOnce {
    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        MaybeReady::Ready(make_response(count.to_string()))
    }
}

struct Decorated;

impl View for Decorated {
    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(jsonify(g().get::<Vec<&str>>("tags")))
    }
}

struct Refusing;

impl View for Refusing {
    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(make_response("allowed"))
    }
}

struct NoOptions;

impl View for NoOptions {
    fn provide_automatic_options() -> Option<bool> {
        Some(false)
    }

    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(make_response("no options"))
    }
}

struct OwnOptions;

impl View for OwnOptions {
    fn methods() -> Option<Vec<&'static str>> {
        Some(vec!["GET", "OPTIONS"])
    }

    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        let body = format!("own {}", request().method());
        MaybeReady::Ready(make_response((body, [("X-Own", "1")])))
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

    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::Ready(make_response("forced"))
    }
}

struct Asynchronous;

impl View for Asynchronous {
    fn dispatch_request(&mut self, _: &mut Arguments<'_>) -> MaybeReady<Result> {
        MaybeReady::waiting(async { make_response(format!("async {}", request().method())) })
    }
}

fn crud() -> ViewFunction {
    method_view("crud")
        .get(|id: i64| format!("get {id}"))
        .post(|id: i64| (format!("post {id}"), 201))
        .put(|id: i64| format!("put {id}"))
        .patch(|id: i64| format!("patch {id}"))
        .delete(|_: i64| ("", 204))
        .into_view()
}

/// Methods that share a number.
fn stateful(name: &'static str, start: i64) -> ViewFunction {
    let total = Arc::new(AtomicI64::new(start));
    let added = total.clone();
    let add = move || {
        let total = added.clone();
        async move {
            let number: i64 = request().form().await?.require("n")?.parse()?;
            let total = total.fetch_add(number, Ordering::Relaxed) + number;
            Ok::<_, Error>(total.to_string())
        }
    };
    method_view(name)
        .get(move || total.load(Ordering::Relaxed).to_string())
        .post(add)
        .into_view()
}

pub(crate) fn create_app(setup: &Setup) -> carafe::Result<carafe::ReadyApp> {
    let mut app = new_app("views", setup)?;
    views(&mut app);
    method_views(&mut app);

    let mut blueprint = Blueprint::new("bp").with_url_prefix("/bp");
    blueprint.route("/plain", as_view("plain", || Plain));
    blueprint.route("/crud/<int:id>", crud());
    app.register_blueprint(blueprint, ());

    app.route("/endpoints", endpoints);
    app.route("/methods", methods);
    app.build()
}

fn views(app: &mut App) {
    let plain = as_view("plain", || Plain);
    app.route("/plain", plain.clone());
    app.route("/plain/<int:number>", plain.clone());
    app.route("/plain/default", plain).default("number", 7);
    app.route("/posting", as_view("posting", || Posting));
    app.route("/posting-get", as_view("posting_get", || Posting))
        .methods(["GET"]);
    app.route(
        "/hello/<name>",
        as_view("hello", || Greeting { word: "hello" }),
    );
    app.route("/bye/<name>", as_view("bye", || Greeting { word: "bye" }));
    app.route("/counting", as_view("counting", Counting::default));
    let once = CountingOnce::default();
    app.route(
        "/counting-once",
        as_view("counting_once", move || once.clone()),
    );
    let decorated = as_view("decorated", || Decorated);
    app.route("/decorated", tag("outer", tag("inner", decorated)));
    app.route("/refusing", refuse(as_view("refusing", || Refusing)));
    app.route("/no-options", as_view("no_options", || NoOptions));
    app.route("/own-options", as_view("own_options", || OwnOptions));
    app.route(
        "/forced-options",
        as_view("forced_options", || ForcedOptions),
    );
    app.route("/argument-wins", as_view("argument_wins", || NoOptions))
        .provide_automatic_options(true);
    app.route("/async", as_view("asynchronous", || Asynchronous));
    app.route("/renamed", as_view("inner_name", || Plain))
        .endpoint("outer_name");
}

fn method_views(app: &mut App) {
    app.route("/crud/<int:id>", crud());
    let collection = method_view("collection")
        .get(|| jsonify(url_for!("crud", id = 3)?))
        .post(|Json(body): Json<serde_json::Value>| (Json(body), 201));
    app.route("/crud/", collection);
    let with_head = method_view("with_head")
        .get(|| "body")
        .head(|| ("", [("X-Head", "own")]));
    app.route("/with-head", with_head);
    let with_options = method_view("with_options")
        .get(|| "body")
        .options(|| ("own options", [("X-Options", "own")]));
    app.route("/with-options", with_options);
    // Has a post method that its `methods` leaves out.
    let limited = method_view("limited")
        .methods(["GET"])
        .get(|| "limited")
        .post(|| "never");
    app.route("/limited", limited);
    app.route("/post-only", method_view("post_only").post(|| "post only"));
    // Allows a method that it does not have.
    let unimplemented = method_view("unimplemented")
        .methods(["GET", "DELETE"])
        .get(|| "implemented");
    app.route("/unimplemented", unimplemented);
    let traced = method_view("traced")
        .get(|| "traced get")
        .post(|| "traced post");
    app.route("/traced", tag("method", traced));
    app.route("/stateful", stateful("stateful", 10));
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
