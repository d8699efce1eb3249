//! The answer of an explanation in one sentence.

use serde::{Serialize, Serializer};

use super::award::{AwardEntry, RequiredBadge};
use super::balance_source::{SourceKind, SourceTotal};
use super::goals::{BadgeGoal, BadgeQuery};
use super::key_labels::KeyLabelCollector;
use super::measure::{KeyRole, Measure};
use crate::catalog::Catalog;
use crate::catalog::document::{
    BadgeDocument, CriterionDocument, CriterionKind, RepeatMode, Visibility,
};
use crate::catalog::rules::UnlockableRule;
use crate::fold::{AwardSource, StateInspector};
use crate::number::Decimal;

/// Number of earnings that the sentence about a balance names. The others are one sum.
const NAMED_SOURCES: usize = 3;

/// The answer in one sentence, in a form for each reader.
///
/// The form for the player does not name badges that the player may not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    player: String,
    verb: SummaryVerb,
    holds: bool,
    /// The end of the sentence.
    rest: String,
    /// The end of the sentence for the player.
    rest_for_player: String,
}

impl Serialize for Summary {
    /// Serializes the sentence about the player's id.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.about_player(&self.player))
    }
}

/// The verb of the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SummaryVerb {
    Have,
    Unlock,
}

impl Summary {
    fn new(player: &str, verb: SummaryVerb, holds: bool, ends: [String; 2]) -> Self {
        let [rest, rest_for_player] = ends;
        Self {
            player: player.to_owned(),
            verb,
            holds,
            rest,
            rest_for_player,
        }
    }

    /// Returns the sentence about a player of this name: `Ada has Nice Answer: …`
    pub fn about_player(&self, name: &str) -> String {
        let verb = match (self.verb, self.holds) {
            (SummaryVerb::Have, true) => "has",
            (SummaryVerb::Have, false) => "does not have",
            (SummaryVerb::Unlock, true) => "has unlocked",
            (SummaryVerb::Unlock, false) => "has not unlocked",
        };
        format!("{name} {verb} {}.", self.rest)
    }

    /// Returns the sentence for the player: `You have Nice Answer: …`
    ///
    /// It does not name secret and invisible badges that the player has not earned.
    pub fn for_player(&self) -> String {
        let verb = match (self.verb, self.holds) {
            (SummaryVerb::Have, true) => "have",
            (SummaryVerb::Have, false) => "do not have",
            (SummaryVerb::Unlock, true) => "have unlocked",
            (SummaryVerb::Unlock, false) => "have not unlocked",
        };
        format!("You {verb} {}.", self.rest_for_player)
    }
}

/// The parts of the explanation of a badge that its summary is made of.
pub(super) struct BadgeFacts<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) asked: BadgeQuery<'a>,
    pub(super) written: Option<&'a BadgeDocument>,
    pub(super) awards: &'a [AwardEntry],
    pub(super) goals: &'a [BadgeGoal],
    pub(super) requires: &'a [RequiredBadge],
    /// Titles of keys.
    pub(super) titles: &'a KeyLabelCollector<'a>,
}

/// Summarizes if a player has a badge, and how far the next award is.
pub(super) fn summarize_badge(
    player: &str,
    facts: &BadgeFacts<'_>,
    look: &mut StateInspector<'_, '_>,
) -> Summary {
    let newest = facts.awards.iter().rev().find(|award| award.held);
    let ends = [false, true].map(|masks| match newest {
        Some(award) => facts.describe_held(award, masks, look),
        None => facts.describe_missing(masks, look),
    });
    Summary::new(player, SummaryVerb::Have, newest.is_some(), ends)
}

impl BadgeFacts<'_> {
    /// Describes a badge that is held, by its newest award.
    fn describe_held(
        &self,
        award: &AwardEntry,
        masks: bool,
        look: &mut StateInspector<'_, '_>,
    ) -> String {
        let name = &self.asked.rule.display.name;
        let times = self.count_occurrences();
        // All held tiers belong to one award, so that the highest says the most.
        let award = self.highest_held(award);
        let tier = award
            .tier
            .as_ref()
            .map_or_else(String::new, |tier| format!(" ({tier})"));
        let often = match times {
            ..=1 => String::new(),
            2 => " twice".to_owned(),
            _ => format!(" {} times", Decimal::from_int(times).to_grouped()),
        };
        let next = self.describe_next(masks, look);
        // The next tier says more about the same value than the tier that is held.
        let is_plain = award.source == AwardSource::Criterion;
        let way = match is_plain && !next.is_empty() {
            true => String::new(),
            false => self.describe_source(award, times > 1, masks, look),
        };
        format!("{name}{tier}{often}{way}{next}")
    }

    /// Returns the award of the highest tier that is held for the same key.
    fn highest_held<'b>(&'b self, newest: &'b AwardEntry) -> &'b AwardEntry {
        let position = |award: &AwardEntry| {
            let tier = award.tier.as_deref().unwrap_or_default();
            self.asked.rule.tier_position(tier)
        };
        self.awards
            .iter()
            .filter(|award| award.held && award.key == newest.key)
            .max_by_key(|award| position(award))
            .unwrap_or(newest)
    }

    /// Counts the keys, or the times, for which the badge is held.
    fn count_occurrences(&self) -> i64 {
        let mut keys: Vec<Option<&str>> = self
            .awards
            .iter()
            .filter(|award| award.held)
            .map(|award| award.key.as_deref())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        i64::try_from(keys.len()).unwrap_or(i64::MAX)
    }

    /// Describes how an award was earned: `: post 10 got 12 votes (10 needed)`.
    fn describe_source(
        &self,
        award: &AwardEntry,
        is_one_of_many: bool,
        masks: bool,
        look: &mut StateInspector<'_, '_>,
    ) -> String {
        match award.source {
            AwardSource::Manual => return ", awarded manually".to_owned(),
            AwardSource::Grandfathered => {
                return ", earned under earlier rules and kept".to_owned();
            }
            AwardSource::Code => return String::new(),
            AwardSource::Criterion => {}
        }
        let tier = award.tier.as_deref().unwrap_or_default();
        let key = award.key.as_deref();
        let goal = self
            .asked
            .rule
            .tier_position(tier)
            .and_then(|tier| self.asked.award_goal(look, tier, key));
        // The value of a repeatable badge belongs to its next time.
        let goal = goal.filter(|_| self.asked.rule.repeat != RepeatMode::Again);
        let Some((goal, criterion)) = goal.zip(self.criterion()) else {
            return String::new();
        };
        // A correction can lower the value of an award that stays.
        if goal.missing > Decimal::ZERO {
            return String::new();
        }
        let clause = self.measure(criterion, masks, look).describe_reached(&goal);
        if is_one_of_many {
            format!(", most recently because {clause}")
        } else {
            format!(": {clause}")
        }
    }

    /// Describes the next tier, or the next time.
    fn describe_next(&self, masks: bool, look: &mut StateInspector<'_, '_>) -> String {
        // The nearest key of a badge that is held for another key is a story of its own.
        if self.asked.rule.repeat == RepeatMode::PerKey && self.asked.key.is_none() {
            return String::new();
        }
        let next = self.goals.iter().find(|goal| !goal.earned);
        let Some((goal, criterion)) = next.zip(self.criterion()) else {
            return String::new();
        };
        let measure = self.measure(criterion, masks, look);
        match (&goal.progress.tier, self.asked.rule.repeat) {
            (Some(tier), _) => {
                let clause = measure.describe_open(goal, self.key_role(masks));
                format!("; next is {tier}: {clause}")
            }
            (None, RepeatMode::Again) => {
                format!("; the next needs {}", measure.describe_missing(goal))
            }
            (None, _) => String::new(),
        }
    }

    /// Describes a badge that is not held.
    fn describe_missing(&self, masks: bool, look: &mut StateInspector<'_, '_>) -> String {
        let name = &self.asked.rule.display.name;
        let goal = self.goals.iter().find(|goal| !goal.earned);
        let tier = goal
            .and_then(|goal| goal.progress.tier.as_deref())
            .filter(|_| self.asked.tier.is_some())
            .map_or_else(String::new, |tier| format!(" ({tier})"));
        let mut ends = Vec::new();
        match (goal, self.criterion()) {
            // The criterion can hold although another badge is missing.
            (Some(goal), Some(_)) if goal.missing == Decimal::ZERO => {}
            (Some(goal), Some(criterion)) => {
                let measure = self.measure(criterion, masks, look);
                ends.push(measure.describe_open(goal, self.key_role(masks)));
            }
            _ if self.asked.rule.code_badge.is_none() => {
                ends.push("it is awarded manually".to_owned())
            }
            _ => {}
        }
        let missing = self.requires.iter().filter(|required| !required.held);
        ends.extend(missing.map(|required| {
            match masks && is_hidden(self.catalog, &required.badge, look) {
                true => "it requires another badge".to_owned(),
                false => format!("it requires the badge {}", required.name),
            }
        }));
        if let Some(at) = self.awards.last().and_then(|award| award.revoked_at) {
            let day: String = at.to_string().chars().take(10).collect();
            ends.push(format!("it was revoked on {day}"));
        }
        let revoked = self
            .awards
            .last()
            .is_some_and(|award| award.revoked_at.is_some());
        let yet = if revoked || self.asked.rule.retired {
            ""
        } else {
            " yet"
        };
        match ends.is_empty() {
            true => format!("{name}{tier}{yet}"),
            false => format!("{name}{tier}{yet}: {}", ends.join("; ")),
        }
    }

    /// Returns the role of the key of an open goal: the nearest one, unless a key was asked for.
    fn key_role(&self, masks: bool) -> KeyRole {
        match self.asked.key {
            Some(_) => KeyRole::Given,
            None => KeyRole::Best(possessive(masks)),
        }
    }

    fn criterion(&self) -> Option<&CriterionDocument> {
        self.written?.criterion.as_ref()
    }

    fn measure<'b>(
        &'b self,
        criterion: &'b CriterionDocument,
        masks: bool,
        look: &StateInspector<'_, '_>,
    ) -> Measure<'b> {
        Measure {
            catalog: self.catalog,
            criterion,
            masks_badge: masks && names_hidden_badge(self.catalog, criterion, look),
            is_for_player: masks,
            titles: Some(self.titles),
        }
    }
}

/// Summarizes if an unlockable is open, and how far it is.
pub(super) fn summarize_unlockable(
    player: &str,
    catalog: &Catalog,
    rule: &UnlockableRule,
    written: Option<&CriterionDocument>,
    is_open: bool,
    look: &mut StateInspector<'_, '_>,
) -> Summary {
    let (key, current, target) = look.criterion_progress(&rule.criterion, Decimal::ZERO);
    let goal = BadgeGoal::for_criterion(key, current, target);
    let name = &rule.display.name;
    let ends = [false, true].map(|masks| {
        // It stays open if the value falls, unless it closes again.
        let is_described = if is_open {
            goal.missing == Decimal::ZERO
        } else {
            goal.missing > Decimal::ZERO
        };
        let Some(criterion) = written.filter(|_| is_described) else {
            return name.clone();
        };
        let measure = Measure {
            catalog,
            criterion,
            masks_badge: masks && names_hidden_badge(catalog, criterion, look),
            is_for_player: masks,
            titles: None,
        };
        match is_open {
            true => format!("{name}: {}", measure.describe_reached(&goal)),
            false => {
                let role = KeyRole::Best(possessive(masks));
                format!("{name} yet: {}", measure.describe_open(&goal, role))
            }
        }
    });
    Summary::new(player, SummaryVerb::Unlock, is_open, ends)
}

/// Summarizes where the points of a balance come from.
pub(super) fn summarize_balance(
    player: &str,
    name: &str,
    balance: i64,
    totals: &[SourceTotal],
) -> Summary {
    let overdraft = if balance < 0 { ", an overdraft" } else { "" };
    let amount = Decimal::from_int(balance).to_grouped();
    let ends = [false, true].map(|masks| {
        let sources = list_sources(totals, masks).join(", ");
        let sources = match sources.is_empty() {
            true => sources,
            false => format!(": {sources}"),
        };
        format!("{amount} {name}{overdraft}{sources}")
    });
    Summary::new(player, SummaryVerb::Have, true, ends)
}

/// Returns the name of the rule behind a total.
fn name_source(total: &SourceTotal) -> &str {
    total.name.as_deref().unwrap_or_default()
}

/// Lists the sources of a balance, the largest first: `100 from Posts`, `20 from 2 badges`.
fn list_sources(totals: &[SourceTotal], masks: bool) -> Vec<String> {
    let sum = |kind: SourceKind| -> (usize, i64) {
        let of_kind = totals.iter().filter(|total| total.source == kind);
        of_kind.fold((0, 0_i64), |(rules, sum), total| {
            (rules + 1, sum.saturating_add(total.amount))
        })
    };
    let amount = |amount: i64| Decimal::from_int(amount).to_grouped();
    let mut earnings: Vec<&SourceTotal> = totals
        .iter()
        .filter(|total| total.source == SourceKind::Earning && total.amount != 0)
        .collect();
    earnings.sort_by_key(|total| std::cmp::Reverse(total.amount));
    let mut listed: Vec<String> = earnings
        .iter()
        .take(NAMED_SOURCES)
        .map(|total| format!("{} from {}", amount(total.amount), name_source(total)))
        .collect();
    let others: i64 = earnings
        .iter()
        .skip(NAMED_SOURCES)
        .fold(0, |sum, total| sum.saturating_add(total.amount));
    if others != 0 {
        listed.push(format!("{} from other activity", amount(others)));
    }
    let badge = |total: &&SourceTotal| total.source == SourceKind::Badge && total.amount != 0;
    match (sum(SourceKind::Badge), totals.iter().find(badge)) {
        ((_, 0), _) | (_, None) => {}
        // The number of badges could reveal one that is secret again.
        ((1, points), Some(total)) if !masks => {
            listed.push(format!(
                "{} from the badge {}",
                amount(points),
                name_source(total)
            ));
        }
        ((_, points), _) => listed.push(format!("{} from badges", amount(points))),
    }
    if let (_, points @ (..=-1 | 1..)) = sum(SourceKind::Action) {
        listed.push(format!("{} by manual actions", amount(points)));
    }
    if let (_, points @ (..=-1 | 1..)) = sum(SourceKind::Expiry) {
        listed.push(format!("{} expired", amount(points)));
    }
    listed
}

/// Returns the word for what belongs to the player: in the sentence for the player, or for others.
fn possessive(is_for_player: bool) -> &'static str {
    if is_for_player { "your" } else { "their" }
}

/// True if a criterion is about a badge that the player may not know.
fn names_hidden_badge(
    catalog: &Catalog,
    criterion: &CriterionDocument,
    look: &StateInspector<'_, '_>,
) -> bool {
    match &criterion.kind {
        CriterionKind::Badge { badge, .. } => is_hidden(catalog, &badge.value, look),
        _ => false,
    }
}

fn is_hidden(catalog: &Catalog, badge: &str, look: &StateInspector<'_, '_>) -> bool {
    let rules = catalog.rules();
    rules.badge_position(badge).is_none_or(|position| {
        let rule = &rules.badges[position];
        rule.visibility != Visibility::Public && !look.holds_badge(rule)
    })
}
