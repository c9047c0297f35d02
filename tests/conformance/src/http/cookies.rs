//! `cookies.jsonl`.

use std::time::{Duration, UNIX_EPOCH};

use carafe::headers::{cookie, date, latin1};
use carafe_sessions::SameSite;
use carafe_sessions::cookie::SetCookie;

use serde_json::{Value, json};

use super::{Answer, Failure, input};

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

pub(super) fn dump_cookie(input: &Value) -> Answer {
    let flag = |name: &str| input[name] == Value::Bool(true);
    let now = UNIX_EPOCH + Duration::from_secs(input["now"].as_u64().unwrap_or_default());
    let mut cookie = SetCookie::new(input::text(input, "key"), input::text(input, "value"))
        .now(now)
        .max_age(max_age(&input["max_age"]))
        .path(input::optional(input, "path"))
        .domain(input::optional(input, "domain").filter(|domain| !domain.is_empty()))
        .secure(flag("secure"))
        .httponly(flag("httponly"))
        .partitioned(flag("partitioned"));
    if let Some(text) = input::optional(input, "samesite") {
        let samesite = SameSite::parse(text).ok_or_else(Failure::default)?;
        cookie = cookie.samesite(Some(samesite));
    }
    match &input["expires"] {
        Value::Null => {}
        expires => match expires["text"].as_str() {
            Some(text) => cookie = cookie.expires_text(text),
            None => {
                let unix = input::moment(expires).ok_or_else(Failure::default)?;
                cookie = cookie.expires_text(date::http_date_from_unix(unix));
            }
        },
    }
    let header = cookie.to_header()?;
    Ok(json!({"header": latin1::decode(header.as_bytes())}))
}

/// Returns seconds: a number, or a span of time whose fractions are cut off.
fn max_age(value: &Value) -> Option<i64> {
    let seconds = value.as_f64().or_else(|| value["timedelta"].as_f64())?;
    Some(seconds as i64)
}
