//! Stand-in until time is there.
use super::State;
use crate::catalog::Catalog;
use crate::event::Event;
use crate::time::Timestamp;

/// The next instant.
pub fn due(_: &Catalog, _: &State, _: Timestamp) -> Option<Timestamp> {
    None
}

/// The event.
pub fn moment(player: &str, at: Timestamp) -> Event {
    Event {
        id: format!("accolade.time:{at}"),
        player: player.to_owned(),
        name: "accolade.time".to_owned(),
        at,
        order: 0,
        props: crate::value::Props::default(),
    }
}
