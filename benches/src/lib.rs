//! Shared parts of the benchmarks: histories to record, the bare loop that is their floor, and
//! paired measurements.

pub mod community;
pub mod floor;
pub mod rounds;
pub mod table;

use accolade_core::catalog::Catalog;
use accolade_core::event::{Event, NewEvent};

/// Catalog of the demo's history and of the synthetic ones, as text.
pub const CATALOG: &str = include_str!("../../examples/stackexchange/catalog.toml");

/// Compiles [`CATALOG`].
pub fn demo_catalog() -> Catalog {
    Catalog::from_toml(CATALOG).expect("the demo's catalog is valid")
}

/// Reads the demo's history of a real community, in order of time.
pub fn demo_events() -> Vec<NewEvent> {
    accolade_cli::demo_events().collect()
}

/// Converts an event of a history for the fold.
pub fn to_recorded(event: NewEvent) -> Event {
    Event {
        id: event.id.expect("events of histories have an id").into(),
        player: event.player.into(),
        name: event.name,
        at: event.at.expect("events of histories have a time"),
        order: event.order,
        props: event.props,
    }
}
