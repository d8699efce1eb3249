//! What the engine needs of a database: transactions over players, and reads.
//!
//! A store keeps rows and answers for their durability; it judges nothing. All methods are synchronous: the engine
//! calls a [`Writer`] from its one writing thread and each [`Reader`] from one reading thread at a time.

mod access;
mod activity;
mod rows;

pub use access::*;
pub use activity::*;
pub use rows::*;

use std::path::Path;

use accolade_core::event::Position;
use accolade_core::time::Timestamp;

/// A database that holds timelines and what comes of them.
pub trait Store: Send + Sync + 'static {
    /// A connection that writes. The engine asks for one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn writer(&self) -> Result<Box<dyn Writer>, StoreError>;

    /// A connection that reads committed data.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;

    /// Where the data is, as people would write it: `sqlite:accolade.db`.
    fn location(&self) -> String;

    /// Copies everything, as of one moment, into a new file, while others read and write.
    ///
    /// # Errors
    /// When the file is there already or cannot be written, or the store has tools of its own for this.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let (from, to) = (self.location(), to.display());
        let what = format!(
            "{from} cannot be copied to {to} from here; use the tools of the database itself"
        );
        Err(StoreError::Other(what))
    }
}

/// A connection that writes, one transaction at a time.
pub trait Writer: Send {
    /// Begins a transaction that holds these players (sorted, without repetition) against all other writers until it
    /// ends. Waits for its turn. Dropping the transaction without a commit undoes all of it.
    ///
    /// # Errors
    /// When the database cannot be reached or another process did not let go in time.
    fn begin(&mut self, players: &[&str]) -> Result<Box<dyn Transaction + '_>, StoreError>;
}

/// A transaction. Reads in it see its own writes.
pub trait Transaction: Read {
    /// Whether somebody else may have written since this writer's last transaction, so that nothing remembered from
    /// before may be trusted (S23).
    fn others_wrote(&self) -> bool;

    /// Writes what changed for one player.
    ///
    /// # Errors
    /// When the database fails; the transaction must then be dropped.
    fn write(&mut self, changes: &Changes) -> Result<(), StoreError>;

    /// Writes what changed for several players, each of them once. A store that can do so faster together than one
    /// after the other says how.
    ///
    /// # Errors
    /// When the database fails; the transaction must then be dropped.
    fn write_all(&mut self, batch: &[Changes]) -> Result<(), StoreError> {
        batch.iter().try_for_each(|changes| self.write(changes))
    }

    /// Appends outcomes to the feed and returns the number of the first; the others follow without a gap.
    ///
    /// # Errors
    /// When the database fails.
    fn append_outcomes(&mut self, outcomes: &[OutcomeRow]) -> Result<i64, StoreError>;

    /// Adds to the count of evaluation errors of each rule and remembers the latest.
    ///
    /// # Errors
    /// When the database fails.
    fn count_rule_errors(&mut self, errors: &[RuleErrorRow]) -> Result<(), StoreError>;

    /// Puts a catalog in force: stores the version, writes the definitions' rows, retires those that are gone (S15).
    ///
    /// # Errors
    /// When the database fails.
    fn install_catalog(
        &mut self,
        catalog: &CatalogRow,
        definitions: &[DefinitionRow],
    ) -> Result<(), StoreError>;

    /// Remembers a value of the engine's own under a name, in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError>;

    /// Notes that a guest was merged, in place of what was noted of that guest before.
    ///
    /// # Errors
    /// When the database fails.
    fn put_alias(&mut self, alias: &AliasRow) -> Result<(), StoreError>;

    /// Notes that a guest is a player of their own again.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_alias(&mut self, guest: &str) -> Result<(), StoreError>;

    /// Removes every row of a player, and what rows of others say of them; adds their sums to the anonymous totals, and
    /// leaves a mark under which [`Read::erased`] finds them. After the commit, what is removed cannot be read from the
    /// file or its log either, as far as the database can see to that.
    ///
    /// Their guests are players of their own here, to be erased by themselves, and found before this.
    ///
    /// # Errors
    /// When the database fails.
    fn erase(&mut self, player: &str, mark: &[u8], at: Timestamp) -> Result<Erased, StoreError>;

    /// Drops the outcomes before the first one that was not recorded before an instant, adds them to each player's net,
    /// and returns how many they were.
    ///
    /// # Errors
    /// When the database fails.
    fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError>;

    /// Puts a key, in place of the one with its id.
    ///
    /// # Errors
    /// When another key that is not revoked has its name, unless it is revoked itself; and when the database fails.
    fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError>;

    /// Puts an administrator, in place of the one with their name.
    ///
    /// # Errors
    /// When the database fails.
    fn put_administrator(&mut self, administrator: &AdministratorRow) -> Result<(), StoreError>;

    /// Drops an administrator. Their sessions stay until they are dropped, too.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_administrator(&mut self, name: &str) -> Result<(), StoreError>;

    /// Puts a session, in place of the one with its hash.
    ///
    /// # Errors
    /// When the database fails.
    fn put_session(&mut self, session: &SessionRow) -> Result<(), StoreError>;

    /// Drops a session, and says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_session(&mut self, hash: &[u8]) -> Result<bool, StoreError>;

    /// Drops all sessions that stand for an administrator.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_sessions_of(&mut self, administrator: &str) -> Result<(), StoreError>;

    /// Drops all sessions that have expired at an instant.
    ///
    /// # Errors
    /// When the database fails.
    fn drop_expired_sessions(&mut self, now: Timestamp) -> Result<(), StoreError>;

    /// Appends entries to the audit log. Each gets a number greater than all before it.
    ///
    /// # Errors
    /// When the database fails.
    fn append_audit(&mut self, entries: &[AuditRow]) -> Result<(), StoreError>;

    /// Makes everything durable.
    ///
    /// # Errors
    /// When it could not; then nothing of the transaction is there.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A connection that reads. Every call sees one committed state of the database.
pub trait Reader: Read + Send {
    /// One committed state of the database for all reads until it is dropped. Others write meanwhile; keep it short,
    /// because they cannot tidy up behind themselves as long as somebody looks back.
    ///
    /// # Errors
    /// When the database fails.
    fn snapshot(&mut self) -> Result<Box<dyn Read + '_>, StoreError>;
}

/// Reads that transactions and readers share.
pub trait Read {
    /// The catalog in force, or `None` in an empty database.
    ///
    /// # Errors
    /// When the database fails, here and below.
    fn catalog(&mut self) -> Result<Option<CatalogRow>, StoreError>;

    /// The version of the catalog in force; 0 in an empty database.
    fn catalog_version(&mut self) -> Result<i64, StoreError>;

    /// The catalog of a version.
    fn catalog_at(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError>;

    /// All catalogs that were ever in force, oldest first.
    fn catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError>;

    /// A value of the engine's own that was remembered under a name.
    fn setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Into whom these players were merged, each at the position of its id.
    fn aliases(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError>;

    /// Who was merged into a player, in order of recording.
    fn guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError>;

    /// Whether somebody was erased under these marks, each at the position of its mark.
    fn erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError>;

    /// What was erased in all.
    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError>;

    /// Players whom time alone changes at or before an instant, in order of when and id.
    fn due(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError>;

    /// The events of these `(player, id)` pairs, each at the position of its pair.
    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError>;

    /// The headers of these players, each at the position of its id.
    fn headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// The cells at these places, each at the position of its place.
    fn cells(&mut self, places: &[CellPlace<'_>]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// All cells of a player, or all of one slot, in order of slot and key.
    fn all_cells(&mut self, player: &str, slot: Option<u32>) -> Result<Vec<CellRow>, StoreError>;

    /// A player's events after an instant (from the beginning when `None`), in timeline order (S1).
    fn timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// A page of a player's events, newest first: at most `limit` that lie before a place.
    fn timeline_page(
        &mut self,
        player: &str,
        before: Option<&Position>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// The latest checkpoint that lies before an instant.
    fn checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError>;

    /// Everything in a player's ledger whose cause lies after an instant (from the beginning when `None`), in order
    /// of `(at, seq)`.
    fn ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// A page of a player's ledger, newest first by `(at, seq)`: at most `limit` entries that lie before the cursor.
    fn ledger_page(
        &mut self,
        player: &str,
        before: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// A player's awards, those no longer held included, in order of badge, tier and key.
    fn awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError>;

    /// A player's balances that have ever changed, in order of currency.
    fn balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError>;

    /// A player's unlockables that have ever been open, in order of id.
    fn unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError>;

    /// The latest outcomes of a player, newest first.
    fn recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError>;

    /// The feed after a sequence number, oldest first (S20).
    fn feed(&mut self, after: i64, limit: usize) -> Result<Vec<(i64, OutcomeRow)>, StoreError>;

    /// The number of the latest outcome that the feed ever had, be it kept or not; 0 before the first. Costs the same
    /// however much there is, as [`Read::totals`] does not.
    fn last_outcome(&mut self) -> Result<i64, StoreError>;

    /// The number of the last outcome that the feed no longer keeps; 0 while it keeps all.
    fn feed_start(&mut self) -> Result<i64, StoreError>;

    /// What the outcomes of a player come to that the feed no longer keeps, in order of kind and subject.
    fn feed_net(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError>;

    /// A page of the awards of a badge that are held, in order of `(at, player, tier, key)`, after the cursor.
    fn earners(
        &mut self,
        badge: &str,
        after: Option<&EarnerCursor>,
        limit: usize,
    ) -> Result<Vec<AwardRow>, StoreError>;

    /// For every badge that is held by anybody, in order of id: its awards and the players who hold one.
    fn badge_counts(&mut self) -> Result<Vec<BadgeCount>, StoreError>;

    /// A page of all players in order of id.
    fn players(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<PlayerRow>, StoreError>;

    /// The row of a player.
    fn summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError>;

    /// A page of all ids that events, states, results, ledger or feed are about, players or not, in order.
    fn owners(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError>;

    /// What happened on each day in UTC on which anything did, at or after `from` and before `to`, in order. A store may
    /// have to look at everything for it.
    fn activity(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<DayActivity>, StoreError>;

    /// How many players there are, which costs far less than all totals.
    fn player_count(&mut self) -> Result<u64, StoreError>;

    /// How much there is. A store may have to look at everything for it.
    fn totals(&mut self) -> Result<Totals, StoreError>;

    /// Evaluation errors by rule, in order of kind and id.
    fn rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError>;

    /// All keys, revoked ones included, in order of when they were made and id.
    fn api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError>;

    /// All administrators, in order of name.
    fn administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError>;

    /// The session of a hash, expired or not.
    fn session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError>;

    /// A page of the audit log, newest first: at most `limit` entries with numbers below `before`.
    fn audit_page(
        &mut self,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError>;

    /// The number of the schema's latest migration.
    fn schema_version(&mut self) -> Result<i64, StoreError>;
}

/// What went wrong in a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the database and did not let go in time. Trying again is right.
    #[error("the database is busy: another process has been writing for too long; try again")]
    Busy,
    /// The disk is full.
    #[error("the disk is full; nothing of this batch was kept: free some space and send it again")]
    Full,
    /// The database cannot be written.
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    /// The file is no database of Accolade.
    #[error("{0}")]
    NotADatabase(String),
    /// The database was made by a newer release.
    #[error(
        "the database has schema version {found}, and this release knows up to {known}: use a newer release"
    )]
    NewerSchema {
        /// What the database says.
        found: i64,
        /// What this release can read.
        known: i64,
    },
    /// A row does not read as it was written.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Anything else, in the words of the database.
    #[error("{0}")]
    Other(String),
}
