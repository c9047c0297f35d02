//! The behavior that Flask's `test_basic` holds, where no recorded scenario does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod methods;
mod sessions;
mod hooks;
mod errors;
mod responses;
mod urls;
mod static_files;
mod hosts;

use std::fmt;
use std::sync::{Arc, Mutex};

use carafe::prelude::*;
use carafe::{TestResponse, has_app_context};

/// An error of the program.
#[derive(Debug)]
struct ZeroDivision;

impl fmt::Display for ZeroDivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

impl std::error::Error for ZeroDivision {}

/// What happened, in order.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    fn push(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn new_app() -> App {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site");
    let mut app = App::with_root_path("flask_test", site);
    app.config.testing(true).secret_key("test key");
    app
}

fn allow(response: &TestResponse) -> Vec<&str> {
    let mut methods: Vec<_> = response.header("allow").unwrap().split(", ").collect();
    methods.sort_unstable();
    methods
}

fn append(mut response: Response, text: &str) -> Response {
    let body = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
    response.set_body(body + text);
    response
}

fn fails() -> Result {
    Err(ZeroDivision.into())
}

fn method() -> String {
    request().method().to_string()
}

#[test]
fn names_in_g_are_listed() {
    let ctx = new_app().build().unwrap().app_context();
    let _guard = ctx.push().unwrap();
    assert_eq!(g().get::<i64>("x"), None);
    g().set("foo", 23);
    g().set("bar", 42);
    assert!(g().contains("foo") && !g().contains("foos"));
    let mut names = g().names();
    names.sort();
    assert_eq!(names, ["bar", "foo"]);
}

#[test]
fn an_app_is_freed_with_its_last_owner() {
    let mut app = new_app();
    app.route("/", || "index").endpoint("index");
    app.state(Arc::new(()));
    let client = app.test_client();
    let state = client.app().state::<Arc<()>>().unwrap();
    let weak = Arc::downgrade(&*state);
    drop(state);
    assert_eq!(client.get("/").send().status(), 200);
    assert!(weak.upgrade().is_some());
    drop(client);
    assert!(weak.upgrade().is_none() && !has_app_context());
}
