//! The requests that every server is asked, and what all of them answer.

use anyhow::{Context, Result};

/// One kind of request.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: Option<&'static str>,
    /// What the answer's body is, but for white space at its end.
    pub(super) answer: &'static str,
}

const ITEM: &str = r#"{"id":7,"name":"carafe","tags":["glass","water","wine"]}"#;

pub(super) const ROUTES: [Route; 6] = [
    Route {
        name: "plaintext",
        method: "GET",
        path: "/plaintext",
        body: None,
        answer: "Hello, World!",
    },
    Route {
        name: "json",
        method: "GET",
        path: "/json",
        body: None,
        answer: r#"{"message":"Hello, World!"}"#,
    },
    Route {
        name: "user",
        method: "GET",
        path: "/user/42",
        body: None,
        answer: "User 42",
    },
    Route {
        name: "echo",
        method: "POST",
        path: "/echo",
        body: Some(ITEM),
        answer: ITEM,
    },
    Route {
        name: "session",
        method: "GET",
        path: "/session",
        body: None,
        answer: "1",
    },
    Route {
        name: "template",
        method: "GET",
        path: "/template",
        body: None,
        answer: include_str!("rows.html"),
    },
];

/// Names of all routes, as an option's default.
pub(super) const ALL: &str = "plaintext,json,user,echo,session,template";

/// Finds a route by its name.
pub(super) fn named(name: &str) -> Result<&'static Route> {
    let found = ROUTES.iter().find(|route| route.name == name);
    found.with_context(|| format!("no route is named {name}: {ALL}"))
}

impl Route {
    /// Whether the route reads and writes a session.
    pub(super) fn has_session(&self) -> bool {
        self.name == "session"
    }

    /// Whether the route renders a template.
    pub(super) fn has_template(&self) -> bool {
        self.name == "template"
    }

    /// Returns the bytes of a request that keeps its connection.
    pub(super) fn request(&self, cookie: Option<&str>) -> String {
        let Route { method, path, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        if let Some(cookie) = cookie {
            text += &format!("Cookie: {cookie}\r\n");
        }
        if let Some(body) = self.body {
            text += &format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        text + "\r\n" + self.body.unwrap_or_default()
    }
}
