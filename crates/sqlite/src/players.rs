//! Rows of players.

use accolade::store::{PlayerRow, PlayerSummary};

use crate::error::Error;
use crate::rows::{self, summary_columns, to_sql_integer};
use crate::session::DatabaseSession;

/// Lists all players by page, in order of id.
pub(crate) fn list_players(
    session: &DatabaseSession,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<PlayerRow>, Error> {
    const SQL: &str = concat!(
        "SELECT player, ",
        summary_columns!(),
        " FROM players WHERE player > ?1 ORDER BY player LIMIT ?2"
    );
    session.query_all(
        SQL,
        &[&after.unwrap_or_default(), &to_sql_integer(limit)],
        rows::read_player,
    )
}

/// Lists players whose display names begin with a text, in any case.
pub(crate) fn list_players_by_name(
    session: &DatabaseSession,
    prefix: &str,
    limit: usize,
) -> Result<Vec<PlayerRow>, Error> {
    const SQL: &str = concat!(
        "SELECT player, ",
        summary_columns!(),
        " FROM players WHERE folded_name >= ?1 ORDER BY folded_name, player LIMIT ?2"
    );
    let folded = PlayerSummary::fold_name(prefix);
    let mut rows = session.query_all(SQL, &[&folded, &to_sql_integer(limit)], rows::read_player)?;
    // Names that begin with the prefix are the first ones from it on.
    let begins = |row: &PlayerRow| {
        let name = row.summary.name.as_deref().map(PlayerSummary::fold_name);
        name.is_some_and(|name| name.starts_with(&folded))
    };
    let matches = rows.iter().take_while(|row| begins(row)).count();
    rows.truncate(matches);
    Ok(rows)
}

/// Loads the summary of a player.
pub(crate) fn find_summary(
    session: &DatabaseSession,
    player: &str,
) -> Result<Option<PlayerSummary>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM players WHERE player = ?1"
    );
    session.query_first(SQL, &[&player], |row| rows::read_summary(row, 0))
}
