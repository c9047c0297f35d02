//! actix-web as its own examples write it, with one worker.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use actix_files::Files;
use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_session::config::CookieContentSecurity;
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::web::{self, Html, Json, Path};
use actix_web::{App, HttpServer};
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

async fn plaintext() -> Html {
    Html::new("Hello, World!")
}

async fn json() -> Json<Message> {
    Json(Message {
        message: "Hello, World!",
    })
}

async fn user(id: Path<i64>) -> Html {
    Html::new(format!("User {id}"))
}

async fn echo(item: Json<Item>) -> Json<Item> {
    item
}

#[derive(MultipartForm)]
struct Upload {
    file: TempFile,
}

async fn upload(MultipartForm(form): MultipartForm<Upload>) -> Html {
    Html::new(form.file.size.to_string())
}

async fn session(session: Session) -> actix_web::Result<Html> {
    let count = session.get::<i64>("count")?.unwrap_or(0) + 1;
    session.insert("count", count)?;
    Ok(Html::new(count.to_string()))
}

fn sessions() -> SessionMiddleware<CookieSessionStore> {
    SessionMiddleware::builder(CookieSessionStore::default(), Key::from(&[7; 64]))
        .cookie_name("session".to_owned())
        .cookie_secure(false)
        .cookie_content_security(CookieContentSecurity::Signed)
        .build()
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(2)
        .and_then(|port| port.parse().ok())
        .unwrap_or(8000);
    let folder = PathBuf::from(std::env::var_os("BENCH_FOLDER").unwrap_or_default());
    let server = HttpServer::new(move || {
        let mut app = App::new()
            .route("/plaintext", web::get().to(plaintext))
            .route("/json", web::get().to(json))
            .route("/user/{id}", web::get().to(user))
            .route("/echo", web::post().to(echo))
            .route("/upload", web::post().to(upload))
            .service(Files::new("/static", &folder))
            // Only the route that has a session pays for one.
            .service(
                web::resource("/session")
                    .wrap(sessions())
                    .route(web::get().to(session)),
            );
        for n in 0..100 {
            app = app
                .route(&format!("/section{n}/items"), web::get().to(plaintext))
                .route(&format!("/section{n}/items/{{id}}"), web::get().to(user));
        }
        app
    });
    server
        .workers(1)
        .bind((Ipv4Addr::LOCALHOST, port))?
        .run()
        .await
}
