//! The interface between the engine and a database.
//!
//! A store keeps rows and is responsible for their durability and for transactions. It contains no
//! rules of gamification. All methods are synchronous: the engine calls the one [`StoreWriter`]
//! from its writer thread, and each [`StoreReader`] from one reader thread at a time.
//!
//! To implement a store, implement the five traits here and run the conformance suite of the crate
//! `accolade-testing` against it. Unless stated otherwise, every method fails only if the database
//! fails.

mod access_rows;
mod activity;
mod audit_filter;
mod event_names;
mod player_search;
mod rows;

pub use access_rows::*;
pub use activity::*;
pub use audit_filter::*;
pub use event_names::*;
pub use player_search::*;
pub use rows::*;

use std::path::Path;

use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;

/// A database that holds timelines and everything derived from them.
pub trait Store: Send + Sync + 'static {
    /// Opens the connection that writes. The engine opens one.
    ///
    /// # Errors
    /// Returns an error if the database cannot be opened.
    fn open_writer(&self) -> Result<Box<dyn StoreWriter>, StoreError>;

    /// Opens a connection that reads committed data.
    ///
    /// # Errors
    /// Returns an error if the database cannot be opened.
    fn open_reader(&self) -> Result<Box<dyn StoreReader>, StoreError>;

    /// The URL of the database, such as `sqlite:accolade.db`.
    fn database_url(&self) -> String;

    /// Copies the database, as of one point in time, to a new file, while others read and write.
    /// The default implementation reports that backups are not supported.
    ///
    /// # Errors
    /// Returns an error if the file exists or cannot be written, or if the store does not support
    /// backups.
    fn write_backup(&self, to: &Path) -> Result<(), StoreError> {
        let (from, to) = (self.database_url(), to.display());
        let what =
            format!("`{from}` cannot be backed up to `{to}`; use the backup tools of the database");
        Err(StoreError::Other(what))
    }
}

/// A connection that writes, one transaction at a time.
pub trait StoreWriter: Send {
    /// Begins a transaction, after waiting for other writers.
    ///
    /// The transaction locks the given players (sorted, without duplicates) against all other
    /// writers until it ends. Dropping it without a commit rolls it back.
    ///
    /// # Errors
    /// Returns an error if the database cannot be reached, or [`StoreError::Busy`] if another
    /// process holds the lock for too long.
    fn begin_transaction(
        &mut self,
        players: &[&str],
    ) -> Result<Box<dyn Transaction + '_>, StoreError>;
}

/// A transaction. Its reads see its own writes.
///
/// After a failed write, the engine drops the transaction.
pub trait Transaction: ReadStore {
    /// True if another connection may have written since the last transaction of this writer. Then
    /// the engine discards its cache (S23).
    fn others_wrote(&self) -> bool;

    /// Writes the changes of one player, and counts the events among them by name: see
    /// [`EventNameRow::count_new_events`].
    ///
    /// # Errors
    /// Returns an error if the database fails, or if a row violates a constraint.
    fn write_changes(&mut self, changes: &ChangeSet) -> Result<(), StoreError>;

    /// Writes the changes of several distinct players. Override it if the store can batch them.
    ///
    /// # Errors
    /// Returns an error if the database fails, or if a row violates a constraint.
    fn write_all(&mut self, batch: &[ChangeSet]) -> Result<(), StoreError> {
        batch
            .iter()
            .try_for_each(|changes| self.write_changes(changes))
    }

    /// Appends outcomes to the feed with consecutive numbers. Returns the number of the first.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError>;

    /// Adds to the error counts of rules, and stores the latest error of each.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn add_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError>;

    /// Counts all recorded events again and replaces the rows of their names. Scans all events.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn recount_event_names(&mut self) -> Result<(), StoreError>;

    /// Publishes a catalog: stores the version and its definitions, and retires definitions that it
    /// no longer has (S15).
    ///
    /// # Errors
    /// Returns an error if the database fails, or if the version exists.
    fn publish_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError>;

    /// Stores a named value of the engine, in place of any previous one.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Records that a guest is merged into a player, in place of any previous record of the guest.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError>;

    /// Deletes the record that a guest is merged.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn delete_alias(&mut self, guest: &str) -> Result<(), StoreError>;

    /// Deletes every row of a player, and the mentions in rows of others.
    ///
    /// Adds the player's sums to the anonymous totals, subtracts the events from those of their
    /// names, and stores the keyed hash, if one is given, by which
    /// [`ReadStore::are_erased`] recognizes the player. After the commit, the data must not be
    /// recoverable from the database files, as far as the database can ensure that. Merged guests
    /// are erased by calls of their own.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn erase_player(
        &mut self,
        player: &str,
        mark: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<ErasedRows, StoreError>;

    /// Deletes the oldest outcomes, up to the first one recorded at or after an instant, and adds
    /// them to the feed totals of their players. Returns the number of outcomes deleted.
    ///
    /// # Errors
    /// Returns an error if the database fails, or if a total overflows.
    fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError>;

    /// Creates an API key, or replaces the one with the same id.
    ///
    /// # Errors
    /// Returns an error if the key is active and another active key has the same name, or if the
    /// database fails.
    fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError>;

    /// Creates an administrator, or replaces the one with the same name.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), StoreError>;

    /// Deletes an administrator, but not their sessions.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn delete_administrator(&mut self, name: &str) -> Result<(), StoreError>;

    /// Creates a session, or replaces the one with the same hash.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError>;

    /// Deletes a session. Returns true if it existed.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn delete_session(&mut self, hash: &[u8]) -> Result<bool, StoreError>;

    /// Deletes all sessions of a kind that have this administrator.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn delete_sessions_of(
        &mut self,
        kind: SessionKind,
        administrator: &str,
    ) -> Result<(), StoreError>;

    /// Deletes all sessions that have expired at an instant.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError>;

    /// Appends entries to the audit log, with numbers greater than all earlier ones.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn append_audit(&mut self, entries: &[AuditRow]) -> Result<(), StoreError>;

    /// Commits the transaction: its writes become durable and visible.
    ///
    /// # Errors
    /// Returns an error if the commit failed. Then nothing of the transaction is stored.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A connection that reads. Each call sees one committed state of the database.
pub trait StoreReader: ReadStore + Send {
    /// Opens a view of one committed state, for all reads until it is dropped.
    ///
    /// Others can write in the meantime. Keep it short: databases with multiple versions cannot
    /// reclaim space while a snapshot is open.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn open_snapshot(&mut self) -> Result<Box<dyn ReadStore + '_>, StoreError>;
}

/// Reads that transactions and readers share.
pub trait ReadStore {
    /// Loads the published catalog; `None` in an empty database.
    ///
    /// # Errors
    /// Like all methods of this trait, it returns an error if the database fails.
    fn load_catalog(&mut self) -> Result<Option<CatalogRow>, StoreError>;

    /// The version of the published catalog; 0 in an empty database.
    fn catalog_version(&mut self) -> Result<i64, StoreError>;

    /// Loads a version of the catalog.
    fn find_catalog(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError>;

    /// Lists all versions of the catalog, oldest first.
    fn list_catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError>;

    /// Loads a named value of the engine.
    fn load_setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Finds the players that guests are merged into, each at the position of its id.
    fn find_merge_targets(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError>;

    /// Lists the guests merged directly into a player, in order of recording.
    fn list_guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError>;

    /// Checks which keyed hashes belong to erased players, each at the position of its hash.
    fn are_erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError>;

    /// Loads the anonymous totals of erased players.
    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError>;

    /// Lists players whose next timer is due at or before an instant, in order of timer and id.
    fn list_due_players(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError>;

    /// Finds events by `(player, id)`, each at the position of its pair.
    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError>;

    /// Loads the state headers of players, each at the position of its id.
    fn load_headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Loads cells, each at the position of its place.
    fn load_cells(
        &mut self,
        places: &[CellAddress<'_>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Lists all cells of a player, or those of one slot, in order of slot and key.
    fn load_all_cells(
        &mut self,
        player: &str,
        slot: Option<u32>,
    ) -> Result<Vec<CellRow>, StoreError>;

    /// Lists a player's events after an instant, or all for `None`, in timeline order (S1).
    fn list_timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// Lists a player's events by page, newest first: at most `limit` before a position, of any
    /// name or of the given ones only.
    fn list_timeline_page(
        &mut self,
        player: &str,
        names: Option<&[&str]>,
        before: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// Loads the latest checkpoint before an instant.
    fn find_checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError>;

    /// Lists a player's ledger entries whose cause is after an instant, or all for `None`, in order
    /// of `(at, seq)`.
    fn list_ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// Lists a player's ledger by page, newest first by `(at, seq)`: at most `limit` entries before
    /// the cursor.
    fn list_ledger_page(
        &mut self,
        player: &str,
        before: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// Lists a player's awards, including revoked ones, in order of badge, tier and key.
    fn list_awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError>;

    /// Lists a player's balances that have ever changed, in order of currency.
    fn list_balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError>;

    /// Lists a player's unlockables that have ever been open, in order of id.
    fn list_unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError>;

    /// Lists the latest outcomes of a player, newest first.
    fn list_recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError>;

    /// Lists the feed after a number, oldest first (S20).
    fn list_outcomes(
        &mut self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError>;

    /// The number of the latest outcome, pruned or not; 0 if there was none. Must be cheap, unlike
    /// [`ReadStore::count_rows`].
    fn last_outcome_seq(&mut self) -> Result<i64, StoreError>;

    /// The number of the latest pruned outcome; 0 if none was pruned.
    fn feed_start(&mut self) -> Result<i64, StoreError>;

    /// Lists the sums of a player's pruned outcomes, in order of kind and subject.
    fn load_feed_totals(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError>;

    /// Lists the held awards of a badge by page, in order of `(at, player, tier, key)`, after the
    /// cursor.
    fn list_earners(
        &mut self,
        badge: &str,
        after: Option<&EarnerCursor>,
        limit: usize,
    ) -> Result<Vec<AwardRow>, StoreError>;

    /// Counts the awards held and their players for each badge that is held, in order of id.
    fn count_badges(&mut self) -> Result<Vec<BadgeCount>, StoreError>;

    /// Lists the players who hold a badge by page, each once: the latest award first, then in order
    /// of id, after the cursor.
    fn list_holders(
        &mut self,
        badge: &str,
        after: Option<&HolderCursor>,
        limit: usize,
    ) -> Result<Vec<HolderRow>, StoreError>;

    /// Counts the holders of each named tier that is held, in order of badge and tier.
    fn count_tiers(&mut self) -> Result<Vec<TierCount>, StoreError>;

    /// Lists all players by page, in order of id.
    fn list_players(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError>;

    /// Lists players whose display names begin with a text, in any case, in order of
    /// [folded](PlayerSummary::fold_name) name and id.
    fn list_players_by_name(
        &mut self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError>;

    /// Finds players by a part of their id, name or attributes. May scan all players, but holds
    /// only the requested ones in memory.
    fn search_players(&mut self, search: &PlayerSearch) -> Result<Vec<PlayerRow>, StoreError>;

    /// Loads the summary of a player.
    fn find_summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError>;

    /// Lists all ids that own any rows, whether or not they are players, by page, in order of id.
    fn list_owners(&mut self, after: Option<&str>, limit: usize)
    -> Result<Vec<String>, StoreError>;

    /// Counts activity by day (UTC) for `from` (inclusive) to `to` (exclusive), in order of day,
    /// without empty days. May scan the whole database.
    fn count_daily_activity(
        &mut self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<DayActivity>, StoreError>;

    /// The number of players. Must be cheap, unlike [`ReadStore::count_rows`].
    fn count_players(&mut self) -> Result<u64, StoreError>;

    /// Counts the rows of the database. May scan the whole database.
    fn count_rows(&mut self) -> Result<RowTotals, StoreError>;

    /// Finds names of recorded events, each at its position.
    fn find_event_names(&mut self, names: &[&str])
    -> Result<Vec<Option<EventNameRow>>, StoreError>;

    /// Lists names of recorded events, most frequent first.
    fn list_event_names(
        &mut self,
        selection: EventNameSelection<'_>,
    ) -> Result<Vec<EventNameRow>, StoreError>;

    /// The number of names of recorded events. Must be cheap, unlike [`ReadStore::count_rows`].
    fn count_event_names(&mut self) -> Result<u64, StoreError>;

    /// Compares the stored numbers of events by name with the recorded events, in order of name.
    /// Scans all events.
    fn find_event_name_differences(&mut self) -> Result<Vec<EventNameDifference>, StoreError>;

    /// Lists evaluation errors by rule, in order of kind and id.
    fn list_rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError>;

    /// Lists all API keys, including revoked ones, in order of creation and id.
    fn list_api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError>;

    /// Lists all administrators, in order of name.
    fn list_administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError>;

    /// Finds a session by its hash, expired or not.
    fn find_session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError>;

    /// Lists the entries of the audit log that match a filter by page, newest first: at most
    /// `limit` entries with numbers below `before`.
    fn list_audit_page(
        &mut self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError>;

    /// The number of the latest schema migration.
    fn schema_version(&mut self) -> Result<i64, StoreError>;
}

/// An error of a store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the write lock for too long. Retrying is safe.
    #[error("database is busy: another process holds the write lock for too long; retry")]
    Busy,
    /// The disk is full. The transaction was rolled back.
    #[error("disk is full; batch rolled back: free disk space and retry")]
    Full,
    /// The database cannot be written.
    #[error("database cannot be written: {0}")]
    ReadOnly(String),
    /// The file is not an Accolade database.
    #[error("{0}")]
    NotADatabase(String),
    /// The database was created by a newer release.
    #[error(
        "database has schema version {found}, but this release supports up to {known}; use a newer \
         release"
    )]
    NewerSchema {
        /// The schema version of the database.
        found: i64,
        /// The latest schema version that this release supports.
        known: i64,
    },
    /// A row has invalid content.
    #[error("database is damaged: {0}")]
    Damaged(String),
    /// Any other error of the database.
    #[error("{0}")]
    Other(String),
}
