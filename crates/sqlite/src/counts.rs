//! Numbers of rows.

use accolade::store::RowTotals;

use crate::error::Error;
use crate::read::last_outcome_seq;
use crate::rows;
use crate::session::DatabaseSession;

pub(crate) fn count_players(session: &DatabaseSession) -> Result<u64, Error> {
    count(session, "SELECT count(*) FROM players")
}

/// Counts the rows of the database.
pub(crate) fn count_rows(session: &DatabaseSession) -> Result<RowTotals, Error> {
    Ok(RowTotals {
        players: count_players(session)?,
        events: count(session, "SELECT count(*) FROM events")?,
        awards: count(
            session,
            "SELECT count(*) FROM awards WHERE revoked_at IS NULL",
        )?,
        ledger: count(session, "SELECT count(*) FROM ledger")?,
        last_outcome: last_outcome_seq(session)?,
    })
}

/// Runs a query that returns one number.
pub(crate) fn count(session: &DatabaseSession, sql: &'static str) -> Result<u64, Error> {
    let count = session.query_first(sql, &[], |row| rows::read_count(row, 0))?;
    Ok(count.unwrap_or_default())
}
