//! The signals that end serving.

use tokio::sync::watch;

/// Waits for SIGINT or SIGTERM. A system that cannot tell of them is told of in the log, and ends serving.
pub(crate) async fn signalled() {
    if let Err(error) = signal().await {
        tracing::error!(target: "carafe::server", %error, "cannot wait for signals");
    }
}

async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Waits until the sender says that serving ends, or is gone.
pub(crate) async fn told(mut ending: watch::Receiver<bool>) {
    // A sender that is gone means the same as one that says so.
    let _ = ending.wait_for(|ending| *ending).await;
}
