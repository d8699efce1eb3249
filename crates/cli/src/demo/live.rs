//! A living community: the second half of the bundled history as it goes on, sped up.

use std::collections::BTreeSet;
use std::time::Duration;

use accolade::core::catalog::Format;
use accolade::memory::MemoryStore;
use accolade::{Act, Catalog, Engine, NewEvent, Timestamp, props};

use super::history;
use crate::failure::Failure;

/// Which part of the history has happened when one begins to look.
const PAST: (usize, usize) = (3, 5);
/// How much faster than the community itself time goes by: a day in a few seconds.
const SPEED: i64 = 20_000;
/// Events of the past that are recorded at once.
const AT_ONCE: usize = 8;
/// How long nothing happens, at the least and at the most: nights and holidays are short here.
const PAUSE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));

/// The community, and what is still to happen in it.
pub(crate) struct Living {
    pub(crate) engine: Engine,
    future: Vec<NewEvent>,
}

impl Living {
    /// A community in memory, whose past ends now.
    pub(crate) fn begin(catalog: &str) -> Result<Self, Failure> {
        let catalog = Catalog::new(catalog, "the demo's catalog", Format::Toml, Vec::new())
            .map_err(Failure::Catalog)?;
        let engine = Engine::open(MemoryStore::new(), catalog)?;
        let mut past: Vec<NewEvent> = history::events().collect();
        let future = past.split_off(past.len() * PAST.0 / PAST.1);
        let split = past.last().and_then(|event| event.at).unwrap_or_default();
        let shift = engine.now().as_micros() - split.as_micros();
        let mut everybody: BTreeSet<String> = BTreeSet::new();
        // A few at a time, as they came: within a batch, news are in order of player.
        for some in past.chunks(AT_ONCE) {
            let now = |event: &NewEvent| NewEvent {
                at: event.at.map(|at| at.plus(shift)),
                ..event.clone()
            };
            for receipt in engine.record_many(some.iter().map(now).collect()).wait()? {
                receipt.map_err(accolade::Error::from)?;
            }
            everybody.extend(some.iter().map(|event| event.player.clone()));
        }
        // The history has numbers only.
        let name =
            |player: &String| Act::profile(player, props! { "name" => format!("Member {player}") });
        for receipt in engine
            .act_many(everybody.iter().map(name).collect())
            .wait()?
        {
            receipt.map_err(accolade::Error::from)?;
        }
        Ok(Self { engine, future })
    }

    /// Lets the rest happen: one event after the other, each at the time at which it comes.
    pub(crate) fn go_on(self) -> impl Future<Output = ()> + Send + 'static {
        let Self { engine, future } = self;
        async move {
            let mut last: Option<Timestamp> = None;
            for event in future {
                tokio::time::sleep(pause(last, event.at)).await;
                last = event.at;
                let event = NewEvent { at: None, ..event };
                if let Err(error) = engine.record(event).await {
                    tracing::warn!(%error, "an event of the demo could not be recorded");
                }
            }
            tracing::info!("the demo's history has come to its end");
        }
    }
}

fn pause(before: Option<Timestamp>, at: Option<Timestamp>) -> Duration {
    let (Some(before), Some(at)) = (before, at) else {
        return PAUSE.0;
    };
    let micros = u64::try_from((at.as_micros() - before.as_micros()) / SPEED).unwrap_or_default();
    Duration::from_micros(micros).clamp(PAUSE.0, PAUSE.1)
}
