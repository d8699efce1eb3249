//! Names of recorded events.

use std::collections::BTreeMap;

use accolade_core::event::RESERVED_PREFIX;
use accolade_core::time::Timestamp;

use super::rows::{ChangeSet, EventRow};

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
        // By name: the number of events, the first and the last.
        let mut names: BTreeMap<&str, (u64, &EventRow, &EventRow)> = BTreeMap::new();
        let rows = batch.iter().flat_map(|changes| &changes.events);
        for row in rows.filter(|row| !row.event.name.starts_with(RESERVED_PREFIX)) {
            names
                .entry(&row.event.name)
                .and_modify(|(events, _, last)| {
                    *events += 1;
                    *last = row;
                })
                .or_insert((1, row, row));
        }
        names
            .into_iter()
            .map(|(name, (events, first, last))| Self {
                name: name.to_owned(),
                events,
                first_recorded_at: first.recorded_at,
                last_recorded_at: last.recorded_at,
                last_event: Some((last.event.player.clone(), last.event.id.clone())),
            })
            .collect()
    }
}
