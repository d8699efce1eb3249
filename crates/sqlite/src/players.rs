//! Rows of players.

use accolade::store::{PlayerOrder, PlayerRow, PlayerSearch, PlayerSummary};

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

/// Builds the statement of a search in an order.
///
/// A text of no characters is contained in every id.
macro_rules! search_statement {
    ($($order:tt)+) => {
        concat!(
            "SELECT player, ",
            summary_columns!(),
            " FROM players
                WHERE instr(lower(player), ?1) OR instr(folded_name, ?2) OR instr(attributes, ?2)
                ORDER BY ",
            $($order)+,
            ", player COLLATE numeric_text LIMIT ?3 OFFSET ?4"
        )
    };
}

macro_rules! name_order {
    () => {
        "coalesce(folded_name, player) COLLATE numeric_text"
    };
}

macro_rules! rank_order {
    () => {
        "CASE WHEN lower(player) = ?1 OR folded_name = ?2 THEN 0
              WHEN instr(lower(player), ?1) = 1 OR instr(folded_name, ?2) = 1 THEN 1
              ELSE 2 END"
    };
}

/// Finds players by a part of their id, name or attributes.
///
/// Scans the players, because no index finds a part of a text, and keeps only the requested rows.
pub(crate) fn search_players(
    session: &DatabaseSession,
    search: &PlayerSearch,
) -> Result<Vec<PlayerRow>, Error> {
    let sql = match (search.order, search.is_descending) {
        (PlayerOrder::Match, false) => search_statement!(rank_order!(), ", ", name_order!()),
        (PlayerOrder::Match, true) => search_statement!(rank_order!(), " DESC, ", name_order!()),
        (PlayerOrder::Name, false) => search_statement!(name_order!()),
        (PlayerOrder::Name, true) => search_statement!(name_order!(), " DESC"),
        (PlayerOrder::Id, false) => search_statement!("player COLLATE numeric_text"),
        (PlayerOrder::Id, true) => search_statement!("player COLLATE numeric_text DESC"),
        (PlayerOrder::Events, false) => search_statement!("own_event_count"),
        (PlayerOrder::Events, true) => search_statement!("own_event_count DESC"),
        (PlayerOrder::LastSeen, false) => {
            search_statement!("last_seen_at IS NULL, last_seen_at")
        }
        (PlayerOrder::LastSeen, true) => {
            search_statement!("last_seen_at IS NULL, last_seen_at DESC")
        }
    };
    let (id, text) = (search.folded_id(), search.folded_text());
    let (limit, skip) = (to_sql_integer(search.limit), to_sql_integer(search.skip));
    session.query_all(sql, &[&id, &text, &limit, &skip], rows::read_player)
}
