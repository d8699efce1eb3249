//! Writes to the store, and the constraints that they must satisfy.

use std::cmp::Reverse;

use accolade::store::{
    AdministratorRow, AliasRow, AuditRow, CatalogRow, ChangeSet, DefinitionRow, ErasedRows,
    EventRow, KeyRow, OutcomeRow, RetractionRow, RuleErrorRow, SessionKind, SessionRow, StoreError,
    Transaction,
};
use accolade_core::time::Timestamp;

use super::connection::{TableQueries, TransactionSource};
use super::table::VisibleRows::Pending as SEEN;
use super::tables::MemoryTables;

impl Transaction for TableQueries<TransactionSource<'_>> {
    fn others_wrote(&self) -> bool {
        self.0.others_wrote
    }

    fn write_changes(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.lock_exclusive();
        if changes.replace_derived {
            tables.delete_derived(&changes.player);
        }
        tables.add_events(changes)?;
        tables.count_new_events(changes);
        tables.apply_retractions(&changes.retractions);
        tables.put_state(changes);
        tables.put_checkpoints(changes);
        tables.put_awards(changes)?;
        tables.put_points(changes)?;
        tables.put_unlocks(changes)
    }

    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError> {
        let tables = &mut self.0.shared.lock_exclusive();
        let mut last = tables
            .last_outcome
            .get(SEEN, &())
            .copied()
            .unwrap_or_default();
        let first = last + 1;
        for outcome in outcomes {
            last += 1;
            tables
                .feed_by_player
                .put((outcome.player.clone(), Reverse(last)), ());
            tables.feed.put(last, outcome.clone());
        }
        tables.last_outcome.put((), last);
        Ok(first)
    }

    fn add_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.lock_exclusive();
        for error in errors {
            let key = (error.kind, error.id.clone());
            let before = tables
                .rule_errors
                .get(SEEN, &key)
                .map_or(0, |row| row.count);
            let count = before.saturating_add(error.count);
            tables.rule_errors.put(
                key,
                RuleErrorRow {
                    count,
                    ..error.clone()
                },
            );
        }
        Ok(())
    }

    fn recount_event_names(&mut self) -> Result<(), StoreError> {
        self.0.shared.lock_exclusive().recount_events();
        Ok(())
    }

    fn publish_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError> {
        let tables = &mut self.0.shared.lock_exclusive();
        let version = Reverse(catalog.version);
        if tables.catalogs.get(SEEN, &version).is_some() {
            return Err(constraint_error(format!(
                "catalog version {} already exists",
                catalog.version
            )));
        }
        tables.catalogs.put(version, catalog.clone());
        for definition in definitions {
            tables
                .definitions
                .put((definition.kind.clone(), definition.id.clone()), ());
        }
        definitions
            .iter()
            .filter_map(|definition| definition.category.as_deref())
            .try_for_each(|category| tables.require_definition("category", category))
    }

    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .settings
            .put(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .aliases
            .put(alias.guest.clone(), alias.clone());
        Ok(())
    }

    fn delete_alias(&mut self, guest: &str) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .aliases
            .remove(guest.to_owned());
        Ok(())
    }

    fn erase_player(
        &mut self,
        player: &str,
        mark: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<ErasedRows, StoreError> {
        Ok(self
            .0
            .shared
            .lock_exclusive()
            .erase_player(player, mark, at))
    }

    fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.0.shared.lock_exclusive().prune_feed(before)
    }

    fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        self.0.shared.lock_exclusive().put_api_key(key)
    }

    fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .administrators
            .put(administrator.name.clone(), administrator.clone());
        Ok(())
    }

    fn delete_administrator(&mut self, name: &str) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .administrators
            .remove(name.to_owned());
        Ok(())
    }

    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .sessions
            .put(session.hash.clone(), session.clone());
        Ok(())
    }

    fn delete_session(&mut self, hash: &[u8]) -> Result<bool, StoreError> {
        Ok(self
            .0
            .shared
            .lock_exclusive()
            .delete_sessions(|row| row.hash == hash)
            > 0)
    }

    fn delete_sessions_of(
        &mut self,
        kind: SessionKind,
        administrator: &str,
    ) -> Result<(), StoreError> {
        self.0.shared.lock_exclusive().delete_sessions(|row| {
            row.kind == kind && row.administrator.as_deref() == Some(administrator)
        });
        Ok(())
    }

    fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.0
            .shared
            .lock_exclusive()
            .delete_sessions(|row| row.expires_at <= now);
        Ok(())
    }

    fn append_audit(&mut self, entries: &[AuditRow]) -> Result<(), StoreError> {
        self.0.shared.lock_exclusive().append_audit(entries);
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit_changes();
        Ok(())
    }
}

impl MemoryTables {
    fn add_events(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        for row in &changes.events {
            let (player, event) = (row.event.player.clone(), &row.event);
            let (at, order) = (event.at.as_micros(), event.order);
            let place = (player.clone(), event.id.clone());
            if self.event_places.get(SEEN, &place).is_some() {
                return Err(constraint_error(format!(
                    "event `{}` of player `{player}` already exists",
                    event.id
                )));
            }
            self.event_places.put(place, (at, order));
            self.events
                .put((player, (at, order, event.id.clone())), row.clone());
        }
        Ok(())
    }

    fn apply_retractions(&mut self, retractions: &[RetractionRow]) {
        for RetractionRow {
            player,
            event,
            retracted_by: by,
        } in retractions
        {
            // A retraction may arrive before its event.
            let Some((at, order)) = self
                .event_places
                .get(SEEN, &(player.clone(), event.clone()))
            else {
                continue;
            };
            let key = (player.clone(), (*at, *order, event.clone()));
            if let Some(row) = self.events.get(SEEN, &key) {
                let row = EventRow {
                    retracted_by: by.clone(),
                    ..row.clone()
                };
                self.events.put(key, row);
            }
        }
    }

    fn put_state(&mut self, changes: &ChangeSet) {
        let player = &changes.player;
        if changes.replace_cells || changes.summary.is_none() {
            self.cells.remove_from(player, (0, String::new()));
        }
        let Some(summary) = &changes.summary else {
            return self.players.remove(player.clone());
        };
        self.players
            .put(player.clone(), (summary.clone(), changes.header.clone()));
        for (slot, key, value) in &changes.cells {
            let place = (player.clone(), (*slot, key.clone()));
            match value {
                Some(value) => self.cells.put(place, value.clone()),
                None => self.cells.remove(place),
            }
        }
    }

    fn put_checkpoints(&mut self, changes: &ChangeSet) {
        let player = &changes.player;
        let mut dropped: Vec<i64> = changes
            .drop_checkpoints
            .iter()
            .map(|at| at.as_micros())
            .collect();
        if let Some(from) = changes.drop_checkpoints_from {
            let latest_first = self
                .checkpoints
                .player_rows(SEEN, player, Reverse(i64::MAX))
                .map(|(Reverse(at), _)| *at);
            dropped.extend(latest_first.take_while(|at| *at >= from.as_micros()));
        }
        for at in dropped {
            self.checkpoints.remove((player.clone(), Reverse(at)));
        }
        for checkpoint in &changes.checkpoints {
            self.checkpoints.put(
                (player.clone(), Reverse(checkpoint.at.as_micros())),
                checkpoint.clone(),
            );
        }
    }

    fn put_awards(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        for award in &changes.dropped_awards {
            self.awards.remove((changes.player.clone(), award.clone()));
        }
        for row in &changes.awards {
            self.require_definition("badge", &row.badge)?;
            let award = (row.badge.clone(), row.tier.clone(), row.key.clone());
            self.awards
                .put((changes.player.clone(), award), row.clone());
        }
        Ok(())
    }

    fn put_points(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        let player = &changes.player;
        for row in &changes.ledger {
            self.require_definition("currency", &row.currency)?;
            let place = (
                player.clone(),
                (Reverse(row.at.as_micros()), Reverse(row.seq)),
            );
            if row.amount == 0 || row.seq < 1 {
                let numbers = format!("amount {} and number {}", row.amount, row.seq);
                return Err(constraint_error(format!(
                    "a ledger entry of player `{player}` has {numbers}"
                )));
            }
            if self.ledger.get(SEEN, &place).is_some() {
                return Err(constraint_error(format!(
                    "ledger entry {} of player `{player}` at {} already exists",
                    row.seq, row.at
                )));
            }
            self.ledger.put(place, row.clone());
        }
        for (currency, balance) in &changes.balances {
            self.require_definition("currency", currency)?;
            self.balances
                .put((player.clone(), currency.clone()), *balance);
        }
        Ok(())
    }

    fn put_unlocks(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        let player = &changes.player;
        for unlockable in &changes.dropped_unlocks {
            self.unlocks.remove((player.clone(), unlockable.clone()));
        }
        for row in &changes.unlocks {
            self.require_definition("unlockable", &row.unlockable)?;
            self.unlocks
                .put((player.clone(), row.unlockable.clone()), row.clone());
        }
        Ok(())
    }

    /// Checks that a catalog defines, or has defined, the rule that a row refers to.
    fn require_definition(&self, kind: &str, id: &str) -> Result<(), StoreError> {
        match self
            .definitions
            .get(SEEN, &(kind.to_owned(), id.to_owned()))
        {
            Some(()) => Ok(()),
            None => Err(constraint_error(format!(
                "{kind} `{id}` is not defined in any catalog"
            ))),
        }
    }
}

pub(super) fn constraint_error(rule: String) -> StoreError {
    StoreError::Other(rule)
}
