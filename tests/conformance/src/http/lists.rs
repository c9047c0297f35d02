//! `headers.jsonl`.

use carafe::headers::{header_set, latin1, lists, options, quoting};
use http::HeaderMap;
use http::header::VARY;
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn parse_options_header(input: &Value) -> Answer {
    let (value, options) = options::parse_options_header(input::text(input, "header"));
    Ok(json!({"value": value, "options": options.iter().collect::<Vec<_>>()}))
}

pub(super) fn dump_options_header(input: &Value) -> Answer {
    let options = python_texts(input, "options");
    let options = options
        .iter()
        .map(|(name, value)| (*name, value.as_deref()));
    Ok(json!({"text": options::dump_options_header(input::optional(input, "header"), options)}))
}

/// Returns a mapping with its values as Python writes them; null stays null.
fn python_texts<'a>(input: &'a Value, name: &str) -> Vec<(&'a str, Option<String>)> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        other => Some(other.to_string()),
    };
    input::pairs(input, name)
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}

pub(super) fn parse_list_header(input: &Value) -> Answer {
    Ok(json!({"items": lists::parse_list_header(input::text(input, "header"))}))
}

pub(super) fn parse_dict_header(input: &Value) -> Answer {
    let params = lists::parse_dict_header(input::text(input, "header"));
    Ok(json!({"items": params.iter().collect::<Vec<_>>()}))
}

pub(super) fn dump_header(input: &Value) -> Answer {
    if input.get("list").is_some() {
        return Ok(json!({"text": lists::dump_list_header(input::strings(&input["list"]))}));
    }
    let params = python_texts(input, "dict");
    let params = params.iter().map(|(name, value)| (*name, value.as_deref()));
    Ok(json!({"text": lists::dump_dict_header(params)}))
}

pub(super) fn header_set(input: &Value) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(header) = input::optional(input, "header").and_then(latin1::header_value) {
        headers.insert(VARY, header);
    }
    let mut results = Vec::new();
    for step in input::items(input, "steps") {
        let argument = &step[1];
        let name = argument.as_str().unwrap_or_default();
        header_set::change(&mut headers, VARY, |vary| match step[0].as_str() {
            Some("add") => vary.add(name),
            Some("update") => vary.update(input::strings(argument)),
            Some("clear") => vary.clear(),
            Some("find") => {
                results.push(json!(
                    vary.find(name)
                        .map_or(-1, |at| i64::try_from(at).unwrap_or(-1))
                ));
            }
            Some("remove") => {
                if !vary.remove(name) {
                    results.push(json!("KeyError"));
                }
            }
            _ => {
                vary.remove(name);
            }
        });
    }
    let vary = header_set::read(&headers, &VARY);
    let contains = |name: &&str| vary.contains(name);
    Ok(json!({
        "items": vary.iter().collect::<Vec<_>>(),
        "header": headers.get(VARY).map(|value| latin1::decode(value.as_bytes())),
        "contains": input::strings(&input["contains"]).iter().map(contains).collect::<Vec<_>>(),
        "steps": results,
    }))
}

pub(super) fn quote_header_value(input: &Value) -> Answer {
    let allow_token = input["allow_token"] == Value::Bool(true);
    Ok(json!({"text": quoting::quote_header_value(input::text(input, "value"), allow_token)}))
}

pub(super) fn unquote_header_value(input: &Value) -> Answer {
    Ok(json!({"text": quoting::unquote_header_value(input::text(input, "value"))}))
}
