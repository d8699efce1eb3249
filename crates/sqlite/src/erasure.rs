//! Erasure of a player.

use std::collections::BTreeMap;

use accolade::store::{ErasedRows, ErasedTotals};
use accolade_core::time::Timestamp;

use crate::error::Error;
use crate::event_names;
use crate::rows;
use crate::session::DatabaseSession;

/// SQL statements that delete everything derived from a player's timeline.
// The ledger and the feed are not derived: repairs only append to them.
pub(crate) const DELETE_DERIVED: [&str; 6] = [
    "DELETE FROM players WHERE player = ?1",
    "DELETE FROM states WHERE player = ?1",
    "DELETE FROM checkpoints WHERE player = ?1",
    "DELETE FROM awards WHERE player = ?1",
    "DELETE FROM balances WHERE player = ?1",
    "DELETE FROM unlocks WHERE player = ?1",
];

/// Deletes every row of a player. Anonymous totals remain.
pub(crate) fn erase_player(
    session: &DatabaseSession,
    player: &str,
    mark: Option<&[u8]>,
    at: Timestamp,
) -> Result<ErasedRows, Error> {
    if let Some(mark) = mark {
        session.execute_once(
            "REPLACE INTO erased (token, erased_at) VALUES (?1, ?2)",
            &[&mark, &at.as_micros()],
        )?;
    }
    add_to_totals(session, player)?;
    event_names::subtract_player(session, player)?;
    let delete = |sql| session.execute_counted(sql, &[&player]);
    let erased = ErasedRows {
        events: delete("DELETE FROM events WHERE player = ?1")?,
        ledger: delete("DELETE FROM ledger WHERE player = ?1")?,
        awards: delete("DELETE FROM awards WHERE player = ?1")?,
        outcomes: delete("DELETE FROM feed WHERE player = ?1")?,
        derived: delete("DELETE FROM states WHERE player = ?1")?
            + delete("DELETE FROM checkpoints WHERE player = ?1")?
            + delete("DELETE FROM balances WHERE player = ?1")?
            + delete("DELETE FROM unlocks WHERE player = ?1")?
            + delete("DELETE FROM feed_totals WHERE player = ?1")?
            + delete("DELETE FROM aliases WHERE guest = ?1 OR player = ?1")?,
    };
    delete("DELETE FROM players WHERE player = ?1")?;
    // Error counts and audit entries remain, but without anything about the player.
    delete("UPDATE rule_errors SET player = '', event = '', message = 'erased' WHERE player = ?1")?;
    delete("UPDATE audit SET player = NULL, subject = '', detail = '{}' WHERE player = ?1")?;
    Ok(erased)
}

/// Adds the data to be erased to the anonymous totals.
fn add_to_totals(session: &DatabaseSession, player: &str) -> Result<(), Error> {
    const AMOUNTS: [&str; 4] = [
        "SELECT 'players', '', count(*) FROM players WHERE player = ?1",
        "SELECT 'events', '', count(*) FROM events WHERE player = ?1",
        "SELECT 'award', badge, count(*) FROM awards WHERE player = ?1 AND revoked_at IS NULL
             GROUP BY badge",
        // Added up in Rust, because SQL's sum() fails on overflow, and an erasure must not.
        "SELECT 'points', currency, amount FROM ledger WHERE player = ?1",
    ];
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    for sql in AMOUNTS {
        session
            .prepare_statement(sql)?
            .for_each_row(&[&player], |row| {
                *sums.entry((row.get(0)?, row.get(1)?)).or_default() +=
                    i128::from(row.get::<_, i64>(2)?);
                Ok(())
            })?;
    }
    let mut find = session
        .prepare_statement("SELECT amount FROM erased_totals WHERE kind = ?1 AND id = ?2")?;
    let mut put = session
        .prepare_statement("REPLACE INTO erased_totals (kind, id, amount) VALUES (?1, ?2, ?3)")?;
    for ((kind, id), amount) in sums {
        let before: i64 = find
            .query_first(&[&kind, &id], rows::read_single)?
            .unwrap_or_default();
        put.execute(&[&kind, &id, &clamp_total(i128::from(before) + amount)])?;
    }
    Ok(())
}

/// Clamps a total to the range of the column. An overflow must not prevent an erasure.
fn clamp_total(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// Loads the totals of all erasures.
pub(crate) fn load_erased_totals(session: &DatabaseSession) -> Result<ErasedTotals, Error> {
    const SQL: &str = "SELECT id, amount FROM erased_totals WHERE kind = ?1 ORDER BY id";
    let of = |kind: &str| {
        session.query_all(SQL, &[&kind], |row| {
            Ok((row.get(0)?, rows::read_count(row, 1)?))
        })
    };
    let count = |kind| {
        Ok::<_, Error>(
            of(kind)?
                .first()
                .map_or(0, |(_, amount): &(String, u64)| *amount),
        )
    };
    Ok(ErasedTotals {
        players: count("players")?,
        events: count("events")?,
        awards: of("award")?,
        points: session.query_all(SQL, &[&"points"], |row| Ok((row.get(0)?, row.get(1)?)))?,
    })
}
