//! Explanations of badges.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::award::{AwardEntry, RequiredBadge};
use super::criterion_tree::{CriterionPart, CriterionTreeBuilder};
use super::describe;
use super::evidence::{Evidence, EvidenceCollector};
use super::goals::{BadgeGoal, BadgeQuery};
use super::key_labels::KeyLabelCollector;
use super::measure;
use super::rule_inputs::RuleInputs;
use super::summary::{self, BadgeFacts, Summary};
use super::timeline::{ExplainedTimeline, TimelineObserver};
use super::truncated::Truncated;
use crate::catalog::Catalog;
use crate::catalog::document::{self, RepeatMode};
use crate::catalog::key_label::KeyLabel;
use crate::catalog::rules::RuleRef;
use crate::event::Event;
use crate::fold::{
    self, AwardChange, AwardHolding, Cell, CellId, FoldObserver, PlayerState, StateInspector,
    StepReport, WholeState,
};
use crate::time::Timestamp;

/// An explanation of a badge that a player has or does not have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BadgeExplanation {
    /// The id of the player.
    pub player: String,
    /// The id of the badge.
    pub badge: String,
    /// The display name of the badge.
    pub name: String,
    /// The answer in one sentence.
    pub summary: Summary,
    /// The rule in English.
    pub rule: String,
    /// The instant that is explained.
    pub at: Timestamp,
    /// The tier, if the explanation is limited to one.
    pub tier: Option<String>,
    /// The key, if the explanation is limited to one.
    pub key: Option<String>,
    /// The name of the keys, such as `post` for `per = "event.post"`.
    pub key_name: Option<String>,
    /// The labels and links of the keys in this explanation.
    pub key_labels: BTreeMap<String, KeyLabel>,
    /// True if an award in question is held.
    pub earned: bool,
    /// The number of held awards in question.
    pub held: usize,
    /// All awards that were ever given, in order of time, including revoked ones.
    pub awards: Truncated<AwardEntry>,
    /// The progress on each tier, for the key in question or for the keys nearest to their next
    /// tier. Empty if the badge has no criterion.
    pub goals: Vec<BadgeGoal>,
    /// The parts of the criterion, for the first goal that is not reached.
    pub criterion: Option<CriterionPart>,
    /// Badges that must be held first.
    pub requires: Vec<RequiredBadge>,
    /// The events and actions behind the explanation.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Explains a badge.
pub(super) fn explain_badge(
    question: &ExplainedTimeline<'_>,
    badge: usize,
    tier: Option<usize>,
    key: Option<&str>,
) -> BadgeExplanation {
    let catalog = question.catalog;
    let rule = &catalog.rules().badges[badge];
    let written = catalog
        .document()
        .badges
        .iter()
        .find(|written| written.label.id.value == rule.id);
    let asked = BadgeQuery {
        badge,
        rule,
        tier,
        key,
    };
    // The key of a repeatable badge is the number of a time, which events do not have.
    let per_key = key.filter(|_| rule.repeat == RepeatMode::PerKey);
    let gathering = EvidenceCollector::new(
        catalog,
        RuleRef::Badge(badge),
        badge_inputs(catalog, asked, written),
        per_key,
    );
    let mut watch = BadgeObserver {
        catalog,
        asked,
        gathering,
        key_labels: KeyLabelCollector::new(catalog, rule),
        awards: BTreeMap::new(),
        settled: false,
    };
    let mut state = question.replay_for(&mut watch);
    let now = question.explained_at(&state);
    fold::inspect_state(catalog, &mut state, question.player, now, |look| {
        let goals = asked.list_goals(look);
        let criterion = focused_goal(&goals)
            .zip(written)
            .and_then(|(goal, written)| criterion_tree(catalog, look, asked, goal, written));
        let list_required = |required: &usize| {
            let rule = &catalog.rules().badges[*required];
            RequiredBadge {
                badge: rule.id.clone(),
                name: rule.display.name.clone(),
                held: look.holds_badge(rule),
            }
        };
        let requires: Vec<RequiredBadge> = rule.requires.iter().map(list_required).collect();
        let mut awards: Vec<AwardEntry> = watch.awards.into_values().collect();
        // A stable sort: awards of the same instant stay in order of tier and key.
        awards.sort_by_key(|award| award.at);
        let held = awards.iter().filter(|award| award.held).count();
        let facts = BadgeFacts {
            catalog,
            asked,
            written,
            awards: &awards,
            goals: &goals,
            requires: &requires,
            titles: &watch.key_labels,
        };
        let summary = summary::summarize_badge(question.player, &facts, look);
        let evidence = watch.gathering.into_evidence(look, watch.settled);
        let mut keys: BTreeSet<&str> = evidence.keys().collect();
        keys.extend(goals.iter().filter_map(|goal| goal.progress.key.as_deref()));
        // The keys of other repeatable badges are numbers.
        if rule.repeat == RepeatMode::PerKey {
            keys.extend(awards.iter().filter_map(|award| award.key.as_deref()));
        }
        let label = |key: &str| (key.to_owned(), watch.key_labels.label_key(key));
        let key_labels = keys.into_iter().map(label).collect();
        BadgeExplanation {
            player: question.player.to_owned(),
            badge: rule.id.clone(),
            name: rule.display.name.clone(),
            summary,
            rule: describe_rule(catalog, asked, written),
            at: now,
            tier: tier.map(|tier| rule.tiers[tier].id.clone()),
            key: key.map(str::to_owned),
            key_name: written
                .and_then(|written| written.criterion.as_ref())
                .and_then(measure::name_keys),
            key_labels,
            earned: held > 0,
            held,
            awards: awards.into_iter().collect(),
            requires,
            criterion,
            goals,
            evidence,
        }
    })
}

/// Observes the awards of the badge.
struct BadgeObserver<'a> {
    catalog: &'a Catalog,
    asked: BadgeQuery<'a>,
    gathering: EvidenceCollector<'a>,
    key_labels: KeyLabelCollector<'a>,
    awards: BTreeMap<(usize, Box<str>), AwardEntry>,
    /// True if all awards in question are held.
    settled: bool,
}

impl FoldObserver for BadgeObserver<'_> {
    fn wants_trace(&self, _: &Event) -> bool {
        true
    }

    fn after_step(&mut self, event: &Event, step: StepReport, state: &WholeState) {
        for key in self.gathering.counted_keys(&step) {
            self.key_labels.record_event(event, key);
        }
        // With the old `settled`, because the event that earns the award is evidence itself.
        self.gathering.record_event(event, &step, self.settled);
        for change in fold::diff_touched_cells(self.catalog.rules(), &step.touched, state).awards {
            let name = &change.name;
            let tier = self
                .asked
                .rule
                .tier_position(&name.tier)
                .filter(|_| name.badge == self.asked.rule.id);
            if let Some(tier) = tier.filter(|tier| self.asked.covers_award(*tier, &name.key)) {
                self.record_award(event, tier, change);
            }
        }
        self.settled = self.is_settled(state);
    }
}

impl TimelineObserver for BadgeObserver<'_> {
    fn after_retracted(&mut self, event: &Event, by: &str) {
        self.gathering.record_retracted(event, by);
    }
}

impl BadgeObserver<'_> {
    /// True if all awards in question are held, so that later events no longer matter.
    fn is_settled(&self, state: &PlayerState) -> bool {
        self.asked.fixed_key().is_some_and(|key| {
            let rule = self.asked.rule;
            let place = |tier: usize| CellId::for_award(rule.award_slot, &rule.tiers[tier].id, key);
            let held = |tier| matches!(state.peek_cell(&place(tier)), Some(Cell::Award(award)) if award.is_held());
            // A temporary badge can end, so later events stay relevant.
            !rule.temporary && self.asked.asked_tiers().all(held)
        })
    }

    fn record_award(&mut self, event: &Event, tier: usize, change: AwardChange) {
        let place = (tier, change.name.key.as_str().into());
        let Some(award) = change.after else {
            self.awards.remove(&place);
            return;
        };
        let before = self.awards.get(&place);
        let is_new = *award.event == *event.id;
        let was_held = change.before.as_ref().is_some_and(AwardHolding::is_held);
        // A revoked award can change again, for example when it is blocked. The first revocation
        // counts.
        let revoked_by = match before {
            _ if award.is_held() => None,
            Some(before) if !was_held => before.revoked_by.clone(),
            _ => Some(event.id.clone()),
        };
        let event_name = before
            .filter(|_| !is_new)
            .map_or_else(|| event.name.clone(), |entry| entry.event_name.clone());
        let entry = AwardEntry {
            tier: Some(change.name.tier).filter(|tier| !tier.is_empty()),
            key: Some(change.name.key).filter(|key| !key.is_empty()),
            held: award.is_held(),
            at: award.at,
            event: award.event,
            event_name,
            source: award.source,
            revoked_at: award.revoked_at,
            revoked_by,
            blocked: award.blocked,
        };
        self.awards.insert(place, entry);
    }
}

/// Collects the inputs of the badge: those of its criterion, or the events of its code.
fn badge_inputs(
    catalog: &Catalog,
    asked: BadgeQuery<'_>,
    written: Option<&document::BadgeDocument>,
) -> RuleInputs {
    let criterion = written.and_then(|written| written.criterion.as_ref());
    // The tiers read the same counters, and differ in their targets only.
    let node = asked
        .rule
        .tiers
        .first()
        .and_then(|tier| tier.criterion.as_ref());
    let mut sources = criterion
        .zip(node)
        .map_or_else(RuleInputs::default, |(criterion, node)| {
            RuleInputs::from_criterion(catalog, criterion, node)
        });
    let code = asked
        .rule
        .code_badge
        .and_then(|code| catalog.code_badges().get(code));
    sources.events = code.map(|code| code.events.clone()).unwrap_or_default();
    sources
}

fn describe_rule(
    catalog: &Catalog,
    asked: BadgeQuery<'_>,
    written: Option<&document::BadgeDocument>,
) -> String {
    let code = asked
        .rule
        .code_badge
        .and_then(|code| catalog.code_badges().get(code));
    match (written, code) {
        (Some(written), _) => describe::describe_badge(catalog, written),
        (None, Some(code)) => format!(
            "decided by code (version {}) on {}; its result for each event is not recorded",
            code.version,
            code.events.join(" and ")
        ),
        (None, None) => String::new(),
    }
}

/// Selects the goal for which the criterion is shown: the first one not reached, or else the last.
fn focused_goal(goals: &[BadgeGoal]) -> Option<&BadgeGoal> {
    goals.iter().find(|goal| !goal.earned).or(goals.last())
}

fn criterion_tree(
    catalog: &Catalog,
    look: &mut StateInspector<'_, '_>,
    asked: BadgeQuery<'_>,
    goal: &BadgeGoal,
    written: &document::BadgeDocument,
) -> Option<CriterionPart> {
    let criterion = written.criterion.as_ref()?;
    let node = asked.rule.tiers[goal.position].criterion.as_ref()?;
    let is_keyed = asked.rule.repeat == RepeatMode::PerKey;
    let key = is_keyed.then(|| goal.progress.key.as_deref().unwrap_or_default());
    let mut part = CriterionTreeBuilder {
        catalog,
        inspector: look,
    }
    .build_tree(criterion, node, key, goal.manual);
    if is_keyed {
        part.key.clone_from(&goal.progress.key);
    }
    // The criterion is written for one time, and the goal can be a later one.
    if asked.rule.repeat == RepeatMode::Again && goal.progress.target > part.target {
        part.target = goal.progress.target;
        part.holds = part.current >= part.target;
    }
    Some(part)
}
