//! `auth.jsonl`.

use carafe::headers::authorization::Authorization;
use carafe::headers::www_authenticate::WwwAuthenticate;
use serde_json::{Value, json};

use super::{Answer, input};

pub(super) fn authorization(input: &Value) -> Answer {
    let auth = input::optional(input, "header").and_then(Authorization::from_header);
    Ok(json!({"auth": auth.map(|auth| json!({
        "type": auth.auth_type(),
        "parameters": auth.parameters().iter().collect::<Vec<_>>(),
        "token": auth.token(),
        "header": auth.to_string(),
    }))}))
}

pub(super) fn www_authenticate_parse(input: &Value) -> Answer {
    let auth = input::optional(input, "header").and_then(WwwAuthenticate::from_header);
    Ok(json!({"auth": auth.map(|auth| json!({
        "type": auth.auth_type(),
        "parameters": auth.parameters().iter().collect::<Vec<_>>(),
        "token": auth.token(),
        "header": auth.to_string(),
    }))}))
}

pub(super) fn www_authenticate_dump(input: &Value) -> Answer {
    let token = input::optional(input, "token");
    let auth = challenge(
        input::text(input, "type"),
        &input::pairs(input, "parameters"),
        token,
    );
    Ok(json!({"header": auth.to_string()}))
}

/// Makes a challenge of its recorded parts.
pub(super) fn challenge(
    auth_type: &str,
    parameters: &[(&str, &Value)],
    token: Option<&str>,
) -> WwwAuthenticate {
    let mut auth = WwwAuthenticate::new(auth_type);
    for (name, value) in parameters {
        auth.parameters_mut()
            .insert(*name, value.as_str().map(str::to_owned));
    }
    match token {
        Some(token) => auth.with_token(token),
        None => auth,
    }
}
