//! What real clients are pointed at: forms, files, JSON, redirects, cookies and a download.
//!
//! `python/clients.py` is the other side, with each client.

use carafe::files::secure_filename;
use carafe::json::GetJson;
use carafe::prelude::*;
use carafe::sessions::SameSite;
use carafe::sessions::cookie::SetCookie;
use carafe::{GetData, Redirect, send_from_directory};
use http::StatusCode;
use serde_json::{Value, json};

/// Forms as a browser fills them in.
fn page() -> &'static str {
    include_str!("clients.html")
}

/// All fields, in order, and the files with their contents.
async fn form() -> Result<Value> {
    let request = request();
    let fields: Vec<_> = request.form().await?.items_multi().collect();
    let mut files = Vec::new();
    for (name, file) in request.files().await?.items_multi() {
        let content = file.read()?;
        files.push(json!({
            "name": name,
            "filename": file.filename(),
            "safe": secure_filename(file.filename()),
            "length": content.len(),
            "sum": content.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
        }));
    }
    Ok(json!({"method": request.method().as_str(), "fields": fields, "files": files}))
}

async fn echo() -> Result {
    jsonify(request().get_json(GetJson::default()).await?)
}

/// Leads on to the next place with a status code, and tells what arrived there.
async fn hop(code: u16) -> Result<Redirect> {
    let target = match request().args().get("to") {
        Some(target) => target.clone(),
        None => url_for!("arrived", code = i64::from(code))?,
    };
    Ok(redirect(target).code(StatusCode::from_u16(code)?))
}

async fn arrived(code: i64) -> Result<Value> {
    let body = request().get_data(GetData::default()).await?;
    Ok(json!({
        "code": code,
        "method": request().method().as_str(),
        "body": String::from_utf8_lossy(&body),
    }))
}

/// Cookies that a client keeps, and some that it may not send back to every path.
fn set_cookies() -> Result {
    let mut response = redirect(url_for!("remove_cookie")?).into_response()?;
    for cookie in [
        SetCookie::new("plain", "one"),
        SetCookie::new("quoted", "a b; c, é"),
        SetCookie::new("hidden", "two").httponly(true).max_age(3600),
        SetCookie::new("strict", "three").samesite(Some(SameSite::Lax)),
        SetCookie::new("elsewhere", "four").path(Some("/elsewhere")),
        SetCookie::new("gone", "five"),
    ] {
        response.set_cookie(&cookie)?;
    }
    session().insert("visits", 0)?;
    Ok(response)
}

fn remove_cookie() -> Result {
    let mut response = redirect(url_for!("cookies")?).into_response()?;
    response.delete_cookie("gone")?;
    Ok(response)
}

fn cookies() -> Result<Value> {
    let request = request();
    let sent = request.cookies();
    let named = sent.items().filter(|(name, _)| *name != "session");
    let visits = session().get::<i64>("visits").unwrap_or(-1) + 1;
    session().insert("visits", visits)?;
    Ok(json!({"cookies": named.collect::<Vec<_>>(), "visits": visits}))
}

async fn file() -> Result {
    send_from_directory(
        current_app().config().get_as::<String>("FOLDER")?,
        "file.bin",
    )
    .await
}

fn main() -> carafe::Result<()> {
    let mut app = carafe::app!();
    app.config.secret_key("clients");
    app.config.from_prefixed_env("CLIENTS")?;
    app.get("/", page);
    app.route("/form", form).methods(["POST", "PUT"]);
    app.post("/json", echo);
    app.route("/hop/<int:code>", hop).methods(["GET", "POST"]);
    app.route("/arrived/<int:code>", arrived)
        .methods(["GET", "POST"]);
    app.get("/cookies/set", set_cookies);
    app.get("/cookies/remove", remove_cookie);
    app.get("/cookies", cookies);
    app.get("/file", file);
    app.run()
}
