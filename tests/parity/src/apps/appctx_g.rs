//! Contexts, g, current_app, copies of a context, async views and streams.
//!
//! The trace shows when a context is torn down, by number of the request.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use carafe::prelude::*;
use carafe::{
    Body, ReadyApp, copy_current_request_context, has_app_context, has_request_context, spawn,
    stream_with_context, try_current_app, try_g, try_request, try_session,
};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};

use crate::support::{Setup, Trace, log, new_app};

/// How many requests there were, and how many resources were opened.
#[derive(Default)]
struct Counters {
    requests: AtomicU32,
    opened: AtomicU32,
}

/// What was seen in a context outside of any request, and what it logged.
#[derive(Default)]
struct SetUp(OnceLock<(Value, Vec<String>)>);

macro_rules! errors {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name(&'static str);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

errors! { Custom Handled AsyncHandled }

/// Runs a function on a thread without any context.
fn in_thread<T: Send>(function: impl FnOnce() -> T + Send) -> Result<T> {
    let done = thread::scope(|scope| scope.spawn(function).join());
    done.map_err(|_| Error::msg("the thread panicked"))
}

/// What came of something, or "error".
fn outcome<T: Into<Value>, E>(result: Result<T, E>) -> Value {
    result.map_or_else(|_| "error".into(), Into::into)
}

fn shown(ended: &Ended) -> String {
    match ended.error() {
        None => "-".into(),
        Some(error) => error
            .downcast_ref::<Custom>()
            .map_or("other".into(), ToString::to_string),
    }
}

fn before() {
    if let Some(counters) = current_app().state::<Counters>() {
        g().set(
            "number",
            counters.requests.fetch_add(1, Ordering::Relaxed) + 1,
        );
    }
}

fn number() -> u32 {
    g().get("number").unwrap_or_default()
}

fn teardown_request(ended: Ended) {
    let names = g().names().join(",");
    log(format!(
        "teardown_request g={names} error={}",
        shown(&ended)
    ));
}

fn teardown_appcontext(ended: Ended) {
    let closed: String = g().pop("resource").unwrap_or_else(|| "-".into());
    let request = i32::from(has_request_context());
    log(format!(
        "teardown_appcontext resource={closed} error={} request={request}",
        shown(&ended)
    ));
}

fn resource() -> String {
    g().get_or_insert_with("resource", || {
        let counters = current_app().state::<Counters>();
        let opened = counters.map_or(0, |counters| {
            counters.opened.fetch_add(1, Ordering::Relaxed) + 1
        });
        format!("resource-{opened}")
    })
}

fn index() -> String {
    format!("request {}", number())
}

fn get_set_up(set_up: State<SetUp>) -> Result {
    let (seen, trace) = set_up
        .0
        .0
        .get()
        .ok_or_else(|| Error::msg("the set-up is not over"))?;
    jsonify(json!({ "set_up": seen, "trace": trace, "color": g().get::<String>("color") }))
}

fn g_methods() -> Result {
    let g = g();
    let mut out: Vec<Value> = Vec::new();
    out.push(g.get::<i64>("x").into());
    out.push(g.get::<i64>("x").unwrap_or(1).into());
    out.push(g.contains("x").into());
    g.set("x", 2_i64);
    out.push(g.contains("x").into());
    out.push(g.setdefault("x", 3_i64).into());
    out.push(g.setdefault("y", 4_i64).into());
    out.push(g.pop::<i64>("y").into());
    out.push(g.pop::<i64>("y").unwrap_or(5).into());
    out.push(outcome(g.pop::<i64>("y").ok_or(())));
    out.push(outcome(g.get::<i64>("missing").ok_or(())));
    out.push(g.names().into());
    g.remove("x");
    out.push(g.contains("x").into());
    jsonify(&out)
}

fn g_keep(value: String) -> Result {
    let before = g().get::<String>("kept");
    g().set("kept", value);
    jsonify(json!({ "before": before, "after": g().get::<String>("kept") }))
}

fn use_resource() -> Result {
    jsonify(&[resource(), resource()])
}

fn fail_with_resource() -> Result {
    resource();
    Err(Custom("failed").into())
}

fn handled_with_resource() -> Result {
    resource();
    Err(Handled("handled").into())
}

fn handle(error: &Handled) -> (String, u16) {
    let resource: String = g().get("resource").unwrap_or_else(|| "-".into());
    (format!("handled {error} with {resource}"), 400)
}

fn nested() -> Result {
    g().set("value", "outer");
    resource();
    let mut out = json!({ "before": has_request_context() });
    {
        let _guard = current_app().app_context().push()?;
        out["inner_value"] = g().get::<&str>("value").into();
        out["inner_request"] = has_request_context().into();
        out["inner_path"] = outcome(try_request().map(|request| request.path().to_owned()));
        out["inner_session"] = outcome(try_session().map(|session| session.get::<String>("x")));
        out["inner_app"] = current_app().name().into();
        out["inner_url"] = outcome(url_for!("index"));
        out["inner_resource"] = resource().into();
        g().set("value", "inner");
    }
    out["after_value"] = g().get::<&str>("value").into();
    out["after_path"] = request().path().into();
    out["after_resource"] = resource().into();
    jsonify(&out)
}

async fn test_request() -> Result {
    g().set("value", "outer");
    let app = current_app();
    let mut out = json!({});
    {
        let ctx = app
            .test_request_context("/g/keep/abc?q=1")
            .header("X-Test", "t")
            .build()?;
        let _guard = ctx.push()?;
        let request = request();
        out["path"] = request.path().into();
        out["query"] = request.args().require("q")?.as_str().into();
        out["endpoint"] = request.endpoint().into();
        let view_args = request.view_args();
        out["view_args"] = view_args
            .iter()
            .map(|(name, value)| (name, value.to_string()))
            .collect();
        out["header"] = request.header("X-Test").into();
        out["url"] = request.url().into();
        out["value"] = g().get::<&str>("value").into();
        out["link"] = url_for!("index", _external = true)?.into();
        out["blueprint"] = request.blueprint().into();
    }
    let ctx = app
        .test_request_context("/no-such-page")
        .method("POST")
        .form([("a", "b")])
        .build()?;
    let missing = ctx.scope(async {
        let request = request();
        let a = request.form().await?.require("a")?;
        Ok::<_, Error>(json!([request.endpoint(), request.method().as_str(), a]))
    });
    out["missing"] = missing.await??;
    {
        let ctx = app
            .test_request_context("/")
            .base_url("https://other.example/sub")
            .build()?;
        let _guard = ctx.push()?;
        out["other"] = json!([request().url(), url_for!("index", _external = true)?]);
    }
    out["after"] = json!([request().path(), g().get::<&str>("value")]);
    jsonify(&out)
}

fn test_client() -> Result {
    let client = current_app().test_client();
    let first = client.get("/g/keep/inner").try_send()?;
    let second = client.get("/resource/fail").try_send()?;
    jsonify(
        json!({ "first": first.json::<Value>(), "second": second.status(), "number": number() }),
    )
}

fn outside() -> Result {
    let app = current_app();
    jsonify(&in_thread(|| {
        json!({
            "app_context": has_app_context(),
            "request_context": has_request_context(),
            "current_app": outcome(try_current_app().map(|app| app.name().to_owned())),
            "g": outcome(try_g().map(|g| g.get::<u32>("number"))),
            "request": outcome(try_request().map(|request| request.path().to_owned())),
            "session": outcome(try_session().map(|session| session.get::<String>("x"))),
            "url_for": outcome(url_for!("index")),
            "app_url_for": outcome(app.url_for("index").build()),
            "after_this_request": outcome(after_this_request(|response: Response| response)),
            "copy": outcome(copy_current_request_context(|| 1).map(|work| work())),
        })
    })?)
}

fn outside_app_context() -> Result {
    let app = current_app();
    let probe = move || -> Result<Value> {
        let _guard = app.app_context().push()?;
        Ok(json!({
            "app_context": has_app_context(),
            "request_context": has_request_context(),
            "current_app": outcome(try_current_app().map(|app| app.name().to_owned())),
            "g": outcome(try_g().map(|g| g.get::<String>("number").unwrap_or_else(|| "none".into()))),
            "request": outcome(try_request().map(|request| request.path().to_owned())),
            "after_this_request": outcome(after_this_request(|response: Response| response)),
            "url_for": outcome(url_for!("index", a = 1)),
            "scheme": outcome(url_for!("index", _scheme = "https")),
            "relative": outcome(url_for!("index", _external = false)),
            "resource": resource(),
        }))
    };
    jsonify(&in_thread(probe)??)
}

fn outside_error() -> Result {
    let app = current_app();
    let probe = move || -> Result<Value> {
        let guard = app.app_context().push()?;
        resource();
        let error = Error::from(Custom("in a context"));
        guard.pop(Ended::from(error.clone()))?;
        Err(error)
    };
    jsonify(&in_thread(move || outcome(probe()))?)
}

fn copy() -> Result {
    session().insert("from_view", "seen")?;
    g().set("value", "view");
    let work = copy_current_request_context(|| -> Result<Value> {
        let request = request();
        let out = json!({
            "path": request.path(),
            "query": request.args().get("q"),
            "session": session().get::<String>("from_view"),
            "g": g().get::<&str>("value"),
            "endpoint": request.endpoint(),
            "url": url_for!(".copy")?,
        });
        g().set("value", "thread");
        log("work");
        Ok(out)
    })?;
    let result = in_thread(work)??;
    log("view continues");
    jsonify(json!({ "result": result, "after": g().get::<&str>("value") }))
}

async fn copy_form() -> Result {
    request().form().await?;
    let work = spawn(async { Ok::<_, Error>(request().form().await?.get("a").cloned()) })?;
    jsonify(&work.await??)
}

async fn async_view() -> String {
    g().set("value", "async");
    let value = g().get::<&str>("value").unwrap_or_default();
    format!("{value} {} {}", request().path(), number())
}

async fn async_error() -> Result {
    Err(Handled("async").into())
}

fn async_hooks() -> Result<&'static str> {
    after_this_request(async |mut response: Response| {
        response.set_header("X-Async-After", &number().to_string())?;
        Ok::<_, Error>(response)
    })?;
    Ok(g().get("from_async_before").unwrap_or("none"))
}

async fn async_before() -> Option<&'static str> {
    if request().path() == "/async/hooks" {
        g().set("from_async_before", "set");
    }
    (request().path() == "/async/early").then_some("early")
}

async fn async_after(mut response: Response) -> Result {
    response.set_header("X-Number", &number().to_string())?;
    Ok(response)
}

async fn async_teardown(_ended: Ended) {
    log("async teardown");
}

fn async_handler(_: &AsyncHandled) -> impl Future<Output = (&'static str, u16)> + Send + use<> {
    async { ("async handler", 418) }
}

fn async_handled() -> Result {
    Err(AsyncHandled("k").into())
}

fn numbers(with_request: bool, trace: State<Trace>) -> impl Stream<Item = Result<String>> + Send {
    stream::iter(
        [1, 1, 2, 2]
            .into_iter()
            .enumerate()
            .filter_map(move |(place, number)| {
                if place % 2 == 0 {
                    trace.push(format!("chunk {number}"));
                    return Some(Ok(number.to_string()));
                }
                with_request.then(|| {
                    let q = request()
                        .args()
                        .get("q")
                        .cloned()
                        .unwrap_or_else(|| "-".into());
                    Ok(format!(" {q} {};", g().get::<&str>("value").unwrap_or("-")))
                })
            }),
    )
}

fn stream_plain(trace: State<Trace>) -> Result {
    g().set("value", "v");
    resource();
    Response::new(Body::stream(numbers(false, trace))).mimetype("text/plain")
}

fn stream_context(trace: State<Trace>) -> Result {
    g().set("value", "v");
    resource();
    Response::new(Body::stream(stream_with_context(numbers(true, trace))?)).mimetype("text/plain")
}

fn stream_decorated() -> Result {
    let generate = |prefix: &'static str| {
        let steps: [fn(&str) -> String; 3] = [
            |prefix| prefix.to_owned(),
            |_| request().path().to_owned(),
            |_| format!(" {}", number()),
        ];
        stream_with_context(stream::iter(
            steps
                .into_iter()
                .map(move |step| Ok::<_, Error>(step(prefix))),
        ))
    };
    Response::new(Body::stream(generate("at ")?)).mimetype("text/plain")
}

/// Uses the request after its context has gone: breaks off.
fn stream_lost() -> Result {
    let steps: [fn() -> String; 2] = [|| "before ".to_owned(), || request().path().to_owned()];
    let generate = stream::iter(steps.into_iter().map(|step| Ok::<_, Error>(step())));
    Response::new(Body::stream(generate)).mimetype("text/plain")
}

fn stream_probe() -> Result {
    let generate = stream::iter([()].into_iter().map(|()| {
        let (request, app) = (
            i32::from(has_request_context()),
            i32::from(has_app_context()),
        );
        Ok::<_, Error>(format!("request={request} app={app}"))
    }));
    if request().args().contains("context") {
        return make_response(Body::stream(stream_with_context(generate)?));
    }
    make_response(Body::stream(generate))
}

fn stream_fail() -> Result {
    resource();
    let generate = stream::iter([Ok("before "), Err(Custom("in the stream"))]);
    make_response(Body::stream(stream_with_context(generate)?))
}

async fn stream_async_view(trace: State<Trace>) -> Result {
    g().set("value", "v");
    Response::new(Body::stream(stream_with_context(numbers(true, trace))?)).mimetype("text/plain")
}

fn stream_session() -> Result {
    session().insert("seen", "yes")?;
    let generate = stream::iter([()].into_iter().map(|()| {
        Ok::<_, Error>(
            session()
                .get::<String>("seen")
                .unwrap_or_else(|| "no".into()),
        )
    }));
    make_response(Body::stream(stream_with_context(generate)?))
}

fn stream_head(trace: State<Trace>) -> Result {
    Response::new(Body::stream(stream_with_context(numbers(true, trace))?)).mimetype("text/plain")
}

/// Looks around in a context outside of any request.
fn look_around(app: &ReadyApp) -> Result<Value> {
    let _guard = app.app_context().push()?;
    g().set("color", "blue");
    Ok(json!({
        "app": current_app().name(),
        "color": g().get::<&str>("color"),
        "resource": resource(),
        "request": has_request_context(),
        "url": outcome(url_for!("index")),
        "external_off": outcome(url_for!("index", _external = false)),
    }))
}

fn add_routes(app: &mut App) {
    app.get("/", index);
    app.get("/set-up", get_set_up);
    app.get("/g/methods", g_methods);
    app.get("/g/keep/<value>", g_keep);
    app.get("/resource", use_resource);
    app.get("/resource/fail", fail_with_resource);
    app.get("/resource/handled", handled_with_resource);
    app.get("/nested", nested);
    app.get("/test-request", test_request);
    app.get("/test-client", test_client);
    app.get("/outside", outside);
    app.get("/outside/app-context", outside_app_context);
    app.get("/outside/error", outside_error);
    app.get("/copy", copy);
    app.post("/copy/form", copy_form);
    app.get("/async", async_view);
    app.get("/async/error", async_error);
    app.get("/async/hooks", async_hooks);
    app.get("/async/handler", async_handled);
    app.get("/stream/plain", stream_plain);
    app.get("/stream/context", stream_context);
    app.get("/stream/decorated", stream_decorated);
    app.get("/stream/lost", stream_lost);
    app.get("/stream/probe", stream_probe);
    app.get("/stream/fail", stream_fail);
    app.get("/stream/async-view", stream_async_view);
    app.get("/stream/session", stream_session);
    app.get("/stream/head", stream_head);
}

pub(crate) fn create_app(setup: &Setup) -> Result<ReadyApp> {
    let mut app = new_app("appctx_g", setup)?;
    let trace = Trace::of(&mut app);
    app.state(Counters::default());
    app.state(SetUp::default());

    app.before_request(before);
    app.before_request(async_before);
    app.after_request(async_after);
    app.teardown_request(teardown_request);
    app.teardown_request(async_teardown);
    app.teardown_appcontext(teardown_appcontext);
    app.error_handler_for(handle);
    app.error_handler_for(async_handler);
    add_routes(&mut app);

    let app = app.build()?;
    let seen = look_around(&app)?;
    if let Some(set_up) = app.state::<SetUp>() {
        set_up.0.get_or_init(|| (seen, trace.take()));
    }
    Ok(app)
}
