//! axum as its own examples write it, on one current-thread runtime.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRef, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use axum_extra::extract::cookie::{Cookie, Key, SignedCookieJar};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::services::ServeDir;

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

#[derive(Clone, FromRef)]
struct Shared {
    key: Key,
    templates: Arc<Environment<'static>>,
    rows: Arc<Vec<Row>>,
}

async fn plaintext() -> Html<&'static str> {
    Html("Hello, World!")
}

async fn json() -> Json<Message> {
    Json(Message {
        message: "Hello, World!",
    })
}

async fn user(Path(id): Path<i64>) -> Html<String> {
    Html(format!("User {id}"))
}

async fn echo(Json(item): Json<Item>) -> Json<Item> {
    Json(item)
}

async fn upload(mut form: Multipart) -> Result<Html<String>, MultipartError> {
    let mut length = 0;
    while let Some(field) = form.next_field().await? {
        length += field.bytes().await?.len();
    }
    Ok(Html(length.to_string()))
}

async fn session(jar: SignedCookieJar) -> (SignedCookieJar, Html<String>) {
    let count = jar
        .get("session")
        .and_then(|cookie| cookie.value().parse().ok())
        .unwrap_or(0_i64)
        + 1;
    let cookie = Cookie::build(("session", count.to_string()))
        .path("/")
        .http_only(true);
    (jar.add(cookie), Html(count.to_string()))
}

async fn template(
    State(templates): State<Arc<Environment<'static>>>,
    State(rows): State<Arc<Vec<Row>>>,
) -> Result<Html<String>, StatusCode> {
    let context = context! { title => "Cups & saucers", rows => Serde(&*rows) };
    let page = templates
        .get_template("rows.html")
        .and_then(|template| template.render(context));
    page.map(Html)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn shared() -> Shared {
    let mut templates = Environment::new();
    templates
        .add_template("rows.html", include_str!("../../templates/rows.html"))
        .expect("the template is written as templates are");
    let row = |id| Row {
        id,
        name: format!("Cup & saucer {id}"),
    };
    Shared {
        key: Key::from(&[7; 64]),
        templates: templates.into(),
        rows: Arc::new((0..50).map(row).collect()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(2)
        .and_then(|port| port.parse().ok())
        .unwrap_or(8000);
    let folder = std::env::var_os("BENCH_FOLDER").unwrap_or_default();
    let mut app = Router::new()
        .route("/plaintext", get(plaintext))
        .route("/json", get(json))
        .route("/user/{id}", get(user))
        .route("/echo", post(echo))
        .route("/upload", post(upload))
        .nest_service("/static", ServeDir::new(folder))
        .route("/session", get(session))
        .route("/template", get(template));
    for n in 0..100 {
        app = app
            .route(&format!("/section{n}/items"), get(plaintext))
            .route(&format!("/section{n}/items/{{id}}"), get(user));
    }
    let app = app.with_state(shared());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await?
        .tap_io(|stream| {
            // A connection that is already gone fails on its first read.
            let _ = stream.set_nodelay(true);
        });
    // It ends as a program does that is done: a profile is written then.
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        // A bare router is copied route by route for each connection; this one is shared.
        ended = axum::serve(listener, app.into_make_service()) => ended,
        _ = terminate.recv() => Ok(()),
    }
}
