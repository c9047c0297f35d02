//! `accept.jsonl`.

use carafe::headers::accept::{
    Accept, CharsetAccept, EncodingAccept, Kind, LanguageAccept, MimeAccept,
};
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn accept(input: &Value) -> Answer {
    let header = input::optional(input, "header");
    match input::text(input, "class") {
        "mime" => Ok(mime(&MimeAccept::from_header(header), input)),
        "language" => Ok(named(&LanguageAccept::from_header(header), input)),
        "charset" => Ok(named(&CharsetAccept::from_header(header), input)),
        _ => Ok(named(&EncodingAccept::from_header(header), input)),
    }
}

fn named<K: Kind>(accept: &Accept<K>, input: &Value) -> Value {
    let values = input::strings(&input["values"]);
    let find = |value: &&str| {
        accept
            .find(value)
            .and_then(|at| i64::try_from(at).ok())
            .unwrap_or(-1)
    };
    let offers = input::items(input, "best_match").iter().map(input::strings);
    json!({
        "items": accept.iter().collect::<Vec<_>>(),
        "best": accept.best(),
        "header": accept.to_string(),
        "provided": accept.provided(),
        "best_match": offers.map(|offers| accept.best_match(offers)).collect::<Vec<_>>(),
        "quality": values.iter().map(|value| accept.quality(value)).collect::<Vec<_>>(),
        "contains": values.iter().map(|value| accept.contains(value)).collect::<Vec<_>>(),
        "find": values.iter().map(find).collect::<Vec<_>>(),
    })
}

fn mime(accept: &MimeAccept, input: &Value) -> Value {
    fn or_error<T: serde::Serialize, E>(result: Result<T, E>) -> Value {
        result.map_or(json!({"error": "ValueError"}), |value| json!(value))
    }
    let values = input::strings(&input["values"]);
    let offers = input::items(input, "best_match").iter().map(input::strings);
    json!({
        "items": accept.iter().collect::<Vec<_>>(),
        "best": accept.best(),
        "header": accept.to_string(),
        "provided": accept.provided(),
        "best_match": offers.map(|offers| or_error(accept.best_match(offers))).collect::<Vec<_>>(),
        "quality": values.iter().map(|value| or_error(accept.quality(value))).collect::<Vec<_>>(),
        "contains": values.iter().map(|value| or_error(accept.contains(value))).collect::<Vec<_>>(),
        "accept_html": accept.accept_html(),
        "accept_xhtml": accept.accept_xhtml(),
        "accept_json": accept.accept_json(),
    })
}
