//! Headers by what they hold.

use std::collections::BTreeMap;

use carafe::headers::cache_control::Directive;
use carafe::headers::date::{HttpDate, http_date_from_unix};
use carafe::headers::etag::ETags;
use carafe::prelude::*;
use serde_json::{Value, json};

fn shown(date: Option<HttpDate>) -> Option<String> {
    date.map(|date| http_date_from_unix(date.unix()))
}

fn sorted<'a>(tags: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut tags: Vec<_> = tags.collect();
    tags.sort_unstable();
    tags
}

fn headers(request: Request) -> Result {
    let wanted = request.args().getlist("h").iter();
    let headers: BTreeMap<_, _> = wanted.map(|name| (name, request.header(name))).collect();
    jsonify(headers)
}

fn headers_key(request: Request) -> Result<String> {
    let wanted = request.header("X-Wanted");
    Ok(wanted
        .ok_or_else(|| HttpError::bad_request_key("X-Wanted"))?
        .into_owned())
}

fn headers_typed(request: Request) -> Result {
    let number = request.header("X-Number");
    jsonify(json!({
        "number": number.as_ref().and_then(|number| number.parse::<i64>().ok()),
        "lower": request.header("x-number"),
        "has": number.is_some(),
        "max_forwards": request.max_forwards(),
        "referrer": request.referrer(),
        "origin": request.origin(),
        "date": shown(request.date()),
        "user_agent": request.user_agent().unwrap_or_default(),
    }))
}

fn accept(request: Request) -> Result {
    let mimetypes = request.accept_mimetypes();
    let offered = ["application/json", "text/html", "text/plain", "image/png"];
    let quality = offered
        .iter()
        .map(|name| Ok((*name, mimetypes.quality(name)?)))
        .collect::<Result<BTreeMap<_, _>>>()?;
    jsonify(json!({
        "best": mimetypes.best_match(offered)?,
        "default": mimetypes.best_match(["audio/ogg"])?.unwrap_or("none"),
        "quality": quality,
        "html": mimetypes.accept_html(),
        "json": mimetypes.accept_json(),
        "xhtml": mimetypes.accept_xhtml(),
        "parsed": mimetypes.iter().collect::<Vec<_>>(),
    }))
}

fn accept_language(request: Request) -> Result {
    let languages = request.accept_languages();
    jsonify(json!({
        "best": languages.best_match(["en", "de", "fr-CA", "pt_BR"]),
        "parsed": languages.iter().collect::<Vec<_>>(),
        "english": languages.contains("en"),
    }))
}

fn accept_encoding(request: Request) -> Result {
    let encodings = request.accept_encodings();
    jsonify(json!({
        "best": encodings.best_match(["br", "gzip", "identity"]),
        "gzip": encodings.contains("gzip"),
        "parsed": encodings.iter().collect::<Vec<_>>(),
    }))
}

fn conditional(request: Request) -> Result {
    let tags: ETags = request.if_none_match();
    jsonify(json!({
        "strong": sorted(tags.strong()),
        "all": sorted(tags.strong().chain(tags.weak())),
        "star": tags.star_tag(),
        "has_a": tags.contains("a"),
        "weak_a": tags.contains_weak("a"),
        "if_match": sorted(request.if_match().strong()),
        "if_modified_since": shown(request.if_modified_since()),
        "if_unmodified_since": shown(request.if_unmodified_since()),
        "if_range_tag": request.if_range().etag,
        "if_range_date": shown(request.if_range().date),
    }))
}

fn ranges(request: Request) -> Result {
    let Some(range) = request.range() else {
        return jsonify(Value::Null);
    };
    jsonify(json!({
        "units": range.units(),
        "ranges": range.ranges(),
        "for_100": range.range_for_length(Some(100)),
        "content_range": range.to_content_range_header(Some(100)),
    }))
}

fn cache_control(request: Request) -> Result {
    let control = request.cache_control();
    let max_stale = control.max_stale().map(|stale| match stale {
        Directive::Bare => Value::Bool(true),
        Directive::Value(seconds) => seconds.into(),
    });
    jsonify(json!({
        "no_cache": control.no_cache(),
        "no_store": control.no_store(),
        "max_age": control.max_age(),
        "max_stale": max_stale,
        "min_fresh": control.min_fresh(),
        "only_if_cached": control.only_if_cached(),
    }))
}

fn authorization(request: Request) -> Result {
    let Some(credentials) = request.authorization() else {
        return jsonify(Value::Null);
    };
    jsonify(json!({
        "type": credentials.auth_type(),
        "token": credentials.token(),
        "username": credentials.username(),
        "password": credentials.password(),
        "realm": credentials.get("realm"),
    }))
}

fn cors(request: Request) -> Result {
    let asked = request.access_control_request_headers();
    jsonify(json!({
        "method": request.access_control_request_method(),
        "headers": asked.as_ref().map(|asked| asked.iter().collect::<Vec<_>>()),
        "origin": request.origin(),
    }))
}

pub(super) fn routes(app: &mut App) {
    app.route("/headers", headers);
    app.route("/headers/key", headers_key);
    app.route("/headers/typed", headers_typed);
    app.route("/accept", accept);
    app.route("/accept/language", accept_language);
    app.route("/accept/encoding", accept_encoding);
    app.route("/conditional", conditional);
    app.route("/range", ranges);
    app.route("/cache-control", cache_control);
    app.route("/authorization", authorization);
    app.route("/cors", cors).methods(["GET", "POST"]);
}
