//! Carafe as its users write it.

use carafe::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Item {
    id: i64,
    name: String,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    id: u32,
    name: String,
}

fn plaintext() -> &'static str {
    "Hello, World!"
}

fn json() -> Json<Message> {
    Json(Message {
        message: "Hello, World!",
    })
}

fn user(id: i64) -> String {
    format!("User {id}")
}

fn echo(Json(item): Json<Item>) -> Json<Item> {
    Json(item)
}

async fn upload() -> carafe::Result<String> {
    let request = request();
    let file = request.files().await?.require("file")?;
    Ok(file.len().to_string())
}

fn count() -> carafe::Result<String> {
    let count = session().get("count").unwrap_or(0) + 1;
    session().insert("count", count)?;
    Ok(count.to_string())
}

fn template(State(rows): State<Vec<Row>>) -> Result {
    render_template(
        "rows.html",
        context! { title = "Cups & saucers", rows = *rows },
    )
}

fn rows() -> Vec<Row> {
    (0..50)
        .map(|id| Row {
            id,
            name: format!("Cup & saucer {id}"),
        })
        .collect()
}

fn create_app() -> App {
    let mut app = carafe::app!();
    app.config.secret_key("benchmark");
    app.static_folder = std::env::var_os("BENCH_FOLDER").map(Into::into);
    app.static_url_path = Some("/static".into());
    app.route("/plaintext", plaintext);
    app.route("/json", json);
    app.route("/user/<int:id>", user);
    app.route("/echo", echo).methods(["POST"]);
    app.route("/upload", upload).methods(["POST"]);
    app.route("/session", count);
    app.template_folder = Some("../templates".into());
    app.state(rows());
    app.route("/template", template);
    for n in 0..100 {
        app.route(&format!("/section{n}/items"), plaintext)
            .endpoint(format!("items{n}"));
        app.route(&format!("/section{n}/items/<int:id>"), user)
            .endpoint(format!("item{n}"));
    }
    app
}

fn main() -> carafe::Result<()> {
    create_app().run()
}
