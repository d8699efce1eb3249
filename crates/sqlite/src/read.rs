//! Queries of the store.

use accolade::store::{
    AdministratorRow, AliasRow, AuditFilter, AuditRow, AwardRow, BadgeCount, CatalogRow,
    CellAddress, CellRow, CheckpointRow, DayActivity, EarnerCursor, ErasedTotals,
    EventNameDifference, EventNameRow, EventNameSelection, EventRow, FeedTotal, KeyRow, LedgerRow,
    OutcomeRow, PlayerRow, PlayerSearch, PlayerSummary, ReadStore, RowTotals, RuleErrorRow,
    SessionRow, StoreError, StoreReader, UnlockRow,
};
use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;
use rusqlite::Row;
use serde_json::json;

use crate::access;
use crate::activity;
use crate::counts;
use crate::erasure;
use crate::error::Error;
use crate::event_names;
use crate::players;
use crate::read_context::{QueryHandle, ReadContext, ReadSnapshot};
use crate::rows::{
    self, alias_columns, award_columns, catalog_columns, event_columns, ledger_columns,
    outcome_columns, read_single, to_sql_integer,
};
use crate::session::DatabaseSession;

/// Slot of a state's header, which is stored with its cells.
// Slots of cells are never negative, so the header sorts first, usually on the same page.
pub(crate) const HEADER_SLOT: i64 = -1;

impl StoreReader for QueryHandle<DatabaseSession> {
    fn open_snapshot(&mut self) -> Result<Box<dyn ReadStore + '_>, StoreError> {
        Ok(Box::new(QueryHandle(ReadSnapshot::begin_snapshot(
            &self.0,
        )?)))
    }
}

impl<S: ReadContext> ReadStore for QueryHandle<S> {
    fn load_catalog(&mut self) -> Result<Option<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs ORDER BY version DESC LIMIT 1"
        );
        self.0
            .run(|session| session.query_first(SQL, &[], rows::read_catalog))
    }

    fn catalog_version(&mut self) -> Result<i64, StoreError> {
        self.0
            .run(|session| load_number(session, "SELECT max(version) FROM catalogs"))
    }

    fn find_catalog(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs WHERE version = ?1"
        );
        self.0
            .run(|session| session.query_first(SQL, &[&version], rows::read_catalog))
    }

    fn list_catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs ORDER BY version"
        );
        self.0
            .run(|session| session.query_all(SQL, &[], rows::read_catalog))
    }

    fn load_setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.run(|session| {
            session.query_first(
                "SELECT value FROM settings WHERE name = ?1",
                &[&name],
                read_single,
            )
        })
    }

    fn find_merge_targets(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError> {
        self.0.run(|session| {
            let mut find =
                session.prepare_statement("SELECT player FROM aliases WHERE guest = ?1")?;
            guests
                .iter()
                .map(|guest| find.query_first(&[guest], read_single))
                .collect()
        })
    }

    fn list_guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            alias_columns!(),
            " FROM aliases WHERE player = ?1 ORDER BY merged_at, guest"
        );
        self.0
            .run(|session| session.query_all(SQL, &[&player], rows::read_alias))
    }

    fn are_erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare_statement("SELECT 1 FROM erased WHERE token = ?1")?;
            marks
                .iter()
                .map(|mark| Ok(find.query_first(&[mark], read_single::<i64>)?.is_some()))
                .collect()
        })
    }

    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError> {
        self.0.run(erasure::load_erased_totals)
    }

    fn list_due_players(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        const SQL: &str = "SELECT next_timer_at, player FROM players
            WHERE next_timer_at IS NOT NULL AND next_timer_at <= ?1
            ORDER BY next_timer_at, player LIMIT ?2";
        let due = |row: &Row<'_>| Ok((rows::read_time(row, 0)?, row.get(1)?));
        self.0.run(|session| {
            session.query_all(SQL, &[&until.as_micros(), &to_sql_integer(limit)], due)
        })
    }

    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 AND id = ?2"
        );
        self.0.run(|session| {
            let mut find = session.prepare_statement(SQL)?;
            ids.iter()
                .map(|(player, id)| {
                    find.query_first(&[player, id], |row| rows::read_event(player, row))
                })
                .collect()
        })
    }

    fn load_headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare_statement(SELECT_CELL)?;
            players
                .iter()
                .map(|player| find.query_first(&[player, &HEADER_SLOT, &""], read_single))
                .collect()
        })
    }

    fn load_cells(
        &mut self,
        places: &[CellAddress<'_>],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare_statement(SELECT_CELL)?;
            places
                .iter()
                .map(|place| {
                    find.query_first(&[&place.player, &place.slot, &place.key], read_single)
                })
                .collect()
        })
    }

    fn load_all_cells(
        &mut self,
        player: &str,
        slot: Option<u32>,
    ) -> Result<Vec<CellRow>, StoreError> {
        const SQL: &str =
            "SELECT slot, key, value FROM states WHERE player = ?1 AND slot BETWEEN ?2 AND ?3
            ORDER BY slot, key";
        // From 0, so that the header is not listed as a cell.
        let (first, last) = slot.map_or((0, u32::MAX), |slot| (slot, slot));
        let cell = |row: &Row<'_>| {
            Ok(CellRow {
                slot: row.get(0)?,
                key: row.get(1)?,
                value: row.get(2)?,
            })
        };
        self.0
            .run(|session| session.query_all(SQL, &[&player, &first, &last], cell))
    }

    fn list_timeline(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<EventRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 AND at > ?2 ORDER BY at, ord, id"
        );
        self.0.run(|session| {
            session.query_all(SQL, &[&player, &lower_bound(after)], |row| {
                rows::read_event(player, row)
            })
        })
    }

    fn list_timeline_page(
        &mut self,
        player: &str,
        names: Option<&[&str]>,
        before: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        const LATEST: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1
                AND (?3 IS NULL OR name IN (SELECT value FROM json_each(?3)))
                ORDER BY at DESC, ord DESC, id DESC LIMIT ?2"
        );
        const BEFORE: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 AND (at, ord, id) < (?4, ?5, ?6)
                AND (?3 IS NULL OR name IN (SELECT value FROM json_each(?3)))
                ORDER BY at DESC, ord DESC, id DESC LIMIT ?2"
        );
        let limit = to_sql_integer(limit);
        let names = names.map(|names| json!(names).to_string());
        let event = |row: &Row<'_>| rows::read_event(player, row);
        self.0.run(|session| match before {
            None => session.query_all(LATEST, &[&player, &limit, &names], event),
            Some(TimelinePosition { at, order, id }) => session.query_all(
                BEFORE,
                &[&player, &limit, &names, &at.as_micros(), order, id],
                event,
            ),
        })
    }

    fn find_checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        const SQL: &str = "SELECT at, state FROM checkpoints WHERE player = ?1 AND at < ?2
            ORDER BY at DESC LIMIT 1";
        let checkpoint = |row: &Row<'_>| {
            Ok(CheckpointRow {
                at: rows::read_time(row, 0)?,
                state: row.get(1)?,
            })
        };
        self.0
            .run(|session| session.query_first(SQL, &[&player, &before.as_micros()], checkpoint))
    }

    fn list_ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            ledger_columns!(),
            " FROM ledger WHERE player = ?1 AND at > ?2 ORDER BY at, seq"
        );
        self.0.run(|session| {
            session.query_all(
                SQL,
                &[&player, &lower_bound(after)],
                rows::read_ledger_entry,
            )
        })
    }

    fn list_ledger_page(
        &mut self,
        player: &str,
        before: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            ledger_columns!(),
            " FROM ledger WHERE player = ?1 AND (at, seq) < (?2, ?3)
                 ORDER BY at DESC, seq DESC LIMIT ?4"
        );
        let (at, seq) = before.map_or((i64::MAX, i64::MAX), |(at, seq)| (at.as_micros(), seq));
        self.0.run(|session| {
            session.query_all(
                SQL,
                &[&player, &at, &seq, &to_sql_integer(limit)],
                rows::read_ledger_entry,
            )
        })
    }

    fn list_awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            award_columns!(),
            " FROM awards WHERE player = ?1 ORDER BY badge, tier, key"
        );
        self.0
            .run(|session| session.query_all(SQL, &[&player], rows::read_award))
    }

    fn list_balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str =
            "SELECT currency, balance FROM balances WHERE player = ?1 ORDER BY currency";
        self.0
            .run(|session| session.query_all(SQL, &[&player], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    fn list_unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError> {
        const SQL: &str =
            "SELECT unlockable, open, at, event FROM unlocks WHERE player = ?1 ORDER BY unlockable";
        let unlock = |row: &Row<'_>| {
            Ok(UnlockRow {
                unlockable: row.get(0)?,
                open: row.get(1)?,
                at: rows::read_time(row, 2)?,
                event: row.get(3)?,
            })
        };
        self.0
            .run(|session| session.query_all(SQL, &[&player], unlock))
    }

    fn list_recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            outcome_columns!(),
            " FROM feed WHERE player = ?1 ORDER BY seq DESC LIMIT ?2"
        );
        self.0.run(|session| {
            session.query_all(SQL, &[&player, &to_sql_integer(limit)], rows::read_outcome)
        })
    }

    fn list_outcomes(
        &mut self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            outcome_columns!(),
            " FROM feed WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        );
        self.0.run(|session| {
            session.query_all(SQL, &[&after, &to_sql_integer(limit)], rows::read_outcome)
        })
    }

    fn last_outcome_seq(&mut self) -> Result<i64, StoreError> {
        self.0.run(counts::last_outcome_seq)
    }

    fn feed_start(&mut self) -> Result<i64, StoreError> {
        self.0
            .run(|session| load_number(session, "SELECT max(seq) FROM feed_start"))
    }

    fn load_feed_totals(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError> {
        const SQL: &str =
            "SELECT kind, subject, total FROM feed_totals WHERE player = ?1 ORDER BY kind, subject";
        let net = |row: &Row<'_>| {
            Ok(FeedTotal {
                kind: row.get(0)?,
                subject: row.get(1)?,
                total: row.get(2)?,
            })
        };
        self.0
            .run(|session| session.query_all(SQL, &[&player], net))
    }

    fn list_earners(
        &mut self,
        badge: &str,
        after: Option<&EarnerCursor>,
        limit: usize,
    ) -> Result<Vec<AwardRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            award_columns!(),
            " FROM awards WHERE badge = ?1 AND revoked_at IS NULL
                 AND (at, player, tier, key) > (?2, ?3, ?4, ?5)
            ORDER BY at, player, tier, key LIMIT ?6"
        );
        let (at, player, tier, key) = after.map_or((i64::MIN, "", "", ""), |cursor| {
            (
                cursor.at.as_micros(),
                &*cursor.player,
                &*cursor.tier,
                &*cursor.key,
            )
        });
        self.0.run(|session| {
            session.query_all(
                SQL,
                &[&badge, &at, &player, &tier, &key, &to_sql_integer(limit)],
                rows::read_award,
            )
        })
    }

    fn count_badges(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        const SQL: &str =
            "SELECT badge, count(*), count(DISTINCT player) FROM awards WHERE revoked_at IS NULL
            GROUP BY badge ORDER BY badge";
        let count = |row: &Row<'_>| {
            Ok(BadgeCount {
                badge: row.get(0)?,
                awards: rows::read_count(row, 1)?,
                players: rows::read_count(row, 2)?,
            })
        };
        self.0.run(|session| session.query_all(SQL, &[], count))
    }

    fn list_players(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError> {
        self.0
            .run(|session| players::list_players(session, after, limit))
    }

    fn list_players_by_name(
        &mut self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<PlayerRow>, StoreError> {
        self.0
            .run(|session| players::list_players_by_name(session, prefix, limit))
    }

    fn search_players(&mut self, search: &PlayerSearch) -> Result<Vec<PlayerRow>, StoreError> {
        self.0
            .run(|session| players::search_players(session, search))
    }

    fn find_summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError> {
        self.0.run(|session| players::find_summary(session, player))
    }

    fn list_owners(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        // More than `players`: `verify` also looks for rows of ids without a player.
        // Each part is sorted by its index, so that SQLite merges them and stops at the limit.
        const SQL: &str = "SELECT player FROM players WHERE player > ?1
            UNION SELECT player FROM events WHERE player > ?1
            UNION SELECT player FROM states WHERE player > ?1
            UNION SELECT player FROM checkpoints WHERE player > ?1
            UNION SELECT player FROM awards WHERE player > ?1
            UNION SELECT player FROM balances WHERE player > ?1
            UNION SELECT player FROM unlocks WHERE player > ?1
            UNION SELECT player FROM ledger WHERE player > ?1
            UNION SELECT player FROM feed WHERE player > ?1
            ORDER BY 1 LIMIT ?2";
        self.0.run(|session| {
            session.query_all(
                SQL,
                &[&after.unwrap_or_default(), &to_sql_integer(limit)],
                read_single,
            )
        })
    }

    fn count_daily_activity(
        &mut self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<DayActivity>, StoreError> {
        self.0
            .run(|session| activity::load_activity(session, from, to))
    }

    fn count_players(&mut self) -> Result<u64, StoreError> {
        self.0.run(counts::count_players)
    }

    fn count_rows(&mut self) -> Result<RowTotals, StoreError> {
        self.0.run(counts::count_rows)
    }

    fn find_event_names(
        &mut self,
        names: &[&str],
    ) -> Result<Vec<Option<EventNameRow>>, StoreError> {
        self.0
            .run(|session| event_names::find_event_names(session, names))
    }

    fn list_event_names(
        &mut self,
        selection: EventNameSelection<'_>,
    ) -> Result<Vec<EventNameRow>, StoreError> {
        self.0
            .run(|session| event_names::list_event_names(session, selection))
    }

    fn count_event_names(&mut self) -> Result<u64, StoreError> {
        self.0.run(event_names::count_event_names)
    }

    fn find_event_name_differences(&mut self) -> Result<Vec<EventNameDifference>, StoreError> {
        self.0.run(event_names::find_differences)
    }

    fn list_rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError> {
        const SQL: &str =
            "SELECT kind, id, count, message, player, event FROM rule_errors ORDER BY kind, id";
        let error = |row: &Row<'_>| {
            Ok(RuleErrorRow {
                kind: rows::read_name(row, 0)?,
                id: row.get(1)?,
                count: rows::read_count(row, 2)?,
                message: row.get(3)?,
                player: row.get(4)?,
                event: row.get(5)?,
            })
        };
        self.0.run(|session| session.query_all(SQL, &[], error))
    }

    fn list_api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.0.run(access::list_api_keys)
    }

    fn list_administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError> {
        self.0.run(access::list_administrators)
    }

    fn find_session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        self.0.run(|session| access::find_session(session, hash))
    }

    fn list_audit_page(
        &mut self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError> {
        self.0
            .run(|session| access::load_audit_page(session, filter, before, limit))
    }

    fn schema_version(&mut self) -> Result<i64, StoreError> {
        self.0.run(|session| {
            Ok(session
                .query_first("PRAGMA user_version", &[], read_single)?
                .unwrap_or_default())
        })
    }
}

const SELECT_CELL: &str = "SELECT value FROM states WHERE player = ?1 AND slot = ?2 AND key = ?3";

/// Loads a number, with 0 for NULL.
fn load_number(session: &DatabaseSession, sql: &'static str) -> Result<i64, Error> {
    Ok(session
        // An aggregate of no rows is one row with NULL.
        .query_first(sql, &[], read_single::<Option<i64>>)?
        .flatten()
        .unwrap_or_default())
}

fn lower_bound(after: Option<Timestamp>) -> i64 {
    // Every timestamp is greater, so that one statement serves both cases.
    after.map_or(i64::MIN, Timestamp::as_micros)
}
