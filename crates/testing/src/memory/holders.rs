//! Players who hold a badge.

use std::collections::{BTreeMap, BTreeSet};

use accolade::store::{AwardRow, BadgeCount, HolderCursor, HolderRow, TierCount};

use super::table::VisibleRows;
use super::tables::MemoryTables;

impl MemoryTables {
    pub(super) fn list_holders(
        &self,
        visible: VisibleRows,
        badge: &str,
        after: Option<&HolderCursor>,
        limit: usize,
    ) -> Vec<HolderRow> {
        let mut awards: BTreeMap<&str, Vec<&AwardRow>> = BTreeMap::new();
        for row in self.held_awards(visible).filter(|row| row.badge == badge) {
            awards.entry(&row.player).or_default().push(row);
        }
        let to_holder = |(player, rows): (&str, Vec<&AwardRow>)| {
            let tiers: BTreeSet<&str> = rows.iter().map(|row| row.tier.as_str()).collect();
            let keys: BTreeSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
            Some(HolderRow {
                player: player.to_owned(),
                at: rows.iter().map(|row| row.at).max()?,
                tiers: tiers.into_iter().map(str::to_owned).collect(),
                times: keys.len() as u64,
            })
        };
        let mut holders: Vec<HolderRow> = awards.into_iter().filter_map(to_holder).collect();
        holders
            .sort_unstable_by(|one, other| (other.at, &other.player).cmp(&(one.at, &one.player)));
        let is_next = |row: &HolderRow| {
            after.is_none_or(|after| (row.at, &row.player) < (after.at, &after.player))
        };
        holders.into_iter().filter(is_next).take(limit).collect()
    }

    pub(super) fn count_badges(&self, visible: VisibleRows) -> Vec<BadgeCount> {
        let mut counts: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for row in self.held_awards(visible) {
            let (awards, players) = counts.entry(&row.badge).or_default();
            *awards += 1;
            players.insert(&row.player);
        }
        let count = |(badge, (awards, players)): (&str, (u64, BTreeSet<&str>))| BadgeCount {
            badge: badge.to_owned(),
            awards,
            players: players.len() as u64,
        };
        counts.into_iter().map(count).collect()
    }

    pub(super) fn count_tiers(&self, visible: VisibleRows) -> Vec<TierCount> {
        let mut counts: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for row in self.held_awards(visible).filter(|row| !row.tier.is_empty()) {
            let players = counts.entry((&row.badge, &row.tier)).or_default();
            players.insert(&row.player);
        }
        let count = |((badge, tier), players): ((&str, &str), BTreeSet<&str>)| TierCount {
            badge: badge.to_owned(),
            tier: tier.to_owned(),
            players: players.len() as u64,
        };
        counts.into_iter().map(count).collect()
    }
}
