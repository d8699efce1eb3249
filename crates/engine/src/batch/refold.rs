//! Refolding of a player from the nearest checkpoint before a change, or from the beginning, and
//! recording of the differences.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::Event;
use accolade_core::fold::{self, FoldObserver, Replay, StateDiff, StepReport, WholeState};
use accolade_core::time::Timestamp;

use super::checkpoint::{NewCheckpoint, copy_checkpoint};
use super::intake::ValidatedEvent;
use super::rows::{self, CommitOrigin, EntryDraft, EntryIdentity};
use super::unit_of_work::UnitOfWork;
use crate::store::{
    CheckpointRow, LedgerKind, LedgerRow, OutcomeRow, StoreError, Transaction, Trigger,
};

/// Movements and errors of a refold, as far as the batch needs them.
pub(super) struct RefoldResult {
    /// Points moved by earnings, actions and expiries.
    moved_points: BTreeMap<EntryIdentity, (i128, Option<String>)>,
    /// The new events that were folded, each with its step.
    new_steps: Vec<(Event, StepReport)>,
}

impl RefoldResult {
    /// Returns the result of folding nothing.
    pub(super) fn empty() -> Self {
        Self {
            moved_points: BTreeMap::new(),
            new_steps: Vec::new(),
        }
    }
}

/// Fold observer that takes checkpoints and sums movements.
pub(super) struct RefoldRecorder<'a> {
    rules: &'a RuleSet,
    checkpoint_every: u64,
    /// New events by player and id; true if their sender wants to know what did not apply.
    new: BTreeMap<(&'a str, &'a str), bool>,
    refolded: RefoldResult,
    checkpoints: Vec<NewCheckpoint>,
}

impl<'a> RefoldRecorder<'a> {
    /// Creates a recorder that keeps the steps of the new events of a run.
    pub(super) fn new(
        rules: &'a RuleSet,
        checkpoint_every: u64,
        run: &'a [ValidatedEvent],
    ) -> Self {
        let new = run.iter().map(|entry| {
            let event = &entry.event;
            (
                (event.player.as_str(), event.id.as_str()),
                entry.wants_explanation,
            )
        });
        Self {
            rules,
            checkpoint_every,
            new: new.collect(),
            refolded: RefoldResult::empty(),
            checkpoints: Vec::new(),
        }
    }

    /// Looks up a new event; true if its sender wants an explanation.
    fn find_new_event(&self, event: &Event) -> Option<bool> {
        self.new
            .get(&(event.player.as_str(), event.id.as_str()))
            .copied()
    }
}

impl FoldObserver for RefoldRecorder<'_> {
    fn before_event(&mut self, event: &Event, state: &mut WholeState) {
        let cells = u64::try_from(state.len()).unwrap_or(u64::MAX);
        if fold::is_checkpoint_due(state, self.checkpoint_every, cells, event.at) {
            self.checkpoints.push(copy_checkpoint(state));
        }
    }

    fn wants_trace(&self, event: &Event) -> bool {
        self.find_new_event(event) == Some(true)
    }

    fn after_step(&mut self, event: &Event, step: StepReport, _: &WholeState) {
        for draft in rows::draft_step_entries(self.rules, event, &step) {
            // Awards are compared by what they paid, because an award may move in time.
            if draft.identity.kind != LedgerKind::Award {
                let sum = self
                    .refolded
                    .moved_points
                    .entry(draft.identity)
                    .or_default();
                sum.0 += i128::from(draft.amount);
                sum.1 = draft.reason;
            }
        }
        if self.find_new_event(event).is_some() {
            self.refolded.new_steps.push((event.clone(), step));
        }
    }
}

impl UnitOfWork<'_> {
    /// Folds new events, in timeline order, together with everything from an instant on, or from
    /// the beginning if there is none.
    ///
    /// `cause` is the id of the event or action that made this necessary.
    pub(super) fn refold_from(
        &mut self,
        tx: &mut dyn Transaction,
        from: Option<Timestamp>,
        run: Vec<ValidatedEvent>,
        trigger: Trigger,
        caused_by: &str,
    ) -> Result<(), StoreError> {
        // A merged player is folded from the beginning: grandfathered holdings may depend on events
        // of several players (S14).
        let start = match from.filter(|_| self.meta.optional.guests.is_empty()) {
            Some(from) => self.find_checkpoint_before(tx, from)?,
            None => None,
        };
        let forget_from = from.filter(|_| start.is_some()).unwrap_or(Timestamp::FIRST);
        let (start, after) = match start {
            None => (WholeState::empty(), None),
            Some(CheckpointRow { at, state }) => {
                let damaged = |error| {
                    StoreError::Damaged(format!("checkpoint of player `{}`: {error}", self.player))
                };
                (WholeState::decode(&state).map_err(damaged)?, Some(at))
            }
        };
        let before = self.load_ledger_after(tx, after)?;
        let history = self.load_history(tx, after, &run)?;
        let old = self.take_whole(tx)?;
        self.discard_checkpoints_from(forget_from);
        let rules = self.catalog.rules();
        let player = self.player.clone();
        let mut recorder = RefoldRecorder::new(rules, self.checkpoint_every, &run);
        let mut replay = Replay::resume(self.catalog, &player, start);
        history
            .iter()
            .for_each(|event| replay.fold_event(event, &mut recorder));
        // The new state must be as current as the old one, or the comparison below would report
        // fired timers as differences.
        if let Some(until) = old.header.as_of {
            replay.advance_to(until, &mut recorder);
        }
        let state = replay.into_state();
        let refolded = self.stage_checkpoints(recorder);

        let touched = state.changes_since(&old);
        let changed = fold::diff_touched_cells(rules, &touched, &state);
        self.touched.merge_later(touched);
        self.state = state.into();
        let origin = CommitOrigin {
            trigger,
            caused_by,
            recorded_at: self.now,
        };
        let outcomes = self.record_differences(self.catalog, &changed, &refolded, &before, origin);
        self.attribute_outcomes(run, outcomes, &refolded);
        Ok(())
    }

    /// Stages the checkpoints of a refold.
    pub(super) fn stage_checkpoints(&mut self, recorder: RefoldRecorder<'_>) -> RefoldResult {
        recorder
            .checkpoints
            .into_iter()
            .for_each(|checkpointed| self.record_checkpoint(checkpointed));
        recorder.refolded
    }

    /// Finds the latest checkpoint before an instant, including those of this batch.
    fn find_checkpoint_before(
        &self,
        tx: &mut dyn Transaction,
        instant: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let own = self
            .checkpoints
            .iter()
            .rfind(|checkpoint| checkpoint.at < instant)
            .cloned();
        // Stored checkpoints from this instant on are removed when the batch is written.
        let limit = self
            .drop_checkpoints_from
            .map_or(instant, |from| from.min(instant));
        match own {
            Some(own) => Ok(Some(own)),
            None => tx.find_checkpoint_before(&self.player, limit),
        }
    }

    /// Drops the checkpoints from an instant on.
    pub(super) fn discard_checkpoints_from(&mut self, instant: Timestamp) {
        self.checkpoints
            .retain(|checkpoint| checkpoint.at < instant);
        let from = self
            .drop_checkpoints_from
            .map_or(instant, |from| from.min(instant));
        self.drop_checkpoints_from = Some(from);
    }

    /// Loads the ledger entries after an instant, including those of this batch.
    pub(super) fn load_ledger_after(
        &self,
        tx: &mut dyn Transaction,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let mut entries = tx.list_ledger_after(&self.player, after)?;
        entries.extend(
            self.ledger
                .iter()
                .filter(|entry| after.is_none_or(|after| entry.at > after))
                .cloned(),
        );
        Ok(entries)
    }

    /// Stages the ledger corrections of a refold and returns its outcomes.
    pub(super) fn record_differences(
        &mut self,
        catalog: &Catalog,
        changed: &StateDiff,
        refolded: &RefoldResult,
        before: &[LedgerRow],
        origin: CommitOrigin<'_>,
    ) -> Vec<OutcomeRow> {
        let mut drafts = draft_corrections(catalog.rules(), refolded, before);
        drafts.extend(rows::draft_award_entries(changed, origin.caused_by));
        let entries: Vec<LedgerRow> = drafts
            .into_iter()
            .map(|draft| draft.into_row(origin, &mut self.meta.last_entry))
            .collect();
        let mut outcomes = rows::build_points_outcomes(&self.player, &entries);
        outcomes.extend(rows::build_outcomes(&self.player, changed, origin));
        self.ledger.extend(entries);
        self.has_changes = true;
        outcomes
    }

    /// Assigns to each new event the outcomes that name it, and to the first event all others.
    fn attribute_outcomes(
        &mut self,
        run: Vec<ValidatedEvent>,
        outcomes: Vec<OutcomeRow>,
        refolded: &RefoldResult,
    ) {
        let Some(first) = run.first().map(|entry| entry.event.id.clone()) else {
            // An unmerge refolds the guest without a new event.
            self.unattached_outcomes.extend(outcomes);
            return;
        };
        let ids: BTreeSet<String> = run.iter().map(|entry| entry.event.id.clone()).collect();
        let mut of: BTreeMap<String, Vec<OutcomeRow>> = BTreeMap::new();
        for outcome in outcomes {
            let event = if ids.contains(&outcome.event) {
                outcome.event.clone()
            } else {
                first.clone()
            };
            of.entry(event).or_default().push(outcome);
        }
        for entry in run {
            let outcomes = of.remove(&entry.event.id).unwrap_or_default();
            let place = refolded.new_steps.iter().find(|(event, _)| {
                event.id == entry.event.id && event.player == entry.event.player
            });
            match place {
                Some((event, step)) => {
                    self.rule_errors.extend(rows::build_error_rows(
                        self.catalog.rules(),
                        event,
                        step,
                    ));
                    self.record(entry, outcomes, step);
                }
                // An event that does not count, such as one before a reset, is recorded without a
                // step.
                None => self.record(entry, outcomes, &StepReport::default()),
            }
        }
    }
}

/// Computes ledger corrections: for each identity of earnings, actions and expiries, the difference
/// between the amount of the new fold and the sum of the entries so far (S5), under current ids.
///
/// Awards are left out. They are compared by what they paid, because an award may move in time.
fn draft_corrections(
    rules: &RuleSet,
    refolded: &RefoldResult,
    before: &[LedgerRow],
) -> Vec<EntryDraft> {
    let mut sums: BTreeMap<EntryIdentity, (i128, Option<String>)> = BTreeMap::new();
    for entry in before
        .iter()
        .filter(|entry| entry.kind != LedgerKind::Award)
    {
        let sum = sums
            .entry(EntryIdentity::from_row(entry).with_current_ids(rules))
            .or_default();
        sum.0 -= i128::from(entry.amount);
        sum.1.clone_from(&entry.reason);
    }
    for (identity, (amount, reason)) in &refolded.moved_points {
        let sum = sums.entry(identity.clone()).or_default();
        sum.0 += amount;
        sum.1.clone_from(reason);
    }
    sums.into_iter()
        .flat_map(|(identity, (due, reason))| EntryDraft::split_amount(identity, due, reason))
        .collect()
}
