//! Progress of the backfill after a publication.

use serde::{Deserialize, Serialize};

use crate::store::{ReadStore, StoreError, StoreReader};

/// Setting that holds the progress of the backfill.
const BACKFILL_SETTING: &str = "backfill";

/// Progress of the backfill after a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BackfillProgress {
    /// The catalog version that players are backfilled to.
    pub version: i64,
    /// Number of players processed.
    pub done: u64,
    /// Number of all players.
    pub total: u64,
}

impl BackfillProgress {
    /// Loads the progress of the running backfill; `None` if none is running.
    #[doc(hidden)]
    pub fn load_running(reader: &mut dyn StoreReader) -> Result<Option<Self>, StoreError> {
        let Some(stored) = StoredBackfill::load_running(reader)? else {
            return Ok(None);
        };
        let total = match stored.total {
            Some(total) => total,
            None => reader.count_players()?,
        };
        Ok(Some(Self {
            version: stored.version,
            done: stored.done,
            total,
        }))
    }
}

/// Progress of the backfill as stored, so that it continues after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredBackfill {
    pub(crate) version: i64,
    /// Id of the last player processed.
    pub(crate) last_player: Option<String>,
    pub(crate) done: u64,
    /// Number of all players, counted when the backfill starts.
    pub(crate) total: Option<u64>,
    pub(crate) finished: bool,
}

impl StoredBackfill {
    pub(crate) fn new(version: i64) -> Self {
        Self {
            version,
            last_player: None,
            done: 0,
            total: None,
            finished: false,
        }
    }

    /// Loads the running backfill, if there is one.
    pub(crate) fn load_running<R: ReadStore + ?Sized>(
        store: &mut R,
    ) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.load_setting(BACKFILL_SETTING)? else {
            return Ok(None);
        };
        let stored: Self = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::Damaged(format!("progress of the backfill: {error}")))?;
        Ok(Some(stored).filter(|stored| !stored.finished))
    }

    /// Renders the name and value of the setting.
    pub(crate) fn to_setting(&self) -> (&'static str, Vec<u8>) {
        (
            BACKFILL_SETTING,
            serde_json::to_vec(self).expect("texts and numbers are JSON"),
        )
    }
}
