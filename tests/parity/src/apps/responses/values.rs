//! What a view may return: text, bytes, JSON, tuples, responses, streams and redirects.

use carafe::headers::options::dump_options_header;
use carafe::prelude::*;
use carafe::{Body, Redirect};
use futures_util::stream::{self, Stream};
use http::StatusCode;
use serde_json::{Value, json};

const EVERY: [&str; 2] = ["GET", "POST"];

fn tuple_status_text() -> Result {
    let mut response = Response::new("short and stout");
    response.set_status_line("418 TEAPOT")?;
    Ok(response)
}

fn tuple_response() -> Result {
    let inner = make_response(("inner", [("X-One", "old")]))?;
    make_response((inner, 403, [("X-One", "new"), ("X-Two", "2")]))
}

fn plain_response() -> Result {
    make_response((Response::new("plain").mimetype("text/plain")?, 203))
}

fn response_status(code: u16) -> (&'static str, u16) {
    ("status body", code)
}

fn response_mimetype(mimetype: String) -> Result {
    Response::new("x").mimetype(&mimetype)
}

fn response_content_type() -> Result {
    let request = request();
    let mut response = Response::new("x");
    response.set_content_type(request.args().require("type")?)?;
    Ok(response)
}

fn response_set_mimetype() -> Result {
    let request = request();
    let mut response = Response::new("x");
    response.set_mimetype(request.args().require("type")?)?;
    Ok(response)
}

fn response_set_data() -> Response {
    let mut response = Response::new("a longer first body");
    response.set_body("short \u{e9}");
    response
}

fn response_headers() -> Result {
    let given = [("X-Dup", "1"), ("X-Dup", "2"), ("X-Gone", "x")];
    let mut response = make_response(("h", given))?;
    response.add_header("X-Dup", "3")?;
    response.set_header("X-Set", "first")?;
    response.set_header("x-set", "second")?;
    let headers = response.headers_mut();
    headers.entry("X-Set").or_insert("third".parse()?);
    headers.append("X-More", "m1".parse()?);
    headers.append("X-More", "m2".parse()?);
    headers.remove("X-Gone");
    let options = [("name", Some("a b")), ("other", Some("token"))];
    response.add_header("X-Option", &dump_options_header(Some("value"), options))?;
    Ok(response)
}

fn made() -> Result {
    let mut response = make_response(("made", 207))?;
    response.set_header("X-Made", "1")?;
    Ok(response)
}

/// A stream of texts.
fn texts(
    texts: impl IntoIterator<Item = &'static str, IntoIter: Send + 'static>,
) -> impl Stream<Item = Result<&'static str>> + Send {
    stream::iter(texts.into_iter().map(Ok))
}

fn stream_bytes() -> Result {
    let chunks = (0..3_u8).map(|number| Ok::<_, Error>(vec![number; 10]));
    Response::new(Body::stream(stream::iter(chunks))).mimetype("application/octet-stream")
}

async fn stream_collected() -> Result {
    let mut response = Response::new(Body::stream(texts(["abc", "def"])));
    let length = response.data().await?.len();
    response.set_header("X-Length", &length.to_string())?;
    Ok(response)
}

fn stream_fail() -> Response {
    let chunks = [Ok("started "), Err(Error::msg("in the middle"))];
    Response::new(Body::stream(stream::iter(chunks)))
}

fn not_modified() -> impl carafe::IntoResponse {
    let headers = [
        ("ETag", "\"kept\""),
        ("Content-Language", "en"),
        ("X-Kept", "yes"),
        ("Expires", "Thu, 01 Jan 2015 00:00:00 GMT"),
        ("Content-Location", "/here"),
    ];
    ("ignored", 304, headers)
}

fn jsonify_text() -> Result {
    jsonify(json!({
        "text": "\u{e9}\u{2603}\u{1f600} <a href=\"x\">&'</a> \n\t\u{1} /",
    }))
}

fn json_dumps() -> Result {
    let text = current_app()
        .json()
        .to_text(&json!({"b": 1, "a": [1, 2]}))?;
    make_response((text, [("Content-Type", "text/plain")]))
}

fn redirected_code(code: u16) -> Result<Redirect> {
    Ok(redirect("/target").code(StatusCode::from_u16(code)?))
}

fn redirected_to() -> Result<Redirect> {
    Ok(redirect(request().args().require("to")?))
}

fn redirected_url_for() -> Result<Redirect> {
    let url = url_for!("cookie_echo", a = "b c", _external = true)?;
    Ok(redirect(url).code(StatusCode::FOUND))
}

fn location() -> Result {
    let mut response = make_response(("here", 201))?;
    response.set_location(request().args().require("to")?)?;
    Ok(response)
}

pub(super) fn routes(app: &mut App) {
    texts_and_tuples(app);
    responses(app);
    streams(app);
    jsons(app);
    app.route("/redirect", || redirect("/target"))
        .endpoint("redirected")
        .methods(EVERY);
    app.route("/redirect/<int:code>", redirected_code)
        .methods(EVERY);
    app.route("/redirect/to", redirected_to);
    app.route("/redirect/url-for", redirected_url_for);
    app.route("/redirect/tuple", || {
        (redirect("/target"), [("X-Redirect", "1")])
    })
    .endpoint("redirected_tuple");
    app.route("/location", location);
    app.route("/target", || "target").endpoint("target");
}

fn texts_and_tuples(app: &mut App) {
    app.route("/str", || "text \u{e9} \u{2603}")
        .endpoint("text");
    app.route("/bytes", || vec![0, 1, 0xfe, 0xff])
        .endpoint("raw");
    app.route("/empty", || "").endpoint("empty");
    app.route(
        "/dict",
        || json!({"b": [1, 2.5, null], "a": {"nested": true}}),
    )
    .endpoint("dictionary");
    app.route("/list", || json!([1, "two", {"three": 3}]))
        .endpoint("array");
    app.route("/tuple/status", || ("created", 201))
        .endpoint("tuple_status");
    app.route("/tuple/status-text", tuple_status_text);
    let many = [("X-One", "1"), ("X-Many", "a"), ("X-Many", "b")];
    app.route("/tuple/headers", move || ("headers", many))
        .endpoint("tuple_headers");
    app.route("/tuple/header-list", move || ("headers", many.to_vec()))
        .endpoint("tuple_header_list");
    app.route("/tuple/both", || {
        let headers = [("X-One", "1"), ("Content-Type", "text/plain")];
        ("both", 202, headers)
    })
    .endpoint("tuple_both");
    app.route("/tuple/dict", || (json!({"a": 1}), 201, [("X-One", "1")]))
        .endpoint("tuple_dict");
    app.route("/tuple/list", || (json!([1]), 400))
        .endpoint("tuple_list");
    app.route("/tuple/response", tuple_response);
    app.route("/tuple/jsonify", || (jsonify(json!({"a": 1})), 404))
        .endpoint("tuple_jsonify");
}

fn responses(app: &mut App) {
    app.route("/response", plain_response);
    app.route("/response/status/<int:code>", response_status);
    app.route("/response/mimetype/<path:mimetype>", response_mimetype);
    app.route("/response/content-type", response_content_type);
    app.route("/response/header-type", || {
        ("x", [("Content-Type", "application/x-own")])
    })
    .endpoint("response_header_type");
    app.route("/response/set-mimetype", response_set_mimetype);
    app.route("/response/set-data", response_set_data);
    app.route("/response/headers", response_headers);
    app.route("/make-response", made);
    app.route("/make-response/empty", || make_response(""))
        .endpoint("made_empty");
    app.route("/make-response/dict", || {
        make_response((json!({"made": 1}), [("X-Made", "2")]))
    })
    .endpoint("made_dict");
    app.route("/make-response/response", || {
        make_response((Response::new("again"), 418))
    })
    .endpoint("made_response");
    app.route("/no-content", || ("", 204))
        .endpoint("no_content")
        .methods(EVERY);
    app.route("/no-content/body", || ("ignored", 204))
        .endpoint("no_content_body");
    app.route("/not-modified", not_modified);
}

fn streams(app: &mut App) {
    app.route("/stream", || {
        Body::stream(texts(["one ", "two ", "\u{2603}"]))
    })
    .endpoint("stream");
    app.route("/stream/bytes", stream_bytes);
    app.route("/stream/tuple", || {
        (Body::stream(texts(["a", "b"])), 202, [("X-Stream", "1")])
    })
    .endpoint("stream_tuple");
    app.route("/stream/empty", || Body::stream(texts([])))
        .endpoint("stream_empty");
    app.route("/stream/length", || {
        (Body::stream(texts(["12345"])), [("Content-Length", "5")])
    })
    .endpoint("stream_length");
    app.route("/stream/collected", stream_collected);
    app.route("/stream/fail", stream_fail);
}

fn jsons(app: &mut App) {
    app.route("/jsonify/none", || jsonify(Value::Null))
        .endpoint("jsonify_none");
    app.route("/jsonify/one", || jsonify("one"))
        .endpoint("jsonify_one");
    app.route("/jsonify/many", || jsonify((1, "two", Value::Null)))
        .endpoint("jsonify_many");
    app.route("/jsonify/keywords", || jsonify(json!({"b": 2, "a": 1})))
        .endpoint("jsonify_keywords");
    app.route("/jsonify/list", || jsonify(json!([1, [2]])))
        .endpoint("jsonify_list");
    app.route("/jsonify/text", jsonify_text);
    app.route("/jsonify/status", || (jsonify(json!({"ok": false})), 422))
        .endpoint("jsonify_status");
    app.route("/json/dumps", json_dumps);
}
