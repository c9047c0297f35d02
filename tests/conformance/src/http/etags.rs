//! `etags.jsonl`.

use carafe::headers::etag::{self, ETags};
use carafe::headers::range::IfRange;
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn quote_etag(input: &Value) -> Answer {
    let weak = input["weak"] == Value::Bool(true);
    Ok(json!({"text": etag::quote_etag(input::text(input, "etag"), weak)?}))
}

pub(super) fn unquote_etag(input: &Value) -> Answer {
    let tag = input::optional(input, "text").and_then(etag::unquote_etag);
    Ok(json!({"etag": tag.map(|(tag, _)| tag), "weak": tag.map(|(_, weak)| weak)}))
}

pub(super) fn generate_etag(input: &Value) -> Answer {
    Ok(json!({"etag": etag::generate_etag(&input::bytes(&input["data"]))}))
}

pub(super) fn parse_etags(input: &Value) -> Answer {
    let tags = ETags::from_header(input::text(input, "header"));
    let sorted = |tags: &mut dyn Iterator<Item = &str>| {
        let mut tags: Vec<_> = tags.map(str::to_owned).collect();
        tags.sort();
        tags
    };
    let checks = input::strings(&input["checks"]).into_iter().map(|tag| {
        json!([
            tag,
            tags.contains(tag),
            tags.contains_weak(tag),
            tags.is_strong(tag),
            tags.is_weak(tag),
            tags.contains_raw(tag)
        ])
    });
    Ok(json!({
        "star": tags.star_tag(),
        "strong": sorted(&mut tags.strong()),
        "weak": sorted(&mut tags.weak()),
        "true": !tags.is_empty(),
        "checks": checks.collect::<Vec<_>>(),
    }))
}

pub(super) fn if_range(input: &Value) -> Answer {
    let if_range = IfRange::from_header(input::text(input, "header"));
    let header = match if_range.to_header() {
        Ok(header) => json!(header),
        Err(_) => json!({"error": "ValueError"}),
    };
    Ok(json!({"etag": if_range.etag, "date": if_range.date.map(input::iso), "header": header}))
}
