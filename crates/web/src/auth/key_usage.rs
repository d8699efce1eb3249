//! Background task that stores when API keys were last used.

use std::collections::HashMap;
use std::time::Duration;

use accolade::store::KeyRow;
use accolade::{Engine, Error, Timestamp};

use crate::state::AppState;

/// Interval for storing when keys were last used.
// Storing each use at once would make a write of every read.
const USAGE_INTERVAL: Duration = Duration::from_secs(60);

/// Spawns the task that stores every minute when keys were last used, until shutdown.
pub(crate) fn spawn_usage_writer(app: &AppState) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut stopping = app.shutdown_signal();
        loop {
            let stopped = tokio::time::timeout(USAGE_INTERVAL, stopping.wait_for(|stop| *stop))
                .await
                .is_ok();
            // Also after the signal to stop, so that the last interval is not lost.
            let used = app.auth.keys.drain_uses();
            if !used.is_empty()
                && let Err(error) = store_uses(&app.engine, used).await
            {
                tracing::warn!(%error, "key usage update failed");
            }
            if stopped {
                return;
            }
        }
    });
}

async fn store_uses(engine: &Engine, used: HashMap<String, Timestamp>) -> Result<(), Error> {
    let write = engine.service().change_access(move |access| {
        // The rows are read in the transaction, because a key can have been revoked since it was
        // used.
        for key in access.list_api_keys()? {
            if let Some(at) = used.get(&key.id) {
                access.put_api_key(&KeyRow {
                    last_used_at: Some(*at),
                    ..key
                })?;
            }
        }
        Ok(())
    });
    write.await
}
