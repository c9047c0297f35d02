//! `cookies.jsonl`.

use carafe::headers::cookie;
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn parse_cookie(input: &Value) -> Answer {
    let header = input::header_bytes(input::text(input, "header"));
    let cookies = cookie::parse_cookie(&header);
    for (name, value) in cookies.items() {
        assert_eq!(
            cookie::find(&header, name).as_deref(),
            Some(value.as_str()),
            "find({name:?})"
        );
    }
    Ok(json!({"lists": input::lists(&cookies)}))
}
