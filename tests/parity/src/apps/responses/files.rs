//! Files, from paths and from memory.

use carafe::prelude::*;

use crate::apps::responses::at;

const EVERY: [&str; 2] = ["GET", "POST"];

async fn file(name: String) -> Result {
    let request = request();
    let args = request.args();
    let path = current_app().root_path().join("files").join(name);
    let mut file = send_file(path)
        .as_attachment(args.contains("attachment"))
        .conditional(!args.contains("unconditional"));
    if let Some(mimetype) = args.get("mimetype") {
        file = file.mimetype(mimetype);
    }
    if let Some(name) = args.get("download_name") {
        file = file.download_name(name);
    }
    if let Some(etag) = args.get("etag") {
        file = file.etag(etag);
    }
    if let Some(seconds) = args.get_as("max_age") {
        file = file.max_age(seconds);
    }
    if let Some(seconds) = args.get_as("modified") {
        file = file.last_modified(at(seconds));
    }
    if args.contains("noetag") {
        file = file.without_etag();
    }
    file.await
}

async fn file_relative() -> Result {
    send_file("files/hello.txt").await
}

async fn file_memory() -> Result {
    let file = send_file(b"in memory");
    match request().args().get("name") {
        Some(name) => file.download_name(name).await,
        None => file.mimetype("text/plain").await,
    }
}

async fn file_memory_unnamed() -> Result {
    send_file(b"x").await
}

async fn file_memory_attachment() -> Result {
    send_file(b"x")
        .mimetype("text/plain")
        .as_attachment(true)
        .await
}

async fn file_unicode() -> Result {
    send_file("files/hello.txt")
        .as_attachment(true)
        .download_name("\u{e9}t\u{e9} \u{2603} 100%.txt")
        .await
}

async fn directory(name: String) -> Result {
    send_from_directory("files", &name).await
}

async fn directory_download(name: String) -> Result {
    send_from_directory("files", &name)
        .as_attachment(true)
        .max_age(60)
        .await
}

fn static_url() -> Result<String> {
    url_for!("static", filename = "css/site.css", v = 1)
}

pub(super) fn routes(app: &mut App) {
    app.route("/file/<name>", file).methods(EVERY);
    app.route("/file-relative", file_relative);
    app.route("/file-memory", file_memory);
    app.route("/file-memory/unnamed", file_memory_unnamed);
    app.route("/file-memory/attachment-unnamed", file_memory_attachment);
    app.route("/file-unicode", file_unicode);
    app.route("/directory/<path:name>", directory);
    app.route("/directory-download/<path:name>", directory_download);
    app.route("/static-url", static_url);
}
