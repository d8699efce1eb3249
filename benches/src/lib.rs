//! What the benchmarks share: histories to record, the bare loop that is their floor, and measuring side by side.

pub mod community;
pub mod floor;
pub mod rounds;
pub mod table;

/// The demo's history, by the code that the demo reads it with.
#[path = "../../crates/cli/src/demo/history.rs"]
#[expect(
    dead_code,
    reason = "the demo compares its awards with the site's; the benchmarks do not"
)]
mod demo;

use accolade_core::catalog::Catalog;
use accolade_core::event::{Event, NewEvent};

/// The catalog that the demo's history and the synthetic ones are recorded with, as it is written.
pub const CATALOG: &str = include_str!("../../examples/stackexchange/catalog.toml");

/// The same, compiled.
pub fn catalog() -> Catalog {
    Catalog::from_toml(CATALOG).expect("the demo's catalog is right")
}

/// The demo's history: a real community's, in order of time.
pub fn demo_events() -> Vec<NewEvent> {
    demo::events().collect()
}

/// An event of a history as the fold takes it.
pub fn recorded(event: NewEvent) -> Event {
    Event {
        id: event.id.expect("events of histories have an id"),
        player: event.player,
        name: event.name,
        at: event.at.expect("events of histories have a time"),
        order: event.order,
        props: event.props,
    }
}
