//! The actions that lead to what the tables say about a player.
//!
//! Each action carries its decided effect, as in an export, so that an award pays exactly what
//! Django paid. A state of which Django does not store the time gets the latest time of the dump.

use accolade_core::catalog::rules::BadgeRule;
use accolade_core::event::NewEvent;
use accolade_core::names::acts;
use accolade_core::number::Decimal;
use accolade_core::props;
use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

use super::accounts::{Account, AchievementRecord, BadgeRecord, BadgeStanding, PointChange};
use super::findings::Findings;
use super::payments::{BadgePayments, match_payments};
use super::row_key::RowKey;
use super::rule_targets::RuleTargets;
use super::tables::{ACHIEVEMENT_UNLOCKED, BADGE, POINT_CHANGE};

/// Prefix of the ids of actions from django-gamification.
const GAMIFICATION: &str = "django-gamification";
/// Prefix of the ids of actions from django-hero.
const HERO: &str = "django-hero";

/// Plans the actions of a player in timeline order.
pub(crate) fn plan_history(
    player: &str,
    account: &Account,
    targets: &RuleTargets<'_>,
    end: Timestamp,
    findings: &mut Findings,
) -> Vec<NewEvent> {
    let mut planner = HistoryPlanner {
        player,
        account,
        targets,
        end,
        findings,
        steps: Vec::new(),
    };
    planner.add_badges_and_changes();
    planner.add_unlockables();
    planner.add_achievements();
    planner.add_player();
    planner.into_events()
}

struct HistoryPlanner<'a> {
    player: &'a str,
    account: &'a Account,
    targets: &'a RuleTargets<'a>,
    end: Timestamp,
    findings: &'a mut Findings,
    steps: Vec<Step>,
}

/// Action with its place among those of the same instant.
struct Step {
    at: Timestamp,
    rank: (StepKind, RowKey, u8),
    event: NewEvent,
}

/// Kinds of steps, in their order within an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StepKind {
    Player,
    Change,
    Badge,
    Unlockable,
    Achievement,
    AchievementLevel,
}

impl HistoryPlanner<'_> {
    /// Adds the action that creates the player of an interface, even one without any history.
    fn add_player(&mut self) {
        let Some(interface) = &self.account.interface else {
            return;
        };
        let first = self.steps.iter().map(|step| step.at).min();
        let mut set = Props::default();
        if let Some(joined) = self.account.joined {
            set.insert("joined", Value::from(joined.to_string()));
        }
        let id = format!("{GAMIFICATION}.interface.{interface}");
        let event = self.action(acts::PROFILE, &id, props! { "set" => set });
        let rank = (StepKind::Player, interface.clone(), 0);
        self.push(first.unwrap_or(self.end), rank, event);
    }

    fn add_badges_and_changes(&mut self) {
        let account = self.account;
        let payments = match_payments(&account.badges, &account.changes);
        let mut matched = vec![false; account.changes.len()];
        for (badge, paid) in account.badges.iter().zip(&payments) {
            // A deduction without a payment is no part of the award, and stays an action.
            if let (Some(award), revocation) = (paid.award, paid.revocation) {
                matched[award] = true;
                if let Some(revocation) = revocation {
                    matched[revocation] = true;
                }
            }
            self.add_badge(badge, *paid);
        }
        for (change, is_matched) in account.changes.iter().zip(matched) {
            if !is_matched {
                self.add_change(change);
            }
        }
    }

    fn add_change(&mut self, change: &PointChange) {
        if change.amount == 0 {
            let reason = "the amount is 0, so there is nothing to record";
            self.findings.note(POINT_CHANGE, &change.key, reason);
            return;
        }
        let id = format!("{GAMIFICATION}.pointchange.{}", change.key);
        let props = props! {
            "currency" => self.targets.currency,
            "amount" => change.amount,
            "overdraft" => true,
        };
        let event = self.action(acts::POINTS, &id, props);
        let rank = (StepKind::Change, change.key.clone(), 1);
        self.push(change.at, rank, event);
    }

    fn add_badge(&mut self, badge: &BadgeRecord, paid: BadgePayments) {
        let rule = self.targets.badges[&badge.definition];
        let id = format!("{GAMIFICATION}.badge.{}", badge.key);
        let was_held = matches!(badge.standing, BadgeStanding::Held | BadgeStanding::Revoked);
        // Without a payment, a revocation that Django did deduct still says when the badge was held.
        let awarded = paid.award.or(paid.revocation);
        if was_held {
            let points = paid.award.map(|_| badge.points);
            if points.is_none() && badge.points != 0 {
                self.findings.note(
                    BADGE,
                    &badge.key,
                    "no change of points pays the badge, so its award pays nothing",
                );
            }
            let paid_points: Props = points
                .map(|points| (self.targets.currency.into(), Value::from(points)))
                .into_iter()
                .collect();
            let event = self.action(
                acts::AWARD,
                &id,
                badge_props(rule, vec![award_entry("", paid_points)]),
            );
            self.push_at_change(awarded, &badge.key, 0, event);
        }
        let is_finished = is_reached(rule, badge.progress);
        let is_blocked = badge.standing == BadgeStanding::Blocked;
        if badge.standing == BadgeStanding::Unearned && is_finished {
            self.findings.note(
                BADGE,
                &badge.key,
                "its progress is finished, but Django did not award it; it is blocked until it is \
                 awarded manually",
            );
        }
        if badge.standing == BadgeStanding::Revoked
            || is_blocked
            || badge.standing == BadgeStanding::Unearned && is_finished
        {
            let event = self.action(
                acts::REVOKE,
                &format!("{id}.revoked"),
                badge_props(rule, vec![revocation_entry("")]),
            );
            self.push_at_change(paid.revocation, &badge.key, 2, event);
        }
        self.add_progress(badge, rule, &id);
    }

    fn add_progress(&mut self, badge: &BadgeRecord, rule: &BadgeRule, id: &str) {
        if badge.progress == 0 {
            return;
        }
        if !rule.has_numeric_criterion {
            self.findings.leave_out(
                BADGE,
                &badge.key,
                "its progress cannot be imported, because the criterion of its rule is not a \
                 single number",
            );
            return;
        }
        let event = self.progress_action(rule, &format!("{id}.progress"), badge.progress);
        let rank = (StepKind::Badge, badge.key.clone(), 3);
        self.push(self.end, rank, event);
    }

    /// Keeps open what Django opened, even if the points would no longer suffice.
    fn add_unlockables(&mut self) {
        let Some(interface) = &self.account.interface else {
            return;
        };
        let id = format!("{GAMIFICATION}.interface.{interface}.unlockables");
        let open: Vec<Value> = self
            .account
            .unlockables
            .iter()
            .filter(|unlockable| unlockable.acquired)
            .map(|unlockable| {
                Value::Map(props! {
                    "unlockable" => self.targets.unlockables[&unlockable.definition],
                    "at" => self.end.to_string(),
                    "event" => id.as_str(),
                })
            })
            .collect();
        if open.is_empty() {
            return;
        }
        let props = props! { acts::DECISION => props! { "unlockables" => open } };
        let event = self.action(acts::GRANDFATHER, &id, props);
        let rank = (StepKind::Unlockable, interface.clone(), 0);
        self.push(self.end, rank, event);
    }

    fn add_achievements(&mut self) {
        for achievement in &self.account.achievements {
            let rule = self.targets.achievements[&achievement.achievement];
            if rule.has_tiers() {
                self.add_levels(achievement, rule);
            } else {
                self.add_plain_achievement(achievement, rule);
            }
        }
    }

    /// Adds an achievement without tiers, at its first unlock.
    fn add_plain_achievement(&mut self, achievement: &AchievementRecord, rule: &BadgeRule) {
        let mut unlocks = achievement.unlocks.iter();
        if let Some(first) = unlocks.next() {
            let props = badge_props(rule, vec![award_entry("", Props::default())]);
            self.push_unlock(first.at, &first.key, props);
        }
        for repeated in unlocks {
            self.findings
                .note(ACHIEVEMENT_UNLOCKED, &repeated.key, REPEATED_UNLOCK);
        }
    }

    /// Adds the tiers up to each level. The level is also the progress, so that the next one is
    /// shown as the next target.
    fn add_levels(&mut self, achievement: &AchievementRecord, rule: &BadgeRule) {
        let mut reached = 0;
        let mut highest = None;
        for unlock in &achievement.unlocks {
            let tiers = rule.tiers.iter().filter(|tier| !tier.retired);
            let new: Vec<Value> = tiers
                .take(unlock.level)
                .skip(reached)
                .map(|tier| award_entry(&tier.id, Props::default()))
                .collect();
            if new.is_empty() {
                self.findings
                    .note(ACHIEVEMENT_UNLOCKED, &unlock.key, REPEATED_UNLOCK);
                continue;
            }
            reached += new.len();
            if reached < unlock.level {
                let reason = "its level is above the tiers of its badge; the highest tier counts";
                self.findings
                    .leave_out(ACHIEVEMENT_UNLOCKED, &unlock.key, reason);
            }
            highest = Some(&unlock.key);
            self.push_unlock(unlock.at, &unlock.key, badge_props(rule, new));
        }
        let Some(key) = highest.filter(|_| rule.has_numeric_criterion) else {
            return;
        };
        let id = format!("{HERO}.achievementunlocked.{key}.level");
        let level = i64::try_from(achievement.level()).unwrap_or(i64::MAX);
        let event = self.progress_action(rule, &id, level);
        let rank = (StepKind::AchievementLevel, key.clone(), 0);
        self.push(self.end, rank, event);
    }

    fn push_unlock(&mut self, at: Timestamp, key: &RowKey, props: Props) {
        let id = format!("{HERO}.achievementunlocked.{key}");
        let event = self.action(acts::AWARD, &id, props);
        self.push(at, (StepKind::Achievement, key.clone(), 0), event);
    }

    fn progress_action(&self, rule: &BadgeRule, id: &str, progress: i64) -> NewEvent {
        let props = props! {
            "badge" => rule.id.as_str(),
            "add" => progress,
            acts::DECISION => props! { "add" => progress },
        };
        self.action(acts::PROGRESS, id, props)
    }

    fn action(&self, name: &str, id: &str, mut props: Props) -> NewEvent {
        if name != acts::PROFILE && name != acts::GRANDFATHER {
            props.insert("reason", Value::from("imported from Django"));
        }
        let mut event = NewEvent::new(self.player, name).id(id);
        event.props = props;
        event
    }

    /// Adds an action at the place of a change of points, or at the end.
    fn push_at_change(
        &mut self,
        change: Option<usize>,
        badge: &RowKey,
        phase: u8,
        event: NewEvent,
    ) {
        match change.map(|position| &self.account.changes[position]) {
            Some(change) => {
                let rank = (StepKind::Change, change.key.clone(), phase);
                self.push(change.at, rank, event);
            }
            None => self.push(self.end, (StepKind::Badge, badge.clone(), phase), event),
        }
    }

    fn push(&mut self, at: Timestamp, rank: (StepKind, RowKey, u8), event: NewEvent) {
        self.steps.push(Step { at, rank, event });
    }

    fn into_events(mut self) -> Vec<NewEvent> {
        self.steps
            .sort_by(|one, other| (one.at, &one.rank).cmp(&(other.at, &other.rank)));
        let mut events: Vec<NewEvent> = Vec::with_capacity(self.steps.len());
        for Step { at, event, .. } in self.steps {
            let order = match events.last() {
                Some(before) if before.at == Some(at) => before.order + 1,
                _ => 0,
            };
            events.push(event.at(at).order(order));
        }
        events
    }
}

const REPEATED_UNLOCK: &str = "an earlier row already unlocks this level";

fn badge_props(rule: &BadgeRule, awards: Vec<Value>) -> Props {
    let mut props = props! { "badge" => rule.id.as_str() };
    // The action names the highest tier, as a manual award does.
    if let Some(tier) = awards
        .last()
        .and_then(Value::as_map)
        .and_then(|award| award.get("tier")?.as_text())
        .filter(|tier| !tier.is_empty())
    {
        props.insert("tier", tier);
    }
    props.insert(acts::DECISION, props! { "awards" => awards });
    props
}

fn award_entry(tier: &str, points: Props) -> Value {
    Value::Map(props! { "tier" => tier, "key" => "", "points" => points })
}

fn revocation_entry(tier: &str) -> Value {
    Value::Map(props! { "tier" => tier, "key" => "" })
}

/// True if the progress reaches the target of a badge.
fn is_reached(rule: &BadgeRule, progress: i64) -> bool {
    let criterion = rule.tiers[0].criterion.as_ref();
    criterion.is_some_and(|criterion| {
        rule.has_numeric_criterion && Decimal::from_int(progress) >= criterion.target
    })
}
