//! `meta.jsonl`.

use carafe::Response;
use carafe::headers::{content_length, content_type, host, options, status};
use serde_json::{Value, json};

use super::{Answer, Failure, input};

pub(super) fn content_type(input: &Value) -> Answer {
    let (mimetype, params) = content_type::parse_content_type(input::text(input, "content_type"));
    Ok(json!({
        "is_json": content_type::is_json(&mimetype),
        "mimetype": mimetype,
        "params": params.iter().collect::<Vec<_>>(),
    }))
}

pub(super) fn get_content_type(input: &Value) -> Answer {
    let (mimetype, charset) = (
        input::text(input, "mimetype"),
        input::text(input, "charset"),
    );
    Ok(json!({"text": content_type::get_content_type(mimetype, charset)}))
}

pub(super) fn content_length(input: &Value) -> Answer {
    let length = content_length::get_content_length(
        input::optional(input, "content_length"),
        input::optional(input, "transfer_encoding"),
    );
    Ok(json!({"length": length}))
}

pub(super) fn status(input: &Value) -> Answer {
    if let Some(code) = input["status"].as_i64() {
        return Ok(json!({"status": status::status_line(code), "code": code}));
    }
    let (line, code) =
        status::parse_status(input::text(input, "status")).ok_or_else(Failure::default)?;
    Ok(json!({"status": line, "code": code}))
}

pub(super) fn host_is_trusted(input: &Value) -> Answer {
    let trusted = input::strings(&input["trusted"]);
    let host = input::text(input, "host");
    Ok(json!({"trusted": host::host_is_trusted(host, &trusted)}))
}

pub(super) fn get_host(input: &Value) -> Answer {
    let server = input["server"].as_array().map(|server| {
        let port = server[1].as_u64().and_then(|port| u16::try_from(port).ok());
        (server[0].as_str().unwrap_or_default(), port)
    });
    let host = host::get_host(
        input::text(input, "scheme"),
        input::optional(input, "host"),
        server,
        &input::strings(&input["trusted"]),
    );
    let host = host.map_err(|error| Failure {
        status: Some(error.code()),
        ..Failure::default()
    })?;
    Ok(json!({"host": host}))
}

pub(super) fn response_type(input: &Value) -> Answer {
    let failed = |_| Failure::default();
    let mut response = Response::new("");
    if input["class"] == "werkzeug" {
        response = response.mimetype("text/plain").map_err(failed)?;
    }
    for (name, value) in input::pairs(input, "headers") {
        response
            .set_header(name, value.as_str().unwrap_or_default())
            .map_err(failed)?;
    }
    if let Some(mimetype) = input::optional(input, "mimetype") {
        response = response.mimetype(mimetype).map_err(failed)?;
    }
    if let Some(content_type) = input::optional(input, "content_type") {
        response
            .set_header("content-type", content_type)
            .map_err(failed)?;
    }
    let content_type = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    let mimetype = content_type::response_mimetype(content_type.unwrap_or_default());
    let (_, params) = options::parse_options_header(content_type.unwrap_or_default());
    Ok(json!({
        "content_type": content_type,
        "mimetype": mimetype,
        "params": params.iter().collect::<Vec<_>>(),
        "is_json": mimetype.is_some_and(content_type::is_json),
    }))
}
