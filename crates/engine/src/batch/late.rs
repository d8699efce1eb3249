//! Events that arrive late: the player is folded again from the nearest checkpoint, and what differs is emitted.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, State, Step, Touched, decode_state};
use accolade_core::time::Timestamp;

use super::desk::{Desk, copy_of};
use super::intake::Entry;
use super::rows::{self, Draft, Identity};
use crate::store::{Because, CheckpointRow, LedgerKind, LedgerRow, OutcomeRow, StoreError, Transaction};

impl Desk<'_> {
    /// Folds in events of which at least the first comes before the end of the timeline. They are in timeline order.
    pub(super) fn take_late(&mut self, tx: &mut dyn Transaction, run: Vec<Entry>) -> Result<(), StoreError> {
        let Some(earliest) = run.first().map(|entry| entry.event.at) else { return Ok(()) };
        let start = self.checkpoint_before(tx, earliest)?;
        let after = start.as_ref().map(|checkpoint| checkpoint.at);
        let entries_before = self.ledger_after(tx, after)?;
        self.load_all(tx)?;

        let mut timeline: Vec<Event> = tx.timeline(&self.player, after)?.into_iter().map(|row| row.event).collect();
        let recorded = self.recorded.iter().map(|recorded| &recorded.row.event);
        timeline.extend(recorded.filter(|event| after.is_none_or(|after| event.at > after)).cloned());
        timeline.extend(run.iter().map(|entry| entry.event.clone()));
        timeline.sort_by_cached_key(Event::position);

        self.forget_checkpoints_from(earliest);
        let mut state = match start {
            None => State::empty(),
            Some(checkpoint) => decode_state(&checkpoint.state)
                .map_err(|error| StoreError::Damaged(format!("a checkpoint of `{}`: {error}", self.player)))?,
        };
        let explain: BTreeSet<&str> =
            run.iter().filter(|entry| entry.explain).map(|entry| entry.event.id.as_str()).collect();
        let steps = self.refold(&mut state, &timeline, &explain);
        self.emit(state, run, &Refolded { timeline, steps, before: entries_before });
        Ok(())
    }

    /// The latest checkpoint before an instant, those of this batch included.
    fn checkpoint_before(
        &self,
        tx: &mut dyn Transaction,
        instant: Timestamp,
    ) -> Result<Option<CheckpointRow>, StoreError> {
        let own = self.checkpoints.iter().rfind(|checkpoint| checkpoint.at < instant).cloned();
        let limit = self.drop_checkpoints_from.map_or(instant, |from| from.min(instant));
        match own {
            Some(own) => Ok(Some(own)),
            None => tx.checkpoint_before(&self.player, limit),
        }
    }

    fn forget_checkpoints_from(&mut self, instant: Timestamp) {
        self.checkpoints.retain(|checkpoint| checkpoint.at < instant);
        let from = self.drop_checkpoints_from.map_or(instant, |from| from.min(instant));
        self.drop_checkpoints_from = Some(from);
    }

    /// The ledger after an instant, entries of this batch included.
    fn ledger_after(&self, tx: &mut dyn Transaction, after: Option<Timestamp>) -> Result<Vec<LedgerRow>, StoreError> {
        let mut entries = tx.ledger_after(&self.player, after)?;
        entries.extend(self.ledger.iter().filter(|entry| after.is_none_or(|after| entry.at > after)).cloned());
        Ok(entries)
    }

    /// Folds a timeline into a state, keeps checkpoints on the way, and returns the step of each event.
    fn refold(&mut self, state: &mut State, timeline: &[Event], explain: &BTreeSet<&str>) -> Vec<Step> {
        let mut steps = Vec::with_capacity(timeline.len());
        for event in timeline {
            if fold::is_due(state, self.checkpoint_every, u64::try_from(state.len()).unwrap_or(u64::MAX), event.at) {
                self.note_checkpoint(copy_of(state));
            }
            let trace = explain.contains(event.id.as_str());
            steps.push(fold::step(self.catalog, state, event, trace).expect("the state has all of its cells at hand"));
        }
        steps
    }

    /// Compares the new state with the old one, and notes the differences as outcomes of the new events.
    fn emit(&mut self, state: State, run: Vec<Entry>, refolded: &Refolded) {
        let rules = self.catalog.rules();
        let old = std::mem::replace(&mut self.state, state);
        let touched = differences(&old, &self.state);
        let changed = fold::outputs(rules, &touched, &self.state);
        let first = run[0].event.id.as_str();

        let mut drafts = corrections(rules, refolded);
        drafts.extend(rows::drafts_of_awards(rules, &changed, first));
        let entries: Vec<LedgerRow> =
            drafts.into_iter().map(|draft| draft.number(Because::Late, self.now, &mut self.last_entry)).collect();
        let mut outcomes = rows::points_outcomes(&self.player, &entries);
        outcomes.extend(rows::outcomes(rules, &self.player, &changed, first, Because::Late, self.now));
        self.ledger.extend(entries);
        self.touched.absorb(touched);
        self.attribute(run, outcomes, refolded);
    }

    /// Gives each new event the outcomes that name it, and the first of them the rest.
    fn attribute(&mut self, run: Vec<Entry>, outcomes: Vec<OutcomeRow>, refolded: &Refolded) {
        let first = run[0].event.id.clone();
        let ids: BTreeSet<String> = run.iter().map(|entry| entry.event.id.clone()).collect();
        let mut of: BTreeMap<String, Vec<OutcomeRow>> = BTreeMap::new();
        for outcome in outcomes {
            let event = if ids.contains(&outcome.event) { outcome.event.clone() } else { first.clone() };
            of.entry(event).or_default().push(outcome);
        }
        for entry in run {
            let place = refolded.timeline.binary_search_by_key(&entry.event.position(), Event::position);
            let step = &refolded.steps[place.expect("the run is part of the timeline")];
            self.errors.extend(rows::errors(self.catalog.rules(), &entry.event, step));
            let outcomes = of.remove(&entry.event.id).unwrap_or_default();
            self.note(entry, outcomes, step);
        }
    }
}

/// What folding again came to.
struct Refolded {
    timeline: Vec<Event>,
    /// The step of each event of the timeline.
    steps: Vec<Step>,
    /// The ledger as it was for this part of the timeline.
    before: Vec<LedgerRow>,
}

/// Every cell in which two whole states differ, with what the old one holds.
fn differences(old: &State, new: &State) -> Touched {
    let all = "both states have all of their cells at hand";
    let (old, new) = (old.all().expect(all), new.all().expect(all));
    let mut touched = Touched::default();
    for (id, before) in &old {
        if new.get(id) != Some(before) {
            touched.0.insert(id.clone(), Some((*before).clone()));
        }
    }
    for id in new.into_keys().filter(|id| !old.contains_key(id)) {
        touched.0.insert(id, None);
    }
    touched
}

/// For each identity of earnings and acts, the difference between what the new fold moves and what the entries so far
/// sum to (S5). Awards are compared by what they paid, because an award may move in time.
fn corrections(rules: &Rules, refolded: &Refolded) -> Vec<Draft> {
    let mut sums: BTreeMap<Identity, (i128, Option<String>)> = BTreeMap::new();
    for entry in refolded.before.iter().filter(|entry| entry.kind != LedgerKind::Award) {
        let sum = sums.entry(Identity::of(entry)).or_default();
        sum.0 -= i128::from(entry.amount);
        sum.1.clone_from(&entry.reason);
    }
    for (event, step) in refolded.timeline.iter().zip(&refolded.steps) {
        for draft in rows::drafts_of_step(rules, event, step) {
            if draft.identity.kind != LedgerKind::Award {
                let sum = sums.entry(draft.identity).or_default();
                sum.0 += i128::from(draft.amount);
                sum.1 = draft.reason;
            }
        }
    }
    sums.into_iter().flat_map(|(identity, (due, reason))| Draft::all(identity, due, reason)).collect()
}
