//! The rows of each player.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::time::Timestamp;

use super::findings::Findings;
use super::player_ids::PlayerIds;
use super::row_key::RowKey;
use super::tables::{
    ACHIEVEMENT_UNLOCKED, BADGE, BadgeRow, POINT_CHANGE, Tables, UNLOCKABLE, UnlockableRow,
};

/// Everything that the tables say about one player.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// Interface of django-gamification; `None` if the player only has achievements.
    pub(crate) interface: Option<RowKey>,
    /// Instant at which the user joined, if known.
    pub(crate) joined: Option<Timestamp>,
    /// Changes of points, in order of time.
    pub(crate) changes: Vec<PointChange>,
    pub(crate) badges: Vec<BadgeRecord>,
    pub(crate) unlockables: Vec<UnlockableRecord>,
    pub(crate) achievements: Vec<AchievementRecord>,
}

/// Change of points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PointChange {
    pub(crate) at: Timestamp,
    pub(crate) key: RowKey,
    pub(crate) amount: i64,
}

/// Badge of a player.
#[derive(Debug)]
pub(crate) struct BadgeRecord {
    pub(crate) key: RowKey,
    pub(crate) definition: RowKey,
    pub(crate) standing: BadgeStanding,
    /// Points that the badge pays at present.
    pub(crate) points: i64,
    pub(crate) progress: i64,
}

/// State of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BadgeStanding {
    /// Never acquired, or reset.
    Unearned,
    /// Marked as revoked without being acquired, which a reset leaves behind.
    Blocked,
    /// Acquired, and revoked since.
    Revoked,
    /// Acquired and not revoked.
    Held,
}

/// Unlockable of a player.
#[derive(Debug)]
pub(crate) struct UnlockableRecord {
    pub(crate) definition: RowKey,
    pub(crate) acquired: bool,
}

/// Achievement of a player, with all of its rows in order of time.
#[derive(Debug)]
pub(crate) struct AchievementRecord {
    pub(crate) achievement: RowKey,
    pub(crate) unlocks: Vec<AchievementUnlock>,
}

/// Level that was unlocked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AchievementUnlock {
    pub(crate) at: Timestamp,
    pub(crate) key: RowKey,
    /// Level, from 1.
    pub(crate) level: usize,
}

impl AchievementRecord {
    /// Returns the highest level.
    pub(crate) fn level(&self) -> usize {
        let levels = self.unlocks.iter().map(|unlock| unlock.level);
        levels.max().unwrap_or(0)
    }
}

impl BadgeStanding {
    fn from_row(row: &BadgeRow) -> Self {
        match (row.acquired, row.revoked) {
            (true, false) => Self::Held,
            (true, true) => Self::Revoked,
            (false, true) => Self::Blocked,
            (false, false) => Self::Unearned,
        }
    }
}

/// Joins the rows of each player. Rows without a player or a definition are left out.
pub(crate) fn collect_accounts(
    tables: &Tables,
    players: &PlayerIds,
    findings: &mut Findings,
) -> BTreeMap<String, Account> {
    let mut accounts = AccountCollector {
        tables,
        players,
        findings,
        accounts: BTreeMap::new(),
    };
    for interface in tables.interfaces.keys() {
        if let Some(player) = players.find_by_interface(interface) {
            let account = accounts.accounts.entry(player.id.clone()).or_default();
            account.interface = Some(interface.clone());
            account.joined = player.joined;
        }
    }
    accounts.add_changes();
    accounts.add_badges();
    accounts.add_unlockables();
    accounts.add_achievements();
    accounts.accounts
}

struct AccountCollector<'t> {
    tables: &'t Tables,
    players: &'t PlayerIds,
    findings: &'t mut Findings,
    accounts: BTreeMap<String, Account>,
}

impl AccountCollector<'_> {
    fn add_changes(&mut self) {
        for (key, row) in &self.tables.changes {
            if let Some(account) = self.find_account(POINT_CHANGE, key, &row.interface) {
                account.changes.push(PointChange {
                    at: row.at,
                    key: key.clone(),
                    amount: row.amount,
                });
            }
        }
        for account in self.accounts.values_mut() {
            // `dumpdata` cuts times to milliseconds; the primary keys order those that are equal.
            account.changes.sort();
        }
    }

    fn add_badges(&mut self) {
        // The best row of each badge comes first, and wins.
        let mut rows: Vec<(&RowKey, &BadgeRow)> = self.tables.badges.iter().collect();
        rows.sort_by_key(|(key, row)| (std::cmp::Reverse(BadgeStanding::from_row(row)), *key));
        let mut seen = BTreeSet::new();
        for (key, row) in rows {
            if !self.tables.definitions.contains_key(&row.definition) {
                self.findings
                    .leave_out(BADGE, key, "its badge definition is not in the dump");
                continue;
            }
            let progress = match &row.progression {
                None => Some(0),
                Some(progression) => self.tables.progressions.get(progression).copied(),
            };
            if progress.is_none() {
                let reason = "its progression is not in the dump, so its progress is 0";
                self.findings.leave_out(BADGE, key, reason);
            }
            if self.find_account(BADGE, key, &row.interface).is_none() {
                continue;
            }
            if !seen.insert((&row.interface, &row.definition)) {
                let reason = "the player has another row for the same badge";
                self.findings.leave_out(BADGE, key, reason);
                continue;
            }
            let record = BadgeRecord {
                key: key.clone(),
                definition: row.definition.clone(),
                standing: BadgeStanding::from_row(row),
                points: row.points.unwrap_or(0),
                progress: progress.unwrap_or(0),
            };
            if let Some(account) = self.account_of(&row.interface) {
                account.badges.push(record);
            }
        }
        for account in self.accounts.values_mut() {
            account.badges.sort_by(|one, other| one.key.cmp(&other.key));
        }
    }

    fn add_unlockables(&mut self) {
        let mut rows: Vec<(&RowKey, &UnlockableRow)> = self.tables.unlockables.iter().collect();
        rows.sort_by_key(|(key, row)| (!row.acquired, *key));
        let mut seen = BTreeSet::new();
        for (key, row) in rows {
            if !self
                .tables
                .unlockable_definitions
                .contains_key(&row.definition)
            {
                let reason = "its unlockable definition is not in the dump";
                self.findings.leave_out(UNLOCKABLE, key, reason);
                continue;
            }
            if self.find_account(UNLOCKABLE, key, &row.interface).is_none() {
                continue;
            }
            if !seen.insert((&row.interface, &row.definition)) {
                let reason = "the player has another row for the same unlockable";
                self.findings.leave_out(UNLOCKABLE, key, reason);
                continue;
            }
            if let Some(account) = self.account_of(&row.interface) {
                account.unlockables.push(UnlockableRecord {
                    definition: row.definition.clone(),
                    acquired: row.acquired,
                });
            }
        }
    }

    fn add_achievements(&mut self) {
        let mut unlocks: BTreeMap<(String, &RowKey), Vec<AchievementUnlock>> = BTreeMap::new();
        for (key, row) in &self.tables.unlocks {
            let player = self.players.find_by_user(self.tables, &row.user);
            let level = usize::try_from(row.level).ok().filter(|level| *level > 0);
            let reason = match (player, level) {
                _ if !self.tables.achievements.contains_key(&row.achievement) => {
                    "its achievement is not in the dump"
                }
                (None, _) => "its user is not in the dump, or has no valid player id",
                (_, None) => "its level is below 1",
                (Some(player), Some(level)) => {
                    let unlock = AchievementUnlock {
                        at: row.at,
                        key: key.clone(),
                        level,
                    };
                    let rows = unlocks.entry((player, &row.achievement)).or_default();
                    rows.push(unlock);
                    continue;
                }
            };
            self.findings.leave_out(ACHIEVEMENT_UNLOCKED, key, reason);
        }
        for ((player, achievement), mut unlocks) in unlocks {
            unlocks.sort();
            let account = self.accounts.entry(player).or_default();
            account.achievements.push(AchievementRecord {
                achievement: achievement.clone(),
                unlocks,
            });
        }
    }

    /// Returns the account of an interface, or leaves the row out.
    fn find_account(
        &mut self,
        model: &'static str,
        row: &RowKey,
        interface: &RowKey,
    ) -> Option<&mut Account> {
        let reason = if !self.tables.interfaces.contains_key(interface) {
            "its interface is not in the dump"
        } else if self.players.find_by_interface(interface).is_none() {
            "its interface is left out"
        } else {
            return self.account_of(interface);
        };
        self.findings.leave_out(model, row, reason);
        None
    }

    fn account_of(&mut self, interface: &RowKey) -> Option<&mut Account> {
        let player = self.players.find_by_interface(interface)?;
        self.accounts.get_mut(&player.id)
    }
}
