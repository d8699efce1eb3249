//! Reads of the store.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use accolade_core::event::{RESERVED_PREFIX, TimelinePosition};
use accolade_core::time::Timestamp;

use super::connection::{Queries, Source};
use super::table::Sight;
use super::tables::Tables;
use crate::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, BadgeCount, CatalogRow, CellPlace, CellRow,
    CheckpointRow, DayActivity, Days, EarnerCursor, ErasedTotals, EventRow, FeedTotal, KeyRow,
    LedgerRow, OutcomeRow, PlayerRow, PlayerSummary, Read, RuleErrorRow, SessionRow, StoreError,
    Totals, UnlockRow,
};

/// Schema version, numbered like that of other stores.
const SCHEMA_VERSION: i64 = 3;

impl<S: Source> Read for Queries<S> {
    fn catalog(&mut self) -> Result<Option<CatalogRow>, StoreError> {
        Ok(self
            .0
            .tables()
            .catalogs
            .range(S::SIGHT, ..)
            .next()
            .map(|(_, row)| row.clone()))
    }

    fn catalog_version(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .tables()
            .catalogs
            .range(S::SIGHT, ..)
            .next()
            .map_or(0, |(Reverse(version), _)| *version))
    }

    fn catalog_at(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError> {
        Ok(self
            .0
            .tables()
            .catalogs
            .get(S::SIGHT, &Reverse(version))
            .cloned())
    }

    fn catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError> {
        let mut rows: Vec<_> = self
            .0
            .tables()
            .catalogs
            .range(S::SIGHT, ..)
            .map(|(_, row)| row.clone())
            .collect();
        rows.reverse();
        Ok(rows)
    }

    fn setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .0
            .tables()
            .settings
            .get(S::SIGHT, &name.to_owned())
            .cloned())
    }

    fn aliases(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError> {
        let tables = self.0.tables();
        let alias = |guest: &&str| {
            tables
                .aliases
                .get(S::SIGHT, &(*guest).to_owned())
                .map(|row| row.player.clone())
        };
        Ok(guests.iter().map(alias).collect())
    }

    fn guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError> {
        let tables = self.0.tables();
        let rows = tables
            .aliases
            .range(S::SIGHT, ..)
            .map(|(_, row)| row)
            .filter(|row| row.player == player);
        let mut guests: Vec<AliasRow> = rows.cloned().collect();
        guests.sort_by_key(|row| row.merged_at);
        Ok(guests)
    }

    fn erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError> {
        let tables = self.0.tables();
        Ok(marks
            .iter()
            .map(|mark| tables.erased.get(S::SIGHT, mark).is_some())
            .collect())
    }

    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError> {
        Ok(self.0.tables().erased_totals(S::SIGHT))
    }

    fn due(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let tables = self.0.tables();
        let players = tables.players.range(S::SIGHT, ..);
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
        let tables = self.0.tables();
        let find = |(player, id): &(&str, &str)| {
            let (player, id) = ((*player).to_owned(), (*id).to_owned());
            let (at, order) = *tables
                .event_places
                .get(S::SIGHT, &(player.clone(), id.clone()))?;
            tables
                .events
                .get(S::SIGHT, &(player, (at, order, id)))
                .cloned()
        };
        Ok(ids.iter().map(find).collect())
    }

    fn headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let tables = self.0.tables();
        let header = |player: &&str| {
            tables
                .players
                .get(S::SIGHT, &(*player).to_owned())
                .map(|(_, header)| header.clone())
        };
        Ok(players.iter().map(header).collect())
    }

    fn cells(&mut self, places: &[CellPlace<'_>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let tables = self.0.tables();
        let cell = |place: &CellPlace<'_>| {
            let key = (place.player.to_owned(), (place.slot, place.key.to_owned()));
            tables.cells.get(S::SIGHT, &key).cloned()
        };
        Ok(places.iter().map(cell).collect())
    }

    fn all_cells(&mut self, player: &str, slot: Option<u32>) -> Result<Vec<CellRow>, StoreError> {
        let tables = self.0.tables();
        let cells = tables
            .cells
            .of(S::SIGHT, player, (slot.unwrap_or(0), String::new()));
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

    fn timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError> {
        let tables = self.0.tables();
        let first = after.map_or(i64::MIN, |after| after.as_micros() + 1);
        let events = tables
            .events
            .of(S::SIGHT, player, (first, i64::MIN, String::new()));
        Ok(events.map(|(_, row)| row.clone()).collect())
    }

    fn timeline_page(
        &mut self,
        player: &str,
        before: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows = self.timeline(player, None)?.into_iter().rev();
        Ok(rows
            .filter(|row| before.is_none_or(|before| row.event.position() < *before))
            .take(limit)
            .collect())
    }

    fn checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let tables = self.0.tables();
        let mut checkpoints =
            tables
                .checkpoints
                .of(S::SIGHT, player, Reverse(before.as_micros() - 1));
        Ok(checkpoints.next().map(|(_, row)| row.clone()))
    }

    fn ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let tables = self.0.tables();
        let entries = tables
            .ledger
            .of(S::SIGHT, player, (Reverse(i64::MAX), Reverse(i64::MAX)));
        let wanted = entries
            .map(|(_, row)| row)
            .take_while(|row| after.is_none_or(|after| row.at > after));
        let mut rows: Vec<LedgerRow> = wanted.cloned().collect();
        rows.reverse();
        Ok(rows)
    }

    fn ledger_page(
        &mut self,
        player: &str,
        before: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let tables = self.0.tables();
        let (at, seq) = before.map_or((i64::MAX, i64::MAX), |(at, seq)| (at.as_micros(), seq));
        let entries = tables
            .ledger
            .of(S::SIGHT, player, (Reverse(at), Reverse(seq)));
        // The range begins at the cursor, which is not part of the page.
        let earlier = entries
            .filter(|((Reverse(its_at), Reverse(its_seq)), _)| (*its_at, *its_seq) < (at, seq));
        Ok(earlier.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError> {
        let tables = self.0.tables();
        Ok(tables
            .awards
            .of(S::SIGHT, player, Default::default())
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let tables = self.0.tables();
        let balances = tables.balances.of(S::SIGHT, player, String::new());
        Ok(balances
            .map(|(currency, balance)| (currency.clone(), *balance))
            .collect())
    }

    fn unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError> {
        let tables = self.0.tables();
        Ok(tables
            .unlocks
            .of(S::SIGHT, player, String::new())
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        let tables = self.0.tables();
        let numbers = tables
            .feed_by_player
            .of(S::SIGHT, player, Reverse(i64::MAX))
            .take(limit);
        Ok(numbers
            .filter_map(|(Reverse(seq), ())| Some((*seq, tables.feed.get(S::SIGHT, seq)?.clone())))
            .collect())
    }

    fn feed(&mut self, after: i64, limit: usize) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        let tables = self.0.tables();
        let outcomes = tables
            .feed
            .range(S::SIGHT, (Excluded(after), Unbounded))
            .take(limit);
        Ok(outcomes.map(|(seq, row)| (*seq, row.clone())).collect())
    }

    fn last_outcome(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .tables()
            .last_outcome
            .get(S::SIGHT, &())
            .copied()
            .unwrap_or_default())
    }

    fn feed_start(&mut self) -> Result<i64, StoreError> {
        Ok(self
            .0
            .tables()
            .feed_start
            .get(S::SIGHT, &())
            .copied()
            .unwrap_or_default())
    }

    fn feed_net(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError> {
        let tables = self.0.tables();
        let nets = tables.feed_nets.of(S::SIGHT, player, Default::default());
        let net = |((kind, subject), net): (&(String, String), &i64)| FeedTotal {
            kind: kind.clone(),
            subject: subject.clone(),
            total: *net,
        };
        Ok(nets.map(net).collect())
    }

    fn earners(
        &mut self,
        badge: &str,
        after: Option<&EarnerCursor>,
        limit: usize,
    ) -> Result<Vec<AwardRow>, StoreError> {
        let tables = self.0.tables();
        let after = after.map(|cursor| (cursor.at, &*cursor.player, &*cursor.tier, &*cursor.key));
        let mut earners: Vec<&AwardRow> = held(&tables, S::SIGHT)
            .filter(|row| row.badge == badge && after.is_none_or(|after| place(row) > after))
            .collect();
        earners.sort_unstable_by(|one, other| place(one).cmp(&place(other)));
        Ok(earners.into_iter().take(limit).cloned().collect())
    }

    fn badge_counts(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        let tables = self.0.tables();
        let mut counts: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for row in held(&tables, S::SIGHT) {
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

    fn players(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<PlayerRow>, StoreError> {
        let tables = self.0.tables();
        let first = after.map_or(Unbounded, |after| Excluded(after.to_owned()));
        let players = tables
            .players
            .range(S::SIGHT, (first, Unbounded))
            .take(limit);
        Ok(players
            .map(|(player, (summary, _))| PlayerRow {
                player: player.clone(),
                summary: *summary,
            })
            .collect())
    }

    fn summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError> {
        Ok(self
            .0
            .tables()
            .players
            .get(S::SIGHT, &player.to_owned())
            .map(|(summary, _)| *summary))
    }

    fn owners(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        let tables = self.0.tables();
        let mut owners: BTreeSet<&str> = BTreeSet::new();
        owners.extend(
            tables
                .players
                .range(S::SIGHT, ..)
                .map(|(player, _)| player.as_str()),
        );
        owners.extend(tables.events.owners(S::SIGHT));
        owners.extend(tables.cells.owners(S::SIGHT));
        owners.extend(tables.checkpoints.owners(S::SIGHT));
        owners.extend(tables.awards.owners(S::SIGHT));
        owners.extend(tables.balances.owners(S::SIGHT));
        owners.extend(tables.unlocks.owners(S::SIGHT));
        owners.extend(tables.ledger.owners(S::SIGHT));
        owners.extend(tables.feed_by_player.owners(S::SIGHT));
        let wanted = owners
            .into_iter()
            .filter(|owner| after.is_none_or(|after| *owner > after));
        Ok(wanted.take(limit).map(str::to_owned).collect())
    }

    fn activity(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<DayActivity>, StoreError> {
        let tables = self.0.tables();
        let mut days = Days::default();
        let mut events: BTreeMap<(i64, &str), u64> = BTreeMap::new();
        for ((player, _), row) in tables.events.range(S::SIGHT, ..) {
            let counts = row.retracted_by.is_none() && !row.event.name.starts_with(RESERVED_PREFIX);
            if counts && (from..to).contains(&row.event.at) {
                *events
                    .entry((Days::number(row.event.at), tables.owner(S::SIGHT, player)))
                    .or_default() += 1;
            }
        }
        events
            .into_iter()
            .for_each(|((day, _), count)| days.add_events(day, count));
        held(&tables, S::SIGHT)
            .filter(|row| (from..to).contains(&row.at))
            .for_each(|row| days.add_awards(Days::number(row.at), 1));
        let entries = tables.ledger.range(S::SIGHT, ..).map(|(_, row)| row);
        entries
            .filter(|row| (from..to).contains(&row.at))
            .for_each(|row| days.add_points(Days::number(row.at), &row.currency, row.amount));
        Ok(days.finish())
    }

    fn player_count(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.tables().players.len(S::SIGHT))
    }

    fn totals(&mut self) -> Result<Totals, StoreError> {
        let tables = self.0.tables();
        Ok(Totals {
            players: tables.players.len(S::SIGHT),
            events: tables.events.len(S::SIGHT),
            awards: held(&tables, S::SIGHT).count() as u64,
            ledger: tables.ledger.len(S::SIGHT),
            last_outcome: tables
                .last_outcome
                .get(S::SIGHT, &())
                .copied()
                .unwrap_or_default(),
        })
    }

    fn rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError> {
        Ok(self
            .0
            .tables()
            .rule_errors
            .range(S::SIGHT, ..)
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        let mut keys: Vec<KeyRow> = self
            .0
            .tables()
            .api_keys
            .range(S::SIGHT, ..)
            .map(|(_, row)| row.clone())
            .collect();
        keys.sort_by_key(|row| row.created_at);
        Ok(keys)
    }

    fn administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError> {
        Ok(self
            .0
            .tables()
            .administrators
            .range(S::SIGHT, ..)
            .map(|(_, row)| row.clone())
            .collect())
    }

    fn session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        Ok(self
            .0
            .tables()
            .sessions
            .get(S::SIGHT, &hash.to_owned())
            .cloned())
    }

    fn audit_page(
        &mut self,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError> {
        let tables = self.0.tables();
        let newest = before.map_or(Unbounded, |before| Excluded(Reverse(before)));
        let entries = tables
            .audit
            .range(S::SIGHT, (newest, Unbounded))
            .take(limit);
        Ok(entries
            .map(|(Reverse(number), row)| (*number, row.clone()))
            .collect())
    }

    fn schema_version(&mut self) -> Result<i64, StoreError> {
        Ok(SCHEMA_VERSION)
    }
}

/// Lists the awards that are not revoked.
fn held(tables: &Tables, sight: Sight) -> impl Iterator<Item = &AwardRow> {
    tables
        .awards
        .range(sight, ..)
        .map(|(_, row)| row)
        .filter(|row| row.revoked_at.is_none())
}

/// Returns the position of an award among the earners of its badge.
fn place(row: &AwardRow) -> (Timestamp, &str, &str, &str) {
    (row.at, &row.player, &row.tier, &row.key)
}
