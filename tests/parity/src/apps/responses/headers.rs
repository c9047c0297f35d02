//! Headers by what they hold, and the tags and dates that conditional requests ask about.

use std::time::Duration;

use carafe::headers::cache_control::Directive;
use carafe::headers::www_authenticate::WwwAuthenticate;
use carafe::prelude::*;

use crate::apps::responses::at;

const EVERY: [&str; 2] = ["GET", "POST"];
/// 2020-06-07 08:09:10.
const CHANGED: u64 = 1_591_517_350;

fn etag_auto(request: Request) -> Result {
    let mut response = Response::new("body of a known tag");
    response.add_etag(request.args().contains("weak"))?;
    response.make_conditional(&request)
}

fn etag_set(request: Request) -> Result {
    let args = request.args();
    let mut response = Response::new("body");
    response.set_etag(args.require("tag")?, args.contains("weak"))?;
    if args.contains("keep") {
        response.add_etag(false)?;
    }
    response.make_conditional(&request)
}

fn etag_plain() -> Result {
    let mut response = Response::new("body");
    response.add_etag(false)?;
    Ok(response)
}

fn last_modified(request: Request) -> Result {
    let mut response = Response::new("dated");
    response.set_last_modified(at(CHANGED));
    response.make_conditional(&request)
}

fn both_validators(request: Request) -> Result {
    let mut response = Response::new("both");
    response.set_last_modified(at(CHANGED));
    response.set_etag("both", false)?;
    response.make_conditional(&request)
}

fn ranged(request: Request) -> Result {
    let mut response = Response::new("0123456789abcdefghij").mimetype("text/plain")?;
    response.set_etag("range", false)?;
    response.make_conditional_with_ranges(&request, "bytes", 20)
}

fn unranged(request: Request) -> Result {
    let response = Response::new("0123456789").mimetype("text/plain")?;
    response.make_conditional_with_ranges(&request, "none", None)
}

fn vary() -> Response {
    let mut response = Response::new("v");
    let mut vary = response.vary_mut();
    vary.add("Accept");
    vary.update(["Cookie", "accept", "x-own"]);
    vary.remove("x-own");
    drop(vary);
    response
}

fn allow() -> Response {
    let mut response = Response::new("a");
    response.allow_mut().update(["GET", "POST"]);
    response
}

fn content_language() -> Response {
    let mut response = Response::new("a");
    response.content_language_mut().update(["en", "de"]);
    response
}

fn cache_control() -> Response {
    let mut response = Response::new("cc");
    let mut control = response.cache_control_mut();
    control.set_public(true);
    control.set_max_age(Some(3600));
    control.set_s_maxage(Some(60));
    control.set_must_revalidate(true);
    control.set_stale_while_revalidate(Some(30));
    control.set_immutable(true);
    drop(control);
    response
}

fn cache_control_private() -> Response {
    let mut response = Response::new("cc");
    let mut control = response.cache_control_mut();
    control.set_private(Some(Directive::Value("X-Secret, X-Other")));
    control.set_no_cache(Some(Directive::Bare));
    control.set_no_store(true);
    drop(control);
    response
}

fn cache_control_undone() -> Result {
    let mut response = make_response(("cc", [("Cache-Control", "no-store, max-age=5")]))?;
    response.cache_control_mut().set_max_age(None);
    response.cache_control_mut().set_no_store(false);
    Ok(response)
}

/// An answer that asks who is there.
fn challenged(challenges: impl IntoIterator<Item = WwwAuthenticate>) -> Result {
    let mut response = make_response(("auth", 401))?;
    response.set_www_authenticate(challenges)?;
    Ok(response)
}

fn www_authenticate() -> Result {
    challenged([WwwAuthenticate::new("basic").with("realm", "main hall")])
}

fn www_authenticate_digest() -> Result {
    challenged([WwwAuthenticate::new("digest")
        .with("realm", "r")
        .with("nonce", "n")
        .with("qop", "auth")
        .with("algorithm", "MD5")])
}

fn www_authenticate_several() -> Result {
    challenged([
        WwwAuthenticate::new("bearer").with("realm", "api"),
        WwwAuthenticate::new("basic").with("realm", "web"),
    ])
}

fn properties() -> Result {
    let mut response = Response::new("p");
    response.set_age(Duration::from_secs(30));
    response.set_expires(at(1_420_074_061));
    response.set_retry_after(17);
    response.set_content_location("/p \u{e9}")?;
    response.set_content_encoding("identity")?;
    response.set_accept_ranges("none")?;
    response.set_access_control_allow_origin("*")?;
    let mut methods = response.access_control_allow_methods_mut();
    methods.update(["GET", "PUT"]);
    drop(methods);
    let mut headers = response.access_control_allow_headers_mut();
    headers.update(["X-A", "X-B"]);
    drop(headers);
    response.set_access_control_max_age(Duration::from_secs(600));
    response.set_access_control_allow_credentials(true);
    Ok(response)
}

fn content_security_policy() -> Response {
    let mut response = Response::new("csp");
    let mut policy = response.content_security_policy_mut();
    policy.set("default-src", "'self'");
    policy.set("img-src", "*");
    drop(policy);
    response
}

pub(super) fn routes(app: &mut App) {
    app.route("/etag/auto", etag_auto).methods(EVERY);
    app.route("/etag/set", etag_set).methods(EVERY);
    app.route("/etag/plain", etag_plain);
    app.route("/last-modified", last_modified);
    app.route("/both-validators", both_validators);
    app.route("/range", ranged);
    app.route("/no-range", unranged);
    app.route("/vary", vary);
    app.route("/allow", allow);
    app.route("/content-language", content_language);
    app.route("/cache-control", cache_control);
    app.route("/cache-control/private", cache_control_private);
    app.route("/cache-control/undone", cache_control_undone);
    app.route("/www-authenticate", www_authenticate);
    app.route("/www-authenticate/digest", www_authenticate_digest);
    app.route("/www-authenticate/several", www_authenticate_several);
    app.route("/properties", properties);
    app.route("/content-security-policy", content_security_policy);
}
