//! Forms, files, bytes, JSON and limits.

use carafe::form::FileStorage;
use carafe::json::GetJson;
use carafe::prelude::*;
use carafe::{GetData, IntoView, ViewFunction, sessions};
use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::json;
use sha1::{Digest, Sha1};

use crate::apps::requests::{EVERY, lists};

#[derive(Serialize)]
struct ShownFile<'a> {
    field: &'a str,
    filename: &'a str,
    content_type: Option<&'a str>,
    mimetype: String,
    size: usize,
    sha1: String,
}

impl<'a> ShownFile<'a> {
    fn new(field: &'a str, file: &'a FileStorage) -> Result<Self> {
        let data = file.read()?;
        Ok(Self {
            field,
            filename: file.filename(),
            content_type: file.content_type(),
            mimetype: file.mimetype(),
            size: data.len(),
            sha1: Sha1::digest(&data)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        })
    }
}

async fn form(request: Request) -> Result {
    let (form, files) = (request.form().await?, request.files().await?);
    let shown = files
        .items_multi()
        .map(|(field, file)| ShownFile::new(field, file))
        .collect::<Result<Vec<_>>>()?;
    jsonify(json!({"form": lists(form), "files": shown}))
}

async fn form_key(request: Request) -> Result<String> {
    Ok(request.form().await?.require("wanted")?.clone())
}

async fn files_key(request: Request) -> Result<String> {
    let files = request.files().await?;
    Ok(files.require("wanted")?.filename().to_owned())
}

async fn files_read(request: Request) -> Result {
    let file = request.files().await?.require("file")?.clone();
    Response::new(file.read()?).mimetype("text/plain")
}

async fn data(request: Request) -> Result {
    let data = request.get_data(GetData::default()).await?;
    Response::new(data).mimetype("application/octet-stream")
}

async fn data_attribute(request: Request) -> Result {
    let size = request.data().await?.len();
    jsonify(json!({"size": size, "form": lists(request.form().await?)}))
}

async fn data_text(request: Request) -> Result {
    let data = request.get_data(GetData::default()).await?;
    jsonify(String::from_utf8_lossy(&data))
}

/// The body is read several times, as `do` says.
async fn data_order(request: Request) -> Result {
    let mut out = Vec::new();
    for step in request.args().getlist("do") {
        let mut how = GetData::default();
        match step.as_str() {
            "nocache" => how.cache = false,
            "parse" => how.parse_form_data = true,
            _ => {}
        }
        out.push(match step.as_str() {
            "form" => json!(lists(request.form().await?)),
            "files" => json!(request.files().await?.items_multi().count()),
            "json" => json!(request.get_json(silently()).await?),
            "stream" => {
                let chunks: Vec<_> = request.stream()?.try_collect().await?;
                json!(chunks.iter().map(|chunk| chunk.len()).sum::<usize>())
            }
            _ => json!(request.get_data(how).await?.len()),
        });
    }
    jsonify(out)
}

async fn stream(request: Request) -> Result {
    let mut stream = request.stream()?;
    let (mut first, mut rest) = (Vec::new(), 0);
    while let Some(chunk) = stream.try_next().await? {
        let missing = chunk.len().min(5 - first.len());
        first.extend_from_slice(&chunk[..missing]);
        rest += chunk.len() - missing;
    }
    jsonify(json!({"first": String::from_utf8(first)?, "rest": rest}))
}

fn length(request: Request) -> Result {
    let params = request.mimetype_params();
    let params: serde_json::Map<_, _> = params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.as_str().into()))
        .collect();
    jsonify(json!({
        "content_length": request.content_length(),
        "content_type": request.content_type(),
        "mimetype": request.mimetype(),
        "mimetype_params": params,
        "content_encoding": request.content_encoding(),
        "is_json": request.is_json(),
    }))
}

fn silently() -> GetJson {
    GetJson {
        silent: true,
        ..GetJson::default()
    }
}

#[derive(Serialize)]
struct Got {
    got: sessions::Value,
}

/// Makes a view that answers with the JSON of the body.
fn json_view(options: GetJson) -> ViewFunction {
    let view = move |request: Request| async move {
        let got = request.get_json(options).await?;
        jsonify(Got { got })
    };
    view.into_view()
}

async fn json_twice(request: Request) -> Result {
    #[derive(Serialize)]
    struct Twice {
        first: sessions::Value,
        second: sessions::Value,
    }
    let first = request.get_json(silently()).await?;
    let second = request.get_json(GetJson::default()).await?;
    jsonify(Twice { first, second })
}

async fn limit_form(request: Request) -> Result {
    let (fields, files) = (request.form().await?.len(), request.files().await?.len());
    jsonify(json!({"fields": fields, "files": files}))
}

async fn limit_data(request: Request) -> Result<String> {
    let data = request.get_data(GetData::default()).await?;
    Ok(data.len().to_string())
}

/// A limit set for this request only.
async fn limit_own(name: String, size: u64, request: Request) -> Result {
    match name.as_str() {
        "content" => request.set_max_content_length(size),
        "memory" => request.set_max_form_memory_size(size),
        _ => request.set_max_form_parts(size),
    }
    jsonify(json!({
        "fields": request.form().await?.items_multi().count(),
        "files": request.files().await?.len(),
        "limits": [
            request.max_content_length(),
            request.max_form_memory_size(),
            request.max_form_parts(),
        ],
    }))
}

async fn limit_caught(request: Request) -> Result<String> {
    match request.get_data(GetData::default()).await {
        Ok(data) => Ok(data.len().to_string()),
        Err(error) if error.as_http().is_some_and(|error| error.code() == 413) => {
            Ok("caught".to_owned())
        }
        Err(error) => Err(error),
    }
}

pub(super) fn routes(app: &mut App) {
    let forced = GetJson {
        force: true,
        ..GetJson::default()
    };
    let forced_silently = GetJson {
        force: true,
        ..silently()
    };
    app.route("/form", form).methods(EVERY);
    app.post("/form/key", form_key);
    app.post("/files/key", files_key);
    app.post("/files/read", files_read);
    app.route("/data", data).methods(EVERY);
    app.post("/data/attribute", data_attribute);
    app.post("/data/text", data_text);
    app.post("/data/order", data_order);
    app.post("/stream", stream);
    app.post("/unread", || "not read").endpoint("unread");
    app.route("/length", length).methods(EVERY);
    app.route("/json", json_view(GetJson::default()))
        .endpoint("json")
        .methods(EVERY);
    app.post("/json/attribute", json_view(GetJson::default()))
        .endpoint("json_attribute");
    app.post("/json/silent", json_view(silently()))
        .endpoint("json_silent");
    app.post("/json/force", json_view(forced))
        .endpoint("json_force");
    app.post("/json/force-silent", json_view(forced_silently))
        .endpoint("json_force_silent");
    app.post("/json/twice", json_twice);
    app.post("/limit/form", limit_form);
    app.post("/limit/data", limit_data);
    app.post("/limit/own/<name>/<int:size>", limit_own);
    app.post("/limit/caught", limit_caught);
}
