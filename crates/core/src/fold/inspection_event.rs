//! The event of an inspection.

use crate::event::Event;
use crate::time::Timestamp;
use crate::value::Props;

/// Creates an event without effect, as a place in time for the inspection.
pub(super) fn inspection_event(player: &str, now: Timestamp) -> Event {
    // No rule listens to an empty name.
    let (id, name) = (String::new(), String::new());
    Event {
        id,
        player: player.to_owned(),
        name,
        at: now,
        order: 0,
        props: Props::default(),
    }
}
