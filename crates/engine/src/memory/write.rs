//! What is written to the tables, and the rules that it must keep.

use std::cmp::Reverse;

use super::connection::{Pending, Queries};
use super::table::Sight::Pending as SEEN;
use super::tables::Tables;
use crate::store::{CatalogRow, Changes, DefinitionRow, EventRow, OutcomeRow, RuleErrorRow, StoreError, Transaction};

impl Transaction for Queries<Pending<'_>> {
    fn others_wrote(&self) -> bool {
        self.0.others_wrote
    }

    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError> {
        let tables = self.0.shared.read();
        let find = |(player, id): &(&str, &str)| {
            let (player, id) = ((*player).to_owned(), (*id).to_owned());
            let (at, order) = *tables.event_places.get(SEEN, &(player.clone(), id.clone()))?;
            tables.events.get(SEEN, &(player, (at, order, id))).cloned()
        };
        Ok(ids.iter().map(find).collect())
    }

    fn write(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.write();
        let row = (changes.summary, changes.header.clone());
        tables.players.put(changes.player.clone(), row);
        tables.add_events(changes)?;
        tables.put_cells(changes);
        tables.put_checkpoints(changes);
        tables.put_awards(changes)?;
        tables.put_points(changes)?;
        tables.put_unlocks(changes)
    }

    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError> {
        let tables = &mut self.0.shared.write();
        let mut last = tables.last_outcome.get(SEEN, &()).copied().unwrap_or_default();
        let first = last + 1;
        for outcome in outcomes {
            last += 1;
            tables.feed_by_player.put((outcome.player.clone(), Reverse(last)), ());
            tables.feed.put(last, outcome.clone());
        }
        tables.last_outcome.put((), last);
        Ok(first)
    }

    fn count_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.write();
        for error in errors {
            let key = (error.kind.clone(), error.id.clone());
            let before = tables.rule_errors.get(SEEN, &key).map_or(0, |row| row.count);
            let count = before.saturating_add(error.count);
            tables.rule_errors.put(key, RuleErrorRow { count, ..error.clone() });
        }
        Ok(())
    }

    fn install_catalog(&mut self, catalog: &CatalogRow, definitions: &[DefinitionRow]) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.write();
        let version = Reverse(catalog.version);
        if tables.catalogs.get(SEEN, &version).is_some() {
            return Err(broken(format!("there is a catalog of version {} already", catalog.version)));
        }
        tables.catalogs.put(version, catalog.clone());
        for definition in definitions {
            tables.definitions.put((definition.kind.clone(), definition.id.clone()), ());
        }
        definitions
            .iter()
            .filter_map(|definition| definition.category.as_deref())
            .try_for_each(|category| tables.needs("category", category))
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit();
        Ok(())
    }
}

impl Tables {
    fn add_events(&mut self, changes: &Changes) -> Result<(), StoreError> {
        for row in &changes.events {
            let (player, event) = (changes.player.clone(), &row.event);
            let (at, order) = (event.at.as_micros(), event.order);
            let place = (player.clone(), event.id.clone());
            if self.event_places.get(SEEN, &place).is_some() {
                return Err(broken(format!("the player `{player}` has an event `{}` already", event.id)));
            }
            self.event_places.put(place, (at, order));
            self.events.put((player, (at, order, event.id.clone())), row.clone());
        }
        Ok(())
    }

    fn put_cells(&mut self, changes: &Changes) {
        let player = &changes.player;
        if changes.replace_cells {
            let all: Vec<_> = self.cells.of(SEEN, player, (0, String::new())).map(|(place, _)| place.clone()).collect();
            all.into_iter().for_each(|place| self.cells.remove((player.clone(), place)));
        }
        for (slot, key, value) in &changes.cells {
            let place = (player.clone(), (*slot, key.clone()));
            match value {
                Some(value) => self.cells.put(place, value.clone()),
                None => self.cells.remove(place),
            }
        }
    }

    fn put_checkpoints(&mut self, changes: &Changes) {
        let player = &changes.player;
        let mut dropped: Vec<i64> = changes.drop_checkpoints.iter().map(|at| at.as_micros()).collect();
        if let Some(from) = changes.drop_checkpoints_from {
            let latest_first = self.checkpoints.of(SEEN, player, Reverse(i64::MAX)).map(|(Reverse(at), _)| *at);
            dropped.extend(latest_first.take_while(|at| *at >= from.as_micros()));
        }
        for at in dropped {
            self.checkpoints.remove((player.clone(), Reverse(at)));
        }
        for checkpoint in &changes.checkpoints {
            self.checkpoints.put((player.clone(), Reverse(checkpoint.at.as_micros())), checkpoint.clone());
        }
    }

    fn put_awards(&mut self, changes: &Changes) -> Result<(), StoreError> {
        for award in &changes.dropped_awards {
            self.awards.remove((changes.player.clone(), award.clone()));
        }
        for row in &changes.awards {
            self.needs("badge", &row.badge)?;
            let award = (row.badge.clone(), row.tier.clone(), row.key.clone());
            self.awards.put((changes.player.clone(), award), row.clone());
        }
        Ok(())
    }

    fn put_points(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let player = &changes.player;
        for row in &changes.ledger {
            self.needs("currency", &row.currency)?;
            let place = (player.clone(), (Reverse(row.at.as_micros()), Reverse(row.seq)));
            if row.amount == 0 || row.seq < 1 {
                let numbers = format!("the amount {} and the number {}", row.amount, row.seq);
                return Err(broken(format!("an entry in the ledger of `{player}` has {numbers}")));
            }
            if self.ledger.get(SEEN, &place).is_some() {
                return Err(broken(format!("the ledger of `{player}` has an entry {} at {} already", row.seq, row.at)));
            }
            self.ledger.put(place, row.clone());
        }
        for (currency, balance) in &changes.balances {
            self.needs("currency", currency)?;
            self.balances.put((player.clone(), currency.clone()), *balance);
        }
        Ok(())
    }

    fn put_unlocks(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let player = &changes.player;
        for unlockable in &changes.dropped_unlocks {
            self.unlocks.remove((player.clone(), unlockable.clone()));
        }
        for row in &changes.unlocks {
            self.needs("unlockable", &row.unlockable)?;
            self.unlocks.put((player.clone(), row.unlockable.clone()), row.clone());
        }
        Ok(())
    }

    /// What a row refers to must be, or have been, defined by a catalog.
    fn needs(&self, kind: &str, id: &str) -> Result<(), StoreError> {
        match self.definitions.get(SEEN, &(kind.to_owned(), id.to_owned())) {
            Some(()) => Ok(()),
            None => Err(broken(format!("no catalog has defined the {kind} `{id}`"))),
        }
    }
}

fn broken(rule: String) -> StoreError {
    StoreError::Other(rule)
}
