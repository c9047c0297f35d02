//! The requests that every server is asked, and what all of them answer.

use std::borrow::Cow;
use std::sync::LazyLock;

use anyhow::{Context, Result};

/// One kind of request.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    body: Option<Body>,
    /// What the answer's body is, but for white space at its end.
    pub(super) answer: Cow<'static, str>,
    /// What a server needs besides a router.
    pub(super) needs: Option<Need>,
}

#[derive(Debug)]
struct Body {
    content_type: &'static str,
    text: Cow<'static, str>,
}

/// What not every server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Sessions,
    Templates,
    /// Multipart forms, and files that are served.
    Files,
}

const ITEM: &str = r#"{"id":7,"name":"carafe","tags":["glass","water","wine"]}"#;

const MULTIPART: &str = "multipart/form-data; boundary=----bench";

/// The length of an uploaded file.
const UPLOAD: usize = 1_000_000;

/// The longest body that is pipelined: wrk writes all requests of a batch before it reads.
const PIPELINED: usize = 4096;

/// The length of the static file.
const FILE: usize = 100_000;

/// Where the static file is served, and its name.
pub(super) const FILE_NAME: &str = "file.txt";

static ROUTES: LazyLock<[Route; 9]> = LazyLock::new(|| {
    let get = |name, path, answer: &'static str| Route {
        name,
        method: "GET",
        path,
        body: None,
        answer: answer.into(),
        needs: None,
    };
    let post = |name, path, body, answer| Route {
        name,
        method: "POST",
        path,
        body: Some(body),
        answer,
        needs: None,
    };
    let json = |text: Cow<'static, str>| Body {
        content_type: "application/json",
        text,
    };
    let upload = Body {
        content_type: MULTIPART,
        text: upload().into(),
    };
    [
        get("plaintext", "/plaintext", "Hello, World!"),
        get("json", "/json", r#"{"message":"Hello, World!"}"#),
        get("user", "/user/42", "User 42"),
        post("echo", "/echo", json(ITEM.into()), ITEM.into()),
        Route {
            needs: Some(Need::Sessions),
            ..get("session", "/session", "1")
        },
        Route {
            needs: Some(Need::Templates),
            ..get("template", "/template", include_str!("rows.html"))
        },
        post("echo10k", "/echo", json(item().into()), item().into()),
        Route {
            needs: Some(Need::Files),
            ..post("upload", "/upload", upload, UPLOAD.to_string().into())
        },
        Route {
            answer: file().into(),
            needs: Some(Need::Files),
            ..get("static", "/static/file.txt", "")
        },
    ]
});

/// 10 KB of JSON.
fn item() -> String {
    let tags: Vec<String> = (0..620)
        .map(|tag| format!("\"tag number {tag:03}\""))
        .collect();
    format!(r#"{{"id":7,"name":"carafe","tags":[{}]}}"#, tags.join(","))
}

/// A form with a file of a megabyte.
fn upload() -> String {
    let line = "The quick brown fox jumps over the lazy dog, and over the form.\n";
    let file: String = line.chars().cycle().take(UPLOAD).collect();
    format!(
        "------bench\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n{file}\r\n------bench--\r\n"
    )
}

/// The content of the static file.
pub(super) fn file() -> String {
    "0123456789".repeat(FILE / 10)
}

/// Names of all routes, as an option's default.
pub(super) const ALL: &str = "plaintext,json,user,echo,session,template,echo10k,upload,static";

/// Finds a route by its name.
pub(super) fn named(name: &str) -> Result<&'static Route> {
    let found = ROUTES.iter().find(|route| route.name == name);
    found.with_context(|| format!("no route is named {name}: {ALL}"))
}

impl Route {
    /// Whether several requests or answers at once would measure the memory of the load generator.
    pub(super) fn is_large(&self) -> bool {
        let body = self.body.as_ref().map_or(0, |body| body.text.len());
        body.max(self.answer.len()) > PIPELINED
    }

    /// Returns the bytes of a request that keeps its connection.
    pub(super) fn request(&self, cookie: Option<&str>) -> String {
        let Route { method, path, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        if let Some(cookie) = cookie {
            text += &format!("Cookie: {cookie}\r\n");
        }
        if let Some(Body {
            content_type,
            text: body,
        }) = &self.body
        {
            text += &format!(
                "Content-Type: {content_type}\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        let body = self.body.as_ref().map_or("", |body| &body.text);
        text + "\r\n" + body
    }
}
