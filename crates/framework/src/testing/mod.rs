//! Requests without a socket, for tests. Flask: `flask.testing`.

mod of_app; // from an app to its tests
mod builder; // a request in the making
#[cfg(feature = "cli")]
mod cli_runner; // runs commands
mod client; // sends requests and keeps cookies
mod jar; // the cookies of a client
mod response; // what came back

pub use self::builder::{ContextBuilder, RequestBuilder};
#[cfg(feature = "cli")]
pub use self::cli_runner::{CliResult, CliRunner};
pub use self::client::{ClientRequest, SessionTransaction, TestClient};
pub use self::response::TestResponse;
