//! One runtime a core, each accepting for itself.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::app::ReadyApp;
use crate::server::answer::Served;
use crate::server::connection::{Limits, accept};
use crate::server::dev::{Reloading, Supervisor};
use crate::server::options::Options;
use crate::server::{banner, listener, shutdown};

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
                    shutdown::told(ending),
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
    let ended = run_worker(app, &supervisor, (own, limits), async {
        tokio::select! {
            () = shutdown::signalled() => {}
            () = told_by(&supervisor, app) => {}
        }
        end.send_replace(true);
    });
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
    shutdown: impl Future<Output = ()>,
) -> Result<(), String> {
    let runtime = runtime().map_err(|error| format!("cannot start a runtime: {error}"))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .map_err(|error| format!("cannot use the listener: {error}"))?;
        match supervisor {
            Some(supervisor) if app.config().debug => {
                let answer = Reloading::new(app, supervisor.clone());
                accept(answer, listener, limits.clone(), shutdown).await;
            }
            _ => accept(Served::new(app), listener, limits.clone(), shutdown).await,
        }
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
