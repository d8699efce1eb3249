//! Activity by day.

use accolade::store::{DayAccumulator, DayActivity};
use accolade_core::event::RESERVED_PREFIX;
use accolade_core::time::{DAY, Timestamp};

use crate::error::Error;
use crate::rows;
use crate::session::DatabaseSession;

/// SQL for the ids of all players that meet a condition, each with its owner. The owner of a merged
/// guest is the player.
macro_rules! owners_sql {
    ($holds:literal) => {
        concat!(
            "WITH RECURSIVE owners (id, owner) AS (
            SELECT player, player FROM players WHERE ",
            $holds,
            "
            UNION ALL SELECT aliases.guest, owners.owner FROM owners
                JOIN aliases ON aliases.player = owners.id
        ) "
        )
    };
}

/// SQL for the day of the column `at`, which is rounded down, even before the epoch.
macro_rules! day_sql {
    () => {
        "(at - ((at % ?3) + ?3) % ?3) / ?3 AS day"
    };
}

/// Loads the days with any activity.
pub(crate) fn load_activity(
    session: &DatabaseSession,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<DayActivity>, Error> {
    // The join goes from players to their timelines and ledgers, which are stored in order of time.
    // Otherwise SQLite would scan both tables.
    const EVENTS: &str = concat!(
        owners_sql!("last_at >= ?1"),
        "SELECT owner, ",
        day_sql!(),
        ", count(*) FROM owners CROSS JOIN events ON events.player = owners.id AND at >= ?1
             AND at < ?2
        WHERE retracted_by IS NULL AND substr(name, 1, length(?4)) <> ?4 GROUP BY owner, day"
    );
    const AWARDS: &str = concat!(
        "SELECT ",
        day_sql!(),
        ", count(*) FROM awards WHERE at >= ?1 AND at < ?2 AND revoked_at IS NULL GROUP BY day"
    );
    // Points expire long after a player's last event, so all players are included.
    const POINTS: &str = concat!(
        owners_sql!("true"),
        "SELECT ",
        day_sql!(),
        ", currency, amount FROM owners CROSS JOIN ledger ON ledger.player = owners.id
             AND at >= ?1 AND at < ?2"
    );
    let (from, to) = (from.as_micros(), to.as_micros());
    let mut days = DayAccumulator::default();
    session.prepare_statement(EVENTS)?.for_each_row(
        &[&from, &to, &DAY, &RESERVED_PREFIX],
        |row| {
            days.add_events(row.get(1)?, rows::read_count(row, 2)?);
            Ok(())
        },
    )?;
    session
        .prepare_statement(AWARDS)?
        .for_each_row(&[&from, &to, &DAY], |row| {
            days.add_awards(row.get(0)?, rows::read_count(row, 1)?);
            Ok(())
        })?;
    session
        .prepare_statement(POINTS)?
        .for_each_row(&[&from, &to, &DAY], |row| {
            let currency = row
                .get_ref(1)?
                .as_str()
                .map_err(|error| Error::Damaged(error.to_string()))?;
            days.add_points(row.get(0)?, currency, row.get(2)?);
            Ok(())
        })?;
    Ok(days.into_days())
}
