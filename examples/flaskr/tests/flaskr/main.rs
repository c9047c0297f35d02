//! The tests of Flask's tutorial.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth;
mod blog;
mod db;
mod factory;

use carafe::sessions::Value;
use carafe::{TestClient, TestResponse};
use flaskr::create_app;
use flaskr::db::{connect, init_db};
use rusqlite::types::FromSql;
use tempfile::TempDir;

/// A blog with two users and a post, in a database of its own.
struct Site {
    client: TestClient,
    _folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = create_app(|config| {
            config.testing(true);
            Ok(config.set("DATABASE", folder.path().join("test.sqlite"))?)
        });
        let site = Self {
            client: app.unwrap().test_client(),
            _folder: folder,
        };
        site.in_context(|| {
            init_db().unwrap();
            connect()
                .unwrap()
                .execute_batch(include_str!("data.sql"))
                .unwrap();
        });
        site
    }

    /// Runs a function with a context of the app.
    fn in_context<T>(&self, function: impl FnOnce() -> T) -> T {
        let ctx = self.client.app().app_context();
        let _guard = ctx.push().unwrap();
        function()
    }

    /// The one value that a question to the database has.
    fn ask<T: FromSql>(&self, question: &str) -> T {
        self.in_context(|| {
            let db = connect().unwrap();
            db.query_row(question, (), |row| row.get(0)).unwrap()
        })
    }

    /// The number of the user in the session.
    fn user_id(&self) -> Option<Value> {
        let user_id = self
            .client
            .session_transaction(|session| session.get_value("user_id").cloned());
        user_id.unwrap()
    }

    fn get(&self, path: &str) -> TestResponse {
        self.client.get(path).send()
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> TestResponse {
        self.client.post(path).form(form.iter().copied()).send()
    }

    fn register(&self, username: &str, password: &str) -> TestResponse {
        let form = [("username", username), ("password", password)];
        self.post("/auth/register", &form)
    }

    fn login(&self, username: &str, password: &str) -> TestResponse {
        let form = [("username", username), ("password", password)];
        self.post("/auth/login", &form)
    }
}
