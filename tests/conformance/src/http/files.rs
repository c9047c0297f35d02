//! The records about names of files, of `meta.jsonl` and `headers.jsonl`.

use carafe::files;
use serde_json::{Value, json};

use super::{Answer, Failure, input};

pub(super) fn secure_filename(input: &Value) -> Answer {
    Ok(json!({"text": files::secure_filename(input::text(input, "name"))}))
}

pub(super) fn safe_join(input: &Value) -> Answer {
    let path = files::safe_join(input::text(input, "base"), input::strings(&input["parts"]));
    Ok(json!({"path": path.map(|path| path.to_string_lossy().into_owned())}))
}

pub(super) fn content_disposition(input: &Value) -> Answer {
    let as_attachment = input["as_attachment"] == Value::Bool(true);
    match input::optional(input, "download_name") {
        Some(name) => Ok(json!({"header": files::content_disposition(name, as_attachment)})),
        // An attachment needs a name.
        None if as_attachment => Err(Failure::default()),
        None => Ok(json!({"header": null})),
    }
}
