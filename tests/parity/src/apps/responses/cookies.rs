//! Cookies that are set, deleted and sent back.

use std::collections::BTreeMap;

use carafe::prelude::*;
use carafe::sessions::SameSite;
use carafe::sessions::cookie::SetCookie;

use crate::apps::responses::at;

fn cookie_plain() -> Result {
    let mut response = Response::new("c");
    response.set_cookie(&SetCookie::new("name", "value"))?;
    Ok(response)
}

/// What the query says of `SameSite`.
fn samesite(text: Option<&String>) -> Result<Option<SameSite>> {
    let Some(text) = text else { return Ok(None) };
    let samesite = SameSite::parse(text);
    Ok(Some(samesite.ok_or_else(|| {
        Error::msg("SameSite is Strict, Lax or None")
    })?))
}

fn cookie_set() -> Result {
    let request = request();
    let args = request.args();
    let on = |name: &str| args.get(name).is_some_and(|value| value == "1");
    let value = args.get("value").map_or("", String::as_str);
    let mut cookie = SetCookie::new(args.require("name")?, value)
        .domain(args.get("domain"))
        .samesite(samesite(args.get("samesite"))?)
        .secure(on("secure"))
        .httponly(on("httponly"))
        .partitioned(on("partitioned"))
        .max_age(args.get_as("max_age"))
        .expires(args.get_as("expires").map(at));
    if let Some(path) = args.get("path") {
        cookie = cookie.path(Some(path));
    }
    if args.contains("nopath") {
        cookie = cookie.path(None::<&str>);
    }
    let mut response = Response::new("c");
    response.set_cookie(&cookie)?;
    Ok(response)
}

fn cookie_dates() -> Result {
    let mut response = Response::new("c");
    response.set_cookie(&SetCookie::new("a", "1").expires(at(2_219_900_889)))?;
    response.set_cookie(&SetCookie::new("b", "2").expires(at(0)))?;
    response.set_cookie(&SetCookie::new("c", "3").max_age(3600))?;
    response.set_cookie(&SetCookie::new("d", "4").max_age(0))?;
    Ok(response)
}

fn cookie_delete() -> Result {
    let request = request();
    let args = request.args();
    let path = args.get("path").map_or("/", String::as_str);
    let cookie = SetCookie::new("gone", "")
        .path(Some(path))
        .domain(args.get("domain"))
        .secure(args.contains("secure"))
        .httponly(args.contains("httponly"))
        .samesite(samesite(args.get("samesite"))?)
        .partitioned(args.contains("partitioned"));
    let mut response = Response::new("c");
    response.set_cookie(&cookie.removal())?;
    Ok(response)
}

fn cookie_several() -> Result {
    let mut response = Response::new("c");
    response.set_cookie(&SetCookie::new("a", "1"))?;
    response.set_cookie(&SetCookie::new("b", "2").path(Some("/cookie")))?;
    response.set_cookie(&SetCookie::new("a", "3").path(Some("/other")))?;
    Ok(response)
}

fn cookie_echo() -> Result {
    let request = request();
    jsonify(request.cookies().items().collect::<BTreeMap<_, _>>())
}

pub(super) fn routes(app: &mut App) {
    app.route("/cookie/plain", cookie_plain);
    app.route("/cookie/set", cookie_set);
    app.route("/cookie/dates", cookie_dates);
    app.route("/cookie/delete", cookie_delete);
    app.route("/cookie/several", cookie_several);
    app.route("/cookie/echo", cookie_echo);
}
