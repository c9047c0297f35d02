//! Serves apps over HTTP. Flask: `Flask.run`, and the WSGI server in front of it.

mod access; // a line in the log for each request
mod activity; // what a connection is at
mod answer; // what answers the requests
mod banner; // what `run` prints
mod connection; // one connection: hyper, timeouts
mod dev; // under `carafe dev`
mod idle; // connections that ask for nothing
mod listener; // sockets that share a port between workers
#[cfg(feature = "log")]
mod log; // where the log goes when the program has not said so
mod spelled; // text of others in the log
mod options; // host, port and workers, from arguments and the environment
mod shutdown; // signals, and finishing what is under way
mod stream; // the socket: what waits to be written, closing so that the last answer is read
mod workers; // one runtime a core

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::TcpListener;
use tower_service::Service;

#[cfg(not(all(feature = "cli", feature = "log")))]
use crate::app::App;
use crate::app::ReadyApp;
use crate::error::{Error, Result};
use crate::request::RequestBody;
use crate::server::answer::{Served, Tower};
use crate::server::options::Options;

pub(crate) use self::activity::Activity;
pub(crate) use self::connection::Limits;
pub use self::dev::reload_script;
#[cfg(feature = "log")]
pub(crate) use self::log::to_stderr as log_to_stderr;
pub(crate) use self::options::Asked;
pub(crate) use self::spelled::Spelled;

/// Serves an app as the command line and the environment say, until a signal ends it.
///
/// A failure is told on standard error and ends the process with a status of 1.
#[cfg(not(feature = "cli"))]
pub(crate) fn run(app: App) -> Result<()> {
    let outcome = Asked::read(std::env::args().skip(1)).and_then(|asked| {
        log_to_stderr(&app, asked.access_log);
        serve_asked(&app.build()?, asked)
    });
    if let Err(error) = outcome {
        banner::failure(&error);
        std::process::exit(1);
    }
    Ok(())
}

/// Without the feature `log` the log goes where a subscriber of the program has it go, and nowhere else.
#[cfg(not(feature = "log"))]
pub(crate) fn log_to_stderr(_app: &App, _access_log: bool) {}

/// Serves an app as was asked for, and otherwise as the environment says, until a signal ends it.
pub(crate) fn serve_asked(app: &ReadyApp, asked: Asked) -> Result<()> {
    let options = Options::of(asked, |name| std::env::var(name).ok())?;
    workers::serve(app, &options).map_err(Error::msg)
}

impl ReadyApp {
    /// Serves the app on a listener, in a runtime of your own, until a future is done.
    ///
    /// Requests under way are finished then, for ten seconds at most.
    ///
    /// *Beyond Flask.*
    ///
    /// # Errors
    /// When the listener fails for good.
    ///
    /// # Cancel safety
    /// Dropping the future closes the listener; connections go on in tasks of their own.
    ///
    /// ```no_run
    /// # async fn example() -> carafe::Result<()> {
    /// let app = carafe::App::new("docs").build()?;
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:5000").await?;
    /// app.serve(listener, async { let _ = tokio::signal::ctrl_c().await; }).await
    /// # }
    /// ```
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<()> {
        let limits = Arc::new(Limits::default());
        let served = Served::new(self, None);
        connection::accept(served, listener, limits.clone(), shutdown).await;
        limits.drained(self.after_work().done()).await;
        Ok(())
    }
}

/// Serves a tower service, such as an app with layers around it, as [`ReadyApp::serve`] serves the app alone.
///
/// Each request has its [`Connection`](crate::Connection) among its extensions, where a layer may change it
/// before the app sees it.
///
/// *Beyond Flask:* the counterpart of WSGI middleware around `wsgi_app`.
///
/// # Errors
/// When the listener fails for good.
///
/// # Cancel safety
/// Dropping the future closes the listener; connections go on in tasks of their own.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    shutdown: impl Future<Output = ()>,
) -> Result<()>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    connection::accept(
        Tower::new(service),
        listener,
        Arc::new(Limits::default()),
        shutdown,
    )
    .await;
    Ok(())
}
