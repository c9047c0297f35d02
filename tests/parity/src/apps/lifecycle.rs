//! Order of every hook, signal and session call, and what still runs when one of them fails.
//!
//! Each stage has a name, which is appended to the trace. Query arguments (all may repeat):
//!
//! - `fail=STAGE`: fails there with Boom("boom at STAGE")
//! - `fail=STAGE!KIND`: KIND is app (AppError), child (ChildError) or an HTTP status
//! - `ret=STAGE`: a before_request function returns "returned by STAGE"
//! - `replace=STAGE`: an after_request function returns a new response
//! - `after=N`: the view registers N after_this_request functions
//! - `early_after=1`: app.before.1 registers one after_this_request function
//! - `nested_after=1`: the first of them registers another
//! - `late_after=1`: app.after.1 registers one
//! - `session=1`: the view counts in the session
//! - `flash=CAT:MSG`: the view flashes
//! - `template=1`: the view renders lifecycle.html
//! - `url=ENDPOINT`: the view builds a URL
//!
//! Options: handler_500, handler_http (register those error handlers).

use std::fmt;

use carafe::prelude::*;
use carafe::sessions::cookie::behavior;
use carafe::{
    Body, BoxSession, OriginalError, ReadyApp, ResponseHead, SecureCookieSessionInterface,
    SessionContext, SessionError, SessionMixin, has_request_context, stream_with_context,
};
use futures_util::stream::{self, Stream, StreamExt};

use crate::support::{Setup, Trace, log, new_app};

/// An error with a message and nothing else.
macro_rules! errors {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        struct $name(String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

errors! { Boom AppError ChildError }

fn describe(error: Option<&Error>) -> String {
    let Some(error) = error else {
        return "-".into();
    };
    if let Some(http) = error.downcast_ref::<HttpError>() {
        return format!("http {}", http.code());
    }
    let own = (error.downcast_ref::<Boom>().map(ToString::to_string))
        .or_else(|| error.downcast_ref::<AppError>().map(ToString::to_string))
        .or_else(|| error.downcast_ref::<ChildError>().map(ToString::to_string));
    own.unwrap_or_else(|| "other".into())
}

fn describe_end(ended: &Ended) -> String {
    match ended {
        Ended::Finished => "-".into(),
        Ended::Error(error) | Ended::Panicked(error) => describe(Some(error)),
        _ => "other".into(),
    }
}

/// Records a stage, and fails in it if the request asks for that.
fn point(stage: &str, detail: impl fmt::Display) -> Result<()> {
    log(format!("{stage} {detail}").trim_end());
    if !has_request_context() {
        return Ok(());
    }
    for item in request().args().getlist("fail") {
        let (place, kind) = item.split_once('!').unwrap_or((item, ""));
        if place != stage {
            continue;
        }
        let message = format!("boom at {stage}");
        match kind {
            "" => return Err(Boom(message).into()),
            "app" => return Err(AppError(message).into()),
            "child" => return Err(ChildError(message).into()),
            code => match abort(code.parse::<u16>()?)? {},
        }
    }
    Ok(())
}

/// The signed cookie, with a stage before each step.
struct Sessions;

impl SecureCookieSessionInterface for Sessions {
    fn open_session(&self, cx: &SessionContext<'_>) -> Result<Option<BoxSession>, SessionError> {
        let endpoint = request().endpoint().unwrap_or("-").to_owned();
        point("session.open", format!("endpoint={endpoint}")).map_err(SessionError::other)?;
        behavior::open_session(self, cx)
    }

    fn save_session(
        &self,
        cx: &SessionContext<'_>,
        session: &mut dyn SessionMixin,
        response: &mut ResponseHead<'_>,
    ) -> Result<(), SessionError> {
        let detail = format!("status={}", response.status().as_u16());
        point("session.save", detail).map_err(SessionError::other)?;
        behavior::save_session(self, cx, session, response)
    }
}

fn status_of(response: &Response) -> String {
    format!("status={}", response.status().as_u16())
}

/// Registers the hooks of the app or of a blueprint.
fn add_hooks(
    target: &mut impl Scaffold,
    name: &'static str,
    numbers: impl IntoIterator<Item = u8>,
) {
    for number in numbers {
        target.url_value_preprocessor(move |endpoint, values| {
            let shown = match endpoint {
                None => "-".to_owned(),
                Some(_) => {
                    let mut pairs: Vec<_> = values
                        .iter()
                        .map(|(key, value)| format!("{key}={value}"))
                        .collect();
                    pairs.sort();
                    pairs.join(",")
                }
            };
            let endpoint = endpoint.unwrap_or("-");
            point(
                &format!("{name}.urlvalue.{number}"),
                format!("{endpoint} {shown}"),
            )
        });
        target.url_defaults(move |endpoint, _values| {
            point(&format!("{name}.urldefault.{number}"), endpoint)
        });
        target.before_request(move || before(&format!("{name}.before.{number}")));
        target.after_request(move |response: Response| {
            after(&format!("{name}.after.{number}"), response)
        });
        target.teardown_request(move |ended: Ended| {
            let error = describe_end(&ended);
            point(
                &format!("{name}.teardown.{number}"),
                format!("error={error}"),
            )
        });
    }
}

fn before(stage: &str) -> Result<Option<(String, u16)>> {
    point(stage, "")?;
    let request = request();
    if stage == "app.before.1" && request.args().contains("early_after") {
        register_after("early_after")?;
    }
    for item in request.args().getlist("ret") {
        let (place, status) = item.split_once('!').unwrap_or((item, ""));
        if place == stage {
            let status = if status.is_empty() {
                200
            } else {
                status.parse()?
            };
            return Ok(Some((format!("returned by {stage}"), status)));
        }
    }
    Ok(None)
}

fn after(stage: &str, mut response: Response) -> Result {
    point(stage, status_of(&response))?;
    let request = request();
    if stage == "app.after.1" && request.args().contains("late_after") {
        register_after("late_after")?;
    }
    response.add_header("X-After", stage)?;
    if request
        .args()
        .getlist("replace")
        .iter()
        .any(|place| place == stage)
    {
        return make_response((format!("replaced by {stage}"), 203));
    }
    Ok(response)
}

/// Registers an after_this_request function.
fn register_after(stage: impl Into<String>) -> Result<()> {
    let stage = stage.into();
    Ok(after_this_request(move |response: Response| {
        after_this(&stage, response)
    })?)
}

fn after_this(stage: &str, mut response: Response) -> Result {
    point(stage, status_of(&response))?;
    if stage == "after_this.1" && request().args().contains("nested_after") {
        register_after("nested_after")?;
    }
    response.add_header("X-After-This", stage)?;
    Ok(response)
}

fn processor(who: &str) -> Result<TemplateContext> {
    point(&format!("{who}.processor"), "")?;
    Ok(context! { who })
}

fn view(name: &str) -> Result {
    let request = request();
    let args = request.args();
    point(&format!("view.{name}"), "")?;
    for number in 1..=args.get_as::<u32>("after").unwrap_or(0) {
        register_after(format!("after_this.{number}"))?;
    }
    if args.contains("session") {
        session().insert("n", session().get::<i64>("n").unwrap_or(0) + 1)?;
    }
    for item in args.getlist("flash") {
        let (category, message) = item.split_once(':').unwrap_or((item, ""));
        flash(message, category)?;
    }
    for endpoint in args.getlist("url") {
        let url = url_for(endpoint)
            .value("id", 7)
            .value("name", "x")
            .build()?;
        log(format!("built {url}"));
    }
    if args.contains("template") {
        return render_template("lifecycle.html", context! { name });
    }
    make_response(format!("view {name}"))
}

fn index() -> Result {
    view("index")
}

fn item(_id: i64) -> Result {
    view("item")
}

fn slash() -> Result {
    view("slash")
}

fn aborting(code: i64) -> Result {
    point("view.abort", "")?;
    match abort(u16::try_from(code)?)? {}
}

fn chunks(trace: &Trace) -> impl Stream<Item = Result<String>> + Send + use<> {
    let (each, end) = (trace.clone(), trace.clone());
    let numbers = stream::iter(1..=3).map(move |number| {
        each.push(format!("chunk.{number}"));
        Ok(format!("chunk {number}\n"))
    });
    numbers.chain(stream::poll_fn(move |_| {
        end.push("chunk.end");
        std::task::Poll::Ready(None)
    }))
}

fn stream(trace: State<Trace>) -> Result {
    point("view.stream", "")?;
    Response::new(Body::stream(chunks(&trace))).mimetype("text/plain")
}

fn stream_context(trace: State<Trace>) -> Result {
    point("view.stream_context", "")?;
    Response::new(Body::stream(stream_with_context(chunks(&trace))?)).mimetype("text/plain")
}

fn on_close(trace: State<Trace>) -> Result {
    point("view.on_close", "")?;
    let mut response = make_response("closing")?;
    response.call_on_close(move || trace.push("closed"));
    Ok(response)
}

fn parent_index() -> Result {
    view("parent")
}

fn child_index(_name: String) -> Result {
    view("child")
}

fn other_index() -> Result {
    view("other")
}

/// The parent holds the child; the other one stands beside them.
fn blueprints() -> (Blueprint, Blueprint) {
    let mut parent = Blueprint::new("parent").with_url_prefix("/parent");
    let mut child = Blueprint::new("child").with_url_prefix("/child");
    let mut other = Blueprint::new("other").with_url_prefix("/other");
    add_hooks(&mut parent, "parent", [1, 2]);
    add_hooks(&mut child, "child", [1, 2]);
    add_hooks(&mut other, "other", [1]);

    parent.before_app_request(|| point("parent.before_app", ""));
    parent.after_app_request(|response: Response| {
        point("parent.after_app", status_of(&response))?;
        Ok::<_, Error>(response)
    });
    parent.teardown_app_request(|ended: Ended| {
        point(
            "parent.teardown_app",
            format!("error={}", describe_end(&ended)),
        )
    });
    child.app_url_value_preprocessor(|endpoint, _values| {
        point("child.app_urlvalue", endpoint.unwrap_or("-"))
    });

    parent.context_processor(|| processor("parent"));
    child.context_processor(|| processor("child"));

    parent.route("/", parent_index);
    child.route("/<name>", child_index).methods(["GET", "POST"]);
    other.route("/", other_index);

    parent.error_handler_for(|error: &AppError| -> Result<_> {
        point("parent.handler.app_error", "")?;
        Ok((format!("parent error: {error}"), 409))
    });
    child.error_handler_for(|error: &ChildError| -> Result<_> {
        point("child.handler.child_error", "")?;
        Ok((format!("child error: {error}"), 422))
    });

    parent.register_blueprint(child, ());
    (parent, other)
}

fn error_handlers(app: &mut App, setup: &Setup) {
    app.error_handler_for(|error: &AppError| -> Result<_> {
        point("app.handler.app_error", "")?;
        Ok((format!("app error: {error}"), 400))
    });
    app.error_handler(404, |_: &HttpError| -> Result<_> {
        point("app.handler.404", "")?;
        Ok(("nothing here", 404))
    });
    if setup.flag("handler_500") {
        app.error_handler(500, |error: &HttpError| -> Result<_> {
            point("app.handler.500", describe(OriginalError::of(error)))?;
            Ok(("internal", 500))
        });
    }
    if setup.flag("handler_http") {
        app.error_handler_for(|error: &HttpError| -> Result<_> {
            point("app.handler.http", error.code())?;
            Ok((format!("http {}", error.code()), error.code()))
        });
    }
}

fn signals(app: &App, trace: &Trace) {
    let signals = &app.signals;
    let log = trace.clone();
    signals
        .appcontext_pushed
        .connect(move |_| log.push("signal.appcontext_pushed"));
    let log = trace.clone();
    signals
        .appcontext_popped
        .connect(move |_| log.push("signal.appcontext_popped"));
    let log = trace.clone();
    signals.appcontext_tearing_down.connect(move |ended| {
        log.push(format!(
            "signal.appcontext_tearing_down error={}",
            describe_end(ended)
        ));
    });
    let log = trace.clone();
    signals
        .request_started
        .connect(move |_| log.push("signal.request_started"));
    let log = trace.clone();
    signals.request_finished.connect(move |response| {
        log.push(format!(
            "signal.request_finished status={}",
            response.status.as_u16()
        ));
    });
    let log = trace.clone();
    signals.request_tearing_down.connect(move |ended| {
        log.push(format!(
            "signal.request_tearing_down error={}",
            describe_end(ended)
        ));
    });
    let log = trace.clone();
    signals.got_request_exception.connect(move |error| {
        log.push(format!(
            "signal.got_request_exception {}",
            describe(Some(error))
        ));
    });
    let log = trace.clone();
    signals.before_render_template.connect(move |rendered| {
        let name = rendered.name().unwrap_or_default();
        let who = rendered
            .context()
            .get_as::<String>("who")
            .unwrap_or_default();
        log.push(format!("signal.before_render_template {name} who={who}"));
    });
    let log = trace.clone();
    signals.template_rendered.connect(move |rendered| {
        let name = rendered.name().unwrap_or_default();
        log.push(format!("signal.template_rendered {name}"));
    });
    let log = trace.clone();
    signals.message_flashed.connect(move |flashed| {
        log.push(format!(
            "signal.message_flashed {} {}",
            flashed.category, flashed.message
        ));
    });
}

pub(crate) fn create_app(setup: &Setup) -> Result<ReadyApp> {
    let mut app = new_app("lifecycle", setup)?;
    let trace = Trace::of(&mut app);
    app.session_interface = Sessions.into();

    add_hooks(&mut app, "app", [1, 2]);
    for number in [1, 2] {
        app.teardown_appcontext(move |ended: Ended| {
            let error = describe_end(&ended);
            point(
                &format!("context.teardown.{number}"),
                format!("error={error}"),
            )
        });
    }

    app.context_processor(|| processor("app"));

    app.route("/", index).methods(["GET", "POST"]);
    app.route("/item/<int:id>", item);
    app.route("/slash/", slash);
    app.route("/abort/<int:code>", aborting);
    app.route("/stream", stream);
    app.route("/stream-context", stream_context);
    app.route("/on-close", on_close);

    error_handlers(&mut app, setup);
    let (parent, other) = blueprints();
    app.register_blueprint(parent, ());
    app.register_blueprint(other, ());
    signals(&app, &trace);
    app.build()
}
