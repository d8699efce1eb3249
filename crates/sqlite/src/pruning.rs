//! Deletion of old outcomes.

use std::collections::BTreeMap;

use accolade_core::time::Timestamp;

use crate::counts::last_outcome_seq;
use crate::error::Error;
use crate::rows::{self, outcome_columns, read_single};
use crate::session::DatabaseSession;

/// Range of sequence numbers summed up in memory at a time.
const NUMBERS_PER_STEP: i64 = 100_000;

/// Deletes the outcomes up to the first one recorded at or after the instant, and keeps their
/// totals.
pub(crate) fn prune_feed(session: &DatabaseSession, before: Timestamp) -> Result<u64, Error> {
    const FIRST_KEPT: &str = "SELECT seq FROM feed WHERE recorded_at >= ?1 ORDER BY seq LIMIT 1";
    let kept: Option<i64> = session.query_first(FIRST_KEPT, &[&before.as_micros()], read_single)?;
    // The clock can go back. Stopping at the first kept outcome leaves no gap in the feed.
    let end = kept.map_or_else(|| Ok(last_outcome_seq(session)? + 1), Ok::<_, Error>)?;
    // The number before `end` can be a gap. If `feed_start` named it, a reader that has seen
    // everything up to the gap would get an error.
    let Some(last) = session
        .query_first(
            "SELECT max(seq) FROM feed WHERE seq < ?1",
            &[&end],
            read_single::<Option<i64>>,
        )?
        .flatten()
    else {
        return Ok(0);
    };
    add_to_totals(session, last)?;
    session.execute_once("DELETE FROM feed_start", &[])?;
    session.execute_once("INSERT INTO feed_start (seq) VALUES (?1)", &[&last])?;
    session.execute_counted("DELETE FROM feed WHERE seq <= ?1", &[&last])
}

/// Adds the outcomes up to a sequence number to the totals of their players.
fn add_to_totals(session: &DatabaseSession, last: i64) -> Result<(), Error> {
    const SQL: &str = concat!(
        "SELECT ",
        outcome_columns!(),
        " FROM feed WHERE seq > ?1 AND seq <= ?2"
    );
    let mut select = session.prepare_statement(SQL)?;
    let first: Option<i64> = session.query_first("SELECT min(seq) FROM feed", &[], read_single)?;
    let mut after = first.map_or(last, |first| first - 1);
    while after < last {
        // A range of numbers has at most as many rows. With gaps, it may have none.
        let until = last.min(after + NUMBERS_PER_STEP);
        let mut sums = FeedSums::new();
        select.for_each_row(&[&after, &until], |row| {
            let (_, outcome) = rows::read_outcome(row)?;
            if let Some((kind, amount)) = outcome.feed_amount() {
                *sums
                    .entry((outcome.player, kind, outcome.subject))
                    .or_default() += i128::from(amount);
            }
            Ok(())
        })?;
        write_totals(session, sums)?;
        after = until;
    }
    Ok(())
}

/// Totals of outcomes by player, kind and subject.
type FeedSums = BTreeMap<(String, &'static str, String), i128>;

fn write_totals(session: &DatabaseSession, sums: FeedSums) -> Result<(), Error> {
    let mut find = session.prepare_statement(
        "SELECT total FROM feed_totals WHERE player = ?1 AND kind = ?2 AND subject = ?3",
    )?;
    let mut put = session.prepare_statement(
        "REPLACE INTO feed_totals (player, kind, subject, total) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for ((player, kind, subject), sum) in sums {
        let before: i64 = find
            .query_first(&[&player, &kind, &subject], read_single)?
            .unwrap_or_default();
        // Clamping would hide damage here: `verify` compares the feed's totals with the state.
        let net = i64::try_from(i128::from(before) + sum).map_err(|_| {
            Error::Damaged(format!(
                "the total of {kind} for `{subject}` in the feed of `{player}` overflows"
            ))
        })?;
        put.execute(&[&player, &kind, &subject, &net])?;
    }
    Ok(())
}
