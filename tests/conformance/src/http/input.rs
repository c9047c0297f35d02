//! Reads what the records hold: header text, bytes, moments, mappings.

use carafe::headers::date::{self, HttpDate};
use carafe::headers::latin1;
use carafe::multi_dict::MultiDict;
use serde_json::{Value, json};

/// Returns a string of the input; a missing one is empty.
pub(super) fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}

/// Returns a string of the input that may be null.
pub(super) fn optional<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input[name].as_str()
}

/// Returns the bytes of header text, one a character.
pub(super) fn header_bytes(text: &str) -> Vec<u8> {
    latin1::encode(text).unwrap_or_else(|| text.as_bytes().to_vec())
}

/// Returns the items of an array.
pub(super) fn items<'a>(input: &'a Value, name: &str) -> &'a [Value] {
    input[name]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Returns the strings of an array.
pub(super) fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Returns the pairs of a mapping that is an array of arrays.
pub(super) fn pairs<'a>(input: &'a Value, name: &str) -> Vec<(&'a str, &'a Value)> {
    items(input, name)
        .iter()
        .filter_map(|pair| Some((pair.get(0)?.as_str()?, pair.get(1)?)))
        .collect()
}

/// Returns bytes: `{"utf8": …}`, `{"hex": …}`, `{"repeat": [text, times]}` or `{"concat": […]}`.
pub(super) fn bytes(value: &Value) -> Vec<u8> {
    if let Some(text) = value["utf8"].as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(parts) = value["concat"].as_array() {
        return parts.iter().flat_map(bytes).collect();
    }
    if let Some(repeat) = value["repeat"].as_array() {
        return repeated(repeat).into_bytes();
    }
    let hex = value["hex"].as_str().unwrap_or_default().as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    hex.chunks_exact(2)
        .map(|pair| u8::try_from(digit(pair[0]) * 16 + digit(pair[1])).unwrap_or_default())
        .collect()
}

/// Writes out `[text, times]`.
pub(super) fn repeated(repeat: &[Value]) -> String {
    let text = repeat.first().and_then(Value::as_str).unwrap_or_default();
    let times = repeat.get(1).and_then(Value::as_u64).unwrap_or_default();
    text.repeat(usize::try_from(times).unwrap_or_default())
}

/// Returns a moment as seconds since the epoch; `None` for text, which is used as it is.
pub(super) fn moment(value: &Value) -> Option<i64> {
    if let Some(unix) = value["unix"].as_i64() {
        return Some(unix);
    }
    if let Some(unix) = value["unixf"].as_f64() {
        return Some(unix.floor() as i64);
    }
    if let Some(day) = value["date"].as_str() {
        return iso_moment(&format!("{day}T00:00:00"));
    }
    iso_moment(value["datetime"].as_str()?)
}

/// Reads `2026-04-18T08:13:20.5+02:00` by way of the parser of header dates.
fn iso_moment(iso: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (day, time) = iso.split_once('T')?;
    let [year, month, day] = day.split('-').collect::<Vec<_>>()[..] else {
        return None;
    };
    let clock = time.get(..8)?;
    let offset = time
        .rfind(['+', '-'])
        .map_or("+0000".to_owned(), |at| time[at..].replace(':', ""));
    let month = MONTHS[month.parse::<usize>().ok()? - 1];
    // Years before 100 would be read as those of this century.
    let leaps: i64 = if year.parse::<i64>().ok()? < 100 {
        400
    } else {
        0
    };
    let year = year.parse::<i64>().ok()? + leaps;
    let date = date::parse_date(&format!("{day} {month} {year:04} {clock} {offset}"))?;
    Some(date.unix() - leaps / 400 * 146_097 * 86_400)
}

/// Writes a date as the records do: with the offset that it was written with.
pub(super) fn iso(date: HttpDate) -> String {
    let local = date::http_date_from_unix(date.unix() + date.utc_offset());
    let parts: Vec<&str> = local.split_whitespace().collect();
    let month = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    .iter()
    .position(|month| *month == parts[2])
    .unwrap_or_default();
    let offset = date.utc_offset();
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!(
        "{}-{:02}-{}T{}{sign}{:02}:{:02}",
        parts[3],
        month + 1,
        parts[1],
        parts[4],
        minutes / 60,
        minutes % 60
    )
}

/// Writes a multi-value mapping.
pub(super) fn lists(dict: &MultiDict<String>) -> Value {
    dict.lists_with_nameless()
        .map(|(key, values)| json!([key, values]))
        .collect()
}
