//! Refolding of a player from the nearest checkpoint before a change, or from the beginning, and
//! recording of the differences.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Outputs, State, Step, Touched, decode_state};
use accolade_core::time::Timestamp;

use super::desk::{Desk, copy_of};
use super::intake::Entry;
use super::rows::{self, Draft, Identity, Origin};
use crate::store::{
    Trigger, CheckpointRow, LedgerKind, LedgerRow, OutcomeRow, StoreError, Transaction,
};

/// The result of refolding a part of the timeline.
pub(super) struct Refolded {
    /// Events and timer events, each with its step.
    pub(super) steps: Vec<(Event, Step)>,
    /// Previous ledger entries of the same part of the timeline.
    pub(super) before: Vec<LedgerRow>,
}

impl Desk<'_> {
    /// Folds new events, in timeline order, together with everything from an instant on, or from
    /// the beginning if there is none.
    ///
    /// `cause` is the id of the event or action that made this necessary.
    pub(super) fn refold(
        &mut self,
        tx: &mut dyn Transaction,
        from: Option<Timestamp>,
        run: Vec<Entry>,
        because: Trigger,
        cause: &str,
    ) -> Result<(), StoreError> {
        self.load_all(tx)?;
        // A merged player is folded from the beginning: grandfathered holdings may depend on events
        // of several players (S14).
        let start = match from.filter(|_| self.account.rare.guests.is_empty()) {
            Some(from) => self.checkpoint_before(tx, from)?,
            None => None,
        };
        let forget_from = from.filter(|_| start.is_some()).unwrap_or(Timestamp::FIRST);
        let (mut state, after) = match start {
            None => (State::empty(), None),
            Some(CheckpointRow { at, state }) => {
                let damaged = |error| {
                    StoreError::Damaged(format!("a checkpoint of `{}`: {error}", self.player))
                };
                (decode_state(&state).map_err(damaged)?, Some(at))
            }
        };
        let before = self.ledger_after(tx, after)?;
        let history = self.history(tx, after, &run)?;
        self.forget_checkpoints_from(forget_from);
        let explain: BTreeSet<&str> = run
            .iter()
            .filter(|entry| entry.explain)
            .map(|entry| entry.event.id.as_str())
            .collect();
        // The new state must be as current as the old one, or the comparison below would report
        // fired timers as differences.
        let until = self.state.header.as_of;
        let steps = self.fold_anew(self.catalog, &mut state, history, until, &explain);

        let old = std::mem::replace(&mut self.state, state);
        let touched = differences(&old, &self.state);
        let changed = fold::outputs(self.catalog.rules(), &touched, &self.state);
        self.touched.absorb(touched);
        let refolded = Refolded { steps, before };
        let outcomes = self.emit(
            self.catalog,
            &changed,
            &refolded,
            Origin {
                trigger: because,
                caused_by: cause,
                recorded_at: self.now,
            },
        );
        self.attribute(run, outcomes, &refolded);
        Ok(())
    }

    /// Folds a timeline, with the timers between its events, into a state up to an instant, taking
    /// checkpoints on the way.
    pub(super) fn fold_anew(
        &mut self,
        catalog: &Catalog,
        state: &mut State,
        history: Vec<Event>,
        until: Option<Timestamp>,
        explain: &BTreeSet<&str>,
    ) -> Vec<(Event, Step)> {
        const WHOLE: &str = "the state has all its cells";
        let mut steps = Vec::with_capacity(history.len());
        for event in history {
            let cells = u64::try_from(state.len()).unwrap_or(u64::MAX);
            if fold::is_due(state, self.checkpoint_every, cells, event.at) {
                self.note_checkpoint(copy_of(state));
            }
            self.moments(catalog, state, event.at, &mut steps);
            let trace = explain.contains(event.id.as_str());
            let step = fold::step(catalog, state, &event, trace).expect(WHOLE);
            steps.push((event, step));
        }
        if let Some(until) = until {
            self.moments(catalog, state, until, &mut steps);
        }
        steps
    }

    /// Fires timers up to an instant.
    fn moments(
        &self,
        catalog: &Catalog,
        state: &mut State,
        until: Timestamp,
        steps: &mut Vec<(Event, Step)>,
    ) {
        while let Some(at) = fold::due(catalog, state, until) {
            let moment = fold::moment(&self.player, at);
            let step = fold::step(catalog, state, &moment, false)
                .expect("the state has all its cells");
            steps.push((moment, step));
        }
    }

    /// Finds the latest checkpoint before an instant, including those of this batch.
    fn checkpoint_before(
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
            None => tx.checkpoint_before(&self.player, limit),
        }
    }

    /// Drops the checkpoints from an instant on.
    pub(super) fn forget_checkpoints_from(&mut self, instant: Timestamp) {
        self.checkpoints
            .retain(|checkpoint| checkpoint.at < instant);
        let from = self
            .drop_checkpoints_from
            .map_or(instant, |from| from.min(instant));
        self.drop_checkpoints_from = Some(from);
    }

    /// Loads the ledger entries after an instant, including those of this batch.
    pub(super) fn ledger_after(
        &self,
        tx: &mut dyn Transaction,
        after: Option<Timestamp>,
    ) -> Result<Vec<LedgerRow>, StoreError> {
        let mut entries = tx.ledger_after(&self.player, after)?;
        entries.extend(
            self.ledger
                .iter()
                .filter(|entry| after.is_none_or(|after| entry.at > after))
                .cloned(),
        );
        Ok(entries)
    }

    /// Stages the ledger corrections of a refold and returns its outcomes.
    pub(super) fn emit(
        &mut self,
        catalog: &Catalog,
        changed: &Outputs,
        refolded: &Refolded,
        origin: Origin<'_>,
    ) -> Vec<OutcomeRow> {
        let mut drafts = corrections(catalog, refolded);
        drafts.extend(rows::drafts_of_awards(changed, origin.caused_by));
        let entries: Vec<LedgerRow> = drafts
            .into_iter()
            .map(|draft| draft.number(origin, &mut self.account.entries))
            .collect();
        let mut outcomes = rows::points_outcomes(&self.player, &entries);
        outcomes.extend(rows::outcomes(&self.player, changed, origin));
        self.ledger.extend(entries);
        self.changed = true;
        outcomes
    }

    /// Assigns to each new event the outcomes that name it, and to the first event all others.
    fn attribute(&mut self, run: Vec<Entry>, outcomes: Vec<OutcomeRow>, refolded: &Refolded) {
        let Some(first) = run.first().map(|entry| entry.event.id.clone()) else {
            // An unmerge refolds the guest without a new event.
            self.loose.extend(outcomes);
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
            let place = refolded.steps.iter().find(|(event, _)| {
                event.id == entry.event.id && event.player == entry.event.player
            });
            match place {
                Some((event, step)) => {
                    self.errors
                        .extend(rows::errors(self.catalog.rules(), event, step));
                    self.note(entry, outcomes, step);
                }
                // An event that does not count, such as one before a reset, is recorded without a
                // step.
                None => self.note(entry, outcomes, &Step::default()),
            }
        }
    }
}

/// Lists the cells in which two whole states differ, with their contents in the old one.
fn differences(old: &State, new: &State) -> Touched {
    let all = "both states have all their cells";
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

/// Computes ledger corrections: for each identity of earnings, actions and expiries, the difference
/// between the amount of the new fold and the sum of the entries so far (S5), under current ids.
///
/// Awards are left out. They are compared by what they paid, because an award may move in time.
fn corrections(catalog: &Catalog, refolded: &Refolded) -> Vec<Draft> {
    let mut sums: BTreeMap<Identity, (i128, Option<String>)> = BTreeMap::new();
    for entry in refolded
        .before
        .iter()
        .filter(|entry| entry.kind != LedgerKind::Award)
    {
        let sum = sums
            .entry(Identity::of(entry).renamed(catalog.rules()))
            .or_default();
        sum.0 -= i128::from(entry.amount);
        sum.1.clone_from(&entry.reason);
    }
    for (event, step) in &refolded.steps {
        for draft in rows::drafts_of_step(catalog.rules(), event, step) {
            if draft.identity.kind != LedgerKind::Award {
                let sum = sums.entry(draft.identity).or_default();
                sum.0 += i128::from(draft.amount);
                sum.1 = draft.reason;
            }
        }
    }
    sums.into_iter()
        .flat_map(|(identity, (due, reason))| Draft::all(identity, due, reason))
        .collect()
}
