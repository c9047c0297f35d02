//! From an app to its tests. Flask: `Flask.test_client`, `Flask.test_request_context`, `Flask.test_cli_runner`.

#[cfg(feature = "cli")]
use crate::app::App;
use crate::app::ReadyApp;
#[cfg(feature = "cli")]
use crate::testing::CliRunner;
use crate::testing::{ContextBuilder, TestClient};

#[cfg(feature = "cli")]
impl App {
    /// Ends the set-up and makes a runner of commands for tests.
    ///
    /// *Flask:* `Flask.test_cli_runner`.
    ///
    /// # Panics
    /// When the set-up has mistakes, with the report of [`build`](Self::build).
    #[track_caller]
    pub fn test_cli_runner(self) -> CliRunner {
        match self.build() {
            Ok(app) => app.test_cli_runner(),
            Err(problems) => panic!("{problems}"),
        }
    }
}

impl ReadyApp {
    /// A context of a made-up request, for tests and shells.
    ///
    /// *Flask:* `Flask.test_request_context`.
    pub fn test_request_context(&self, path: &str) -> ContextBuilder {
        ContextBuilder::new(self.clone(), path)
    }

    /// A client for tests.
    ///
    /// *Flask:* `Flask.test_client`.
    pub fn test_client(&self) -> TestClient {
        TestClient::new(self.clone())
    }

    /// A runner of commands for tests.
    ///
    /// *Flask:* `Flask.test_cli_runner`.
    #[cfg(feature = "cli")]
    pub fn test_cli_runner(&self) -> CliRunner {
        CliRunner::new(self.clone())
    }
}
