//! Advice on changed rules that would apply retroactively.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::{RuleRef, RuleSet};
use accolade_core::expr::suggest_guard;
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::changes::{ChangeKind, PlayerChange};
use super::totals::{PlanTotals, RewrittenPoints};
use crate::backfill::FailureTotal;
use crate::named_rule::NamedRule;

/// A suggestion about a changed rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// The kind of advice.
    pub kind: AdviceKind,
    /// The rule concerned.
    pub rule: NamedRule,
    /// Number of players affected.
    pub players: u64,
    /// The effect of the change, such as ``the badge `guest` is new: 2 players gain 2 awards for
    /// past events``.
    pub text: String,
    /// A change of the catalog that avoids the effect; `None` if no general one is known.
    pub remedy: Option<AdviceRemedy>,
    /// The text without its subject.
    #[serde(skip)]
    predicate: String,
}

/// Kind of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdviceKind {
    /// A new rule counts past events.
    NewRule,
    /// A changed rule counts past events differently.
    ChangedRule,
    /// A removed rule no longer pays for past events.
    RemovedRule,
    /// A new or changed rule cannot be evaluated for some past events.
    FailingRule,
}

/// A change of the catalog that avoids an effect on the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AdviceRemedy {
    /// The kind of remedy.
    pub kind: RemedyKind,
    /// The instruction, such as `to count only events from now on, add since to the badge`.
    pub text: String,
    /// The `until` to write; `None` if the remedy needs none.
    pub until: Option<Timestamp>,
    /// The `since` to write; `None` if the remedy needs none.
    pub since: Option<Timestamp>,
}

/// Kind of remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RemedyKind {
    /// Add a `since` to the rule, so that it counts only events from now on.
    AddSince,
    /// Leave the rule in the catalog and add an `until`.
    AddUntil,
    /// Leave the rule as it was with an `until`, and put the change into a new rule with a `since`.
    SplitRule,
    /// Begin the condition with a test that the property exists.
    GuardCondition,
}

impl Advice {
    fn new(kind: AdviceKind, rule: NamedRule, players: u64, predicate: String) -> Self {
        Self {
            text: format!("the {} `{}` {predicate}", rule.kind, rule.id),
            remedy: None,
            kind,
            rule,
            players,
            predicate,
        }
    }

    /// Returns the text about a subject, in place of the rule's kind and id: `Guest is new: …`
    pub fn about(&self, subject: &str) -> String {
        format!("{subject} {}", self.predicate)
    }
}

impl AdviceRemedy {
    fn new(kind: RemedyKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            until: None,
            since: None,
        }
    }

    /// Lists the lines to write, in TOML: `until = 2026-06-01T12:00:00Z`.
    pub fn lines(&self) -> Vec<String> {
        let settings = [("until", self.until), ("since", self.since)].into_iter();
        settings
            .filter_map(|(name, at)| at.map(|at| format!("{name} = {at}")))
            .collect()
    }
}

/// Difference of a rule between two catalogs.
#[derive(Clone, Copy)]
enum RuleDifference {
    New,
    Changed,
    Removed,
}

/// Catalogs and time that advice refers to.
struct AdviceContext<'c> {
    published: &'c Catalog,
    given: &'c Catalog,
    /// Canonical contents of the rules by name, published and given.
    contents: [BTreeMap<&'c str, &'c str>; 2],
    now: Timestamp,
}

/// Builds advice for each rule whose change alters past results.
pub(super) fn build_advice(
    published: &Catalog,
    given: &Catalog,
    totals: &PlanTotals,
    changes: &[PlayerChange],
    now: Timestamp,
) -> Vec<Advice> {
    let context = AdviceContext {
        published,
        given,
        contents: [published, given].map(map_rule_contents),
        // Microseconds would be noise in a line to copy. The next second includes all past events.
        now: now.round_up_to_second(),
    };
    let earnings = totals.earnings.iter();
    let earnings = earnings.filter_map(|((earning, currency), rewritten)| {
        context.advise_on_earning(earning, currency, *rewritten)
    });
    let badges = count_gained_awards(changes).into_iter();
    let badges = badges.filter_map(|(badge, (awards, players))| {
        context.advise_on_badge(badge, awards, players.len() as u64)
    });
    let failures = totals.failures.iter();
    let failures = failures.filter_map(|(rule, (players, failed))| {
        context.advise_on_failures(*rule, *players, failed)
    });
    earnings.chain(badges).chain(failures).collect()
}

/// Maps rule names to their canonical contents.
fn map_rule_contents(catalog: &Catalog) -> BTreeMap<&str, &str> {
    catalog
        .canonical_parts()
        .iter()
        .map(|part| (part.name.as_str(), part.content.as_str()))
        .collect()
}

/// Counts gained awards and their players, by badge.
fn count_gained_awards(changes: &[PlayerChange]) -> BTreeMap<&str, (u64, BTreeSet<&str>)> {
    let mut gained: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for change in changes
        .iter()
        .filter(|change| change.kind == ChangeKind::AwardGained)
    {
        // A player can gain several awards of one badge: tiers, or keys.
        let (awards, players) = gained.entry(&change.subject).or_default();
        *awards += 1;
        players.insert(&change.player);
    }
    gained
}

impl AdviceContext<'_> {
    /// Finds a rule and its difference. Returns `None` if the rule itself did not change, because
    /// then it cannot follow an advice.
    fn find_difference(
        &self,
        find: impl Fn(&RuleSet) -> Option<RuleRef>,
    ) -> Option<(NamedRule, RuleDifference)> {
        let [given, published] =
            [self.given.rules(), self.published.rules()].map(|rules| Some((rules, find(rules)?)));
        let (rules, rule) = given.or(published)?;
        let rule = NamedRule::new(rules, rule);
        let name = format!("the {} `{}`", rule.kind, rule.id);
        let [before, after] = &self.contents;
        let difference = match (before.get(&*name), after.get(&*name)) {
            (None, Some(_)) => RuleDifference::New,
            (Some(_), None) => RuleDifference::Removed,
            (Some(before), Some(after)) if before != after => RuleDifference::Changed,
            _ => return None,
        };
        Some((rule, difference))
    }

    fn advise_on_earning(
        &self,
        earning: &str,
        currency: &str,
        rewritten: RewrittenPoints,
    ) -> Option<Advice> {
        let (rule, difference) = self.find_difference(|rules| {
            let position = rules.earnings.iter().position(|rule| rule.id == earning);
            position.map(RuleRef::Earning)
        })?;
        let RewrittenPoints {
            players,
            before,
            after,
        } = rewritten;
        let effect = format!(
            "past events of {} are worth {} {currency} instead of {}",
            count_noun(players, "player"),
            group_thousands(after),
            group_thousands(before)
        );
        let (kind, is_changed, remedy) = match difference {
            RuleDifference::New => (
                AdviceKind::NewRule,
                "is new",
                self.count_from_now("earning"),
            ),
            RuleDifference::Changed => (
                AdviceKind::ChangedRule,
                "changed",
                AdviceRemedy {
                    until: Some(self.now),
                    since: Some(self.now),
                    ..AdviceRemedy::new(
                        RemedyKind::SplitRule,
                        "to keep these points, leave the earning as it was and add `until`, and \
                         put the change into a new earning with `since`",
                    )
                },
            ),
            RuleDifference::Removed => (
                AdviceKind::RemovedRule,
                "was removed",
                AdviceRemedy {
                    until: Some(self.now),
                    ..AdviceRemedy::new(
                        RemedyKind::AddUntil,
                        "to keep these points, leave the earning in the catalog and add `until`",
                    )
                },
            ),
        };
        Some(Advice {
            remedy: Some(remedy),
            ..Advice::new(kind, rule, players, format!("{is_changed}: {effect}"))
        })
    }

    fn advise_on_badge(&self, badge: &str, awards: u64, players: u64) -> Option<Advice> {
        let (rule, difference) =
            self.find_difference(|rules| rules.badge_position(badge).map(RuleRef::Badge))?;
        let (kind, is_changed) = match difference {
            RuleDifference::New => (AdviceKind::NewRule, "is new"),
            // A removed badge gains no awards.
            _ => (AdviceKind::ChangedRule, "changed"),
        };
        let predicate = format!(
            "{is_changed}: {} {} {} for past events",
            count_noun(players, "player"),
            if players == 1 { "gains" } else { "gain" },
            count_noun(awards, "award"),
        );
        Some(Advice {
            remedy: Some(self.count_from_now("badge")),
            ..Advice::new(kind, rule, players, predicate)
        })
    }

    fn count_from_now(&self, kind: &str) -> AdviceRemedy {
        AdviceRemedy {
            since: Some(self.now),
            ..AdviceRemedy::new(
                RemedyKind::AddSince,
                format!("to count only events from now on, add `since` to the {kind}"),
            )
        }
    }

    fn advise_on_failures(
        &self,
        rule: RuleRef,
        players: u64,
        failed: &FailureTotal,
    ) -> Option<Advice> {
        // The position is one of the given catalog. A rule that did not change fails today, too,
        // which is reported elsewhere.
        let (kind, id) = self.given.rules().kind_and_id(rule);
        let name = format!("the {kind} `{id}`");
        let [before, after] = &self.contents;
        if before.get(&*name) == after.get(&*name) {
            return None;
        }
        let FailureTotal { count, message } = failed;
        let predicate = format!(
            "cannot be evaluated for {} of {} and does not apply to them: {message}",
            count_noun(*count, "past event"),
            count_noun(players, "player")
        );
        let rule = NamedRule::new(self.given.rules(), rule);
        let guard = suggest_guard(message);
        Some(Advice {
            remedy: guard.map(|guard| AdviceRemedy::new(RemedyKind::GuardCondition, guard)),
            ..Advice::new(AdviceKind::FailingRule, rule, players, predicate)
        })
    }
}

fn count_noun(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", group_thousands(count.into())),
    }
}

fn group_thousands(number: i128) -> String {
    let whole = i64::try_from(number).map(Decimal::from_int);
    whole.map_or_else(|_| number.to_string(), Decimal::to_grouped)
}
