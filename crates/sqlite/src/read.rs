//! Queries of the store.

use accolade::store::{
    AdministratorRow, AliasRow, AuditRow, AwardRow, BadgeCount, CatalogRow, CellPlace, CellRow,
    CheckpointRow, DayActivity, EarnerCursor, ErasedTotals, EventRow, FeedTotal, KeyRow, LedgerRow,
    OutcomeRow, PlayerRow, PlayerSummary, Read, Reader, RuleErrorRow, SessionRow, StoreError,
    Totals, UnlockRow,
};
use accolade_core::event::TimelinePosition;
use accolade_core::time::Timestamp;
use rusqlite::Row;

use crate::access;
use crate::activity;
use crate::erase;
use crate::error::Error;
use crate::rows::{
    self, alias_columns, award_columns, catalog_columns, event_columns, integer, ledger_columns,
    only, outcome_columns,
};
use crate::scope::{Queries, Scope, Snapshot};
use crate::session::Session;

/// Slot of a state's header, which is stored with its cells.
pub(crate) const HEADER: i64 = -1;

impl Reader for Queries<Session> {
    fn snapshot(&mut self) -> Result<Box<dyn Read + '_>, StoreError> {
        Ok(Box::new(Queries(Snapshot::begin(&self.0)?)))
    }
}

impl<S: Scope> Read for Queries<S> {
    fn catalog(&mut self) -> Result<Option<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs ORDER BY version DESC LIMIT 1"
        );
        self.0.run(|session| session.first(SQL, &[], rows::catalog))
    }

    fn catalog_version(&mut self) -> Result<i64, StoreError> {
        self.0
            .run(|session| number(session, "SELECT max(version) FROM catalogs"))
    }

    fn catalog_at(&mut self, version: i64) -> Result<Option<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs WHERE version = ?1"
        );
        self.0
            .run(|session| session.first(SQL, &[&version], rows::catalog))
    }

    fn catalogs(&mut self) -> Result<Vec<CatalogRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            catalog_columns!(),
            " FROM catalogs ORDER BY version"
        );
        self.0.run(|session| session.all(SQL, &[], rows::catalog))
    }

    fn setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.run(|session| {
            session.first("SELECT value FROM settings WHERE name = ?1", &[&name], only)
        })
    }

    fn aliases(&mut self, guests: &[&str]) -> Result<Vec<Option<String>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare("SELECT player FROM aliases WHERE guest = ?1")?;
            guests
                .iter()
                .map(|guest| find.first(&[guest], only))
                .collect()
        })
    }

    fn guests(&mut self, player: &str) -> Result<Vec<AliasRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            alias_columns!(),
            " FROM aliases WHERE player = ?1 ORDER BY merged_at, guest"
        );
        self.0
            .run(|session| session.all(SQL, &[&player], rows::alias))
    }

    fn erased(&mut self, marks: &[Vec<u8>]) -> Result<Vec<bool>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare("SELECT 1 FROM erased WHERE token = ?1")?;
            marks
                .iter()
                .map(|mark| Ok(find.first(&[mark], only::<i64>)?.is_some()))
                .collect()
        })
    }

    fn erased_totals(&mut self) -> Result<ErasedTotals, StoreError> {
        self.0.run(erase::totals)
    }

    fn due(
        &mut self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        const SQL: &str = "SELECT next_timer_at, player FROM players
            WHERE next_timer_at IS NOT NULL AND next_timer_at <= ?1
            ORDER BY next_timer_at, player LIMIT ?2";
        let due = |row: &Row<'_>| Ok((rows::time(row, 0)?, row.get(1)?));
        self.0
            .run(|session| session.all(SQL, &[&until.as_micros(), &integer(limit)], due))
    }

    fn find_events(&mut self, ids: &[(&str, &str)]) -> Result<Vec<Option<EventRow>>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 AND id = ?2"
        );
        self.0.run(|session| {
            let mut find = session.prepare(SQL)?;
            ids.iter()
                .map(|(player, id)| find.first(&[player, id], |row| rows::event(player, row)))
                .collect()
        })
    }

    fn headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare(CELL)?;
            players
                .iter()
                .map(|player| find.first(&[player, &HEADER, &""], only))
                .collect()
        })
    }

    fn cells(&mut self, places: &[CellPlace<'_>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare(CELL)?;
            places
                .iter()
                .map(|place| find.first(&[&place.player, &place.slot, &place.key], only))
                .collect()
        })
    }

    fn all_cells(&mut self, player: &str, slot: Option<u32>) -> Result<Vec<CellRow>, StoreError> {
        const SQL: &str =
            "SELECT slot, key, value FROM states WHERE player = ?1 AND slot BETWEEN ?2 AND ?3
            ORDER BY slot, key";
        let (first, last) = slot.map_or((0, u32::MAX), |slot| (slot, slot));
        let cell = |row: &Row<'_>| {
            Ok(CellRow {
                slot: row.get(0)?,
                key: row.get(1)?,
                value: row.get(2)?,
            })
        };
        self.0
            .run(|session| session.all(SQL, &[&player, &first, &last], cell))
    }

    fn timeline(
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
            session.all(SQL, &[&player, &from(after)], |row| {
                rows::event(player, row)
            })
        })
    }

    fn timeline_page(
        &mut self,
        player: &str,
        before: Option<&TimelinePosition>,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        const LATEST: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 ORDER BY at DESC, ord DESC, id DESC LIMIT ?2"
        );
        const BEFORE: &str = concat!(
            "SELECT ",
            event_columns!(),
            " FROM events WHERE player = ?1 AND (at, ord, id) < (?3, ?4, ?5)
                ORDER BY at DESC, ord DESC, id DESC LIMIT ?2"
        );
        let limit = integer(limit);
        let event = |row: &Row<'_>| rows::event(player, row);
        self.0.run(|session| match before {
            None => session.all(LATEST, &[&player, &limit], event),
            Some(TimelinePosition { at, order, id }) => session.all(
                BEFORE,
                &[&player, &limit, &at.as_micros(), order, id],
                event,
            ),
        })
    }

    fn checkpoint_before(
        &mut self,
        player: &str,
        before: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        const SQL: &str = "SELECT at, state FROM checkpoints WHERE player = ?1 AND at < ?2
            ORDER BY at DESC LIMIT 1";
        let checkpoint = |row: &Row<'_>| {
            Ok(CheckpointRow {
                at: rows::time(row, 0)?,
                state: row.get(1)?,
            })
        };
        self.0
            .run(|session| session.first(SQL, &[&player, &before.as_micros()], checkpoint))
    }

    fn ledger_after(
        &mut self,
        player: &str,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            ledger_columns!(),
            " FROM ledger WHERE player = ?1 AND at > ?2 ORDER BY at, seq"
        );
        self.0
            .run(|session| session.all(SQL, &[&player, &from(after)], rows::ledger))
    }

    fn ledger_page(
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
        self.0
            .run(|session| session.all(SQL, &[&player, &at, &seq, &integer(limit)], rows::ledger))
    }

    fn awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            award_columns!(),
            " FROM awards WHERE player = ?1 ORDER BY badge, tier, key"
        );
        self.0
            .run(|session| session.all(SQL, &[&player], rows::award))
    }

    fn balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str =
            "SELECT currency, balance FROM balances WHERE player = ?1 ORDER BY currency";
        self.0
            .run(|session| session.all(SQL, &[&player], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    fn unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError> {
        const SQL: &str =
            "SELECT unlockable, open, at, event FROM unlocks WHERE player = ?1 ORDER BY unlockable";
        let unlock = |row: &Row<'_>| {
            Ok(UnlockRow {
                unlockable: row.get(0)?,
                open: row.get(1)?,
                at: rows::time(row, 2)?,
                event: row.get(3)?,
            })
        };
        self.0.run(|session| session.all(SQL, &[&player], unlock))
    }

    fn recent_outcomes(
        &mut self,
        player: &str,
        limit: usize,
    ) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            outcome_columns!(),
            " FROM feed WHERE player = ?1 ORDER BY seq DESC LIMIT ?2"
        );
        self.0
            .run(|session| session.all(SQL, &[&player, &integer(limit)], rows::outcome))
    }

    fn feed(&mut self, after: i64, limit: usize) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            outcome_columns!(),
            " FROM feed WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        );
        self.0
            .run(|session| session.all(SQL, &[&after, &integer(limit)], rows::outcome))
    }

    fn last_outcome(&mut self) -> Result<i64, StoreError> {
        self.0.run(last_outcome)
    }

    fn feed_start(&mut self) -> Result<i64, StoreError> {
        self.0
            .run(|session| number(session, "SELECT max(seq) FROM feed_start"))
    }

    fn feed_net(&mut self, player: &str) -> Result<Vec<FeedTotal>, StoreError> {
        const SQL: &str =
            "SELECT kind, subject, total FROM feed_totals WHERE player = ?1 ORDER BY kind, subject";
        let net = |row: &Row<'_>| {
            Ok(FeedTotal {
                kind: row.get(0)?,
                subject: row.get(1)?,
                total: row.get(2)?,
            })
        };
        self.0.run(|session| session.all(SQL, &[&player], net))
    }

    fn earners(
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
            session.all(
                SQL,
                &[&badge, &at, &player, &tier, &key, &integer(limit)],
                rows::award,
            )
        })
    }

    fn badge_counts(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        const SQL: &str =
            "SELECT badge, count(*), count(DISTINCT player) FROM awards WHERE revoked_at IS NULL
            GROUP BY badge ORDER BY badge";
        let count = |row: &Row<'_>| {
            Ok(BadgeCount {
                badge: row.get(0)?,
                awards: rows::count(row, 1)?,
                players: rows::count(row, 2)?,
            })
        };
        self.0.run(|session| session.all(SQL, &[], count))
    }

    fn players(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<PlayerRow>, StoreError> {
        const SQL: &str = "SELECT player, event_count, first_at, last_at, next_timer_at
                 FROM players WHERE player > ?1
            ORDER BY player LIMIT ?2";
        let player = |row: &Row<'_>| {
            Ok(PlayerRow {
                player: row.get(0)?,
                summary: rows::summary(row, 1)?,
            })
        };
        self.0
            .run(|session| session.all(SQL, &[&after.unwrap_or_default(), &integer(limit)], player))
    }

    fn summary(&mut self, player: &str) -> Result<Option<PlayerSummary>, StoreError> {
        const SQL: &str =
            "SELECT event_count, first_at, last_at, next_timer_at FROM players WHERE player = ?1";
        self.0
            .run(|session| session.first(SQL, &[&player], |row| rows::summary(row, 0)))
    }

    fn owners(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
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
        self.0
            .run(|session| session.all(SQL, &[&after.unwrap_or_default(), &integer(limit)], only))
    }

    fn activity(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<DayActivity>, StoreError> {
        self.0.run(|session| activity::activity(session, from, to))
    }

    fn player_count(&mut self) -> Result<u64, StoreError> {
        self.0.run(player_count)
    }

    fn totals(&mut self) -> Result<Totals, StoreError> {
        self.0.run(|session| {
            let count = |sql| {
                Ok::<_, Error>(
                    session
                        .first(sql, &[], |row| rows::count(row, 0))?
                        .unwrap_or_default(),
                )
            };
            Ok(Totals {
                players: player_count(session)?,
                events: count("SELECT count(*) FROM events")?,
                awards: count("SELECT count(*) FROM awards WHERE revoked_at IS NULL")?,
                ledger: count("SELECT count(*) FROM ledger")?,
                last_outcome: last_outcome(session)?,
            })
        })
    }

    fn rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError> {
        const SQL: &str =
            "SELECT kind, id, count, message, player, event FROM rule_errors ORDER BY kind, id";
        let error = |row: &Row<'_>| {
            Ok(RuleErrorRow {
                kind: row.get(0)?,
                id: row.get(1)?,
                count: rows::count(row, 2)?,
                message: row.get(3)?,
                player: row.get(4)?,
                event: row.get(5)?,
            })
        };
        self.0.run(|session| session.all(SQL, &[], error))
    }

    fn api_keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.0.run(access::api_keys)
    }

    fn administrators(&mut self) -> Result<Vec<AdministratorRow>, StoreError> {
        self.0.run(access::administrators)
    }

    fn session(&mut self, hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        self.0.run(|session| access::session(session, hash))
    }

    fn audit_page(
        &mut self,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, AuditRow)>, StoreError> {
        self.0
            .run(|session| access::audit_page(session, before, limit))
    }

    fn schema_version(&mut self) -> Result<i64, StoreError> {
        self.0.run(|session| {
            Ok(session
                .first("PRAGMA user_version", &[], only)?
                .unwrap_or_default())
        })
    }
}

const CELL: &str = "SELECT value FROM states WHERE player = ?1 AND slot = ?2 AND key = ?3";

/// Loads a number, with 0 for NULL.
fn number(session: &Session, sql: &'static str) -> Result<i64, Error> {
    Ok(session
        .first(sql, &[], only::<Option<i64>>)?
        .flatten()
        .unwrap_or_default())
}

fn player_count(session: &Session) -> Result<u64, Error> {
    let count = session.first("SELECT count(*) FROM players", &[], |row| {
        rows::count(row, 0)
    })?;
    Ok(count.unwrap_or_default())
}

/// Returns the sequence number of the last outcome ever appended to the feed; 0 before the first.
pub(crate) fn last_outcome(session: &Session) -> Result<i64, Error> {
    let last = session.first(
        "SELECT seq FROM sqlite_sequence WHERE name = 'feed'",
        &[],
        only,
    )?;
    Ok(last.unwrap_or_default())
}

fn from(after: Option<Timestamp>) -> i64 {
    after.map_or(i64::MIN, Timestamp::as_micros)
}
