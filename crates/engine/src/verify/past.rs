//! What was recorded of a player: events and acts. All else that is stored follows from it.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::event::Event;
use accolade_core::names::acts::{GRANDFATHER, MERGE, RESTORE, RETRACT, UNMERGE};
use accolade_core::timeline::{self, Recorded};
use accolade_core::value::Value;

use crate::batch::stored::Awaited;
use crate::store::{AliasRow, EventRow, Read, Retraction, StoreError};

/// Acts that no retraction concerns.
const LASTING: [&str; 5] = [RETRACT, RESTORE, MERGE, UNMERGE, GRANDFATHER];

/// The events and acts of a player and of the guests who, as the acts say, are one with them.
#[derive(Default)]
pub(crate) struct Past {
    pub(crate) rows: Vec<EventRow>,
    /// What acts say of merges that last, by guest.
    pub(crate) aliases: BTreeMap<String, AliasRow>,
    /// By player and id: the act that has the last word on an event, if that is a retraction (S13).
    words: BTreeMap<(String, String), Option<String>>,
}

impl Past {
    /// Reads what was recorded of a player.
    pub(crate) fn read<R: Read + ?Sized>(store: &mut R, player: &str) -> Result<Self, StoreError> {
        let mut past = Self::default();
        let mut open = vec![player.to_owned()];
        while let Some(one) = open.pop() {
            let rows = store.timeline(&one, None)?;
            past.hear_words(&rows);
            for (guest, alias) in merges(&rows) {
                if guest != player && !past.aliases.contains_key(&guest) {
                    open.push(guest.clone());
                    past.aliases.insert(guest, alias);
                }
            }
            past.rows.extend(rows);
        }
        Ok(past)
    }

    /// Whether nothing was recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Who is one with the player, in order of id.
    pub(crate) fn guests(&self) -> Vec<String> {
        self.aliases.keys().cloned().collect()
    }

    /// The events that count, in timeline order.
    pub(crate) fn timeline(&self) -> Vec<Event> {
        let recorded = |row: &EventRow| Recorded {
            event: row.event.clone(),
            retracted: self.word(row).is_some(),
        };
        let recorded = self.rows.iter().map(recorded).collect();
        timeline::effective(recorded, &BTreeSet::new(), !self.aliases.is_empty())
    }

    /// The act that retracts an event, if the last word on it is a retraction.
    pub(crate) fn word<'r>(&'r self, row: &'r EventRow) -> Option<&'r String> {
        if LASTING.contains(&row.event.name.as_str()) {
            return None;
        }
        self.words
            .get(&(row.event.player.clone(), row.event.id.clone()))?
            .as_ref()
    }

    /// Events of which something else is stored than the last word.
    pub(crate) fn misheard(&self) -> Vec<(&EventRow, Retraction)> {
        let wrong = self
            .rows
            .iter()
            .filter(|row| row.retracted_by.as_ref() != self.word(row));
        let word = |row: &EventRow| Retraction {
            player: row.event.player.clone(),
            event: row.event.id.clone(),
            by: self.word(row).cloned(),
        };
        wrong.map(|row| (row, word(row))).collect()
    }

    /// Retractions of events that have not arrived, in order.
    pub(crate) fn awaited(&self) -> Vec<Awaited> {
        let arrived: BTreeSet<(&str, &str)> = self
            .rows
            .iter()
            .map(|row| (row.event.player.as_str(), row.event.id.as_str()))
            .collect();
        let waiting = self
            .words
            .iter()
            .filter(|((player, event), _)| !arrived.contains(&(player, event)));
        let awaited = waiting.filter_map(|((player, event), act)| {
            Some(Awaited {
                player: player.clone(),
                event: event.clone(),
                act: act.clone()?,
            })
        });
        awaited.collect()
    }

    /// Takes note of what the acts of one player say of events.
    fn hear_words(&mut self, rows: &[EventRow]) {
        for EventRow { event: act, .. } in rows {
            for id in timeline::named(act) {
                let word = self
                    .words
                    .entry((act.player.clone(), id.to_owned()))
                    .or_default();
                if act.name == RETRACT {
                    word.get_or_insert_with(|| act.id.clone());
                } else {
                    *word = None;
                }
            }
        }
    }
}

/// The merges that last, as the acts of one player say.
fn merges(rows: &[EventRow]) -> BTreeMap<String, AliasRow> {
    let mut merges = BTreeMap::new();
    for row in rows {
        let Some(guest) = row.event.props.get("guest").and_then(Value::as_text) else {
            continue;
        };
        if row.event.name == MERGE {
            let alias = AliasRow {
                guest: guest.to_owned(),
                player: row.event.player.clone(),
                action_id: row.event.id.clone(),
                merged_at: row.recorded_at,
            };
            merges.insert(guest.to_owned(), alias);
        } else if row.event.name == UNMERGE {
            merges.remove(guest);
        }
    }
    merges
}

/// Whether a player was merged into another one: the aliases say so, and so does the act that they name.
pub(crate) fn is_merged<R: Read + ?Sized>(store: &mut R, player: &str) -> Result<bool, StoreError> {
    let Some(into) = store.aliases(&[player])?.into_iter().flatten().next() else {
        return Ok(false);
    };
    let rows = match store.timeline(&into, None) {
        Err(StoreError::Damaged(_)) => return Ok(false),
        rows => rows?,
    };
    Ok(merges(&rows).contains_key(player))
}
