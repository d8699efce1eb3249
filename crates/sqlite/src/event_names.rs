//! Names of recorded events.

use accolade::store::{ChangeSet, EventNameDifference, EventNameRow, EventNameSelection};
use rusqlite::Row;

use crate::counts;
use crate::error::Error;
use crate::rows::{self, to_sql_integer};
use crate::session::DatabaseSession;

/// Columns that [`read_event_name`] reads.
macro_rules! event_name_columns {
    () => {
        "name, events, first_recorded_at, last_recorded_at, last_player, last_event"
    };
}

/// Condition on events that are neither manual actions nor automatic facts.
macro_rules! client_events {
    () => {
        "name NOT GLOB 'accolade.*'"
    };
}

/// Adds the events of a batch to the rows of their names.
pub(crate) fn count_new_events(
    session: &DatabaseSession,
    batch: &[ChangeSet],
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO event_names
             (name, events, first_recorded_at, last_recorded_at, last_player, last_event)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (name) DO UPDATE SET events = events + excluded.events,
             last_recorded_at = excluded.last_recorded_at, last_player = excluded.last_player,
             last_event = excluded.last_event";
    for row in EventNameRow::count_new_events(batch) {
        let (player, event) = row.last_event.unzip();
        session.execute_once(
            SQL,
            &[
                &row.name,
                &to_sql_integer(row.events),
                &row.first_recorded_at.as_micros(),
                &row.last_recorded_at.as_micros(),
                &player,
                &event,
            ],
        )?;
    }
    Ok(())
}

/// Subtracts the events of a player who is about to be erased.
pub(crate) fn subtract_player(session: &DatabaseSession, player: &str) -> Result<(), Error> {
    const COUNT: &str = concat!(
        "SELECT name, count(*) FROM events WHERE player = ?1 AND ",
        client_events!(),
        " GROUP BY name"
    );
    const DELETE: &str = "DELETE FROM event_names WHERE name = ?1 AND events <= ?2";
    const SUBTRACT: &str = "UPDATE event_names SET events = events - ?2 WHERE name = ?1";
    // Without an index, because erasures are rare and every batch would have to maintain it.
    const FORGET: &str = "UPDATE event_names SET last_player = NULL, last_event = NULL
         WHERE last_player = ?1";
    let names: Vec<(String, i64)> =
        session.query_all(COUNT, &[&player], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (name, events) in names {
        // A name does not outlive its events. Deleted first, because the number stays positive.
        session.execute_once(DELETE, &[&name, &events])?;
        session.execute_once(SUBTRACT, &[&name, &events])?;
    }
    session.execute_once(FORGET, &[&player])
}

/// Counts all events again.
pub(crate) fn recount_events(session: &DatabaseSession) -> Result<(), Error> {
    const INSERT: &str = concat!(
        "INSERT INTO event_names
             (name, events, first_recorded_at, last_recorded_at, last_player, last_event)
         SELECT name, count(*), 0, max(recorded_at), player, id FROM events WHERE ",
        client_events!(),
        " GROUP BY name"
    );
    // Apart, because SQLite takes `player` and `id` from the latest event only if max() is the one
    // such aggregate.
    const UPDATE: &str = "UPDATE event_names SET first_recorded_at = first.at
         FROM (SELECT name, min(recorded_at) AS at FROM events GROUP BY name) AS first
         WHERE first.name = event_names.name";
    session.execute_once("DELETE FROM event_names", &[])?;
    session.execute_once(INSERT, &[])?;
    session.execute_once(UPDATE, &[])
}

/// Finds the rows of names, each at its position.
pub(crate) fn find_event_names(
    session: &DatabaseSession,
    names: &[&str],
) -> Result<Vec<Option<EventNameRow>>, Error> {
    let mut find = session.prepare_statement(concat!(
        "SELECT ",
        event_name_columns!(),
        " FROM event_names WHERE name = ?1"
    ))?;
    names
        .iter()
        .map(|name| find.query_first(&[name], read_event_name))
        .collect()
}

/// Lists names, most frequent first.
pub(crate) fn list_event_names(
    session: &DatabaseSession,
    selection: EventNameSelection<'_>,
) -> Result<Vec<EventNameRow>, Error> {
    // The first condition on the number bounds the part of the index that is read.
    const SQL: &str = concat!(
        "SELECT ",
        event_name_columns!(),
        " FROM event_names
         WHERE events <= ?1 AND (events < ?1 OR name > ?2)
             AND (?3 = '' OR instr(lower(name), ?3) > 0)
             AND name NOT IN (SELECT value FROM json_each(?4))
         ORDER BY events DESC, name LIMIT ?5"
    );
    let (events, name) = selection.after.unwrap_or((u64::MAX, ""));
    let except = serde_json::to_string(selection.except)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    session.query_all(
        SQL,
        &[
            &to_sql_integer(events),
            &name,
            &selection.contains.to_ascii_lowercase(),
            &except,
            &to_sql_integer(selection.limit),
        ],
        read_event_name,
    )
}

/// Counts the names.
pub(crate) fn count_event_names(session: &DatabaseSession) -> Result<u64, Error> {
    counts::count(session, "SELECT count(*) FROM event_names")
}

/// Compares the stored numbers with the recorded events.
pub(crate) fn find_differences(
    session: &DatabaseSession,
) -> Result<Vec<EventNameDifference>, Error> {
    const SQL: &str = concat!(
        "WITH counted AS MATERIALIZED (
             SELECT name, count(*) AS events FROM events WHERE ",
        client_events!(),
        " GROUP BY name)
         SELECT coalesce(stored.name, counted.name) AS name, coalesce(stored.events, 0),
             coalesce(counted.events, 0)
         FROM event_names AS stored FULL JOIN counted ON counted.name = stored.name
         WHERE stored.events IS NOT counted.events ORDER BY 1"
    );
    session.query_all(SQL, &[], |row| {
        Ok(EventNameDifference {
            name: row.get(0)?,
            stored: rows::read_count(row, 1)?,
            counted: rows::read_count(row, 2)?,
        })
    })
}

fn read_event_name(row: &Row<'_>) -> Result<EventNameRow, Error> {
    Ok(EventNameRow {
        name: row.get(0)?,
        events: rows::read_count(row, 1)?,
        first_recorded_at: rows::read_time(row, 2)?,
        last_recorded_at: rows::read_time(row, 3)?,
        last_event: row
            .get::<_, Option<String>>(4)?
            .zip(row.get::<_, Option<String>>(5)?),
    })
}
