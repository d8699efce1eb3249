//! Background task that notices a new secret of player tokens.

use std::time::Duration;

use accolade::Error;

use crate::state::AppState;

/// Interval at which the secret is read: tokens remain valid for this long after its replacement.
// The command line replaces it in a process of its own.
const WATCH_INTERVAL: Duration = Duration::from_secs(5);

/// Spawns the task that reads the secret of player tokens, until shutdown.
pub(crate) fn spawn_secret_watcher(app: &AppState) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut stopping = app.shutdown_signal();
        while tokio::time::timeout(WATCH_INTERVAL, stopping.wait_for(|stop| *stop))
            .await
            .is_err()
        {
            match app.engine.service().find_secret().await {
                Ok(Some(secret)) => {
                    if app.auth.tokens.replace_secret(&secret) {
                        tracing::info!("player tokens revoked");
                        app.auth.signal_revocation();
                    }
                }
                Ok(None) => {}
                Err(Error::Closed) => return,
                Err(error) => tracing::warn!(%error, "secret read failed"),
            }
        }
    });
}
