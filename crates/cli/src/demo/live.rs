//! Live community: the bundled history moved to the last weeks, and its rest as it arrives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use accolade::{Action, Catalog, Engine, Error, NewEvent, OutcomeKind, Timestamp, props};
use accolade_core::catalog::CatalogFormat;
use accolade_sqlite::SqliteStore;

use super::{history, names, pace};
use crate::error::CommandError;

/// Rules of the live copy, in addition to those of the community.
const EXTRA_RULES: &str = include_str!("../../demo/extras.toml");
/// Share of the history that is past at the start, as numerator and denominator.
const PAST_SHARE: (usize, usize) = (3, 5);
/// Factor of acceleration: a day passes in a few seconds.
const ACCELERATION: i64 = 20_000;
/// Number of past events that are recorded in one batch.
const BATCH_EVENTS: usize = 8;
/// Shortest and longest pause between two events of the community, which shortens nights and
/// holidays.
const PAUSE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));
/// Pause between two events of the shown player, until one awards a badge.
const RUSH_PAUSE: Duration = Duration::from_millis(100);
/// Pause after an award of the shown player.
const REST: Duration = Duration::from_secs(14);
/// Pause before the shown player's first event, once a page is open.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Interval at which the shown player's playback checks whether a page is open.
const WATCH_INTERVAL: Duration = Duration::from_millis(250);

/// Engine of the community, and its future events.
pub(crate) struct LiveCommunity {
    pub(crate) engine: Engine,
    names: BTreeMap<String, String>,
    /// Players who are in the database.
    known: BTreeSet<String>,
    /// Events of the player whose page is shown. They arrive faster than those of the others.
    shown: Vec<NewEvent>,
    others: Vec<NewEvent>,
}

/// Compiles the rules of the live copy: those of the community, and more.
pub(crate) fn compile_catalog() -> Result<Catalog, CommandError> {
    let text = format!("{}\n{EXTRA_RULES}", history::COMMUNITY_RULES);
    Catalog::new(&text, "the demo's catalog", CatalogFormat::Toml, Vec::new())
        .map_err(CommandError::Catalog)
}

impl LiveCommunity {
    /// Builds a community in a new database file, with its past moved to the last weeks.
    pub(crate) fn start_now(
        catalog: Catalog,
        file: &Path,
        shown: Option<&str>,
    ) -> Result<Self, CommandError> {
        let store = SqliteStore::open(file).map_err(Error::from)?;
        let engine = Engine::open(store, catalog)?;
        let mut past: Vec<NewEvent> = history::read_events().collect();
        let names = names::assign_names(past.iter().map(|event| event.player.as_str()));
        let future = past.split_off(past.len() * PAST_SHARE.0 / PAST_SHARE.1);
        let times = pace::spread_times(past.len(), engine.now());
        for (event, at) in past.iter_mut().zip(times) {
            event.at = Some(at);
        }
        let (shown, others) = future
            .into_iter()
            .partition(|event| Some(event.player.as_str()) == shown);
        let mut community = Self {
            engine,
            names,
            known: BTreeSet::new(),
            shown,
            others,
        };
        // Small batches keep the feed in order of time: within a batch it is in order of player.
        for batch in past.chunks(BATCH_EVENTS) {
            community.record_batch(batch)?;
        }
        Ok(community)
    }

    /// Returns the name of a player.
    pub(crate) fn name_of<'a>(&'a self, player: &'a str) -> &'a str {
        self.names.get(player).map_or(player, String::as_str)
    }

    fn record_batch(&mut self, batch: &[NewEvent]) -> Result<(), CommandError> {
        let mut profiles = Vec::new();
        for event in batch {
            if self.known.insert(event.player.to_string()) {
                let profile = build_profile(&self.names, &event.player);
                // At the player's first event: an action without a time would happen now, and all
                // players would have been seen at the same moment.
                profiles.push(match event.at {
                    Some(at) => profile.at(at),
                    None => profile,
                });
            }
        }
        for receipt in self.engine.submit_actions(profiles).wait()? {
            receipt.map_err(Error::from)?;
        }
        for receipt in self.engine.record_many(batch.to_vec()).wait()? {
            receipt.map_err(Error::from)?;
        }
        Ok(())
    }

    /// Records the future events one by one, each at the time of its playback. The events of the
    /// shown player begin once `is_watched` returns true.
    pub(crate) fn play_future(
        self,
        is_watched: impl Fn() -> bool + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let Self {
            engine,
            names,
            known,
            shown,
            others,
        } = self;
        let shown = play_shown(engine.clone(), shown, is_watched);
        let others = play_others(engine, others, names, known);
        async move {
            tokio::join!(shown, others);
            tracing::info!("demo history completed");
        }
    }
}

/// Plays the events of the shown player: quickly up to the next award, then nothing for a while.
async fn play_shown(engine: Engine, events: Vec<NewEvent>, is_watched: impl Fn() -> bool) {
    while !is_watched() {
        tokio::time::sleep(WATCH_INTERVAL).await;
    }
    tokio::time::sleep(FIRST_PAUSE).await;
    for event in events {
        let pause = if record_now(&engine, event).await {
            REST
        } else {
            RUSH_PAUSE
        };
        tokio::time::sleep(pause).await;
    }
}

async fn play_others(
    engine: Engine,
    events: Vec<NewEvent>,
    names: BTreeMap<String, String>,
    mut known: BTreeSet<String>,
) {
    let mut last: Option<Timestamp> = None;
    for event in events {
        tokio::time::sleep(pause_between(last, event.at)).await;
        last = event.at;
        if known.insert(event.player.to_string()) {
            let profile = build_profile(&names, &event.player);
            if let Err(error) = engine.submit_action(profile).await {
                tracing::warn!(%error, "demo name rejected");
            }
        }
        record_now(&engine, event).await;
    }
}

/// Records an event as of now. Returns true if it awards a badge.
async fn record_now(engine: &Engine, event: NewEvent) -> bool {
    // Without a time, the event happens now.
    match engine.record(NewEvent { at: None, ..event }).await {
        Ok(receipt) => awards_badge(&receipt),
        // One rejected event must not end the playback.
        Err(error) => {
            tracing::warn!(%error, "demo event rejected");
            false
        }
    }
}

fn awards_badge(receipt: &accolade::Receipt) -> bool {
    receipt
        .outcomes
        .iter()
        .any(|outcome| outcome.kind == OutcomeKind::BadgeAwarded)
}

fn build_profile(names: &BTreeMap<String, String>, player: &str) -> Action {
    let name = names.get(player).map_or(player, String::as_str);
    Action::profile(player, props! { "name" => name }).create()
}

fn pause_between(before: Option<Timestamp>, at: Option<Timestamp>) -> Duration {
    let (Some(before), Some(at)) = (before, at) else {
        return PAUSE.0;
    };
    let micros =
        u64::try_from((at.as_micros() - before.as_micros()) / ACCELERATION).unwrap_or_default();
    Duration::from_micros(micros).clamp(PAUSE.0, PAUSE.1)
}

#[cfg(test)]
mod tests {
    use accolade::Audience;

    use super::*;

    /// Player with the most awards in the history.
    const SHOWN: &str = "5";

    fn start(folder: &tempfile::TempDir) -> LiveCommunity {
        let catalog = compile_catalog().unwrap();
        LiveCommunity::start_now(catalog, &folder.path().join("live.db"), Some(SHOWN)).unwrap()
    }

    #[test]
    fn the_rules_of_the_live_copy_pass_their_tests() {
        let catalog = compile_catalog().unwrap();
        let failed: Vec<_> = catalog
            .run_tests()
            .into_iter()
            .filter(|test| !test.failures.is_empty())
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    }

    #[test]
    fn the_shown_player_gets_an_award_every_twenty_seconds_for_five_minutes() {
        let folder = tempfile::tempdir().unwrap();
        let community = start(&folder);
        let mut seconds = FIRST_PAUSE.as_secs_f64();
        let mut awarded = Vec::new();
        for event in community.shown {
            let event = NewEvent { at: None, ..event };
            let receipt = community.engine.record(event).wait().unwrap();
            let pause = if awards_badge(&receipt) {
                awarded.push(seconds);
                REST
            } else {
                RUSH_PAUSE
            };
            seconds += pause.as_secs_f64();
        }
        assert!(awarded[0] < 8.0, "{awarded:?}");
        let gaps = awarded.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.take(15).all(|gap| gap < 25.0), "{awarded:?}");
        assert!(awarded.len() > 15, "{awarded:?}");
    }

    #[test]
    fn players_have_names_and_were_last_seen_at_different_times() {
        let folder = tempfile::tempdir().unwrap();
        let community = start(&folder);
        let page = community
            .engine
            .players()
            .search("", None, 256)
            .wait()
            .unwrap();
        let mut seen = BTreeSet::new();
        for row in &page.items {
            let profile = community
                .engine
                .players()
                .load_profile(&row.player, Audience::Admin);
            let profile = profile.wait().unwrap().unwrap();
            assert_eq!(
                profile.name.as_deref(),
                Some(community.name_of(&row.player))
            );
            seen.insert(profile.last_seen_at);
        }
        assert!(page.items.len() > 100);
        assert!(seen.len() > page.items.len() * 9 / 10, "{}", seen.len());
    }

    #[test]
    fn the_shown_player_has_tiers_two_currencies_and_unlockables() {
        let folder = tempfile::tempdir().unwrap();
        let community = start(&folder);
        let profile = community
            .engine
            .players()
            .load_profile(SHOWN, Audience::Player);
        let profile = profile.wait().unwrap().unwrap();
        assert!(profile.balances.iter().all(|one| one.balance > 0) && profile.balances.len() == 2);
        let open = profile.unlockables.iter().filter(|one| one.open).count();
        assert!(
            (1..profile.unlockables.len()).contains(&open),
            "{:?}",
            profile.unlockables
        );
        let tiers = profile.badges.iter().flat_map(|badge| &badge.earned);
        assert!(tiers.filter(|award| award.tier.is_some()).count() > 3);
    }
}
