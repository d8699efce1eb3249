//! Writes of the store.

use accolade::store::{
    AdministratorRow, AliasRow, AuditRow, CatalogRow, ChangeSet, DefinitionRow, ErasedRows, KeyRow,
    OutcomeRow, PlayerSummary, RetractionRow, RuleErrorRow, SessionKind, SessionRow, StoreError,
    StoreWriter, Transaction,
};
use accolade_core::time::Timestamp;

use crate::access;
use crate::catalog;
use crate::connection;
use crate::counts::last_outcome_seq;
use crate::erasure::{self, DELETE_DERIVED};
use crate::error::{Error, describe_read_only};
use crate::event_names;
use crate::pruning;
use crate::read::HEADER_SLOT;
use crate::read_context::{OpenTransaction, QueryHandle, ReadContext};
use crate::rows::{read_single, to_sql_integer};
use crate::session::DatabaseSession;

/// Writer of the store.
pub(crate) struct SqliteWriter {
    session: DatabaseSession,
    /// SQLite's data version at the last transaction. It changes when another connection writes.
    data_version: Option<i64>,
    /// True if the log still contains erased data.
    log_has_erased_data: bool,
}

impl SqliteWriter {
    /// Creates a writer, unless the file is read-only.
    pub(crate) fn new(session: DatabaseSession) -> Result<Self, StoreError> {
        // SQLite opens a write-protected file without an error and fails only at the first write.
        match session.connection().is_readonly("main") {
            Ok(false) => Ok(Self {
                session,
                data_version: None,
                log_has_erased_data: false,
            }),
            Ok(true) => Err(StoreError::ReadOnly(describe_read_only(&session.file))),
            Err(error) => Err(Error::from(error).into_store_error(&session.file)),
        }
    }

    #[cfg(test)]
    pub(crate) fn session(&self) -> &DatabaseSession {
        &self.session
    }
}

impl StoreWriter for SqliteWriter {
    // The players are ignored: SQLite locks the whole file for one writer.
    fn begin_transaction(
        &mut self,
        _players: &[&str],
    ) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let session = &self.session;
        session
            // Taking the lock later could fail in the middle of a transaction.
            .execute_once("BEGIN IMMEDIATE", &[])
            .map_err(|error| error.into_store_error(&session.file))?;
        // From here on, an error drops this value and thereby rolls back.
        let mut held = OpenTransaction {
            session,
            others_wrote: true,
            log_has_erased_data: &mut self.log_has_erased_data,
        };
        // Read under the lock: before it, another process could still commit.
        let mark = held
            .run(|session| session.query_first("PRAGMA data_version", &[], read_single::<i64>))?;
        // The engine must then reload the state that it has cached.
        held.others_wrote = self.data_version != mark;
        self.data_version = mark;
        Ok(Box::new(QueryHandle(held)))
    }
}

impl Transaction for QueryHandle<OpenTransaction<'_>> {
    fn others_wrote(&self) -> bool {
        self.0.others_wrote
    }

    fn write_changes(&mut self, changes: &ChangeSet) -> Result<(), StoreError> {
        self.write_all(std::slice::from_ref(changes))
    }

    fn write_all(&mut self, batch: &[ChangeSet]) -> Result<(), StoreError> {
        self.0.run(|session| write_batch(session, batch))
    }

    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError> {
        self.0.run(|session| append_outcomes(session, outcomes))
    }

    fn add_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError> {
        self.0.run(|session| count_rule_errors(session, errors))
    }

    fn recount_event_names(&mut self) -> Result<(), StoreError> {
        self.0.run(event_names::recount_events)
    }

    fn publish_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError> {
        self.0
            .run(|session| catalog::publish_catalog(session, catalog, definitions))
    }

    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        const SQL: &str = "REPLACE INTO settings (name, value) VALUES (?1, ?2)";
        self.0
            .run(|session| session.execute_once(SQL, &[&name, &value]))
    }

    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError> {
        const SQL: &str =
            "REPLACE INTO aliases (guest, player, action_id, merged_at) VALUES (?1, ?2, ?3, ?4)";
        let AliasRow {
            guest,
            player,
            action_id: act,
            merged_at: recorded_at,
        } = alias;
        self.0.run(|session| {
            session.execute_once(SQL, &[guest, player, act, &recorded_at.as_micros()])
        })
    }

    fn delete_alias(&mut self, guest: &str) -> Result<(), StoreError> {
        self.0
            .run(|session| session.execute_once("DELETE FROM aliases WHERE guest = ?1", &[&guest]))
    }

    fn erase_player(
        &mut self,
        player: &str,
        mark: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<ErasedRows, StoreError> {
        *self.0.log_has_erased_data = true;
        self.0
            .run(|session| erasure::erase_player(session, player, mark, at))
    }

    fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.0.run(|session| pruning::prune_feed(session, before))
    }

    fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        self.0.run(|session| access::put_api_key(session, key))
    }

    fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), StoreError> {
        self.0
            .run(|session| access::put_administrator(session, administrator))
    }

    fn delete_administrator(&mut self, name: &str) -> Result<(), StoreError> {
        self.0.run(|session| {
            session.execute_once("DELETE FROM administrators WHERE name = ?1", &[&name])
        })
    }

    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        self.0
            .run(|connection| access::put_session(connection, session))
    }

    fn delete_session(&mut self, hash: &[u8]) -> Result<bool, StoreError> {
        self.0.run(|session| {
            Ok(session.execute_counted("DELETE FROM sessions WHERE hash = ?1", &[&hash])? > 0)
        })
    }

    fn delete_sessions_of(
        &mut self,
        kind: SessionKind,
        administrator: &str,
    ) -> Result<(), StoreError> {
        self.0.run(|session| {
            session.execute_once(
                "DELETE FROM sessions WHERE kind = ?1 AND administrator = ?2",
                &[&kind.as_str(), &administrator],
            )
        })
    }

    fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.0.run(|session| {
            session.execute_once(
                "DELETE FROM sessions WHERE expires_at <= ?1",
                &[&now.as_micros()],
            )
        })
    }

    fn append_audit(&mut self, entries: &[AuditRow]) -> Result<(), StoreError> {
        self.0.run(|session| access::append_audit(session, entries))
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.run(|session| session.execute_once("COMMIT", &[]))?;
        // A log can only be emptied outside of a transaction.
        if *self.0.log_has_erased_data {
            // The transaction is durable in any case. If this fails, the next commit tries again.
            *self.0.log_has_erased_data =
                !connection::empty_log(&self.0.session.file).unwrap_or(false);
        }
        Ok(())
    }
}

/// Writes the changes of a batch, table by table.
fn write_batch(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    // Each statement is prepared once per batch, and neighboring rows are written one after
    // another.
    // First the old derived rows, because the steps below write their replacements. Events come
    // before retractions, which may concern events of the same batch.
    delete_derived(session, batch)?;
    write_events(session, batch)?;
    event_names::count_new_events(session, batch)?;
    write_retractions(session, batch)?;
    write_players(session, batch)?;
    write_states(session, batch)?;
    write_checkpoints(session, batch)?;
    write_awards(session, batch)?;
    write_ledger(session, batch)?;
    write_balances(session, batch)?;
    write_unlocks(session, batch)
}

fn delete_derived(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    for ChangeSet { player, .. } in batch.iter().filter(|changes| changes.replace_derived) {
        for delete in DELETE_DERIVED {
            session.execute_once(delete, &[player])?;
        }
    }
    Ok(())
}

fn write_events(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    let mut add = session.prepare_statement(
        "INSERT INTO events (player, at, ord, id, name, props, explicit_at, first_outcome,
             outcome_count, recorded_at, retracted_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for changes in batch {
        for row in &changes.events {
            let event = &row.event;
            add.execute(&[
                &event.player,
                &event.at.as_micros(),
                &event.order,
                &event.id,
                &event.name,
                &event.props.to_json(),
                &row.explicit_at,
                &row.first_outcome,
                &row.outcome_count,
                &row.recorded_at.as_micros(),
                &row.retracted_by,
            ])?;
        }
    }
    Ok(())
}

fn write_retractions(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    const SQL: &str = "UPDATE events SET retracted_by = ?3 WHERE player = ?1 AND id = ?2";
    for RetractionRow {
        player,
        event,
        retracted_by: by,
    } in batch.iter().flat_map(|changes| &changes.retractions)
    {
        session.execute_once(SQL, &[player, event, by])?;
    }
    Ok(())
}

fn write_players(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    let mut put = session.prepare_statement(
        "INSERT INTO players (player, event_count, first_at, last_at, own_event_count,
             last_seen_at, next_timer_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (player) DO UPDATE SET event_count = excluded.event_count,
             first_at = excluded.first_at, last_at = excluded.last_at,
             own_event_count = excluded.own_event_count, last_seen_at = excluded.last_seen_at,
             next_timer_at = excluded.next_timer_at",
    )?;
    // Names and attributes rarely change, so that most writes leave their index alone.
    let mut put_name = session.prepare_statement(
        "UPDATE players SET name = ?2, folded_name = ?3, attributes = ?4
             WHERE player = ?1
                 AND (name IS NOT ?2 OR folded_name IS NOT ?3 OR attributes IS NOT ?4)",
    )?;
    for ChangeSet {
        player, summary, ..
    } in batch
    {
        let Some(PlayerSummary {
            name,
            attributes,
            event_count: events,
            first_at,
            last_at,
            own_event_count: own_events,
            last_seen_at,
            next_timer_at: due,
        }) = summary
        else {
            session.execute_once("DELETE FROM players WHERE player = ?1", &[player])?;
            continue;
        };
        put.execute(&[
            player,
            &to_sql_integer(*events),
            &optional_micros(*first_at),
            &optional_micros(*last_at),
            &to_sql_integer(*own_events),
            &optional_micros(*last_seen_at),
            &optional_micros(*due),
        ])?;
        let folded = name.as_deref().map(PlayerSummary::fold_name);
        put_name.execute(&[player, name, &folded, attributes])?;
    }
    Ok(())
}

fn write_states(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    // The table has no other index, so REPLACE overwrites the row in place.
    let mut put = session.prepare_statement(
        "REPLACE INTO states (player, slot, key, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut remove = session
        .prepare_statement("DELETE FROM states WHERE player = ?1 AND slot = ?2 AND key = ?3")?;
    for changes in batch {
        let player = &changes.player;
        if changes.replace_cells || changes.summary.is_none() {
            session.execute_once("DELETE FROM states WHERE player = ?1", &[player])?;
        }
        if changes.summary.is_none() {
            continue;
        }
        put.execute(&[player, &HEADER_SLOT, &"", &changes.header])?;
        for (slot, key, value) in &changes.cells {
            match value {
                Some(value) => put.execute(&[player, slot, key, value])?,
                None => remove.execute(&[player, slot, key])?,
            }
        }
    }
    Ok(())
}

fn write_checkpoints(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    for changes in batch {
        let player = &changes.player;
        if let Some(from) = changes.drop_checkpoints_from {
            session.execute_once(
                "DELETE FROM checkpoints WHERE player = ?1 AND at >= ?2",
                &[player, &from.as_micros()],
            )?;
        }
        for at in &changes.drop_checkpoints {
            session.execute_once(
                "DELETE FROM checkpoints WHERE player = ?1 AND at = ?2",
                &[player, &at.as_micros()],
            )?;
        }
        for checkpoint in &changes.checkpoints {
            session.execute_once(
                "REPLACE INTO checkpoints (player, at, state) VALUES (?1, ?2, ?3)",
                &[player, &checkpoint.at.as_micros(), &checkpoint.state],
            )?;
        }
    }
    Ok(())
}

fn write_awards(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    let mut put = session.prepare_statement(
        "INSERT INTO awards (player, badge, tier, key, at, event, source, revoked_at,
             holding_intervals, paid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (player, badge, tier, key) DO UPDATE SET at = excluded.at,
             event = excluded.event, source = excluded.source, revoked_at = excluded.revoked_at,
             holding_intervals = excluded.holding_intervals, paid = excluded.paid",
    )?;
    for changes in batch {
        for (badge, tier, key) in &changes.dropped_awards {
            session.execute_once(
                "DELETE FROM awards WHERE player = ?1 AND badge = ?2 AND tier = ?3 AND key = ?4",
                &[&changes.player, badge, tier, key],
            )?;
        }
        for award in &changes.awards {
            put.execute(&[
                &changes.player,
                &award.badge,
                &award.tier,
                &award.key,
                &award.at.as_micros(),
                &award.event,
                &award.source.as_str(),
                &optional_micros(award.revoked_at),
                &award.holding_intervals,
                &award.paid,
            ])?;
        }
    }
    Ok(())
}

fn write_ledger(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    let mut add = session.prepare_statement(
        "INSERT INTO ledger (player, at, seq, currency, amount, kind, rule, tier, key, event,
             trigger, caused_by, reason, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for changes in batch {
        for entry in &changes.ledger {
            add.execute(&[
                &changes.player,
                &entry.at.as_micros(),
                &entry.seq,
                &entry.currency,
                &entry.amount,
                &entry.kind.as_str(),
                &entry.rule,
                &entry.tier,
                &entry.key,
                &entry.event,
                &entry.trigger.as_str(),
                &entry.caused_by,
                &entry.reason,
                &entry.recorded_at.as_micros(),
            ])?;
        }
    }
    Ok(())
}

fn write_balances(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    let mut put = session.prepare_statement(
        "INSERT INTO balances (player, currency, balance) VALUES (?1, ?2, ?3)
         ON CONFLICT (player, currency) DO UPDATE SET balance = excluded.balance",
    )?;
    for changes in batch {
        for (currency, balance) in &changes.balances {
            put.execute(&[&changes.player, currency, balance])?;
        }
    }
    Ok(())
}

fn write_unlocks(session: &DatabaseSession, batch: &[ChangeSet]) -> Result<(), Error> {
    for changes in batch {
        let player = &changes.player;
        for unlockable in &changes.dropped_unlocks {
            session.execute_once(
                "DELETE FROM unlocks WHERE player = ?1 AND unlockable = ?2",
                &[player, unlockable],
            )?;
        }
        for unlock in &changes.unlocks {
            session.execute_once(
                "INSERT INTO unlocks (player, unlockable, open, at, event)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (player, unlockable) DO UPDATE SET
                     open = excluded.open, at = excluded.at, event = excluded.event",
                &[
                    player,
                    &unlock.unlockable,
                    &unlock.open,
                    &unlock.at.as_micros(),
                    &unlock.event,
                ],
            )?;
        }
    }
    Ok(())
}

fn append_outcomes(session: &DatabaseSession, outcomes: &[OutcomeRow]) -> Result<i64, Error> {
    // Numbers continue after those of deleted outcomes, so that they are never reused: a reader
    // whose cursor is past a reused number would miss its outcome (S20).
    let first = last_outcome_seq(session)? + 1;
    let mut add = session.prepare_statement(
        "INSERT INTO feed (seq, player, kind, subject, detail, at, event, trigger, caused_by,
             recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (seq, outcome) in (first..).zip(outcomes) {
        add.execute(&[
            &seq,
            &outcome.player,
            &outcome.kind.as_str(),
            &outcome.subject,
            &outcome.detail,
            &outcome.at.as_micros(),
            &outcome.event,
            &outcome.trigger.as_str(),
            &outcome.caused_by,
            &outcome.recorded_at.as_micros(),
        ])?;
    }
    Ok(first)
}

fn count_rule_errors(session: &DatabaseSession, errors: &[RuleErrorRow]) -> Result<(), Error> {
    for error in errors {
        session.execute_once(
            // Only the number and the latest error are stored, so that a rule that fails on every
            // event does not fill the disk.
            "INSERT INTO rule_errors (kind, id, count, message, player, event)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (kind, id) DO UPDATE SET count = count + excluded.count,
                 message = excluded.message, player = excluded.player, event = excluded.event",
            &[
                &error.kind.as_str(),
                &error.id,
                &to_sql_integer(error.count),
                &error.message,
                &error.player,
                &error.event,
            ],
        )?;
    }
    Ok(())
}

fn optional_micros(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_micros)
}
