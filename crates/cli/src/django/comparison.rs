//! Comparison of the database with the tables.

use std::collections::BTreeMap;

use accolade::{Audience, Award, Engine, Profile, Ticket, Unlock};
use accolade_core::number::Decimal;
use serde::Serialize;

use super::accounts::{Account, BadgeRecord, BadgeStanding};
use super::findings::Findings;
use super::rule_targets::RuleTargets;
use super::tables::{Tables, UNLOCKABLE};
use crate::error::CommandError;

/// Players whose queries run at the same time.
const PLAYERS_PER_PAGE: usize = 32;

/// Totals of both sides, and every difference.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) totals: Vec<ComparedTotal>,
    pub(crate) differences: Vec<AccountDifference>,
}

/// Total of one kind of data on both sides.
#[derive(Debug, Serialize)]
pub(crate) struct ComparedTotal {
    pub(crate) subject: Subject,
    pub(crate) django: i128,
    pub(crate) accolade: i128,
    /// Number of differences between single players, which a total can hide.
    pub(crate) different: u64,
}

/// Difference in what one player has.
#[derive(Debug, Serialize)]
pub(crate) struct AccountDifference {
    pub(crate) player: String,
    pub(crate) subject: Subject,
    /// Id of the badge, unlockable or currency, or empty.
    pub(crate) id: String,
    pub(crate) django: i128,
    pub(crate) accolade: i128,
}

/// Kind of data that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    Players,
    Points,
    BadgesHeld,
    BadgesRevoked,
    Progress,
    UnlockablesOpen,
    AchievementLevels,
}

impl Subject {
    const ALL: [Self; 7] = [
        Self::Players,
        Self::Points,
        Self::BadgesHeld,
        Self::BadgesRevoked,
        Self::Progress,
        Self::UnlockablesOpen,
        Self::AchievementLevels,
    ];

    /// Returns the name in the table.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Players => "players",
            Self::Points => "points",
            Self::BadgesHeld => "badges held",
            Self::BadgesRevoked => "badges revoked",
            Self::Progress => "progress",
            Self::UnlockablesOpen => "unlockables open",
            Self::AchievementLevels => "achievement levels",
        }
    }
}

/// Compares the players of the tables with those of the database.
pub(crate) fn compare_accounts(
    engine: &Engine,
    tables: &Tables,
    accounts: &BTreeMap<String, Account>,
    targets: &RuleTargets<'_>,
    findings: &mut Findings,
) -> Result<Comparison, CommandError> {
    let mut comparer = AccountComparer {
        tables,
        targets,
        findings,
        totals: Subject::ALL.map(|subject| ComparedTotal {
            subject,
            django: 0,
            accolade: 0,
            different: 0,
        }),
        differences: Vec::new(),
    };
    let accounts: Vec<(&String, &Account)> = accounts.iter().collect();
    for page in accounts.chunks(PLAYERS_PER_PAGE) {
        let queries: Vec<PlayerQuery> = page
            .iter()
            .map(|(player, _)| PlayerQuery::start(engine, player))
            .collect();
        for ((player, account), query) in page.iter().zip(queries) {
            let found = query.wait()?;
            comparer.compare_account(player, account, found.as_ref());
        }
    }
    Ok(Comparison {
        totals: comparer.totals.into(),
        differences: comparer.differences,
    })
}

struct PlayerQuery {
    profile: Ticket<Option<Profile>>,
    awards: Ticket<Vec<Award>>,
    unlocks: Ticket<Vec<Unlock>>,
}

/// Stored data of a player.
struct StoredPlayer {
    profile: Profile,
    awards: Vec<Award>,
    unlocks: Vec<Unlock>,
}

impl PlayerQuery {
    fn start(engine: &Engine, player: &str) -> Self {
        let players = engine.players();
        Self {
            profile: players.load_profile(player, Audience::Admin),
            awards: players.list_awards(player),
            unlocks: players.list_unlocks(player),
        }
    }

    fn wait(self) -> Result<Option<StoredPlayer>, CommandError> {
        let (profile, awards, unlocks) = (
            self.profile.wait()?,
            self.awards.wait()?,
            self.unlocks.wait()?,
        );
        Ok(profile.map(|profile| StoredPlayer {
            profile,
            awards,
            unlocks,
        }))
    }
}

impl StoredPlayer {
    fn balance(&self, currency: &str) -> i64 {
        let mut balances = self.profile.balances.iter();
        let found = balances.find(|balance| balance.currency == currency);
        found.map_or(0, |found| found.balance)
    }

    fn held_tiers(&self, badge: &str) -> usize {
        let awards = self.awards.iter();
        awards
            .filter(|award| award.badge == badge && award.is_held())
            .count()
    }

    fn is_revoked(&self, badge: &str) -> bool {
        let mut awards = self.awards.iter();
        awards.any(|award| award.badge == badge && !award.is_held())
    }

    /// Returns the progress of a badge; `None` if nothing is left to earn.
    fn progress(&self, badge: &str) -> Option<Decimal> {
        let mut badges = self.profile.badges.iter();
        let found = badges.find(|view| view.id.as_deref() == Some(badge))?;
        found.progress.as_ref().map(|progress| progress.current)
    }

    fn is_open(&self, unlockable: &str) -> bool {
        let mut unlocks = self.unlocks.iter();
        unlocks.any(|unlock| unlock.unlockable == unlockable && unlock.open)
    }
}

struct AccountComparer<'t> {
    tables: &'t Tables,
    targets: &'t RuleTargets<'t>,
    findings: &'t mut Findings,
    totals: [ComparedTotal; Subject::ALL.len()],
    differences: Vec<AccountDifference>,
}

impl AccountComparer<'_> {
    fn compare_account(&mut self, player: &str, account: &Account, found: Option<&StoredPlayer>) {
        self.compare(player, Subject::Players, "", 1, i128::from(found.is_some()));
        // A player who is missing has nothing, so everything else differs as well.
        if account.interface.is_some() {
            let amounts = account
                .changes
                .iter()
                .map(|change| i128::from(change.amount));
            let currency = self.targets.currency;
            let balance = found.map_or(0, |found| found.balance(currency));
            let sum = amounts.sum();
            self.compare(player, Subject::Points, currency, sum, balance.into());
        }
        for badge in &account.badges {
            self.compare_badge(player, badge, found);
        }
        self.compare_unlockables(player, account, found);
        for achievement in &account.achievements {
            let rule = self.targets.achievements[&achievement.achievement];
            let levels = match rule.has_tiers() {
                true => achievement.level(),
                false => 1,
            };
            let held = found.map_or(0, |found| found.held_tiers(&rule.id));
            self.compare(
                player,
                Subject::AchievementLevels,
                &rule.id,
                levels as i128,
                held as i128,
            );
        }
    }

    fn compare_badge(&mut self, player: &str, badge: &BadgeRecord, found: Option<&StoredPlayer>) {
        let rule = self.targets.badges[&badge.definition];
        let is_held = found.is_some_and(|found| found.held_tiers(&rule.id) > 0);
        let expected = badge.standing == BadgeStanding::Held;
        self.compare(
            player,
            Subject::BadgesHeld,
            &rule.id,
            expected.into(),
            is_held.into(),
        );
        let is_revoked = found.is_some_and(|found| found.is_revoked(&rule.id));
        let expected = matches!(
            badge.standing,
            BadgeStanding::Revoked | BadgeStanding::Blocked
        );
        // One that Django did not award in spite of its progress is blocked, which is not compared.
        if expected || badge.standing == BadgeStanding::Held {
            self.compare(
                player,
                Subject::BadgesRevoked,
                &rule.id,
                expected.into(),
                is_revoked.into(),
            );
        }
        // A badge with nothing left to earn has no progress to show.
        if let Some(progress) = found.and_then(|found| found.progress(&rule.id)) {
            let django = Decimal::from_int(badge.progress);
            self.compare(
                player,
                Subject::Progress,
                &rule.id,
                django.as_micros() / MICROS,
                progress.as_micros() / MICROS,
            );
        }
    }

    fn compare_unlockables(
        &mut self,
        player: &str,
        account: &Account,
        found: Option<&StoredPlayer>,
    ) {
        let highest = highest_balance(account);
        for unlockable in &account.unlockables {
            let id = self.targets.unlockables[&unlockable.definition];
            let is_open = found.is_some_and(|found| found.is_open(id));
            let required = self.tables.unlockable_definitions[&unlockable.definition].required;
            let mut expected = unlockable.acquired;
            if !expected && is_open && i128::from(required) <= highest {
                let reason = "it was locked in Django although the points had sufficed; it is open";
                self.findings
                    .note(UNLOCKABLE, format!("{player} {id}"), reason);
                expected = true;
            }
            self.compare(
                player,
                Subject::UnlockablesOpen,
                id,
                expected.into(),
                is_open.into(),
            );
        }
    }

    fn compare(&mut self, player: &str, subject: Subject, id: &str, django: i128, accolade: i128) {
        let total = &mut self.totals[subject as usize];
        total.django += django;
        total.accolade += accolade;
        if django != accolade {
            total.different += 1;
            self.differences.push(AccountDifference {
                player: player.to_owned(),
                subject,
                id: id.to_owned(),
                django,
                accolade,
            });
        }
    }
}

/// Micro-units in a unit of progress.
const MICROS: i128 = 1_000_000;

/// Returns the highest balance that the player ever had.
fn highest_balance(account: &Account) -> i128 {
    let mut balance = 0;
    let mut highest = 0;
    for change in &account.changes {
        balance += i128::from(change.amount);
        highest = highest.max(balance);
    }
    highest
}
