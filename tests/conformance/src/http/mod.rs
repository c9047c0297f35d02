//! Runs the vectors of Werkzeug's HTTP functions: one function for each `op`, in files by subject.

mod accept;
mod auth;
mod cache_control;
mod conditional;
mod config;
mod cookies;
mod dates;
mod errors;
mod etags;
mod files;
mod form;
mod input;
mod json;
mod lists;
mod meta;
mod ranges;
mod served;
mod typed;
mod urls;

use serde_json::Value;

use crate::outcome::Outcome;

/// What running a case gives: the value to compare, or that the call fails.
type Answer = Result<Value, Failure>;

/// A call that fails; the status matters where it is an HTTP error.
#[derive(Debug, Default)]
struct Failure {
    status: Option<u16>,
    unknown_op: bool,
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(_: E) -> Self {
        Self::default()
    }
}

/// Runs one record.
pub fn run(record: &Value) -> Vec<Outcome> {
    let text = |name: &str| record[name].as_str().unwrap_or_default();
    let answer = answer(text("op"), &record["in"]);
    let want = match text("op") {
        "form" => &form::in_full(&record["want"]),
        _ => &record["want"],
    };
    vec![Outcome {
        label: text("id").to_owned(),
        quirk: record["quirk"] == Value::Bool(true),
        result: compare(answer, want),
    }]
}

fn answer(op: &str, input: &Value) -> Answer {
    match op {
        "accept" => accept::accept(input),
        "age" => dates::age(input),
        "authorization" => auth::authorization(input),
        "bad_key" => errors::bad_key(input),
        "cache_control" => cache_control::cache_control(input),
        "cache_control_set" => cache_control::cache_control_set(input),
        "conditional" => conditional::conditional(input),
        "content_disposition" => files::content_disposition(input),
        "config_defaults" => config::config_defaults(input),
        "config_env" => config::config_env(input),
        "config_lifetime" => config::config_lifetime(input),
        "config_mapping" => config::config_mapping(input),
        "config_namespace" => config::config_namespace(input),
        "content_length" => meta::content_length(input),
        "content_type" => meta::content_type(input),
        "current_url" => urls::current_url(input),
        "dump_cookie" => cookies::dump_cookie(input),
        "dump_header" => lists::dump_header(input),
        "dump_options_header" => lists::dump_options_header(input),
        "form" => form::form(input),
        "generate_etag" => etags::generate_etag(input),
        "get_content_type" => meta::get_content_type(input),
        "get_json" => json::get_json(input),
        "get_host" => meta::get_host(input),
        "json_dumps" => json::json_dumps(input),
        "jsonify" => json::jsonify(input),
        "header_set" => lists::header_set(input),
        "host_is_trusted" => meta::host_is_trusted(input),
        "http_date" => dates::http_date(input),
        "http_exception" => errors::http_exception(input),
        "if_range" => etags::if_range(input),
        "iri_to_uri" => urls::iri_to_uri(input),
        "is_resource_modified" => conditional::is_resource_modified(input),
        "make_content_range" => ranges::make_content_range(input),
        "parse_content_range" => ranges::parse_content_range(input),
        "parse_cookie" => cookies::parse_cookie(input),
        "parse_date" => dates::parse_date(input),
        "parse_dict_header" => lists::parse_dict_header(input),
        "parse_etags" => etags::parse_etags(input),
        "parse_list_header" => lists::parse_list_header(input),
        "parse_options_header" => lists::parse_options_header(input),
        "parse_range" => ranges::parse_range(input),
        "query_string" => urls::query_string(input),
        "quote_etag" => etags::quote_etag(input),
        "quote_header_value" => lists::quote_header_value(input),
        "redirect" => urls::redirect(input),
        "response_type" => meta::response_type(input),
        "safe_join" => files::safe_join(input),
        "secure_filename" => files::secure_filename(input),
        "status" => meta::status(input),
        "unquote_etag" => etags::unquote_etag(input),
        "unquote_header_value" => lists::unquote_header_value(input),
        "uri_to_iri" => urls::uri_to_iri(input),
        "www_authenticate_dump" => auth::www_authenticate_dump(input),
        "www_authenticate_parse" => auth::www_authenticate_parse(input),
        _ => Err(Failure {
            unknown_op: true,
            ..Failure::default()
        }),
    }
}

fn compare(answer: Answer, want: &Value) -> Result<(), String> {
    let is_error = want
        .as_object()
        .is_some_and(|want| want.contains_key("error"));
    match answer {
        Err(Failure {
            unknown_op: true, ..
        }) => Err("unknown op".to_owned()),
        Err(failure) if is_error => match want["status"].as_u64() {
            Some(status) if failure.status.map(u64::from) != Some(status) => {
                Err(format!("wanted {want}, got {failure:?}"))
            }
            _ => Ok(()),
        },
        Err(failure) => Err(format!("wanted {want}, got {failure:?}")),
        Ok(got) if same(&got, want) => Ok(()),
        Ok(got) => Err(format!("wanted {want}\n   got {got}")),
    }
}

/// Compares the entries of typed mappings without order.
fn same_entries(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .all(|left| right.iter().any(|right| same(left, right)))
}

/// Compares JSON values; numbers by value, so that 5 is 5.0.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            if let (Some(Value::Array(left)), Some(Value::Array(right))) =
                (left.get("dict"), right.get("dict"))
            {
                return same_entries(left, right);
            }
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}
