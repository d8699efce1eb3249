//! Players who hold a badge.

use accolade::store::{AwardRow, BadgeCount, EarnerCursor, HolderCursor, HolderRow, TierCount};
use rusqlite::Row;

use crate::error::Error;
use crate::rows::{self, award_columns, to_sql_integer};
use crate::session::DatabaseSession;

/// Lists the awards of a badge by page, the earliest first.
pub(crate) fn list_earners(
    session: &DatabaseSession,
    badge: &str,
    after: Option<&EarnerCursor>,
    limit: usize,
) -> Result<Vec<AwardRow>, Error> {
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
    session.query_all(
        SQL,
        &[&badge, &at, &player, &tier, &key, &to_sql_integer(limit)],
        rows::read_award,
    )
}

/// Lists the holders of a badge by page, the latest award first.
pub(crate) fn list_holders(
    session: &DatabaseSession,
    badge: &str,
    after: Option<&HolderCursor>,
    limit: usize,
) -> Result<Vec<HolderRow>, Error> {
    // A player stands at the latest award. Grouping by player would read all awards for each page.
    const SQL: &str = "SELECT one.player, one.at,
            (SELECT group_concat(DISTINCT tier) FROM awards
                WHERE player = one.player AND badge = ?1 AND revoked_at IS NULL),
            (SELECT count(DISTINCT key) FROM awards
                WHERE player = one.player AND badge = ?1 AND revoked_at IS NULL)
        FROM awards AS one
        WHERE badge = ?1 AND revoked_at IS NULL AND (at, player) < (?2, ?3)
            AND NOT EXISTS (SELECT 1 FROM awards AS later
                WHERE later.player = one.player AND later.badge = ?1 AND later.revoked_at IS NULL
                    AND (later.at, later.tier, later.key) > (one.at, one.tier, one.key))
        ORDER BY at DESC, player DESC LIMIT ?4";
    let (at, player) = after.map_or((i64::MAX, ""), |cursor| {
        (cursor.at.as_micros(), &*cursor.player)
    });
    session.query_all(
        SQL,
        &[&badge, &at, &player, &to_sql_integer(limit)],
        read_holder,
    )
}

fn read_holder(row: &Row<'_>) -> Result<HolderRow, Error> {
    let tiers: String = row.get(2)?;
    // Ids of tiers contain no commas.
    let mut tiers: Vec<String> = tiers.split(',').map(str::to_owned).collect();
    tiers.sort_unstable();
    Ok(HolderRow {
        player: row.get(0)?,
        at: rows::read_time(row, 1)?,
        tiers,
        times: rows::read_count(row, 3)?,
    })
}

/// Counts awards and holders by badge.
pub(crate) fn count_badges(session: &DatabaseSession) -> Result<Vec<BadgeCount>, Error> {
    const SQL: &str =
        "SELECT badge, count(*), count(DISTINCT player) FROM awards WHERE revoked_at IS NULL
        GROUP BY badge ORDER BY badge";
    session.query_all(SQL, &[], |row| {
        Ok(BadgeCount {
            badge: row.get(0)?,
            awards: rows::read_count(row, 1)?,
            players: rows::read_count(row, 2)?,
        })
    })
}

/// Counts holders by badge and named tier.
pub(crate) fn count_tiers(session: &DatabaseSession) -> Result<Vec<TierCount>, Error> {
    const SQL: &str = "SELECT badge, tier, count(DISTINCT player) FROM awards
        WHERE revoked_at IS NULL AND tier <> '' GROUP BY badge, tier ORDER BY badge, tier";
    session.query_all(SQL, &[], |row| {
        Ok(TierCount {
            badge: row.get(0)?,
            tier: row.get(1)?,
            players: rows::read_count(row, 2)?,
        })
    })
}
