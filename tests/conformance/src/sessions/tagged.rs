//! `tagged_json`: the serializer alone.

use carafe_sessions::{JsonStyle, SessionSerializer, TaggedJson};
use serde_json::{Value as Json, json};

use super::{Answer, notation};

pub(super) fn run(input: &Json) -> Answer {
    let serializer = TaggedJson::shared();
    // Outside of an app there is no JSON provider, and so no sorting.
    let standalone = input["standalone"] == true;
    let style = JsonStyle {
        sort_keys: !standalone && input["sort_keys"] == true,
        ensure_ascii: standalone || input["ensure_ascii"] == true,
    };
    let answer = match input["dir"].as_str() {
        Some("dumps") => serializer
            .dumps(&notation::value(&input["value"])?, style)
            .map(|text| json!({"text": text})),
        Some("loads") => serializer
            .loads(notation::text(&input["text"])?)
            .map(|value| json!({"value": notation::value_out(&value)})),
        other => return Err(format!("no such direction: {other:?}")),
    };
    Ok(answer.unwrap_or_else(|_| json!({"error": "ValueError"})))
}
