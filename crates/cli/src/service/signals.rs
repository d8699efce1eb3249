//! Signals that stop the process.

/// Begins to listen for Ctrl-C and SIGTERM. The future completes with the first one.
///
/// From this call on, the signals no longer end the process.
#[cfg(unix)]
pub(super) fn listen_for_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    // Service managers and containers stop a process with SIGTERM, terminals with Ctrl-C.
    let listeners = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [Ok(mut terminate), Ok(mut interrupt)] = listeners else {
            // Without a signal handler, the process serves until it is killed.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Begins to listen for Ctrl-C.
#[cfg(not(unix))]
pub(super) fn listen_for_stop() -> impl Future<Output = ()> + Send + 'static {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a signal handler, the process serves until it is killed.
            std::future::pending::<()>().await;
        }
    }
}
