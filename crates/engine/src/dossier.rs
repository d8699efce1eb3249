//! Everything that is held on a person, as one document (S22).

use std::sync::Arc;

use accolade_core::time::Timestamp;
use accolade_core::value::Props;
use serde::Serialize;
use serde_json::Value;

use crate::batch::{award_row, history, stored_guests};
use crate::query::{Balance, ProgressView, UnlockableView};
use crate::receipt::{optional_text, text};
use crate::store::{AwardRow, EventRow, Reader, StoreError};
use crate::view::View;
use crate::why::LedgerEntry;
use crate::{Audience, Engine, Outcome, Ticket};

/// Outcomes read at a time.
const PAGE: usize = 4096;

/// Everything that is held on a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dossier {
    /// The id under which the person is known.
    pub player: String,
    /// The ids of guests who were merged into this player.
    pub guests: Vec<String>,
    /// The version of the catalog under which what follows from the events holds.
    pub version: i64,
    /// As of when.
    #[serde(serialize_with = "text")]
    pub as_of: Timestamp,
    /// Attributes, such as the zone.
    pub attributes: Props,
    /// Events and acts in timeline order, retracted ones and those of guests included.
    pub events: Vec<HeldEvent>,
    /// Awards, those that were taken away included.
    pub awards: Vec<HeldAward>,
    /// The ledger, in order of recording.
    pub ledger: Vec<LedgerEntry>,
    /// Balances.
    pub balances: Vec<Balance>,
    /// Unlockables, open and shut.
    pub unlockables: Vec<UnlockableView>,
    /// How far the person is on badges that are not earned yet, by badge.
    pub progress: Vec<(String, ProgressView)>,
    /// What the feed still keeps, oldest first.
    pub outcomes: Vec<Outcome>,
}

/// An event or act, as it is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldEvent {
    /// Its id.
    pub id: String,
    /// Under which id it was recorded.
    pub player: String,
    /// Its name.
    pub name: String,
    /// When it happened.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// Its rank among events at the same instant.
    pub order: i64,
    /// Its properties.
    pub props: Props,
    /// When it was recorded.
    #[serde(serialize_with = "text")]
    pub recorded_at: Timestamp,
    /// The act that retracted it, if one did.
    pub retracted_by: Option<String>,
}

/// An award, as it is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldAward {
    /// Which badge.
    pub badge: String,
    /// Its tier; empty for a badge without tiers.
    pub tier: String,
    /// Its key; empty where there is none.
    pub key: String,
    /// When it was earned.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The event or act that earned it.
    pub event: String,
    /// `criterion`, `code`, `hand` or `keep`.
    pub source: String,
    /// When it was taken away or lapsed, if it was.
    #[serde(serialize_with = "optional_text")]
    pub revoked_at: Option<Timestamp>,
    /// The times before this one that a temporary award was held.
    pub spells: Value,
    /// The points that it paid and that were not taken back, by currency.
    pub paid: Value,
}

impl Engine {
    /// Everything that is held on a player, for the person themselves to be given; `None` when the player is not known.
    /// What is kept to fold faster, such as checkpoints, says nothing beyond this and is left out.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let dossier = engine.dossier("ada").wait()?.expect("she is known");
    /// assert_eq!(dossier.events[0].id, "1");
    /// assert!(engine.dossier("bob").wait()?.is_none());
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn dossier(&self, player: &str) -> Ticket<Option<Dossier>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let Some(view) = View::of(reader, &catalogs, &player, now)? else {
                return Ok(None);
            };
            let player = view.player.clone();
            let version = view.in_force.version;
            let guests = stored_guests(reader, &player)?;
            let mut rows = history::stored(reader, &player, &guests, None)?;
            rows.sort_by_cached_key(|row| (row.event.position(), row.event.player.clone()));
            let mut ledger = reader.ledger_after(&player, None)?;
            ledger.sort_by_key(|row| row.seq);
            let awards = view.holdings().awards;
            let awards = awards
                .iter()
                .map(|(name, award)| award_row(&player, name, award));
            let awards = awards.map(HeldAward::read).collect::<Result<_, _>>()?;
            let outcomes = outcomes(reader, &player, &guests)?;
            let as_of = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
            let profile = crate::query::profile_of(reader, view, Audience::Everything, now)?;
            let progress = profile
                .badges
                .into_iter()
                .filter_map(|badge| Some((badge.id?, badge.progress?)));
            Ok(Some(Dossier {
                player,
                guests,
                version,
                as_of,
                attributes: profile.attributes,
                events: rows.into_iter().map(HeldEvent::from).collect(),
                awards,
                ledger: ledger.into_iter().map(LedgerEntry::from).collect(),
                balances: profile.balances,
                unlockables: profile.unlockables,
                progress: progress.collect(),
                outcomes,
            }))
        })
    }
}

/// What the feed keeps of a player and of the guests who were merged into them.
fn outcomes(
    reader: &mut dyn Reader,
    player: &str,
    guests: &[String],
) -> Result<Vec<Outcome>, StoreError> {
    let mut outcomes = Vec::new();
    for name in std::iter::once(player).chain(guests.iter().map(String::as_str)) {
        let mut limit = PAGE;
        let rows = loop {
            let rows = reader.recent_outcomes(name, limit)?;
            if rows.len() < limit {
                break rows;
            }
            limit = limit.saturating_mul(4);
        };
        outcomes.extend(rows.into_iter().map(|(seq, row)| Outcome::new(seq, row)));
    }
    outcomes.sort_by_key(|outcome| outcome.seq);
    Ok(outcomes)
}

impl From<EventRow> for HeldEvent {
    fn from(row: EventRow) -> Self {
        let EventRow {
            event,
            recorded_at,
            retracted_by,
            ..
        } = row;
        let accolade_core::event::Event {
            id,
            player,
            name,
            at,
            order,
            props,
        } = event;
        Self {
            id,
            player,
            name,
            at,
            order,
            props,
            recorded_at,
            retracted_by,
        }
    }
}

impl HeldAward {
    fn read(row: AwardRow) -> Result<Self, StoreError> {
        let AwardRow {
            badge,
            tier,
            key,
            at,
            event,
            source,
            revoked_at,
            spells,
            paid,
            ..
        } = row;
        let json = |text: &str| {
            serde_json::from_str(text)
                .map_err(|error| StoreError::Damaged(format!("an award of `{badge}`: {error}")))
        };
        let (spells, paid) = (json(&spells)?, json(&paid)?);
        Ok(Self {
            badge,
            tier,
            key,
            at,
            event,
            source,
            revoked_at,
            spells,
            paid,
        })
    }
}
