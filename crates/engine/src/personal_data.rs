//! Personal data export: everything stored about one person, as one document (S22).

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::ids::{BadgeId, PlayerId};
use accolade_core::time::Timestamp;
use accolade_core::value::Props;

use crate::batch::history;
use crate::current_player::CurrentPlayer;
use crate::query::{self, CurrencyBalance, ProgressView, UnlockableView};
use crate::records::{Award, LedgerEntry, RecordedEvent};
use crate::store::{StoreError, StoreReader};
use crate::{Audience, Outcome, Players, Ticket};

/// Outcomes per query.
const PAGE: usize = 4096;

/// Everything stored about one person.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PersonalDataExport {
    /// The player's id.
    pub player: PlayerId,
    /// Ids of the guests merged into this player.
    pub guests: Vec<PlayerId>,
    /// The catalog version that the derived data below follows.
    pub version: i64,
    /// The instant that the derived data below is valid for.
    pub as_of: Timestamp,
    /// Attributes of the player, such as `zone`.
    pub attributes: Props,
    /// Events and manual actions in timeline order, including retracted ones and those of guests.
    pub events: Vec<RecordedEvent>,
    /// Awards, including revoked ones.
    pub awards: Vec<Award>,
    /// Ledger entries, in order of recording.
    pub ledger: Vec<LedgerEntry>,
    /// Balances of all currencies.
    pub balances: Vec<CurrencyBalance>,
    /// Unlockables, open and closed.
    pub unlockables: Vec<UnlockableView>,
    /// Progress on badges that are not earned yet.
    pub progress: BTreeMap<BadgeId, ProgressView>,
    /// Outcomes that the feed still keeps, oldest first.
    pub outcomes: Vec<Outcome>,
}

impl Players<'_> {
    /// Exports everything stored about a player, for a data access request (GDPR); `None` if the
    /// player is unknown.
    ///
    /// Internal data that is derived from the rest, such as checkpoints, is left out.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent};
    ///
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let export = engine.players().export_personal_data("ada").wait()?.expect("the player exists");
    /// assert_eq!(export.events[0].id, "1");
    /// assert!(engine.players().export_personal_data("bob").wait()?.is_none());
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn export_personal_data(
        &self,
        player: impl Into<PlayerId>,
    ) -> Ticket<Option<PersonalDataExport>> {
        let player = player.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let Some(view) = CurrentPlayer::load_player(reader, &catalogs, &player, now)? else {
                return Ok(None);
            };
            let player = view.player.clone();
            let version = view.published.version;
            let guests = history::load_guests(reader, &player)?;
            let mut rows = history::load_recorded(reader, &player, &guests, None)?;
            rows.sort_by_cached_key(|row| (row.event.position(), row.event.player.clone()));
            let mut ledger = reader.list_ledger_after(&player, None)?;
            ledger.sort_by_key(|row| row.seq);
            let awards = view.holdings().awards.into_iter();
            let awards = awards
                .map(|(name, award)| Award::from_holding(name, award))
                .collect();
            let outcomes = load_outcomes(reader, &player, &guests)?;
            let as_of = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
            // Nothing is hidden from the person concerned, not even progress on a secret badge.
            let profile = query::build_profile(reader, view, Audience::Admin, now)?;
            let progress = profile
                .badges
                .into_iter()
                .filter_map(|badge| Some((badge.id?, badge.progress?)));
            Ok(Some(PersonalDataExport {
                player: player.into(),
                guests: guests.into_iter().map(PlayerId::from).collect(),
                version,
                as_of,
                attributes: profile.attributes,
                events: rows.into_iter().map(RecordedEvent::from_row).collect(),
                awards,
                ledger: ledger.into_iter().map(LedgerEntry::from_row).collect(),
                balances: profile.balances,
                unlockables: profile.unlockables,
                progress: progress.collect(),
                outcomes,
            }))
        })
    }
}

/// Loads the outcomes of a player and of merged guests that the feed keeps.
fn load_outcomes(
    reader: &mut dyn StoreReader,
    player: &str,
    guests: &[String],
) -> Result<Vec<Outcome>, StoreError> {
    let mut outcomes = Vec::new();
    for name in std::iter::once(player).chain(guests.iter().map(String::as_str)) {
        let mut limit = PAGE;
        // The store pages a player's outcomes only from the newest, so a full page is read again
        // with a larger limit.
        let rows = loop {
            let rows = reader.list_recent_outcomes(name, limit)?;
            if rows.len() < limit {
                break rows;
            }
            limit = limit.saturating_mul(4);
        };
        outcomes.extend(Outcome::from_rows(rows)?);
    }
    outcomes.sort_by_key(|outcome| outcome.seq);
    Ok(outcomes)
}
