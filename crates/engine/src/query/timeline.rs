//! What a player did.

use std::cmp::Reverse;

use accolade_core::event::Position;
use accolade_core::time::Timestamp;

use super::Page;
use crate::batch::identity::{self, Identity};
use crate::batch::stored_guests;
use crate::store::{EventRow, Reader, StoreError};
use crate::{Engine, Ticket};

/// Where a page of a timeline goes on: the place of the last event seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineCursor {
    /// The instant.
    pub at: Timestamp,
    /// The rank among events at the same instant.
    pub order: i64,
    /// The event's id.
    pub id: String,
    /// Whose event it was when it was recorded: the player's, or a guest's who was merged.
    pub player: String,
}

impl TimelineCursor {
    /// The place of an event.
    fn of(row: &EventRow) -> Self {
        let event = &row.event;
        Self {
            at: event.at,
            order: event.order,
            id: event.id.clone(),
            player: event.player.clone(),
        }
    }

    /// The place before which the events of one owner go on. Where several have an event at the same place, it is in order
    /// of owner, so that the one of an earlier owner is still to come: its id is less than the same one with a NUL behind
    /// it, which no id has.
    fn place_for(&self, owner: &str) -> Position {
        let bound = if owner < self.player.as_str() {
            "\0"
        } else {
            ""
        };
        Position {
            at: self.at,
            order: self.order,
            id: format!("{}{bound}", self.id),
        }
    }
}

impl Engine {
    /// A player's events and acts, in timeline order: those that were retracted and those of guests included.
    pub fn timeline(&self, player: &str) -> Ticket<Vec<EventRow>> {
        let player = player.to_owned();
        self.inner
            .readers
            .run(move |reader| Ok(timeline(reader, &player)?))
    }

    /// A page of a player's events and acts, newest first, of the same ones as [`Engine::timeline`].
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

/// Whose events are a player's: the player's own, and those of the guests who were merged. Nobody's, where the id is not a
/// player's.
fn owners(reader: &mut dyn Reader, player: &str) -> Result<Vec<String>, StoreError> {
    let Identity::Player(player) = identity::of(reader, player)? else {
        return Ok(Vec::new());
    };
    let guests = stored_guests(reader, &player)?;
    Ok(std::iter::once(player).chain(guests).collect())
}
