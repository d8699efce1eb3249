//! Signals that stop the process.

/// Waits for Ctrl-C or SIGTERM.
#[cfg(unix)]
pub(super) async fn wait_for_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    // Service managers and containers stop a process with SIGTERM, terminals with Ctrl-C.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return ctrl_c().await;
    };
    tokio::select! {
        () = ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn wait_for_stop() {
    ctrl_c().await;
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a signal handler, the process serves until it is killed.
        std::future::pending::<()>().await;
    }
}
