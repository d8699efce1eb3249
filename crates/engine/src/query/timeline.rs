//! Timelines of players.

use std::cmp::Reverse;

use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;

use super::Page;
use crate::batch::identity::{self, PlayerIdentity};
use crate::batch::stored_guests;
use crate::store::{EventRow, Reader, StoreError};
use crate::{Engine, Ticket};

/// Cursor of a timeline page: position of the last event seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineCursor {
    /// The instant of the event.
    pub at: Timestamp,
    /// The rank among events at the same instant.
    pub order: i64,
    /// The event's id.
    pub id: String,
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: String,
}

impl TimelineCursor {
    fn of(row: &EventRow) -> Self {
        let event = &row.event;
        Self {
            at: event.at,
            order: event.order,
            id: event.id.clone(),
            player: event.player.clone(),
        }
    }

    /// Converts the cursor to the position before which the events of one owner continue.
    fn place_for(&self, owner: &str) -> TimelinePosition {
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

impl Engine {
    /// Lists a player's events and manual actions in timeline order, including retracted ones and
    /// those of merged guests. Empty for an unknown player.
    pub fn timeline(&self, player: &str) -> Ticket<Vec<EventRow>> {
        let player = player.to_owned();
        self.inner
            .readers
            .run(move |reader| Ok(timeline(reader, &player)?))
    }

    /// Lists the events of [`Engine::timeline`] by page, newest first.
    pub fn timeline_page(
        &self,
        player: &str,
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Ticket<Page<EventRow, TimelineCursor>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| {
            let mut rows = Vec::new();
            for owner in owners(reader, &player)? {
                let before = before.as_ref().map(|cursor| cursor.place_for(&owner));
                rows.extend(reader.timeline_page(
                    &owner,
                    before.as_ref(),
                    limit.saturating_add(1),
                )?);
            }
            rows.sort_by_cached_key(|row| Reverse(TimelineCursor::of(row)));
            Ok(Page::cut(rows, limit, TimelineCursor::of))
        })
    }
}

fn timeline(reader: &mut dyn Reader, player: &str) -> Result<Vec<EventRow>, StoreError> {
    let mut rows = Vec::new();
    for owner in owners(reader, player)? {
        rows.extend(reader.timeline(&owner, None)?);
    }
    rows.sort_by_cached_key(TimelineCursor::of);
    Ok(rows)
}

/// Lists the ids whose events belong to a player: the player's own and those of merged guests.
/// Empty for an unknown player.
fn owners(reader: &mut dyn Reader, player: &str) -> Result<Vec<String>, StoreError> {
    let PlayerIdentity::Player(player) = identity::resolve_one(reader, player)? else {
        return Ok(Vec::new());
    };
    let guests = stored_guests(reader, &player)?;
    Ok(std::iter::once(player).chain(guests).collect())
}
