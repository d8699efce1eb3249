//! Timelines of players.

use std::cmp::Reverse;

use accolade_core::event::TimelinePosition;
use accolade_core::ids::{EventId, PlayerId};
use accolade_core::time::Timestamp;

use crate::batch::history;
use crate::batch::identity::{self, PlayerIdentity};
use crate::page::ResultPage;
use crate::receipt::Outcome;
use crate::records::RecordedEvent;
use crate::store::{EventRow, StoreError, StoreReader};
use crate::{Players, Ticket};

/// Cursor of a timeline page: position of the last event seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineCursor {
    /// The instant of the event.
    pub at: Timestamp,
    /// The rank among events at the same instant.
    pub order: i64,
    /// The event's id.
    pub id: EventId,
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: PlayerId,
}

impl TimelineCursor {
    fn from_row(row: &EventRow) -> Self {
        let event = &row.event;
        Self {
            at: event.at,
            order: event.order,
            id: event.id.clone().into(),
            player: event.player.clone().into(),
        }
    }

    /// Converts the cursor to the position before which the events of one owner continue.
    fn position_for(&self, owner: &str) -> TimelinePosition {
        // Merged players may have events at the same position, which are then in order of owner.
        // Those of earlier owners are still to come: a NUL, which no id has, makes the bound
        // include them.
        let bound = if owner < self.player.as_str() {
            "\0"
        } else {
            ""
        };
        TimelinePosition {
            at: self.at,
            order: self.order,
            id: format!("{}{bound}", self.id),
        }
    }
}

impl Players<'_> {
    /// Lists a player's events and manual actions in timeline order, including retracted ones and
    /// those of merged guests. Empty for an unknown player.
    pub fn list_timeline(&self, player: impl Into<PlayerId>) -> Ticket<Vec<RecordedEvent>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let rows = load_timeline(reader, &player)?;
            Ok(rows.into_iter().map(RecordedEvent::from_row).collect())
        })
    }

    /// Finds an event or manual action of a player by its id, retracted or not.
    ///
    /// Merged players can have events with the same id; the player's own comes first.
    pub fn find_event(
        &self,
        player: impl Into<PlayerId>,
        event: impl Into<EventId>,
    ) -> Ticket<Option<RecordedEvent>> {
        let (player, event) = (player.into(), event.into());
        self.engine.inner.readers.run_query(move |reader| {
            let owners = list_owners(reader, &player)?;
            let places: Vec<(&str, &str)> = owners
                .iter()
                .map(|owner| (owner.as_str(), event.as_str()))
                .collect();
            let found = reader.find_events(&places)?.into_iter().flatten().next();
            Ok(found.map(RecordedEvent::from_row))
        })
    }

    /// Lists the outcomes of recording events of a player, each list at the position of its event,
    /// without outcomes that were pruned from the feed. Empty for an unknown event.
    pub fn list_event_outcomes(
        &self,
        player: impl Into<PlayerId>,
        events: Vec<EventId>,
    ) -> Ticket<Vec<Vec<Outcome>>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let owners = list_owners(reader, &player)?;
            let mut listed = Vec::with_capacity(events.len());
            for event in &events {
                let places: Vec<(&str, &str)> = owners
                    .iter()
                    .map(|owner| (owner.as_str(), event.as_str()))
                    .collect();
                let found = reader.find_events(&places)?.into_iter().flatten().next();
                listed.push(match found {
                    Some(row) => load_outcomes(reader, &row)?,
                    None => Vec::new(),
                });
            }
            Ok(listed)
        })
    }

    /// Lists the events of [`Players::list_timeline`] by page, newest first.
    pub fn list_timeline_page(
        &self,
        player: impl Into<PlayerId>,
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<RecordedEvent, TimelineCursor>> {
        self.list_timeline_of_names(player, None, before, limit)
    }

    /// Lists the events of [`Players::list_timeline_page`], of the given names only.
    pub fn list_timeline_of_names(
        &self,
        player: impl Into<PlayerId>,
        names: Option<Vec<String>>,
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<RecordedEvent, TimelineCursor>> {
        let player = player.into();
        self.engine.inner.readers.run_query(move |reader| {
            let names: Option<Vec<&str>> =
                (names.as_ref()).map(|names| names.iter().map(String::as_str).collect());
            let mut rows = Vec::new();
            for owner in list_owners(reader, &player)? {
                let before = before.as_ref().map(|cursor| cursor.position_for(&owner));
                rows.extend(reader.list_timeline_page(
                    &owner,
                    names.as_deref(),
                    before.as_ref(),
                    limit.saturating_add(1),
                )?);
            }
            rows.sort_by_cached_key(|row| Reverse(TimelineCursor::from_row(row)));
            let page = ResultPage::from_rows(rows, limit, TimelineCursor::from_row);
            Ok(page.map(RecordedEvent::from_row))
        })
    }
}

/// Loads the outcomes of recording an event that are left in the feed.
fn load_outcomes(reader: &mut dyn StoreReader, row: &EventRow) -> Result<Vec<Outcome>, StoreError> {
    if row.outcome_count == 0 {
        return Ok(Vec::new());
    }
    let mut rows = reader.list_outcomes(row.first_outcome - 1, row.outcome_count as usize)?;
    // The page starts later than asked for if the feed was pruned.
    let end = row.first_outcome + i64::from(row.outcome_count);
    rows.retain(|(seq, _)| *seq < end);
    Outcome::from_rows(rows)
}

fn load_timeline(reader: &mut dyn StoreReader, player: &str) -> Result<Vec<EventRow>, StoreError> {
    let mut rows = Vec::new();
    for owner in list_owners(reader, player)? {
        rows.extend(reader.list_timeline(&owner, None)?);
    }
    rows.sort_by_cached_key(TimelineCursor::from_row);
    Ok(rows)
}

/// Lists the ids whose events belong to a player: the player's own and those of merged guests.
/// Empty for an unknown player.
fn list_owners(reader: &mut dyn StoreReader, player: &str) -> Result<Vec<String>, StoreError> {
    let PlayerIdentity::Player(player) = identity::resolve_one(reader, player)? else {
        return Ok(Vec::new());
    };
    let guests = history::load_guests(reader, &player)?;
    Ok(std::iter::once(player).chain(guests).collect())
}
