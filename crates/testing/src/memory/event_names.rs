//! Names of recorded events.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use accolade::store::{ChangeSet, EventNameDifference, EventNameRow, EventNameSelection, EventRow};
use accolade_core::event::RESERVED_PREFIX;

use super::table::VisibleRows::{self, Pending as SEEN};
use super::tables::MemoryTables;

impl MemoryTables {
    /// Adds the events of some changes to the rows of their names.
    pub(super) fn count_new_events(&mut self, changes: &ChangeSet) {
        for row in EventNameRow::count_new_events(std::slice::from_ref(changes)) {
            let before = self.event_names.get(SEEN, &row.name).cloned();
            let after = match before {
                Some(before) => EventNameRow {
                    events: before.events + row.events,
                    first_recorded_at: before.first_recorded_at,
                    ..row
                },
                None => row,
            };
            self.put_event_name(after);
        }
    }

    /// Subtracts the events of a player who is about to be erased.
    pub(super) fn subtract_events(&mut self, player: &str) {
        let rows = self
            .client_events(SEEN)
            .filter(|row| row.event.player == player);
        let mut erased: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            *erased.entry(row.event.name.clone()).or_default() += 1;
        }
        let is_affected =
            |row: &EventNameRow| erased.contains_key(&row.name) || is_last_event_of(row, player);
        let names: Vec<EventNameRow> = self
            .event_names
            .range(SEEN, ..)
            .map(|(_, row)| row)
            .filter(|row| is_affected(row))
            .cloned()
            .collect();
        for row in names {
            let events = row
                .events
                .saturating_sub(erased.get(&row.name).copied().unwrap_or_default());
            self.remove_event_name(&row);
            if events > 0 {
                let last_event = row.last_event.filter(|(owner, _)| owner.as_str() != player);
                self.put_event_name(EventNameRow {
                    events,
                    last_event,
                    ..row
                });
            }
        }
    }

    /// Counts all events again.
    pub(super) fn recount_events(&mut self) {
        let stored: Vec<EventNameRow> = self
            .event_names
            .range(SEEN, ..)
            .map(|(_, row)| row.clone())
            .collect();
        stored.iter().for_each(|row| self.remove_event_name(row));
        let mut events: Vec<EventRow> = self.client_events(SEEN).cloned().collect();
        events.sort_by_key(|row| row.recorded_at);
        for row in events {
            let player = row.event.player.clone();
            self.count_new_events(&ChangeSet {
                player,
                events: vec![row],
                ..ChangeSet::default()
            });
        }
    }

    /// Lists names, most frequent first.
    pub(super) fn list_event_names(
        &self,
        sight: VisibleRows,
        selection: EventNameSelection<'_>,
    ) -> Vec<EventNameRow> {
        let contains = selection.contains.to_ascii_lowercase();
        let after = selection
            .after
            .map(|(events, name)| (Reverse(events), name.to_owned()));
        self.event_names_by_events
            .range(sight, ..)
            .map(|(key, ())| key)
            .filter(|key| after.as_ref().is_none_or(|after| *key > after))
            .filter(|(_, name)| !selection.except.contains(&name.as_str()))
            .filter(|(_, name)| name.to_ascii_lowercase().contains(&contains))
            .filter_map(|(_, name)| self.event_names.get(sight, name).cloned())
            .take(selection.limit)
            .collect()
    }

    /// Compares the stored numbers with the recorded events.
    pub(super) fn find_event_name_differences(
        &self,
        sight: VisibleRows,
    ) -> Vec<EventNameDifference> {
        let mut numbers: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (name, row) in self.event_names.range(sight, ..) {
            numbers.entry(name).or_default().0 = row.events;
        }
        for row in self.client_events(sight) {
            numbers.entry(&row.event.name).or_default().1 += 1;
        }
        numbers
            .into_iter()
            .filter(|(_, (stored, counted))| stored != counted)
            .map(|(name, (stored, counted))| EventNameDifference {
                name: name.to_owned(),
                stored,
                counted,
            })
            .collect()
    }

    fn client_events(&self, sight: VisibleRows) -> impl Iterator<Item = &EventRow> {
        self.events
            .range(sight, ..)
            .map(|(_, row)| row)
            .filter(|row| !row.event.name.starts_with(RESERVED_PREFIX))
    }

    fn put_event_name(&mut self, row: EventNameRow) {
        if let Some(before) = self.event_names.get(SEEN, &row.name).cloned() {
            self.remove_event_name(&before);
        }
        let key = (Reverse(row.events), row.name.clone());
        self.event_names_by_events.put(key, ());
        self.event_names.put(row.name.clone(), row);
    }

    fn remove_event_name(&mut self, row: &EventNameRow) {
        let key = (Reverse(row.events), row.name.clone());
        self.event_names_by_events.remove(key);
        self.event_names.remove(row.name.clone());
    }
}

fn is_last_event_of(row: &EventNameRow, player: &str) -> bool {
    row.last_event
        .as_ref()
        .is_some_and(|(owner, _)| owner == player)
}
