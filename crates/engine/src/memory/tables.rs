//! Tables of the store, by key.

use std::cmp::Reverse;

use accolade_core::time::Timestamp;

use super::table::{Layered, Sight, Table};
use crate::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, CatalogRow, CheckpointRow, EventRow, KeyRow,
    LedgerRow, OutcomeRow, PlayerSummary, RuleErrorRow, SessionRow, UnlockRow,
};

/// Key of a row that belongs to a player. Instants are in microseconds, which makes the ends of a
/// range easy to name.
pub(super) type Of<K> = (String, K);

/// Badge, tier and key of an award.
pub(super) type AwardKey = (String, String, String);

/// Instant and number of a ledger entry, latest first.
// Reversed keys make the latest entry the first of a range.
pub(super) type LedgerKey = (Reverse<i64>, Reverse<i64>);

/// All tables of a store.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By version, latest first.
    pub(super) catalogs: Table<Reverse<i64>, CatalogRow>,
    /// Kind and id of every rule that a catalog ever defined. Retired ones stay (S15).
    pub(super) definitions: Table<(String, String), ()>,
    pub(super) settings: Table<String, Vec<u8>>,
    /// Summary and header, by player.
    pub(super) players: Table<String, (PlayerSummary, Vec<u8>)>,
    /// By instant, order and id (S1).
    pub(super) events: Table<Of<(i64, i64, String)>, EventRow>,
    /// Instant and order, by id.
    pub(super) event_places: Table<Of<String>, (i64, i64)>,
    /// By slot and key.
    pub(super) cells: Table<Of<(u32, String)>, Vec<u8>>,
    /// By instant, latest first.
    pub(super) checkpoints: Table<Of<Reverse<i64>>, CheckpointRow>,
    pub(super) awards: Table<Of<AwardKey>, AwardRow>,
    pub(super) ledger: Table<Of<LedgerKey>, LedgerRow>,
    pub(super) balances: Table<Of<String>, i64>,
    pub(super) unlocks: Table<Of<String>, UnlockRow>,
    pub(super) feed: Table<i64, OutcomeRow>,
    /// Numbers of each player's outcomes, latest first.
    pub(super) feed_by_player: Table<Of<Reverse<i64>>, ()>,
    /// Number of the latest outcome.
    pub(super) last_outcome: Table<(), i64>,
    /// Number of the latest pruned outcome.
    pub(super) feed_start: Table<(), i64>,
    /// Sums of pruned outcomes, by kind and subject.
    pub(super) feed_nets: Table<Of<(String, String)>, i64>,
    /// By kind and id.
    pub(super) rule_errors: Table<(String, String), RuleErrorRow>,
    pub(super) aliases: Table<String, AliasRow>,
    /// Instant of erasure, by keyed hash of the player's id.
    pub(super) erased: Table<Vec<u8>, Timestamp>,
    /// By kind and id.
    pub(super) erased_totals: Table<(&'static str, String), i64>,
    pub(super) api_keys: Table<String, KeyRow>,
    pub(super) administrators: Table<String, AdministratorRow>,
    pub(super) sessions: Table<Vec<u8>, SessionRow>,
    /// By number, latest first.
    pub(super) audit: Table<Reverse<i64>, AuditRow>,
    /// Numbers of the audit entries about each player.
    pub(super) audit_by_player: Table<Of<i64>, ()>,
}

impl Tables {
    /// Applies the changes of the transaction.
    pub(super) fn commit(&mut self) {
        self.all().into_iter().for_each(|table| table.commit());
    }

    /// Discards the changes of the transaction.
    pub(super) fn roll_back(&mut self) {
        self.all().into_iter().for_each(|table| table.roll_back());
    }

    /// Resolves an id to its player: a merged guest belongs to the player, directly or through
    /// others.
    pub(super) fn owner<'a>(&'a self, sight: Sight, id: &'a String) -> &'a String {
        self.aliases
            .get(sight, id)
            .map_or(id, |row| self.owner(sight, &row.player))
    }

    fn all(&mut self) -> [&mut dyn Layered; 26] {
        let Self {
            catalogs,
            definitions,
            settings,
            players,
            events,
            event_places,
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
        } = self;
        [
            catalogs,
            definitions,
            settings,
            players,
            events,
            event_places,
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
