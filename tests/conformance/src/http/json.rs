//! `json.jsonl`.

use std::sync::{Arc, Mutex, PoisonError};

use carafe::json::{DefaultJsonProvider, GetJson, Json, JsonProvider};
use carafe::prelude::*;
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
    let mut app = app(input);
    app.json = provider(input);
    app.get("/", move || Json(value.clone())).endpoint("view");
    let response = app.test_client().get("/").send();
    match response.status() {
        500 => Err(Failure::default()),
        status => Ok(json!({
            "status": status,
            "content_type": response.header("Content-Type"),
            "body": response.text(),
        })),
    }
}

pub(super) fn get_json(input: &Value) -> Answer {
    let flag = |name: &str| input[name] == Value::Bool(true);
    let options = GetJson {
        force: flag("force"),
        silent: flag("silent"),
        ..GetJson::default()
    };
    let read = Arc::new(Mutex::new(Typed::Null));
    let kept = read.clone();
    let view = move |request: Request| {
        let kept = kept.clone();
        async move {
            let value = request.get_json(options).await?;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = value;
            Ok::<_, Error>("")
        }
    };
    let mut app = app(input);
    app.post("/", view).endpoint("view");
    let client = app.test_client();
    let mut request = client.post("/").body(input::bytes(&input["body"]));
    if let Some(content_type) = input::optional(input, "content_type") {
        request = request.header("Content-Type", content_type);
    }
    match request.send().status() {
        200 => {
            let value = read.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(json!({"value": typed::write(&value)}))
        }
        status => Err(Failure {
            status: Some(status),
            ..Failure::default()
        }),
    }
}

fn app(input: &Value) -> App {
    let mut app = App::new("conformance");
    app.config.debug(input["debug"] == Value::Bool(true));
    // An error is answered with 500 in debug mode too, as the records have it.
    app.config.propagate_exceptions(false);
    app
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
        default: None,
    })
}
