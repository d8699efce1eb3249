//! Reads of the store.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use accolade::store::{
    AdministratorRow, AliasRow, AuditFilter, AuditRow, AwardRow, BadgeCount, CatalogRow,
    CellAddress, CellRow, CheckpointRow, DayActivity, EarnerCursor, ErasedTotals,
    EventNameDifference, EventNameRow, EventNameSelection, EventRow, FeedTotal, KeyRow, LedgerRow,
    OutcomeRow, PlayerRow, PlayerSearch, PlayerSummary, ReadStore, RowTotals, RuleErrorRow,
    SessionRow, StoreError, UnlockRow,
};
use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;

use super::connection::{TableQueries, TableSource};

/// Schema version, numbered like that of other stores.
const SCHEMA_VERSION: i64 = 3;

impl<S: TableSource> ReadStore for TableQueries<S> {
    fn load_catalog(&mut self) -> Result<Option<CatalogRow>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .catalogs
            .range(S::VISIBLE, ..)
            .next()
            .map(|(_, row)| row.clone()))
    }

    fn catalog_version(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .catalogs
            .range(S::VISIBLE, ..)
            .next()
            .map_or(0, |(Reverse(version), _)| *version))
    }

    fn find_catalog(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .catalogs
            .get(S::VISIBLE, &Reverse(version))
            .cloned())
    }

    fn list_catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError> {
        let mut rows: Vec<_> = self
            .0
            .lock_tables()
            .catalogs
            .range(S::VISIBLE, ..)
            .map(|(_, row)| row.clone())
            .collect();
        rows.reverse();
        Ok(rows)
    }

    fn load_setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .settings
            .get(S::VISIBLE, &name.to_owned())
            .cloned())
    }

    fn find_merge_targets(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError> {
        let tables = self.0.lock_tables();
        let alias = |guest: &&str| {
            tables
                .aliases
                .get(S::VISIBLE, &(*guest).to_owned())
                .map(|row| row.player.clone())
        };
        Ok(guests.iter().map(alias).collect())
    }

    fn list_guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError> {
        let tables = self.0.lock_tables();
        let rows = tables
            .aliases
            .range(S::VISIBLE, ..)
            .map(|(_, row)| row)
            .filter(|row| row.player == player);
        let mut guests: Vec<AliasRow> = rows.cloned().collect();
        guests.sort_by_key(|row| row.merged_at);
        Ok(guests)
    }

    fn are_erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(marks
            .iter()
            .map(|mark| tables.erased.get(S::VISIBLE, mark).is_some())
            .collect())
    }

    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError> {
        Ok(self.0.lock_tables().erased_totals(S::VISIBLE))
    }

    fn list_due_players(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let tables = self.0.lock_tables();
        let players = tables.players.range(S::VISIBLE, ..);
        let mut due: Vec<_> = players
            .filter_map(|(player, (summary, _))| Some((summary.next_timer_at?, player)))
            .collect();
        due.retain(|(at, _)| *at <= until);
        due.sort_unstable();
        Ok(due
            .into_iter()
            .take(limit)
            .map(|(at, player)| (at, player.clone()))
            .collect())
    }

    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError> {
        let tables = self.0.lock_tables();
        let find = |(player, id): &(&str, &str)| {
            let (player, id) = ((*player).to_owned(), (*id).to_owned());
            let (at, order) = *tables
                .event_places
                .get(S::VISIBLE, &(player.clone(), id.clone()))?;
            tables
                .events
                .get(S::VISIBLE, &(player, (at, order, id)))
                .cloned()
        };
        Ok(ids.iter().map(find).collect())
    }

    fn load_headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let tables = self.0.lock_tables();
        let header = |player: &&str| {
            tables
                .players
                .get(S::VISIBLE, &(*player).to_owned())
                .map(|(_, header)| header.clone())
        };
        Ok(players.iter().map(header).collect())
    }

    fn load_cells(
        &mut self,
        places: &[CellAddress<'_>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let tables = self.0.lock_tables();
        let cell = |place: &CellAddress<'_>| {
            let key = (place.player.to_owned(), (place.slot, place.key.to_owned()));
            tables.cells.get(S::VISIBLE, &key).cloned()
        };
        Ok(places.iter().map(cell).collect())
    }

    fn load_all_cells(
        &mut self,
        player: &str,
        slot: Option<u32>,
    ) -> Result<Vec<CellRow>, StoreError> {
        let tables = self.0.lock_tables();
        let cells =
            tables
                .cells
                .player_rows(S::VISIBLE, player, (slot.unwrap_or(0), String::new()));
        // Cells are in order of slot, so those of one slot are adjacent.
        let wanted = cells.take_while(|((other, _), _)| slot.is_none_or(|slot| slot == *other));
        Ok(wanted
            .map(|((slot, key), value)| CellRow {
                slot: *slot,
                key: key.clone(),
                value: value.clone(),
            })
            .collect())
    }

    fn list_timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError> {
        let tables = self.0.lock_tables();
        let first = after.map_or(i64::MIN, |after| after.as_micros() + 1);
        let events =
            tables
                .events
                .player_rows(S::VISIBLE, player, (first, i64::MIN, String::new()));
        Ok(events.map(|(_, row)| row.clone()).collect())
    }

    fn list_timeline_page(
        &mut self,
        player: &str,
        names: Option<&[&str]>,
        before: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows = self.list_timeline(player, None)?.into_iter().rev();
        Ok(rows
            .filter(|row| before.is_none_or(|before| row.event.position() < *before))
            .filter(|row| names.is_none_or(|names| names.contains(&&*row.event.name)))
            .take(limit)
            .collect())
    }

    fn find_checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let tables = self.0.lock_tables();
        let mut checkpoints =
            tables
                .checkpoints
                .player_rows(S::VISIBLE, player, Reverse(before.as_micros() - 1));
        Ok(checkpoints.next().map(|(_, row)| row.clone()))
    }

    fn list_ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let tables = self.0.lock_tables();
        let entries =
            tables
                .ledger
                .player_rows(S::VISIBLE, player, (Reverse(i64::MAX), Reverse(i64::MAX)));
        let wanted = entries
            .map(|(_, row)| row)
            .take_while(|row| after.is_none_or(|after| row.at > after));
        let mut rows: Vec<LedgerRow> = wanted.cloned().collect();
        rows.reverse();
        Ok(rows)
    }

    fn list_ledger_page(
        &mut self,
        player: &str,
        before: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let tables = self.0.lock_tables();
        let (at, seq) = before.map_or((i64::MAX, i64::MAX), |(at, seq)| (at.as_micros(), seq));
        let entries = tables
            .ledger
            .player_rows(S::VISIBLE, player, (Reverse(at), Reverse(seq)));
        // The range begins at the cursor, which is not part of the page.
        let earlier = entries
            .filter(|((Reverse(its_at), Reverse(its_seq)), _)| (*its_at, *its_seq) < (at, seq));
        Ok(earlier.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn list_awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables
            .awards
            .player_rows(S::VISIBLE, player, Default::default())
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn list_balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let tables = self.0.lock_tables();
        let balances = tables
            .balances
            .player_rows(S::VISIBLE, player, String::new());
        Ok(balances
            .map(|(currency, balance)| (currency.clone(), *balance))
            .collect())
    }

    fn list_unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables
            .unlocks
            .player_rows(S::VISIBLE, player, String::new())
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn list_recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        let tables = self.0.lock_tables();
        let numbers = tables
            .feed_by_player
            .player_rows(S::VISIBLE, player, Reverse(i64::MAX))
            .take(limit);
        Ok(numbers
            .filter_map(|(Reverse(seq), ())| {
                Some((*seq, tables.feed.get(S::VISIBLE, seq)?.clone()))
            })
            .collect())
    }

    fn list_outcomes(
        &mut self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        let tables = self.0.lock_tables();
        let outcomes = tables
            .feed
            .range(S::VISIBLE, (Excluded(after), Unbounded))
            .take(limit);
        Ok(outcomes.map(|(seq, row)| (*seq, row.clone())).collect())
    }

    fn last_outcome_seq(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .last_outcome
            .get(S::VISIBLE, &())
            .copied()
            .unwrap_or_default())
    }

    fn feed_start(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .feed_start
            .get(S::VISIBLE, &())
            .copied()
            .unwrap_or_default())
    }

    fn load_feed_totals(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError> {
        let tables = self.0.lock_tables();
        let nets = tables
            .feed_totals
            .player_rows(S::VISIBLE, player, Default::default());
        let net = |((kind, subject), net): (&(String, String), &i64)| FeedTotal {
            kind: kind.clone(),
            subject: subject.clone(),
            total: *net,
        };
        Ok(nets.map(net).collect())
    }

    fn list_earners(
        &mut self,
        badge: &str,
        after: Option<&EarnerCursor>,
        limit: usize,
    ) -> Result<Vec<AwardRow>, StoreError> {
        let tables = self.0.lock_tables();
        let after = after.map(|cursor| (cursor.at, &*cursor.player, &*cursor.tier, &*cursor.key));
        let mut earners: Vec<&AwardRow> = tables
            .held_awards(S::VISIBLE)
            .filter(|row| {
                row.badge == badge && after.is_none_or(|after| earner_position(row) > after)
            })
            .collect();
        earners.sort_unstable_by(|one, other| earner_position(one).cmp(&earner_position(other)));
        Ok(earners.into_iter().take(limit).cloned().collect())
    }

    fn count_badges(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        let tables = self.0.lock_tables();
        let mut counts: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for row in tables.held_awards(S::VISIBLE) {
            let (awards, players) = counts.entry(&row.badge).or_default();
            *awards += 1;
            players.insert(&row.player);
        }
        let count = |(badge, (awards, players)): (&str, (u64, BTreeSet<&str>))| BadgeCount {
            badge: badge.to_owned(),
            awards,
            players: players.len() as u64,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    fn list_players(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError> {
        let tables = self.0.lock_tables();
        let first = after.map_or(Unbounded, |after| Excluded(after.to_owned()));
        let players = tables
            .players
            .range(S::VISIBLE, (first, Unbounded))
            .take(limit);
        Ok(players
            .map(|(player, (summary, _))| PlayerRow {
                player: player.clone(),
                summary: summary.clone(),
            })
            .collect())
    }

    fn list_players_by_name(
        &mut self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables.list_players_by_name(S::VISIBLE, prefix, limit))
    }

    fn search_players(&mut self, search: &PlayerSearch) -> Result<Vec<PlayerRow>, StoreError> {
        Ok(self.0.lock_tables().search_players(S::VISIBLE, search))
    }

    fn find_summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .players
            .get(S::VISIBLE, &player.to_owned())
            .map(|(summary, _)| summary.clone()))
    }

    fn list_owners(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let tables = self.0.lock_tables();
        let mut owners: BTreeSet<&str> = BTreeSet::new();
        owners.extend(
            tables
                .players
                .range(S::VISIBLE, ..)
                .map(|(player, _)| player.as_str()),
        );
        owners.extend(tables.events.row_owners(S::VISIBLE));
        owners.extend(tables.cells.row_owners(S::VISIBLE));
        owners.extend(tables.checkpoints.row_owners(S::VISIBLE));
        owners.extend(tables.awards.row_owners(S::VISIBLE));
        owners.extend(tables.balances.row_owners(S::VISIBLE));
        owners.extend(tables.unlocks.row_owners(S::VISIBLE));
        owners.extend(tables.ledger.row_owners(S::VISIBLE));
        owners.extend(tables.feed_by_player.row_owners(S::VISIBLE));
        let wanted = owners
            .into_iter()
            .filter(|owner| after.is_none_or(|after| *owner > after));
        Ok(wanted.take(limit).map(str::to_owned).collect())
    }

    fn count_daily_activity(
        &mut self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<DayActivity>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables.count_daily_activity(S::VISIBLE, from, to))
    }

    fn count_players(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.lock_tables().players.len(S::VISIBLE))
    }

    fn count_rows(&mut self) -> Result<RowTotals, StoreError> {
        let tables = self.0.lock_tables();
        Ok(RowTotals {
            players: tables.players.len(S::VISIBLE),
            events: tables.events.len(S::VISIBLE),
            awards: tables.held_awards(S::VISIBLE).count() as u64,
            ledger: tables.ledger.len(S::VISIBLE),
            last_outcome: tables
                .last_outcome
                .get(S::VISIBLE, &())
                .copied()
                .unwrap_or_default(),
        })
    }

    fn find_event_names(
        &mut self,
        names: &[&str],
    ) -> Result<Vec<Option<EventNameRow>>, StoreError> {
        let tables = self.0.lock_tables();
        let find = |name: &&str| tables.event_names.get(S::VISIBLE, &(*name).to_owned());
        Ok(names.iter().map(|name| find(name).cloned()).collect())
    }

    fn list_event_names(
        &mut self,
        selection: EventNameSelection<'_>,
    ) -> Result<Vec<EventNameRow>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables.list_event_names(S::VISIBLE, selection))
    }

    fn count_event_names(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.lock_tables().event_names.len(S::VISIBLE))
    }

    fn find_event_name_differences(&mut self) -> Result<Vec<EventNameDifference>, StoreError> {
        let tables = self.0.lock_tables();
        Ok(tables.find_event_name_differences(S::VISIBLE))
    }

    fn list_rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .rule_errors
            .range(S::VISIBLE, ..)
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn list_api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        let mut keys: Vec<KeyRow> = self
            .0
            .lock_tables()
            .api_keys
            .range(S::VISIBLE, ..)
            .map(|(_, row)| row.clone())
            .collect();
        keys.sort_by_key(|row| row.created_at);
        Ok(keys)
    }

    fn list_administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .administrators
            .range(S::VISIBLE, ..)
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn find_session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        Ok(self
            .0
            .lock_tables()
            .sessions
            .get(S::VISIBLE, &hash.to_owned())
            .cloned())
    }

    fn list_audit_page(
        &mut self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError> {
        let tables = self.0.lock_tables();
        let newest = before.map_or(Unbounded, |before| Excluded(Reverse(before)));
        let entries = tables
            .audit
            .range(S::VISIBLE, (newest, Unbounded))
            .filter(|(_, row)| filter.is_match(row))
            .take(limit);
        Ok(entries
            .map(|(Reverse(number), row)| (*number, row.clone()))
            .collect())
    }

    fn schema_version(&mut self) -> Result<i64, StoreError> {
        Ok(SCHEMA_VERSION)
    }
}

/// Returns the position of an award among the earners of its badge.
fn earner_position(row: &AwardRow) -> (Timestamp, &str, &str, &str) {
    (row.at, &row.player, &row.tier, &row.key)
}
