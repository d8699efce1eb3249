//! Deletion of derived rows, of pruned outcomes and of all rows of a player.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use accolade::store::{ErasedRows, ErasedTotals, RuleErrorRow, StoreError};
use accolade_core::time::Timestamp;

use super::table::VisibleRows::{self, Pending as SEEN};
use super::tables::{MemoryTables, PlayerKey};
use super::write::constraint_error;

/// Kinds of anonymous totals.
const PLAYERS: &str = "players";
const EVENTS: &str = "events";
const AWARD: &str = "award";
const POINTS: &str = "points";

impl MemoryTables {
    /// Deletes everything derived from a player's timeline, and returns the number of rows.
    pub(super) fn delete_derived(&mut self, player: &str) -> u64 {
        let header = u64::from(self.players.get(SEEN, &player.to_owned()).is_some());
        self.players.remove(player.to_owned());
        header
            + self.cells.remove_from(player, (0, String::new()))
            + self.checkpoints.remove_from(player, Reverse(i64::MAX))
            + self.awards.remove_from(player, Default::default())
            + self.balances.remove_from(player, String::new())
            + self.unlocks.remove_from(player, String::new())
    }

    pub(super) fn erase_player(
        &mut self,
        player: &str,
        mark: Option<&[u8]>,
        at: Timestamp,
    ) -> ErasedRows {
        if let Some(mark) = mark {
            self.erased.put(mark.to_owned(), at);
        }
        // Before the rows are deleted, which the totals are computed from.
        self.add_erased_totals(player);
        self.subtract_events(player);
        let mut gone = ErasedRows {
            events: self
                .events
                .remove_from(player, (i64::MIN, i64::MIN, String::new())),
            ledger: self
                .ledger
                .remove_from(player, (Reverse(i64::MAX), Reverse(i64::MAX))),
            awards: self.awards.remove_from(player, Default::default()),
            outcomes: self.erase_outcomes(player),
            derived: self.erase_aliases(player)
                + self.feed_totals.remove_from(player, Default::default()),
        };
        // Last, because it deletes awards too, which are counted separately.
        gone.derived += self.delete_derived(player);
        self.event_places.remove_from(player, String::new());
        self.erase_errors(player);
        self.erase_audit(player);
        gone
    }

    /// Adds the rows about to be erased to the anonymous sums.
    fn add_erased_totals(&mut self, player: &str) {
        let mut sums: BTreeMap<(&'static str, String), i128> = BTreeMap::new();
        let mut add =
            |kind, id: &str, amount| *sums.entry((kind, id.to_owned())).or_default() += amount;
        let row = self.players.get(SEEN, &player.to_owned());
        let events = self
            .events
            .player_rows(SEEN, player, (i64::MIN, i64::MIN, String::new()))
            .count();
        add(PLAYERS, "", i128::from(row.is_some()));
        add(EVENTS, "", events as i128);
        for (_, award) in self
            .awards
            .player_rows(SEEN, player, Default::default())
            .filter(|(_, row)| row.revoked_at.is_none())
        {
            add(AWARD, &award.badge, 1);
        }
        for (_, entry) in
            self.ledger
                .player_rows(SEEN, player, (Reverse(i64::MAX), Reverse(i64::MAX)))
        {
            add(POINTS, &entry.currency, i128::from(entry.amount));
        }
        for (key, amount) in sums {
            let before = self
                .erased_totals
                .get(SEEN, &key)
                .copied()
                .unwrap_or_default();
            let sum = i128::from(before) + amount;
            let bound = if sum < 0 { i64::MIN } else { i64::MAX };
            self.erased_totals
                .put(key, i64::try_from(sum).unwrap_or(bound));
        }
    }

    fn erase_outcomes(&mut self, player: &str) -> u64 {
        let numbers = self
            .feed_by_player
            .player_rows(SEEN, player, Reverse(i64::MAX));
        let numbers: Vec<i64> = numbers.map(|(Reverse(number), ())| *number).collect();
        numbers
            .into_iter()
            .for_each(|number| self.feed.remove(number));
        self.feed_by_player.remove_from(player, Reverse(i64::MAX))
    }

    fn erase_aliases(&mut self, player: &str) -> u64 {
        let rows = self
            .aliases
            .range(SEEN, ..)
            .filter(|(guest, row)| *guest == player || row.player == player);
        let guests: Vec<String> = rows.map(|(guest, _)| guest.clone()).collect();
        let count = guests.len() as u64;
        guests
            .into_iter()
            .for_each(|guest| self.aliases.remove(guest));
        count
    }

    fn erase_errors(&mut self, player: &str) {
        let rows = self
            .rule_errors
            .range(SEEN, ..)
            .filter(|(_, row)| row.player == player);
        let blank = |row: &RuleErrorRow| RuleErrorRow {
            message: "erased".to_owned(),
            player: String::new(),
            event: String::new(),
            ..row.clone()
        };
        let blanked: Vec<_> = rows.map(|(key, row)| (key.clone(), blank(row))).collect();
        blanked
            .into_iter()
            .for_each(|(key, row)| self.rule_errors.put(key, row));
    }

    pub(super) fn erased_totals(&self, sight: VisibleRows) -> ErasedTotals {
        let mut totals = ErasedTotals::default();
        for ((kind, id), amount) in self.erased_totals.range(sight, ..) {
            match *kind {
                PLAYERS => totals.players = amount.unsigned_abs(),
                EVENTS => totals.events = amount.unsigned_abs(),
                AWARD => totals.awards.push((id.clone(), amount.unsigned_abs())),
                _ => totals.points.push((id.clone(), *amount)),
            }
        }
        totals
    }

    pub(super) fn prune_feed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let old = self
            .feed
            .range(SEEN, ..)
            // Pruning ends at the first recent outcome, so that the pruned numbers are a prefix of
            // the feed.
            .take_while(|(_, row)| row.recorded_at < before);
        let old: Vec<_> = old.map(|(number, row)| (*number, row.clone())).collect();
        let mut sums: BTreeMap<PlayerKey<(String, String)>, i128> = BTreeMap::new();
        for (number, row) in &old {
            if let Some((kind, amount)) = row.feed_amount() {
                let key = (row.player.clone(), (kind.to_owned(), row.subject.clone()));
                *sums.entry(key).or_default() += i128::from(amount);
            }
            self.feed_by_player
                .remove((row.player.clone(), Reverse(*number)));
            self.feed.remove(*number);
            self.feed_start.put((), *number);
        }
        for (key, sum) in sums {
            let before = self
                .feed_totals
                .get(SEEN, &key)
                .copied()
                .unwrap_or_default();
            let net = i64::try_from(i128::from(before) + sum).map_err(|_| {
                constraint_error(format!("the feed totals of player `{}` overflow", key.0))
            })?;
            self.feed_totals.put(key, net);
        }
        Ok(old.len() as u64)
    }
}
