//! Explanations of unlockables.

use serde::Serialize;

use super::criterion_tree::{CriterionPart, CriterionTreeBuilder};
use super::describe;
use super::evidence::{Evidence, EvidenceCollector};
use super::rule_inputs::RuleInputs;
use super::summary::{self, Summary};
use super::timeline::{ExplainedTimeline, TimelineObserver};
use super::truncated::Truncated;
use crate::catalog::rules::{RuleRef, RuleSet};
use crate::event::Event;
use crate::fold::{self, FoldObserver, StepReport, UnlockableHolding, WholeState};
use crate::number::Decimal;
use crate::time::Timestamp;

/// An explanation of an unlockable that is open or closed for a player.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnlockableExplanation {
    /// The id of the player.
    pub player: String,
    /// The id of the unlockable.
    pub unlockable: String,
    /// The display name of the unlockable.
    pub name: String,
    /// The answer in one sentence.
    pub summary: Summary,
    /// The rule in English.
    pub rule: String,
    /// The instant that is explained.
    pub at: Timestamp,
    /// True if the unlockable is open.
    pub open: bool,
    /// The times at which it opened and closed.
    pub changes: Truncated<UnlockableTransition>,
    /// The parts of the criterion.
    pub criterion: Option<CriterionPart>,
    /// The events and actions behind the explanation.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A change of an unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnlockableTransition {
    /// True if it opened, false if it closed.
    pub opened: bool,
    /// Instant of the change.
    pub at: Timestamp,
    /// The id of the event or action that caused it.
    pub event: String,
    /// The name of that event.
    pub event_name: String,
}

/// Explains an unlockable.
pub(super) fn explain_unlockable(
    question: &ExplainedTimeline<'_>,
    unlockable: usize,
) -> UnlockableExplanation {
    let catalog = question.catalog;
    let rule = &catalog.rules().unlockables[unlockable];
    let written = catalog
        .document()
        .unlockables
        .iter()
        .find(|written| written.label.id.value == rule.id);
    let sources = written
        .map(|written| RuleInputs::from_criterion(catalog, &written.criterion, &rule.criterion))
        .unwrap_or_default();
    let gathering = EvidenceCollector::new(catalog, RuleRef::Unlockable(unlockable), sources, None);
    // If it can close again, events after it opened are evidence, too.
    let latches = !rule.relock;
    let mut watch = UnlockableObserver {
        rules: catalog.rules(),
        unlockable,
        gathering,
        changes: Truncated::default(),
        open: false,
        latches,
    };
    let mut state = question.replay_for(&mut watch);
    let now = question.explained_at(&state);
    fold::inspect_state(catalog, &mut state, question.player, now, |look| {
        UnlockableExplanation {
            player: question.player.to_owned(),
            unlockable: rule.id.clone(),
            name: rule.display.name.clone(),
            summary: summary::summarize_unlockable(
                question.player,
                catalog,
                rule,
                written.map(|written| &written.criterion),
                watch.open,
                look,
            ),
            rule: written
                .map(|written| describe::describe_unlockable(catalog, written))
                .unwrap_or_default(),
            at: now,
            open: watch.open,
            changes: watch.changes,
            // A retired unlockable is no longer written in the catalog, and has no rule to
            // describe.
            criterion: written.map(|written| {
                CriterionTreeBuilder {
                    catalog,
                    inspector: look,
                }
                .build_tree(
                    &written.criterion,
                    &rule.criterion,
                    None,
                    Decimal::ZERO,
                )
            }),
            evidence: watch
                .gathering
                .into_evidence(look, watch.open && watch.latches),
        }
    })
}

/// Observes the changes of the unlockable.
struct UnlockableObserver<'a> {
    rules: &'a RuleSet,
    unlockable: usize,
    gathering: EvidenceCollector<'a>,
    changes: Truncated<UnlockableTransition>,
    open: bool,
    /// True if it stays open once it has opened.
    latches: bool,
}

impl FoldObserver for UnlockableObserver<'_> {
    fn wants_trace(&self, _: &Event) -> bool {
        true
    }

    fn after_step(&mut self, event: &Event, step: StepReport, state: &WholeState) {
        // Before `open` changes, because the event that opens it is evidence itself.
        self.gathering
            .record_event(event, &step, self.open && self.latches);
        for change in fold::diff_touched_cells(self.rules, &step.touched, state).unlockables {
            let own = change.unlockable == self.rules.unlockables[self.unlockable].id;
            if let Some(UnlockableHolding {
                open,
                at,
                event: id,
            }) = change.after.filter(|_| own)
            {
                self.open = open;
                self.changes.push(UnlockableTransition {
                    opened: open,
                    at,
                    event: id,
                    event_name: event.name.clone(),
                });
            }
        }
    }
}

impl TimelineObserver for UnlockableObserver<'_> {
    fn after_retracted(&mut self, event: &Event, by: &str) {
        self.gathering.record_retracted(event, by);
    }
}
