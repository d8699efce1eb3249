//! Timelines of a world, for folding without an engine.

use std::collections::BTreeMap;

use accolade_core::event::{Event, NewEvent};

/// Builds the timeline of each player, in order.
pub fn build_timelines(events: &[NewEvent]) -> impl Iterator<Item = Vec<Event>> {
    let mut timelines: BTreeMap<&str, Vec<Event>> = BTreeMap::new();
    for event in events {
        let NewEvent {
            id,
            player,
            name,
            at,
            order,
            props,
        } = event.clone();
        let (id, at) = (
            id.expect("each event has an id"),
            at.expect("each event has a time"),
        );
        timelines.entry(&event.player).or_default().push(Event {
            id: id.into(),
            player: player.into(),
            name,
            at,
            order,
            props,
        });
    }
    timelines.into_values().map(|mut timeline| {
        timeline.sort_by_key(Event::position);
        timeline
    })
}
