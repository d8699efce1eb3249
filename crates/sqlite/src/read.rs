//! What is read from the file.

use accolade::store::{
    AwardRow, BadgeCount, CatalogRow, CellPlace, CellRow, CheckpointRow, EarnerCursor, EventRow, LedgerRow, OutcomeRow,
    PlayerRow, Read, Reader, RuleErrorRow, StoreError, Totals, UnlockRow,
};
use accolade_core::time::Timestamp;
use rusqlite::Row;

use crate::error::Error;
use crate::rows::{self, award_columns, event_columns, integer, ledger_columns, only, outcome_columns};
use crate::scope::{Queries, Scope};
use crate::session::Session;

/// The slot under which the header of a state is kept, beside its cells.
pub(crate) const HEADER: i64 = -1;

impl Reader for Queries<Session> {}

impl<S: Scope> Read for Queries<S> {
    fn catalog(&mut self) -> Result<Option<CatalogRow>, StoreError> {
        const SQL: &str = "SELECT version, source, format, fingerprint, code, installed_at FROM catalogs
            ORDER BY version DESC LIMIT 1";
        self.0.run(|session| session.first(SQL, &[], rows::catalog))
    }

    fn headers(&mut self, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare(CELL)?;
            players.iter().map(|player| find.first(&[player, &HEADER, &""], only)).collect()
        })
    }

    fn cells(&mut self, places: &[CellPlace<'_>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.0.run(|session| {
            let mut find = session.prepare(CELL)?;
            places.iter().map(|place| find.first(&[&place.player, &place.slot, &place.key], only)).collect()
        })
    }

    fn all_cells(&mut self, player: &str, slot: Option<u32>) -> Result<Vec<CellRow>, StoreError> {
        const SQL: &str = "SELECT slot, key, value FROM states WHERE player = ?1 AND slot BETWEEN ?2 AND ?3
            ORDER BY slot, key";
        let (first, last) = slot.map_or((0, u32::MAX), |slot| (slot, slot));
        let cell = |row: &Row<'_>| Ok(CellRow { slot: row.get(0)?, key: row.get(1)?, value: row.get(2)? });
        self.0.run(|session| session.all(SQL, &[&player, &first, &last], cell))
    }

    fn timeline(&mut self, player: &str, after: Option<Timestamp>) -> Result<Vec<EventRow>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", event_columns!(), " FROM events WHERE player = ?1 AND at > ?2 ORDER BY at, ord, id");
        self.0.run(|session| session.all(SQL, &[&player, &from(after)], |row| rows::event(player, row)))
    }

    fn checkpoint_before(&mut self, player: &str, before: Timestamp) -> Result<Option<CheckpointRow>, StoreError> {
        const SQL: &str = "SELECT at, state FROM checkpoints WHERE player = ?1 AND at < ?2 ORDER BY at DESC LIMIT 1";
        let checkpoint = |row: &Row<'_>| Ok(CheckpointRow { at: rows::time(row, 0)?, state: row.get(1)? });
        self.0.run(|session| session.first(SQL, &[&player, &before.as_micros()], checkpoint))
    }

    fn ledger_after(&mut self, player: &str, after: Option<Timestamp>) -> Result<Vec<LedgerRow>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", ledger_columns!(), " FROM ledger WHERE player = ?1 AND at > ?2 ORDER BY at, seq");
        self.0.run(|session| session.all(SQL, &[&player, &from(after)], rows::ledger))
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
            " FROM ledger WHERE player = ?1 AND (at, seq) < (?2, ?3) ORDER BY at DESC, seq DESC LIMIT ?4"
        );
        let (at, seq) = before.map_or((i64::MAX, i64::MAX), |(at, seq)| (at.as_micros(), seq));
        self.0.run(|session| session.all(SQL, &[&player, &at, &seq, &integer(limit)], rows::ledger))
    }

    fn awards(&mut self, player: &str) -> Result<Vec<AwardRow>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", award_columns!(), " FROM awards WHERE player = ?1 ORDER BY badge, tier, key");
        self.0.run(|session| session.all(SQL, &[&player], rows::award))
    }

    fn balances(&mut self, player: &str) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT currency, balance FROM balances WHERE player = ?1 ORDER BY currency";
        self.0.run(|session| session.all(SQL, &[&player], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    fn unlocks(&mut self, player: &str) -> Result<Vec<UnlockRow>, StoreError> {
        const SQL: &str = "SELECT unlockable, open, at, event FROM unlocks WHERE player = ?1 ORDER BY unlockable";
        let unlock = |row: &Row<'_>| {
            Ok(UnlockRow { unlockable: row.get(0)?, open: row.get(1)?, at: rows::time(row, 2)?, event: row.get(3)? })
        };
        self.0.run(|session| session.all(SQL, &[&player], unlock))
    }

    fn recent_outcomes(&mut self, player: &str, limit: usize) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", outcome_columns!(), " FROM feed WHERE player = ?1 ORDER BY seq DESC LIMIT ?2");
        self.0.run(|session| session.all(SQL, &[&player, &integer(limit)], rows::outcome))
    }

    fn feed(&mut self, after: i64, limit: usize) -> Result<Vec<(i64, OutcomeRow)>, StoreError> {
        const SQL: &str = concat!("SELECT ", outcome_columns!(), " FROM feed WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        self.0.run(|session| session.all(SQL, &[&after, &integer(limit)], rows::outcome))
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
            " FROM awards WHERE badge = ?1 AND revoked_at IS NULL AND (at, player, tier, key) > (?2, ?3, ?4, ?5)
            ORDER BY at, player, tier, key LIMIT ?6"
        );
        let (at, player, tier, key) = after.map_or((i64::MIN, "", "", ""), |cursor| {
            (cursor.at.as_micros(), &*cursor.player, &*cursor.tier, &*cursor.key)
        });
        self.0.run(|session| session.all(SQL, &[&badge, &at, &player, &tier, &key, &integer(limit)], rows::award))
    }

    fn badge_counts(&mut self) -> Result<Vec<BadgeCount>, StoreError> {
        const SQL: &str = "SELECT badge, count(*), count(DISTINCT player) FROM awards WHERE revoked_at IS NULL
            GROUP BY badge ORDER BY badge";
        let count = |row: &Row<'_>| {
            Ok(BadgeCount { badge: row.get(0)?, awards: rows::count(row, 1)?, players: rows::count(row, 2)? })
        };
        self.0.run(|session| session.all(SQL, &[], count))
    }

    fn players(&mut self, after: Option<&str>, limit: usize) -> Result<Vec<PlayerRow>, StoreError> {
        const SQL: &str = "SELECT player, events, first_at, last_at FROM players WHERE player > ?1
            ORDER BY player LIMIT ?2";
        let player = |row: &Row<'_>| Ok(PlayerRow { player: row.get(0)?, summary: rows::summary(row, 1)? });
        self.0.run(|session| session.all(SQL, &[&after.unwrap_or_default(), &integer(limit)], player))
    }

    fn totals(&mut self) -> Result<Totals, StoreError> {
        self.0.run(|session| {
            let count = |sql| Ok::<_, Error>(session.first(sql, &[], |row| rows::count(row, 0))?.unwrap_or_default());
            Ok(Totals {
                players: count("SELECT count(*) FROM players")?,
                events: count("SELECT count(*) FROM events")?,
                awards: count("SELECT count(*) FROM awards WHERE revoked_at IS NULL")?,
                ledger: count("SELECT count(*) FROM ledger")?,
                last_outcome: last_outcome(session)?,
            })
        })
    }

    fn rule_errors(&mut self) -> Result<Vec<RuleErrorRow>, StoreError> {
        const SQL: &str = "SELECT kind, id, count, message, player, event FROM rule_errors ORDER BY kind, id";
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

    fn schema_version(&mut self) -> Result<i64, StoreError> {
        self.0.run(|session| Ok(session.first("PRAGMA user_version", &[], only)?.unwrap_or_default()))
    }
}

const CELL: &str = "SELECT value FROM states WHERE player = ?1 AND slot = ?2 AND key = ?3";

/// The number of the latest outcome that the feed ever had; 0 before the first.
pub(crate) fn last_outcome(session: &Session) -> Result<i64, Error> {
    let last = session.first("SELECT seq FROM sqlite_sequence WHERE name = 'feed'", &[], only)?;
    Ok(last.unwrap_or_default())
}

fn from(after: Option<Timestamp>) -> i64 {
    after.map_or(i64::MIN, Timestamp::as_micros)
}
