//! One runtime a core, each accepting for itself.

use std::net::TcpListener;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::app::ReadyApp;
use crate::server::answer::Served;
use crate::server::connection::{Limits, accept};
use crate::server::dev::Supervisor;
use crate::server::options::Options;
use crate::server::{banner, listener, shutdown};

/// What ends a worker: of one type, so that the server is not compiled for each of them.
type Shutdown<'a> = Pin<&'a mut dyn Future<Output = ()>>;

/// Serves until a signal ends it; what is under way is finished.
pub(crate) fn serve(app: &ReadyApp, options: &Options) -> Result<(), String> {
    let explain = |error: std::io::Error| listener::explain(options.address, &error);
    let inherited = listener::inherited(options.workers)
        .map_err(|error| format!("the socket that was handed down is of no use: {error}"))?;
    let mut listeners = match inherited {
        Some(listeners) => listeners,
        None => listener::bind(options.address, options.workers).map_err(explain)?,
    };
    let address = listeners[0].local_addr().map_err(explain)?;
    let limits = Arc::new(Limits::default());
    let (end, ending) = watch::channel(false);
    let supervisor = Supervisor::from_environment();
    // The first worker is this thread, which waits for the signals too.
    let own = listeners.swap_remove(0);
    let threads = listeners
        .into_iter()
        .enumerate()
        .map(|(number, listener)| {
            let (app, limits, ending) = (app.clone(), limits.clone(), ending.clone());
            let supervisor = supervisor.clone();
            let work = move || {
                run_worker(
                    &app,
                    &supervisor,
                    (listener, limits),
                    pin!(shutdown::told(ending)),
                )
            };
            thread::Builder::new()
                .name(format!("carafe-{}", number + 1))
                .spawn(work)
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("cannot start a worker: {error}"))?;
    banner::serving(app.name(), address, app.config().debug);
    warn_of_loose_defaults(app, address);
    let ending = async {
        tokio::select! {
            () = shutdown::signalled() => {}
            () = told_by(&supervisor, app) => {}
        }
        end.send_replace(true);
    };
    let ended = run_worker(app, &supervisor, (own, limits), pin!(ending));
    threads
        .into_iter()
        .fold(ended, |ended, thread| match thread.join() {
            Ok(other) => ended.and(other),
            Err(_) => ended.and(Err("a worker panicked".to_owned())),
        })
}

/// Waits until the supervisor ends the program; for ever if there is none.
async fn told_by(supervisor: &Option<Supervisor>, app: &ReadyApp) {
    match supervisor {
        Some(supervisor) => supervisor.ended(app).await,
        None => std::future::pending().await,
    }
}

fn run_worker(
    app: &ReadyApp,
    supervisor: &Option<Supervisor>,
    (listener, limits): (TcpListener, Arc<Limits>),
    shutdown: Shutdown<'_>,
) -> Result<(), String> {
    let runtime = runtime().map_err(|error| format!("cannot start a runtime: {error}"))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .map_err(|error| format!("cannot use the listener: {error}"))?;
        let supervisor = supervisor.clone().filter(|_| app.config().debug);
        let served = Served::new(app, supervisor);
        accept(served, listener, limits.clone(), shutdown).await;
        limits.drained(app.after_work().done()).await;
        Ok(())
    })
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// A release build that others can reach should not have the session cookie of a development server.
fn warn_of_loose_defaults(app: &ReadyApp, address: std::net::SocketAddr) {
    let config = app.config();
    let loose = !config.session_cookie_secure && config.secret_key.is_some();
    if !cfg!(debug_assertions) && !address.ip().is_loopback() && loose {
        tracing::warn!(
            target: "carafe::server",
            "the session cookie is sent over plain HTTP too: behind HTTPS, call `app.config.secure_session_cookie()`"
        );
    }
}
