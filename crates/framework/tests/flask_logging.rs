//! The behavior that Flask's `test_logging` holds, where no unit test of the log's lines does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod server;

use std::io;
use std::sync::{Mutex, OnceLock};

use carafe::prelude::*;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Written;

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects the log of all tests of this program: requests run on threads of their own.
fn collect() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let lines = tracing_subscriber::fmt()
            .with_writer(|| Written)
            .with_ansi(false)
            .without_time()
            .finish();
        tracing::subscriber::set_global_default(lines).unwrap();
    });
}

/// The lines of the log that name a path.
fn lines_of(path: &str) -> Vec<String> {
    let written = WRITTEN.lock().unwrap();
    let text = String::from_utf8_lossy(&written);
    let lines = text.lines().filter(|line| line.contains(path));
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn an_error_of_a_view_is_logged_with_its_request() {
    collect();
    let mut app = App::new("flask_test");
    app.route("/fails", || Err::<&str, _>(Error::msg("test")))
        .endpoint("fails");
    let response = app.test_client().get("/fails").send();
    assert_eq!(response.status(), 500);
    assert!(!response.text().is_empty());
    assert_eq!(
        lines_of("/fails"),
        ["ERROR carafe::app: Exception on /fails [GET] error=test"]
    );
}

#[tokio::test]
async fn an_error_that_leaves_the_app_is_logged_with_its_request_and_causes() {
    collect();
    let mut app = App::new("flask_test");
    app.config.debug(true);
    app.route("/leaves", || {
        "many".parse::<u8>().map(|n| n.to_string()).map_err(Unread)
    })
    .endpoint("leaves");
    let request = http::Request::get("/leaves").header("host", "localhost");
    let request = request.body(carafe::RequestBody::default()).unwrap();
    let mut app = app.build().unwrap();
    let response = tower_service::Service::call(&mut app, request).await;
    assert_eq!(response.unwrap().status(), 500);
    assert_eq!(
        lines_of("/leaves"),
        [
            "ERROR carafe::app: Exception on /leaves [GET] error=unread \
             error.sources=[invalid digit found in string]"
        ]
    );
}

#[derive(Debug)]
struct Unread(std::num::ParseIntError);

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unread")
    }
}

impl std::error::Error for Unread {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn each_request_is_told_to_a_subscriber() {
    collect();
    let mut app = App::new("flask_test");
    app.route("/told", || "").endpoint("told");
    let address = server::serve(app.build().unwrap()).await;
    server::get(address, "/told?by=query").await;
    assert_eq!(
        lines_of("/told"),
        ["INFO carafe::access: GET /told?by=query HTTP/1.1 remote=127.0.0.1 status=200"]
    );
}
