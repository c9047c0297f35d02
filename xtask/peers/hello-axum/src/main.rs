//! axum's counterpart of `examples/hello`: routes, a URL argument, an error page.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;

async fn index() -> Html<&'static str> {
    Html("<p>Hello, World!</p>")
}

async fn show_user(Path(id): Path<i64>) -> Html<String> {
    Html(format!("<p>User {id}</p>"))
}

async fn not_found() -> (StatusCode, Html<&'static str>) {
    (StatusCode::NOT_FOUND, Html("<p>Nothing here.</p>"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(index))
        .route("/user/{id}", get(show_user))
        .fallback(not_found);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:5000").await?;
    axum::serve(listener, app).await
}
