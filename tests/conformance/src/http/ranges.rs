//! `ranges.jsonl`.

use carafe::headers::range::{ContentRange, Range};
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn parse_range(input: &Value) -> Answer {
    let range = input::optional(input, "header").and_then(Range::from_header);
    Ok(json!({"range": range.map(|range| {
        let for_length = |length: &Value| {
            let bytes = length.as_u64();
            let part = range.range_for_length(bytes).map(|(start, stop)| [start, stop]);
            json!([length, part, range.to_content_range_header(bytes)])
        };
        json!({
            "units": range.units(),
            "ranges": range.ranges(),
            "header": range.to_string(),
            "for_length": input::items(input, "lengths").iter().map(for_length).collect::<Vec<_>>(),
        })
    })}))
}

pub(super) fn parse_content_range(input: &Value) -> Answer {
    let range = input::optional(input, "header").and_then(ContentRange::from_header);
    Ok(json!({"range": range.map(|range| json!({
        "units": range.units(),
        "start": range.start(),
        "stop": range.stop(),
        "length": range.length(),
        "header": range.to_string(),
    }))}))
}

pub(super) fn make_content_range(input: &Value) -> Answer {
    let number = |name: &str| input[name].as_i64();
    let units = input::optional(input, "units");
    let range = ContentRange::new(
        units.unwrap_or_default(),
        number("start"),
        number("stop"),
        number("length"),
    )?;
    // A range without units is how Werkzeug says that there is no header.
    Ok(json!({"header": units.map_or(String::new(), |_| range.to_string())}))
}
