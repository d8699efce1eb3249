//! What a player did.

use accolade_core::time::Timestamp;

use super::Page;
use crate::batch::identity::{self, Identity};
use crate::batch::{history, stored_guests};
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
        Self { at: event.at, order: event.order, id: event.id.clone(), player: event.player.clone() }
    }
}

impl Engine {
    /// A player's events and acts, in timeline order: those that were retracted and those of guests included.
    pub fn timeline(&self, player: &str) -> Ticket<Vec<EventRow>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| Ok(timeline(reader, &player)?))
    }

    /// A page of a player's events and acts, newest first, of the same ones as [`Engine::timeline`]. Each page reads the
    /// whole timeline.
    pub fn timeline_page(
        &self,
        player: &str,
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Ticket<Page<EventRow, TimelineCursor>> {
        let player = player.to_owned();
        self.inner.readers.run(move |reader| {
            let mut rows = timeline(reader, &player)?;
            if let Some(before) = before {
                rows.truncate(rows.partition_point(|row| TimelineCursor::of(row) < before));
            }
            let rows = rows.into_iter().rev().take(limit.saturating_add(1)).collect();
            Ok(Page::cut(rows, limit, TimelineCursor::of))
        })
    }
}

fn timeline(reader: &mut dyn Reader, player: &str) -> Result<Vec<EventRow>, StoreError> {
    let Identity::Player(player) = identity::of(reader, player)? else { return Ok(Vec::new()) };
    let guests = stored_guests(reader, &player)?;
    let mut rows = history::stored(reader, &player, &guests, None)?;
    rows.sort_by_cached_key(TimelineCursor::of);
    Ok(rows)
}
