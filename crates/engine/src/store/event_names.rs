//! Names of recorded events.

use std::collections::BTreeMap;

use accolade_core::event::RESERVED_PREFIX;
use accolade_core::time::Timestamp;

use super::rows::ChangeSet;

/// The name of recorded events. Manual actions and automatic facts have no rows here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNameRow {
    /// The name.
    pub name: String,
    /// The number of events, including retracted ones.
    pub events: u64,
    /// The instant at which the first of them was recorded.
    pub first_recorded_at: Timestamp,
    /// The instant at which the latest of them was recorded.
    pub last_recorded_at: Timestamp,
    /// The player and the id of the event recorded last; `None` if the player was erased.
    pub last_event: Option<(String, String)>,
}

/// A selection of event names, most frequent first, then in order of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventNameSelection<'a> {
    /// Text that the name contains. ASCII letters match in either case.
    pub contains: &'a str,
    /// Names to leave out.
    pub except: &'a [&'a str],
    /// The number of events and the name of the last row seen.
    pub after: Option<(u64, &'a str)>,
    /// The maximum number of rows.
    pub limit: usize,
}

/// A name whose stored number of events differs from the recorded events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNameDifference {
    /// The name.
    pub name: String,
    /// The stored number; 0 if there is no row.
    pub stored: u64,
    /// The number of recorded events.
    pub counted: u64,
}

impl EventNameRow {
    /// Adds up the events of some changes by name, in order of name. The rows are to be added to
    /// those that are stored.
    pub fn count_new_events(batch: &[ChangeSet]) -> Vec<Self> {
        let mut names: BTreeMap<&str, Self> = BTreeMap::new();
        for row in batch.iter().flat_map(|changes| &changes.events) {
            let event = &row.event;
            if event.name.starts_with(RESERVED_PREFIX) {
                continue;
            }
            let last_event = Some((event.player.clone(), event.id.clone()));
            names
                .entry(&event.name)
                .and_modify(|name| {
                    name.events += 1;
                    name.last_event.clone_from(&last_event);
                })
                .or_insert_with(|| Self {
                    name: event.name.clone(),
                    events: 1,
                    // All events of a batch are recorded at the same instant.
                    first_recorded_at: row.recorded_at,
                    last_recorded_at: row.recorded_at,
                    last_event,
                });
        }
        names.into_values().collect()
    }
}
