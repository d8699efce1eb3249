//! What is kept, by key.

use std::cmp::Reverse;

use accolade_core::time::Timestamp;

use super::table::{Layered, Sight, Table};
use crate::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, CatalogRow, CheckpointRow, EventRow, KeyRow,
    LedgerRow, OutcomeRow, PlayerSummary, RuleErrorRow, SessionRow, UnlockRow,
};

/// A player and something else; instants are in microseconds, so that the ends of a range are easily named.
pub(super) type Of<K> = (String, K);

/// A badge, a tier and a key.
pub(super) type AwardKey = (String, String, String);

/// An instant and a number among the player's entries, the latest first.
pub(super) type LedgerKey = (Reverse<i64>, Reverse<i64>);

/// All tables.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// By version, the latest first.
    pub(super) catalogs: Table<Reverse<i64>, CatalogRow>,
    /// Kind and id of everything that a catalog ever defined: retired definitions stay (S15).
    pub(super) definitions: Table<(String, String), ()>,
    /// By name.
    pub(super) settings: Table<String, Vec<u8>>,
    /// By player: the readable part of the row, and the header.
    pub(super) players: Table<String, (PlayerSummary, Vec<u8>)>,
    /// By instant, order and id (S1).
    pub(super) events: Table<Of<(i64, i64, String)>, EventRow>,
    /// Instant and order of each id.
    pub(super) event_places: Table<Of<String>, (i64, i64)>,
    /// By slot and key.
    pub(super) cells: Table<Of<(u32, String)>, Vec<u8>>,
    /// By instant, the latest first.
    pub(super) checkpoints: Table<Of<Reverse<i64>>, CheckpointRow>,
    pub(super) awards: Table<Of<AwardKey>, AwardRow>,
    pub(super) ledger: Table<Of<LedgerKey>, LedgerRow>,
    /// By currency.
    pub(super) balances: Table<Of<String>, i64>,
    /// By id.
    pub(super) unlocks: Table<Of<String>, UnlockRow>,
    /// By number.
    pub(super) feed: Table<i64, OutcomeRow>,
    /// The numbers of each player's outcomes, the latest first.
    pub(super) feed_by_player: Table<Of<Reverse<i64>>, ()>,
    /// The number of the latest outcome.
    pub(super) last_outcome: Table<(), i64>,
    /// The number of the latest outcome that was dropped.
    pub(super) feed_start: Table<(), i64>,
    /// By kind and subject, what was dropped comes to.
    pub(super) feed_nets: Table<Of<(String, String)>, i64>,
    /// By kind and id.
    pub(super) rule_errors: Table<(String, String), RuleErrorRow>,
    /// By guest.
    pub(super) aliases: Table<String, AliasRow>,
    /// By mark.
    pub(super) erased: Table<Vec<u8>, Timestamp>,
    /// By kind and id.
    pub(super) erased_totals: Table<(&'static str, String), i64>,
    /// By player.
    /// By id.
    pub(super) api_keys: Table<String, KeyRow>,
    /// By name.
    pub(super) administrators: Table<String, AdministratorRow>,
    /// By hash.
    pub(super) sessions: Table<Vec<u8>, SessionRow>,
    /// By number, the latest first.
    pub(super) audit: Table<Reverse<i64>, AuditRow>,
    /// The numbers of the entries about each player.
    pub(super) audit_by_player: Table<Of<i64>, ()>,
}

impl Tables {
    /// Makes the transaction's changes those that everybody sees.
    pub(super) fn commit(&mut self) {
        self.all().into_iter().for_each(|table| table.commit());
    }

    /// Forgets the transaction's changes.
    pub(super) fn roll_back(&mut self) {
        self.all().into_iter().for_each(|table| table.roll_back());
    }

    /// The player behind an id: a guest who was merged is the player.
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
