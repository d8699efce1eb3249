//! Random catalogs with random histories.

mod catalogs;
mod criteria;
mod histories;
mod time;
mod timelines;

use std::fmt;

use accolade_core::catalog::Catalog;
use accolade_core::event::NewEvent;
use accolade_core::value::Props;
use proptest::prelude::*;

pub use time::after_all;
pub use timelines::build_timelines;

/// Parts of the messages with which a random catalog may be refused: its rewards form a cycle.
const CYCLE_MESSAGES: [&str; 2] = ["feed each other forever", "makes its own condition false"];

/// A catalog and a history of players.
pub struct RandomWorld {
    /// The catalog as TOML.
    pub toml: String,
    /// The events of all players, each with id and time. Actions without a decided effect are
    /// judged on arrival.
    pub events: Vec<NewEvent>,
}

/// Generates worlds whose catalogs compile.
pub fn worlds() -> impl Strategy<Value = RandomWorld> {
    (catalogs::drafts(), histories::drafts()).prop_filter_map(
        "rewards in circles",
        |(catalog, history)| {
            let toml = catalog.to_toml();
            let catalog = match Catalog::from_toml(&toml) {
                Ok(catalog) => catalog,
                Err(refused) => {
                    let expected =
                        |text: &str| CYCLE_MESSAGES.iter().any(|circle| text.contains(circle));
                    assert!(
                        refused.iter().all(|one| expected(&one.message)),
                        "{toml}\n{refused}"
                    );
                    return None;
                }
            };
            let events = history
                .iter()
                .enumerate()
                .map(|(index, draft)| draft.to_event(index, catalog.rules()))
                .collect();
            Some(RandomWorld { toml, events })
        },
    )
}

impl fmt::Debug for RandomWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.toml)?;
        self.events
            .iter()
            .try_for_each(|event| writeln!(f, "{}", import_line(event)))
    }
}

/// Writes an event as a line of an import file.
fn import_line(event: &NewEvent) -> String {
    let NewEvent {
        id,
        player,
        name,
        at,
        order,
        props,
    } = event;
    let (id, at) = (
        id.as_deref().unwrap_or_default(),
        at.map(|at| at.to_string()).unwrap_or_default(),
    );
    let props = if *props == Props::new() {
        String::new()
    } else {
        format!(r#","props":{}"#, props.to_json())
    };
    format!(
        r#"{{"id":"{id}","player":"{player}","name":"{name}","at":"{at}","order":{order}{props}}}"#
    )
}
