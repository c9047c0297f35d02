//! `cache_control.jsonl`.

use carafe::headers::cache_control::{self, Directive, RequestCacheControl, ResponseCacheControl};
use carafe::headers::latin1;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use super::{Answer, Failure, input};

pub(super) fn cache_control(input: &Value) -> Answer {
    let header = input::text(input, "header");
    if input["side"] == "request" {
        let control = RequestCacheControl::from_header(header);
        return Ok(json!({
            "items": control.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
            "header": control.to_string(),
            "props": {
                "no_store": control.no_store(),
                "max_age": control.max_age(),
                "no_transform": control.no_transform(),
                "stale_if_error": control.stale_if_error(),
                "no_cache": control.no_cache(),
                "max_stale": control.max_stale().map(value_or_true),
                "min_fresh": control.min_fresh(),
                "only_if_cached": control.only_if_cached(),
            },
        }));
    }
    let control = ResponseCacheControl::from_header(header);
    Ok(json!({
        "items": control.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "header": control.to_string(),
        "props": {
            "no_store": control.no_store(),
            "max_age": control.max_age(),
            "no_transform": control.no_transform(),
            "stale_if_error": control.stale_if_error(),
            "no_cache": control.no_cache().map(value_or_true),
            "public": control.public(),
            "private": control.private().map(value_or_true),
            "must_revalidate": control.must_revalidate(),
            "proxy_revalidate": control.proxy_revalidate(),
            "s_maxage": control.s_maxage(),
            "immutable": control.immutable(),
            "must_understand": control.must_understand(),
            "stale_while_revalidate": control.stale_while_revalidate(),
        },
    }))
}

fn value_or_true<T: serde::Serialize>(directive: Directive<T>) -> Value {
    match directive {
        Directive::Bare => json!(true),
        Directive::Value(value) => json!(value),
    }
}

pub(super) fn cache_control_set(input: &Value) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(header) = input::optional(input, "header").and_then(latin1::header_value) {
        headers.insert(CACHE_CONTROL, header);
    }
    for step in input::items(input, "sets") {
        let (name, value) = (step[1].as_str().unwrap_or_default(), &step[2]);
        cache_control::change(&mut headers, |control| match step[0].as_str() {
            Some("item") => {
                control.set(name, value.as_str());
                Ok(())
            }
            Some("del") => {
                control.remove(&name.replace('_', "-"));
                Ok(())
            }
            _ => set_property(control, name, value),
        })?;
    }
    let header = headers
        .get(CACHE_CONTROL)
        .map(|value| latin1::decode(value.as_bytes()));
    Ok(json!({"header": header}))
}

fn set_property(
    control: &mut ResponseCacheControl,
    name: &str,
    value: &Value,
) -> Result<(), Failure> {
    let on = value == &Value::Bool(true);
    match name {
        "no_store" => control.set_no_store(on),
        "no_transform" => control.set_no_transform(on),
        "public" => control.set_public(on),
        "must_revalidate" => control.set_must_revalidate(on),
        "proxy_revalidate" => control.set_proxy_revalidate(on),
        "immutable" => control.set_immutable(on),
        "must_understand" => control.set_must_understand(on),
        "no_cache" => control.set_no_cache(text_directive(value)),
        "private" => control.set_private(text_directive(value)),
        // Seconds that are not a number have no setter of their own.
        _ if on => control.set(&name.replace('_', "-"), None),
        _ => set_seconds(control, name, seconds(value)?)?,
    }
    Ok(())
}

fn set_seconds(
    control: &mut ResponseCacheControl,
    name: &str,
    seconds: Option<i64>,
) -> Result<(), Failure> {
    match name {
        "max_age" => control.set_max_age(seconds),
        "stale_if_error" => control.set_stale_if_error(seconds),
        "s_maxage" => control.set_s_maxage(seconds),
        "stale_while_revalidate" => control.set_stale_while_revalidate(seconds),
        _ => return Err(Failure::default()),
    }
    Ok(())
}

fn seconds(value: &Value) -> Result<Option<i64>, Failure> {
    match value {
        Value::String(text) => Ok(Some(text.parse()?)),
        Value::Number(number) => Ok(number.as_i64()),
        _ => Ok(None),
    }
}

fn text_directive(value: &Value) -> Option<Directive<&str>> {
    match value {
        Value::Bool(true) => Some(Directive::Bare),
        Value::String(text) => Some(Directive::Value(text)),
        _ => None,
    }
}
