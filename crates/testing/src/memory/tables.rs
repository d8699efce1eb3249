//! Tables of the store, by key.

use std::cmp::Reverse;

use accolade::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, CatalogRow, CheckpointRow, EventNameRow,
    EventRow, KeyRow, LedgerRow, OutcomeRow, PlayerSummary, RuleErrorRow, SessionRow, UnlockRow,
};
use accolade_core::catalog::rules::RuleKind;
use accolade_core::time::Timestamp;

use super::table::{LayeredTable, TableLayers, VisibleRows};

/// Key of a row that belongs to a player. Instants are in microseconds, which makes the ends of a
/// range easy to name.
pub(super) type PlayerKey<K> = (String, K);

/// Badge, tier and key of an award.
pub(super) type AwardKey = (String, String, String);

/// Instant and number of a ledger entry, latest first.
// Reversed keys make the latest entry the first of a range.
pub(super) type LedgerKey = (Reverse<i64>, Reverse<i64>);

/// All tables of a store.
#[derive(Debug, Default)]
pub(super) struct MemoryTables {
    /// By version, latest first.
    pub(super) catalogs: LayeredTable<Reverse<i64>, CatalogRow>,
    /// Kind and id of every rule that a catalog ever defined. Retired ones stay (S15).
    pub(super) definitions: LayeredTable<(String, String), ()>,
    pub(super) settings: LayeredTable<String, Vec<u8>>,
    /// Summary and header, by player.
    pub(super) players: LayeredTable<String, (PlayerSummary, Vec<u8>)>,
    /// By instant, order and id (S1).
    pub(super) events: LayeredTable<PlayerKey<(i64, i64, String)>, EventRow>,
    /// Instant and order, by id.
    pub(super) event_places: LayeredTable<PlayerKey<String>, (i64, i64)>,
    pub(super) event_names: LayeredTable<String, EventNameRow>,
    /// Most frequent first.
    pub(super) event_names_by_events: LayeredTable<(Reverse<u64>, String), ()>,
    /// By slot and key.
    pub(super) cells: LayeredTable<PlayerKey<(u32, String)>, Vec<u8>>,
    /// By instant, latest first.
    pub(super) checkpoints: LayeredTable<PlayerKey<Reverse<i64>>, CheckpointRow>,
    pub(super) awards: LayeredTable<PlayerKey<AwardKey>, AwardRow>,
    pub(super) ledger: LayeredTable<PlayerKey<LedgerKey>, LedgerRow>,
    pub(super) balances: LayeredTable<PlayerKey<String>, i64>,
    pub(super) unlocks: LayeredTable<PlayerKey<String>, UnlockRow>,
    pub(super) feed: LayeredTable<i64, OutcomeRow>,
    /// Numbers of each player's outcomes, latest first.
    pub(super) feed_by_player: LayeredTable<PlayerKey<Reverse<i64>>, ()>,
    /// Number of the latest outcome.
    pub(super) last_outcome: LayeredTable<(), i64>,
    /// Number of the latest pruned outcome.
    pub(super) feed_start: LayeredTable<(), i64>,
    /// Sums of pruned outcomes, by kind and subject.
    pub(super) feed_totals: LayeredTable<PlayerKey<(String, String)>, i64>,
    /// By kind and id.
    pub(super) rule_errors: LayeredTable<(RuleKind, String), RuleErrorRow>,
    pub(super) aliases: LayeredTable<String, AliasRow>,
    /// Instant of erasure, by keyed hash of the player's id.
    pub(super) erased: LayeredTable<Vec<u8>, Timestamp>,
    /// By kind and id.
    pub(super) erased_totals: LayeredTable<(&'static str, String), i64>,
    pub(super) api_keys: LayeredTable<String, KeyRow>,
    pub(super) administrators: LayeredTable<String, AdministratorRow>,
    pub(super) sessions: LayeredTable<Vec<u8>, SessionRow>,
    /// By number, latest first.
    pub(super) audit: LayeredTable<Reverse<i64>, AuditRow>,
    /// Numbers of the audit entries about each player.
    pub(super) audit_by_player: LayeredTable<PlayerKey<i64>, ()>,
}

impl MemoryTables {
    /// Applies the changes of the transaction.
    pub(super) fn commit_all(&mut self) {
        self.all_tables()
            .into_iter()
            .for_each(|table| table.commit_changes());
    }

    /// Discards the changes of the transaction.
    pub(super) fn roll_back(&mut self) {
        self.all_tables()
            .into_iter()
            .for_each(|table| table.roll_back());
    }

    /// Resolves an id to its player: a merged guest belongs to the player, directly or through
    /// others.
    pub(super) fn resolve_owner<'a>(&'a self, sight: VisibleRows, id: &'a String) -> &'a String {
        self.aliases
            .get(sight, id)
            .map_or(id, |row| self.resolve_owner(sight, &row.player))
    }

    fn all_tables(&mut self) -> [&mut dyn TableLayers; 28] {
        let Self {
            catalogs,
            definitions,
            settings,
            players,
            events,
            event_places,
            event_names,
            event_names_by_events,
            cells,
            checkpoints,
            awards,
            ledger,
            balances,
            unlocks,
            feed,
            feed_by_player,
            last_outcome,
            feed_start,
            feed_totals: feed_nets,
            rule_errors,
            aliases,
            erased,
            erased_totals,
            api_keys,
            administrators,
            sessions,
            audit,
            audit_by_player,
        } = self;
        [
            catalogs,
            definitions,
            settings,
            players,
            events,
            event_places,
            event_names,
            event_names_by_events,
            cells,
            checkpoints,
            awards,
            ledger,
            balances,
            unlocks,
            feed,
            feed_by_player,
            last_outcome,
            feed_start,
            feed_nets,
            rule_errors,
            aliases,
            erased,
            erased_totals,
            api_keys,
            administrators,
            sessions,
            audit,
            audit_by_player,
        ]
    }
}
