//! Players by their ids, names and attributes.

use accolade::store::{PlayerRow, PlayerSearch, PlayerSummary};

use super::table::VisibleRows;
use super::tables::MemoryTables;

impl MemoryTables {
    /// Lists players whose display names begin with a text, in any case, in order of name and id.
    pub(super) fn list_players_by_name(
        &self,
        visible: VisibleRows,
        prefix: &str,
        limit: usize,
    ) -> Vec<PlayerRow> {
        let prefix = PlayerSummary::fold_name(prefix);
        let mut found: Vec<(String, PlayerRow)> = self
            .players
            .range(visible, ..)
            .filter_map(|(player, (summary, _))| {
                let folded = PlayerSummary::fold_name(summary.name.as_deref()?);
                let row = PlayerRow {
                    player: player.clone(),
                    summary: summary.clone(),
                };
                folded.starts_with(&prefix).then_some((folded, row))
            })
            .collect();
        found.sort_by(|one, other| (&one.0, &one.1.player).cmp(&(&other.0, &other.1.player)));
        found.into_iter().map(|(_, row)| row).take(limit).collect()
    }

    /// Finds players by a part of their id, name or attributes.
    pub(super) fn search_players(
        &self,
        visible: VisibleRows,
        search: &PlayerSearch,
    ) -> Vec<PlayerRow> {
        let players = self.players.range(visible, ..);
        let mut found: Vec<PlayerRow> = players
            .map(|(player, (summary, _))| PlayerRow {
                player: player.clone(),
                summary: summary.clone(),
            })
            .filter(|row| search.is_match(row))
            .collect();
        found.sort_by(|one, other| search.compare(one, other));
        found
            .into_iter()
            .skip(search.skip)
            .take(search.limit)
            .collect()
    }
}
