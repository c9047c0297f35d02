//! `dates.jsonl`.

use std::time::Duration;

use carafe::headers::date;
use serde_json::{Value, json};

use super::{Answer, Failure, input};

pub(super) fn parse_date(input: &Value) -> Answer {
    let date = input::optional(input, "text").and_then(date::parse_date);
    Ok(json!({"date": date.map(|date| json!({"unix": date.unix(), "iso": input::iso(date)}))}))
}

pub(super) fn http_date(input: &Value) -> Answer {
    let moment = input::moment(&input["value"]).ok_or_else(Failure::default)?;
    Ok(json!({"text": date::http_date_from_unix(moment)}))
}

pub(super) fn age(input: &Value) -> Answer {
    if input.get("parse").is_some() {
        let age = input::optional(input, "parse").and_then(date::parse_age);
        return Ok(json!({"seconds": age.map(|age| age.as_secs())}));
    }
    let seconds = match &input["dump"] {
        Value::Null => return Ok(json!({"text": null})),
        Value::Number(seconds) => seconds.as_f64(),
        timedelta => timedelta["timedelta"].as_f64(),
    };
    let age = Duration::try_from_secs_f64(seconds.ok_or_else(Failure::default)?)?;
    Ok(json!({"text": date::dump_age(age)}))
}
