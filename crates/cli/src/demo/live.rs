//! Live community: the last part of the bundled history, played back faster than it happened.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use accolade::{Action, Catalog, Engine, Error, NewEvent, Timestamp, props};
use accolade_core::catalog::CatalogFormat;
use accolade_sqlite::SqliteStore;

use super::history;
use crate::error::CommandError;

/// Share of the history that is past at the start, as numerator and denominator.
const PAST_SHARE: (usize, usize) = (3, 5);
/// Factor of acceleration: a day passes in a few seconds.
const ACCELERATION: i64 = 20_000;
/// Number of past events that are recorded in one batch.
const BATCH_EVENTS: usize = 8;
/// Shortest and longest pause between two events, which shortens nights and holidays.
const PAUSE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));

/// Engine of the community, and its future events.
pub(crate) struct LiveCommunity {
    pub(crate) engine: Engine,
    future: Vec<NewEvent>,
}

impl LiveCommunity {
    /// Builds a community in a new database file, with its past shifted in time to end now.
    pub(crate) fn start_now(catalog: &str, file: &Path) -> Result<Self, CommandError> {
        let catalog = Catalog::new(
            catalog,
            "the demo's catalog",
            CatalogFormat::Toml,
            Vec::new(),
        )
        .map_err(CommandError::Catalog)?;
        let store = SqliteStore::open(file).map_err(Error::from)?;
        let engine = Engine::open(store, catalog)?;
        let mut past: Vec<NewEvent> = history::read_events().collect();
        let future = past.split_off(past.len() * PAST_SHARE.0 / PAST_SHARE.1);
        let split = past.last().and_then(|event| event.at).unwrap_or_default();
        let shift = engine.now().as_micros() - split.as_micros();
        let mut players: BTreeSet<String> = BTreeSet::new();
        // Small batches keep the feed in order of time: within a batch it is in order of player.
        for some in past.chunks(BATCH_EVENTS) {
            let now = |event: &NewEvent| NewEvent {
                at: event.at.map(|at| at.plus_micros(shift)),
                ..event.clone()
            };
            for receipt in engine.record_many(some.iter().map(now).collect()).wait()? {
                receipt.map_err(Error::from)?;
            }
            players.extend(some.iter().map(|event| event.player.to_string()));
        }
        // The bundled history identifies players by number only.
        let name = |player: &String| {
            Action::profile(player, props! { "name" => format!("Member {player}") })
        };
        for receipt in engine
            .submit_actions(players.iter().map(name).collect())
            .wait()?
        {
            receipt.map_err(Error::from)?;
        }
        Ok(Self { engine, future })
    }

    /// Records the future events one by one, each at the time of its playback.
    pub(crate) fn play_future(self) -> impl Future<Output = ()> + Send + 'static {
        let Self { engine, future } = self;
        async move {
            let mut last: Option<Timestamp> = None;
            for event in future {
                tokio::time::sleep(pause_between(last, event.at)).await;
                last = event.at;
                // Without a time, the event happens now.
                let event = NewEvent { at: None, ..event };
                // One rejected event must not end the playback.
                if let Err(error) = engine.record(event).await {
                    tracing::warn!(%error, "demo event rejected");
                }
            }
            tracing::info!("demo history completed");
        }
    }
}

fn pause_between(before: Option<Timestamp>, at: Option<Timestamp>) -> Duration {
    let (Some(before), Some(at)) = (before, at) else {
        return PAUSE.0;
    };
    let micros =
        u64::try_from((at.as_micros() - before.as_micros()) / ACCELERATION).unwrap_or_default();
    Duration::from_micros(micros).clamp(PAUSE.0, PAUSE.1)
}
