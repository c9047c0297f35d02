//! Error handlers and errors.
//!
//! Error handlers are registered only if the option `handlers`, a list, names them:
//!
//! - 404 403 405 400 418 500: handlers by code
//! - http: for every error with a status code
//! - exception: for every error
//! - base derived: for BaseError and for DerivedError
//! - lookup: for the bad request that a missing key makes
//! - teapot payment: for the types Teapot and PaymentRequired
//! - failing: for code 409; fails itself
//! - aborting: for OtherError; aborts with 403
//! - redirecting: for code 401; redirects
//! - reraising: for BaseError; fails with it again
//! - bp_404 bp_403 bp_500 bp_http bp_base bp_exception: the same, on the blueprint
//!
//! Other options: aborter (abort knows 402 and 499), failing_after and failing_before (after_request and
//! before_request functions that fail on demand).
//!
//! DerivedError is a kind of BaseError: the base is its source. Teapot is the source of a 418. The other types
//! stand alone: the 409 with headers of its own is no kind of the 409 that Werkzeug has.

use std::error::Error as StdError;
use std::fmt;

use carafe::headers::www_authenticate::WwwAuthenticate;
use carafe::prelude::*;
use carafe::{BadRequestKeyError, OriginalError, ReadyApp};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::support::{Setup, new_app};

#[derive(Debug, Clone)]
struct BaseError {
    message: String,
    is_derived: bool,
}

impl fmt::Display for BaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for BaseError {}

#[derive(Debug)]
struct DerivedError(BaseError);

impl fmt::Display for DerivedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for DerivedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct OtherError(&'static str);

impl fmt::Display for OtherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for OtherError {}

/// What sets a 418 of this app apart from any other.
#[derive(Debug)]
struct Teapot;

impl fmt::Display for Teapot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a teapot of our own")
    }
}

impl StdError for Teapot {}

/// What sets a 402 of this app apart from any other.
#[derive(Debug)]
struct PaymentRequired;

impl fmt::Display for PaymentRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("payment is required")
    }
}

impl StdError for PaymentRequired {}

fn base(message: &str) -> BaseError {
    BaseError {
        message: message.to_owned(),
        is_derived: false,
    }
}

fn derived(message: &str) -> DerivedError {
    DerivedError(BaseError {
        is_derived: true,
        ..base(message)
    })
}

fn payment() -> HttpError {
    HttpError::custom(402, "Pay <first>.").with_source(PaymentRequired)
}

fn odd() -> HttpError {
    HttpError::custom(499, "An odd code.")
}

fn with_headers() -> HttpError {
    HttpError::custom(409, "Two lines\nof text & more.")
        .with_header(
            HeaderName::from_static("x-reason"),
            HeaderValue::from_static("conflict"),
        )
        .with_body("own body 409")
}

fn named(error: &Error) -> String {
    if let Some(http) = error.as_http() {
        return format!("http {}", http.code());
    }
    if let Some(error) = error.downcast_ref::<DerivedError>() {
        return format!("DerivedError: {error}");
    }
    if let Some(error) = error.downcast_ref::<BaseError>() {
        return format!("BaseError: {error}");
    }
    if let Some(error) = error.downcast_ref::<OtherError>() {
        return format!("OtherError: {error}");
    }
    "another error".to_owned()
}

/// A handler that tells who answered with what.
fn by_code(target: &mut impl Scaffold, code: u16, name: &'static str) {
    target.error_handler(code, move |error: &HttpError| {
        (
            format!("{name} {}: {}", error.code(), error.description()),
            error.code(),
        )
    });
}

fn internal(error: &HttpError) -> (String, u16) {
    match OriginalError::of(error) {
        None => ("aborted with 500".to_owned(), 500),
        Some(original) => (format!("500 from {}", named(original)), 500),
    }
}

fn http(error: &HttpError) -> Result {
    let mut response = error.get_response()?;
    let page = serde_json::json!({ "code": error.code(), "name": error.name() });
    response.set_body(jsonify(&page)?.take_body());
    response.set_header("content-type", "application/json")?;
    Ok(response)
}

fn exception(error: &Error) -> (String, u16) {
    let status = error.as_http().map_or(500, HttpError::code);
    (format!("exception: {}", named(error)), status)
}

fn app_handlers(app: &mut App, has: impl Fn(&str) -> bool) {
    for code in [400, 403, 404, 405, 418] {
        if has(&code.to_string()) {
            by_code(app, code, "app");
        }
    }
    if has("500") {
        app.error_handler(500, internal);
    }
    if has("http") {
        app.error_handler_for(http);
    }
    if has("exception") {
        app.any_error_handler(exception);
    }
    if has("base") {
        app.error_handler_for(|error: &BaseError| (format!("base handler: {error}"), 400));
    }
    if has("derived") {
        app.error_handler_for(|error: &DerivedError| format!("derived handler: {error}"));
    }
    if has("lookup") {
        app.error_handler_for(|error: &BadRequestKeyError| {
            (format!("missing {}", error.key()), 400)
        });
    }
    if has("teapot") {
        app.error_handler_for(|_: &Teapot| ("teapot handler", 418));
    }
    if has("payment") {
        app.error_handler_for(|_: &PaymentRequired| payment().get_response());
    }
    if has("failing") {
        app.error_handler(409, |_: &HttpError| -> Result {
            Err(OtherError("handler failed").into())
        });
    }
    if has("aborting") {
        app.error_handler_for(|_: &OtherError| -> Result { match abort(403)? {} });
    }
    if has("redirecting") {
        app.error_handler(401, |_: &HttpError| {
            redirect("/login").code(StatusCode::FOUND)
        });
    }
    if has("reraising") {
        app.error_handler_for(reraising);
    }
}

/// Fails with the error that came.
fn reraising(error: &BaseError) -> Result {
    match error.is_derived {
        true => Err(DerivedError(error.clone()).into()),
        false => Err(error.clone().into()),
    }
}

fn blueprint_handlers(blueprint: &mut Blueprint, has: impl Fn(&str) -> bool) {
    if has("bp_404") {
        by_code(blueprint, 404, "blueprint");
    }
    if has("bp_403") {
        by_code(blueprint, 403, "blueprint");
    }
    if has("bp_http") {
        blueprint.error_handler_for(|error: &HttpError| {
            (format!("blueprint http {}", error.code()), error.code())
        });
    }
    if has("bp_base") {
        blueprint.error_handler_for(|error: &BaseError| (format!("blueprint base: {error}"), 400));
    }
    if has("bp_exception") {
        blueprint.any_error_handler(|_: &Error| ("blueprint exception", 500));
    }
    if has("bp_500") {
        blueprint.error_handler(500, |_: &HttpError| ("blueprint 500", 500));
    }
}

fn failing_after(response: Response) -> Result {
    match request().args().get("fail_after").map(String::as_str) {
        Some("http") => match abort(403)? {},
        Some(_) => Err(OtherError("after failed").into()),
        None => Ok(response),
    }
}

fn failing_before() -> Result<()> {
    match request().args().get("before").map(String::as_str) {
        Some("http") => match abort((403, "stopped early"))? {},
        Some("derived") => Err(derived("stopped early").into()),
        _ => Ok(()),
    }
}

fn mark(mut response: Response) -> Result {
    let status = response.status().as_u16().to_string();
    response.set_header("X-Status", &status)?;
    Ok(response)
}

fn ok() -> &'static str {
    "ok"
}

fn aborted(code: i64) -> Result {
    let code = u16::try_from(code)?;
    match request().args().get("description") {
        Some(description) => match abort((code, description.clone()))? {},
        None => match abort(code)? {},
    }
}

fn raised(kind: String) -> Result {
    Err(match kind.as_str() {
        "base" => base("base raised").into(),
        "derived" => derived("derived raised").into(),
        "other" => OtherError("other raised").into(),
        "teapot" => HttpError::im_a_teapot().with_source(Teapot).into(),
        "plain_teapot" => HttpError::im_a_teapot().into(),
        "payment" => payment().into(),
        "odd" => odd().into(),
        "headers" => with_headers().into(),
        "not_found" => HttpError::not_found()
            .with_description("custom not found")
            .into(),
        "internal" => HttpError::internal_server_error().into(),
        "internal_text" => HttpError::internal_server_error()
            .with_description("broken <on purpose>")
            .into(),
        "method" => HttpError::method_not_allowed()
            .with_valid_methods(["GET", "POST"])
            .into(),
        "range" => HttpError::requested_range_not_satisfiable()
            .with_content_length(100, "bytes")
            .into(),
        "retry" => HttpError::too_many_requests().with_retry_after(30).into(),
        "unavailable" => HttpError::service_unavailable()
            .with_description("back soon")
            .with_retry_after(120)
            .into(),
        "unauthorized" => HttpError::unauthorized()
            .with_www_authenticate(WwwAuthenticate::new("basic").with("realm", "here"))
            .into(),
        "unauthorized2" => HttpError::unauthorized()
            .with_www_authenticate(WwwAuthenticate::new("basic").with("realm", "one two"))
            .with_www_authenticate(WwwAuthenticate::new("bearer"))
            .into(),
        "with_response" => {
            let response = make_response(("wrapped", 410))?;
            HttpError::not_found().with_response(response).into()
        }
        _ => return make_response("nothing raised"),
    })
}

fn key() -> Result<String> {
    Ok(request().args().require("wanted")?.clone())
}

async fn form_key() -> Result<String> {
    Ok(request().form().await?.require("wanted")?.clone())
}

fn add_views(target: &mut impl Scaffold) {
    target.route("/ok", ok);
    target.route("/abort/<int:code>", aborted);
    target.route("/raise/<kind>", raised);
    target.route("/key", key);
    target.post("/form-key", form_key);
}

fn abort_response() -> Result {
    let mut response = make_response(("stopped", 202))?;
    response.set_header("X-Stop", "yes")?;
    match abort(response)? {}
}

fn abort_redirect() -> Result {
    match abort(make_response(redirect("/ok"))?)? {}
}

fn return_exception() -> HttpError {
    HttpError::not_found().with_description("returned, not raised")
}

fn slash() -> &'static str {
    "slash"
}

fn only_post() -> &'static str {
    "posted"
}

pub(crate) fn create_app(setup: &Setup) -> Result<ReadyApp> {
    let mut app = new_app("errors", setup)?;
    let handlers: Vec<String> = setup.option("handlers")?;
    let has = |name: &str| handlers.iter().any(|handler| handler == name);
    if setup.flag("aborter") {
        app.aborter.insert(402, payment);
        app.aborter.insert(499, odd);
    }
    app_handlers(&mut app, has);
    if setup.flag("failing_after") {
        app.after_request(failing_after);
    }
    if setup.flag("failing_before") {
        app.before_request(failing_before);
    }
    app.after_request(mark);

    add_views(&mut app);
    app.route("/abort-response", abort_response);
    app.route("/abort-redirect", abort_redirect);
    app.route("/return-exception", return_exception);
    app.route("/slash/", slash);
    app.post("/only-post", only_post);

    let mut blueprint = Blueprint::new("bp").with_url_prefix("/bp");
    add_views(&mut blueprint);
    blueprint_handlers(&mut blueprint, has);
    blueprint
        .post("/only-post", only_post)
        .endpoint("bp_only_post");
    app.register_blueprint(blueprint, ());
    app.build()
}
