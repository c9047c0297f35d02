//! `json.jsonl`.

use std::sync::Arc;

use carafe::json::{DefaultJsonProvider, JsonProvider};
use carafe_sessions::Value as Typed;
use serde_json::{Value, json};

use super::{Answer, Failure, input, typed};

pub(super) fn json_dumps(input: &Value) -> Answer {
    let value = typed::read(&input["value"])?;
    Ok(json!({"text": provider(input).to_text(&value)?}))
}

pub(super) fn jsonify(input: &Value) -> Answer {
    let args = input::items(input, "args").iter().map(typed::read);
    let mut args = args.collect::<Result<Vec<Typed>, Failure>>()?;
    let kwargs = typed::dict(&input["kwargs"]["dict"])?;
    let value = match (args.len(), kwargs.is_empty()) {
        (0, true) => Typed::Null,
        (0, false) => kwargs.into(),
        (1, true) => args.remove(0),
        (_, true) => args.into(),
        // There is no way to write that in Rust.
        (_, false) => return Err(Failure::default()),
    };
    let debug = input["debug"] == Value::Bool(true);
    let body = provider(input).to_response(&value, debug)?;
    Ok(json!({
        "status": 200,
        "content_type": body.content_type,
        "body": String::from_utf8(body.text)?,
    }))
}

pub(super) fn get_json(input: &Value) -> Answer {
    let flag = |name: &str| input[name] == Value::Bool(true);
    let body = input::bytes(&input["body"]);
    let content_type = input::optional(input, "content_type");
    let read = provider(input).get_json(&body, content_type, flag("force"), flag("debug"));
    match read {
        Ok(value) => Ok(json!({"value": typed::write(&value)})),
        Err(_) if flag("silent") => Ok(json!({"value": typed::write(&Typed::Null)})),
        Err(error) => Err(Failure {
            status: Some(error.code()),
            ..Failure::default()
        }),
    }
}

/// Writes a value as JSON; the records have numbers in that spelling elsewhere too.
pub(super) fn dumps(value: &Typed) -> String {
    provider(&Value::Null).to_text(value).unwrap_or_default()
}

fn provider(input: &Value) -> Arc<dyn JsonProvider> {
    let default = DefaultJsonProvider::default();
    Arc::new(DefaultJsonProvider {
        sort_keys: input["sort_keys"].as_bool().unwrap_or(default.sort_keys),
        ensure_ascii: input["ensure_ascii"]
            .as_bool()
            .unwrap_or(default.ensure_ascii),
        compact: input["compact"].as_bool(),
        mimetype: match input["mimetype"].as_str() {
            Some(mimetype) => mimetype.to_owned().into(),
            None => default.mimetype,
        },
    })
}
