//! Conversion of table rows into the rows of the store's interface.

use std::str::FromStr;

use accolade::store::{
    AliasRow, AwardRow, CatalogRow, EventRow, LedgerRow, OutcomeRow, PlayerRow, PlayerSummary,
};
use accolade_core::event::Event;
use accolade_core::time::Timestamp;
use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::error::Error;

/// Columns that [`read_event`] reads.
macro_rules! event_columns {
    () => {
        "id, at, ord, name, props, explicit_at, first_outcome, outcome_count, recorded_at,
         retracted_by"
    };
}

/// Columns that [`read_award`] reads.
macro_rules! award_columns {
    () => {
        "player, badge, tier, key, at, event, source, revoked_at, holding_intervals, paid"
    };
}

/// Columns that [`read_ledger_entry`] reads.
macro_rules! ledger_columns {
    () => {
        "at, seq, currency, amount, kind, rule, tier, key, event, trigger, caused_by, reason,
         recorded_at"
    };
}

/// Columns that [`read_outcome`] reads.
macro_rules! outcome_columns {
    () => {
        "seq, player, kind, subject, detail, at, event, trigger, caused_by, recorded_at"
    };
}

/// Columns that [`read_catalog`] reads.
macro_rules! catalog_columns {
    () => {
        "version, source, format, fingerprint, code, published_at, published_by, note,
         changes, revoke, retired"
    };
}

/// Columns that [`read_alias`] reads.
macro_rules! alias_columns {
    () => {
        "guest, player, action_id, merged_at"
    };
}

pub(crate) use {
    alias_columns, award_columns, catalog_columns, event_columns, ledger_columns, outcome_columns,
};

pub(crate) fn read_event(player: &str, row: &Row<'_>) -> Result<EventRow, Error> {
    let props = row
        .get_ref(4)?
        .as_str()
        .map_err(|error| damaged_column(row, 4, &error.to_string()))?;
    let event = Event {
        id: row.get(0)?,
        player: player.to_owned(),
        name: row.get(3)?,
        at: read_time(row, 1)?,
        order: row.get(2)?,
        props: serde_json::from_str(props)
            .map_err(|error| damaged_column(row, 4, &error.to_string()))?,
    };
    Ok(EventRow {
        event,
        explicit_at: row.get(5)?,
        first_outcome: row.get(6)?,
        outcome_count: row.get(7)?,
        recorded_at: read_time(row, 8)?,
        retracted_by: row.get(9)?,
    })
}

pub(crate) fn read_award(row: &Row<'_>) -> Result<AwardRow, Error> {
    Ok(AwardRow {
        player: row.get(0)?,
        badge: row.get(1)?,
        tier: row.get(2)?,
        key: row.get(3)?,
        at: read_time(row, 4)?,
        event: row.get(5)?,
        source: read_name(row, 6)?,
        revoked_at: read_optional_time(row, 7)?,
        holding_intervals: row.get(8)?,
        paid: row.get(9)?,
    })
}

pub(crate) fn read_ledger_entry(row: &Row<'_>) -> Result<LedgerRow, Error> {
    Ok(LedgerRow {
        at: read_time(row, 0)?,
        seq: row.get(1)?,
        currency: row.get(2)?,
        amount: row.get(3)?,
        kind: read_name(row, 4)?,
        rule: row.get(5)?,
        tier: row.get(6)?,
        key: row.get(7)?,
        event: row.get(8)?,
        trigger: read_name(row, 9)?,
        caused_by: row.get(10)?,
        reason: row.get(11)?,
        recorded_at: read_time(row, 12)?,
    })
}

pub(crate) fn read_outcome(row: &Row<'_>) -> Result<(i64, OutcomeRow), Error> {
    let outcome = OutcomeRow {
        player: row.get(1)?,
        kind: read_name(row, 2)?,
        subject: row.get(3)?,
        detail: row.get(4)?,
        at: read_time(row, 5)?,
        event: row.get(6)?,
        trigger: read_name(row, 7)?,
        caused_by: row.get(8)?,
        recorded_at: read_time(row, 9)?,
    };
    Ok((row.get(0)?, outcome))
}

pub(crate) fn read_catalog(row: &Row<'_>) -> Result<CatalogRow, Error> {
    Ok(CatalogRow {
        version: row.get(0)?,
        source: row.get(1)?,
        format: row.get(2)?,
        fingerprint: row.get(3)?,
        code: row.get(4)?,
        published_at: read_time(row, 5)?,
        published_by: row.get(6)?,
        note: row.get(7)?,
        changes: row.get(8)?,
        revoke: row.get(9)?,
        retired: row.get(10)?,
    })
}

pub(crate) fn read_alias(row: &Row<'_>) -> Result<AliasRow, Error> {
    Ok(AliasRow {
        guest: row.get(0)?,
        player: row.get(1)?,
        action_id: row.get(2)?,
        merged_at: read_time(row, 3)?,
    })
}

/// Lists the columns of a player's summary, for [`read_summary`].
macro_rules! summary_columns {
    () => {
        "name, event_count, first_at, last_at, own_event_count, last_seen_at, next_timer_at, folded_name, attributes"
    };
}
pub(crate) use summary_columns;

/// Reads `player` and the columns of the summary.
pub(crate) fn read_player(row: &Row<'_>) -> Result<PlayerRow, Error> {
    Ok(PlayerRow {
        player: row.get(0)?,
        summary: read_summary(row, 1)?,
    })
}

/// Reads the columns of a player's summary, starting at a column.
pub(crate) fn read_summary(row: &Row<'_>, from: usize) -> Result<PlayerSummary, Error> {
    let name: Option<String> = row.get(from)?;
    let folded: Option<String> = row.get(from + 7)?;
    if folded != name.as_deref().map(PlayerSummary::fold_name) {
        return Err(damaged_column(row, from + 7, "not the folded name"));
    }
    Ok(PlayerSummary {
        name,
        attributes: row.get(from + 8)?,
        event_count: read_count(row, from + 1)?,
        first_at: read_optional_time(row, from + 2)?,
        last_at: read_optional_time(row, from + 3)?,
        own_event_count: read_count(row, from + 4)?,
        last_seen_at: read_optional_time(row, from + 5)?,
        next_timer_at: read_optional_time(row, from + 6)?,
    })
}

pub(crate) fn read_time(row: &Row<'_>, column: usize) -> Result<Timestamp, Error> {
    read_optional_time(row, column)?.ok_or_else(|| damaged_column(row, column, "missing time"))
}

pub(crate) fn read_optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, Error> {
    // NULL is a valid absence; anything else must be a time in range.
    let Some(micros) = row.get(column)? else {
        return Ok(None);
    };
    let time = Timestamp::from_micros(micros);
    time.map(Some)
        .ok_or_else(|| damaged_column(row, column, &format!("{micros} is not a valid time")))
}

/// Reads a value of an enum by its name.
pub(crate) fn read_name<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T, Error> {
    let name: String = row.get(column)?;
    name.parse()
        .map_err(|_| damaged_column(row, column, &format!("`{name}` is not a known value")))
}

/// Reads a number that is never negative.
pub(crate) fn read_count(row: &Row<'_>, column: usize) -> Result<u64, Error> {
    let number: i64 = row.get(column)?;
    u64::try_from(number)
        .map_err(|_| damaged_column(row, column, &format!("{number} is not a valid count")))
}

/// Converts a count for SQLite. Real counts never reach the upper bound.
pub(crate) fn to_sql_integer(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Reads the first column.
pub(crate) fn read_single<T: FromSql>(row: &Row<'_>) -> Result<T, Error> {
    Ok(row.get(0)?)
}

fn damaged_column(row: &Row<'_>, column: usize, what: &str) -> Error {
    let name = row.as_ref().column_name(column).unwrap_or("?");
    Error::Damaged(format!("column `{name}`: {what}"))
}
