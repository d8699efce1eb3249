//! Deletion of old outcomes.

use std::collections::BTreeMap;

use accolade_core::time::Timestamp;

use crate::error::Error;
use crate::read::last_outcome;
use crate::rows::{self, only, outcome_columns};
use crate::session::Session;

/// Range of sequence numbers summed up in memory at a time.
const AT_A_TIME: i64 = 100_000;

/// Deletes the outcomes up to the first one recorded at or after the instant, and keeps their
/// totals.
pub(crate) fn prune_feed(session: &Session, before: Timestamp) -> Result<u64, Error> {
    const FIRST_KEPT: &str = "SELECT seq FROM feed WHERE recorded_at >= ?1 ORDER BY seq LIMIT 1";
    let kept: Option<i64> = session.first(FIRST_KEPT, &[&before.as_micros()], only)?;
    // The clock can go back. Stopping at the first kept outcome leaves no gap in the feed.
    let end = kept.map_or_else(|| Ok(last_outcome(session)? + 1), Ok::<_, Error>)?;
    let Some(last) = session
        .first(
            "SELECT max(seq) FROM feed WHERE seq < ?1",
            &[&end],
            only::<Option<i64>>,
        )?
        .flatten()
    else {
        return Ok(0);
    };
    keep_nets(session, last)?;
    session.execute("DELETE FROM feed_start", &[])?;
    session.execute("INSERT INTO feed_start (seq) VALUES (?1)", &[&last])?;
    session.change("DELETE FROM feed WHERE seq <= ?1", &[&last])
}

/// Adds the outcomes up to a sequence number to the totals of their players.
fn keep_nets(session: &Session, last: i64) -> Result<(), Error> {
    const SQL: &str = concat!(
        "SELECT ",
        outcome_columns!(),
        " FROM feed WHERE seq > ?1 AND seq <= ?2"
    );
    let mut select = session.prepare(SQL)?;
    let first: Option<i64> = session.first("SELECT min(seq) FROM feed", &[], only)?;
    let mut after = first.map_or(last, |first| first - 1);
    while after < last {
        let until = last.min(after + AT_A_TIME);
        let mut sums = Sums::new();
        select.each(&[&after, &until], |row| {
            let (_, outcome) = rows::outcome(row)?;
            if let Some((kind, amount)) = outcome.net() {
                *sums
                    .entry((outcome.player, kind, outcome.subject))
                    .or_default() += i128::from(amount);
            }
            Ok(())
        })?;
        add_nets(session, sums)?;
        after = until;
    }
    Ok(())
}

/// Totals of outcomes by player, kind and subject.
type Sums = BTreeMap<(String, &'static str, String), i128>;

fn add_nets(session: &Session, sums: Sums) -> Result<(), Error> {
    let mut find = session.prepare(
        "SELECT total FROM feed_totals WHERE player = ?1 AND kind = ?2 AND subject = ?3",
    )?;
    let mut put = session.prepare(
        "REPLACE INTO feed_totals (player, kind, subject, total) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for ((player, kind, subject), sum) in sums {
        let before: i64 = find
            .first(&[&player, &kind, &subject], only)?
            .unwrap_or_default();
        let net = i64::try_from(i128::from(before) + sum).map_err(|_| {
            Error::Damaged(format!(
                "the total of {kind} for `{subject}` in the feed of `{player}` overflows"
            ))
        })?;
        put.execute(&[&player, &kind, &subject, &net])?;
    }
    Ok(())
}
