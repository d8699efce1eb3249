//! One player's state plus staged writes inside a transaction.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, PartialState, Step, Touched, WholeState, encode_cell};
use accolade_core::names::acts;
use accolade_core::time::Timestamp;

use super::cache::Cached;
use super::intake::{Entry, Seen};
use super::load::supply;
use super::refold::Checkpointed;
use super::rows::Origin;
use super::stored::Account;
use super::{Setting, Verdict, rows, stored};
use crate::Skipped;
use crate::audit::Actor;
use crate::store::{
    Changes, CheckpointRow, EventRow, LedgerRow, OutcomeRow, PlayerSummary, Retraction,
    RuleErrorRow, StoreError, Transaction, Trigger,
};

/// A unit of work: the state of one player and the rows that a batch will write for them.
pub(crate) struct Desk<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) now: Timestamp,
    pub(super) checkpoint_every: u64,
    pub(super) player: String,
    pub(super) account: Account,
    pub(super) state: PartialState,
    /// Cells that the batch changed, with their previous contents.
    pub(super) touched: Touched,
    /// Holdings of the player before the batch. Set where the previous contents of the cells cannot
    /// tell, because the state was folded under another catalog or from other events.
    pub(super) base: Option<Holdings>,
    /// Events to be inserted.
    pub(super) recorded: Vec<Recorded>,
    /// Stored events that are retracted or restored.
    pub(super) retractions: Vec<Retraction>,
    /// Outcomes since the last recorded event, caused by time or a publication.
    pub(super) loose: Vec<OutcomeRow>,
    /// Ledger entries to be appended.
    pub(super) ledger: Vec<LedgerRow>,
    pub(super) errors: Vec<RuleErrorRow>,
    pub(super) checkpoints: Vec<CheckpointRow>,
    pub(super) drop_checkpoints: Vec<Timestamp>,
    pub(super) drop_checkpoints_from: Option<Timestamp>,
    /// True if there is something to write although no event was recorded.
    pub(super) changed: bool,
    /// True if the player was merged into another one and keeps no state.
    pub(super) gone: bool,
}

/// An event to be inserted, with its outcomes.
pub(super) struct Recorded {
    pub(super) row: EventRow,
    /// Outcomes between the previous event and this one.
    pub(super) before: Vec<OutcomeRow>,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) skipped: Vec<Skipped>,
    /// The person who submitted it.
    pub(super) actor: Actor,
    /// True if it was restored from an export.
    pub(super) restored: bool,
    pub(super) seen: Vec<Seen>,
}

impl<'a> Desk<'a> {
    /// Starts a unit of work on a player. Their state may still be one of an earlier catalog, until
    /// it is backfilled.
    pub(super) fn new(setting: &'a Setting<'_>, cached: Cached) -> Self {
        Self {
            catalog: &setting.in_force.catalog,
            now: setting.now,
            checkpoint_every: setting.checkpoint_every,
            player: cached.player,
            account: cached.account,
            state: cached.state,
            touched: Touched::default(),
            base: None,
            recorded: Vec::new(),
            retractions: Vec::new(),
            loose: Vec::new(),
            ledger: Vec::new(),
            errors: Vec::new(),
            checkpoints: Vec::new(),
            drop_checkpoints: Vec::new(),
            drop_checkpoints_from: None,
            changed: false,
            gone: false,
        }
    }

    /// Applies validated events and actions.
    ///
    /// An action is decided against the state that the items before it left. Between two actions,
    /// events are applied in timeline order, independent of the order in which they were sent.
    pub(super) fn take(
        &mut self,
        tx: &mut dyn Transaction,
        entries: Vec<Entry>,
        verdicts: &mut BTreeMap<usize, Verdict>,
    ) -> Result<(), StoreError> {
        let mut run = Vec::new();
        for entry in entries {
            if entry.judge {
                // The action must see the events that were sent before it.
                self.take_run(tx, std::mem::take(&mut run))?;
                self.take_act(tx, entry, verdicts)?;
            } else if let Some(act) = self.awaited(&entry.event) {
                self.note_retracted(entry, act);
            } else {
                run.push(entry);
            }
        }
        self.take_run(tx, run)
    }

    pub(super) fn take_run(
        &mut self,
        tx: &mut dyn Transaction,
        mut run: Vec<Entry>,
    ) -> Result<(), StoreError> {
        run.sort_by_cached_key(|entry| (entry.event.position(), entry.event.player.clone()));
        let Some(first) = run.first() else {
            return Ok(());
        };
        if self.is_late(&first.event) {
            let (from, cause) = (first.event.at, first.event.id.clone());
            return self.refold(tx, Some(from), run, Trigger::Late, &cause);
        }
        run.into_iter()
            .try_for_each(|entry| self.take_next(tx, entry))
    }

    /// True if an event belongs before something that is already folded: the last event, or an
    /// instant at which time changed the state.
    fn is_late(&self, event: &Event) -> bool {
        let header = &self.state.header;
        header
            .last
            .as_ref()
            .is_some_and(|last| event.position() <= *last)
            || header.as_of.is_some_and(|as_of| event.at < as_of)
    }

    /// Decides an action against the current state and records it.
    fn take_act(
        &mut self,
        tx: &mut dyn Transaction,
        mut entry: Entry,
        verdicts: &mut BTreeMap<usize, Verdict>,
    ) -> Result<(), StoreError> {
        if !entry.at_given {
            // After everything else, even if an accepted event is ahead of the clock: an action
            // without a time must never count as late.
            entry.event.at = self.end().map_or(self.now, |end| end.plus(1).max(self.now));
        }
        // Pending timers fire first, so the decision does not depend on whether the background work
        // has already processed them.
        self.let_time_pass(tx, entry.event.at.max(self.now))?;
        if [acts::RETRACT, acts::RESTORE].contains(&entry.event.name.as_str()) {
            return self.take_retraction(tx, entry, verdicts);
        }
        // `decide` reports one missing cell at a time; load it and ask again.
        let decided = loop {
            match self.state.decide(self.catalog, &entry.event) {
                Ok(decided) => break decided,
                Err(missing) => supply(tx, &self.player, &mut self.state, missing)?,
            }
        };
        match decided {
            // A retraction arrived before this action. Decide it all the same, so that restoring it
            // later has a decision to work with.
            Ok(props) if self.awaited(&entry.event).is_some() => {
                entry.event.props = props;
                let act = self.awaited(&entry.event).unwrap_or_default();
                self.note_retracted(entry, act);
                Ok(())
            }
            Ok(props)
                // In a merged timeline a reset removes the earlier events of its own player only,
                // so it cannot be a step that clears the state.
                if entry.event.name == acts::RESET && !self.account.rare.guests.is_empty() =>
            {
                entry.event.props = props;
                let cause = entry.event.id.clone();
                self.refold(tx, None, vec![entry], Trigger::Action, &cause)
            }
            Ok(props) => {
                entry.event.props = props;
                self.take_run(tx, vec![entry])
            }
            Err(refusal) => {
                verdicts.extend(
                    entry
                        .seen
                        .iter()
                        .map(|seen| (seen.index, Err(refusal.clone().into()))),
                );
                Ok(())
            }
        }
    }

    /// Returns the instant of the last change, by an event or by time.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.state.end()
    }

    /// Applies an event that follows everything folded so far.
    fn take_next(&mut self, tx: &mut dyn Transaction, entry: Entry) -> Result<(), StoreError> {
        // A checkpoint covers everything up to its instant, so it is taken before time moves past
        // the last event.
        if fold::is_due(
            &self.state,
            self.checkpoint_every,
            self.account.cells,
            entry.event.at,
        ) {
            self.keep_checkpoint(tx)?;
        }
        self.let_time_pass(tx, entry.event.at)?;
        let step = self.fold_in(tx, self.catalog, &entry.event, entry.explain)?;
        let because = if entry
            .event
            .name
            .starts_with(accolade_core::event::RESERVED_PREFIX)
        {
            Trigger::Action
        } else {
            Trigger::Event
        };
        let outcomes = self.outcomes_of(self.catalog, &entry.event, &step, because);
        self.note(entry, outcomes, &step);
        self.touched.absorb(step.touched);
        Ok(())
    }

    /// Processes timers up to an instant (S10).
    pub(crate) fn let_time_pass(
        &mut self,
        tx: &mut dyn Transaction,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.let_time_pass_under(tx, self.catalog, until)
    }

    /// Processes the due timers of a player and schedules the next one.
    pub(super) fn wake(
        &mut self,
        tx: &mut dyn Transaction,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.let_time_pass(tx, now)?;
        // The row must be rewritten even if no timer fired, or the stale timer in it would wake the
        // player for ever. An id without events has no row.
        self.changed |= self.state.header.events > 0;
        Ok(())
    }

    /// Processes timers up to an instant under an earlier catalog.
    pub(super) fn let_time_pass_under(
        &mut self,
        tx: &mut dyn Transaction,
        catalog: &Catalog,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        while let Some(at) = fold::next_timer(catalog, &self.state, until) {
            let moment = fold::timer_event(&self.player, at);
            let step = self.fold_in(tx, catalog, &moment, false)?;
            let outcomes = self.outcomes_of(catalog, &moment, &step, Trigger::Time);
            self.loose.extend(outcomes);
            self.touched.absorb(step.touched);
            self.changed = true;
        }
        Ok(())
    }

    /// Stages the ledger entries and rule errors of a step and returns its outcomes.
    fn outcomes_of(
        &mut self,
        catalog: &Catalog,
        event: &Event,
        step: &Step,
        because: Trigger,
    ) -> Vec<OutcomeRow> {
        let rules = catalog.rules();
        let changed = fold::outputs(rules, &step.touched, &self.state);
        let origin = Origin {
            trigger: because,
            caused_by: &event.id,
            recorded_at: self.now,
        };
        let entries: Vec<LedgerRow> = rows::drafts_of_step(rules, event, step)
            .into_iter()
            .map(|draft| draft.number(origin, &mut self.account.entries))
            .collect();
        let mut outcomes = rows::points_outcomes(&self.player, &entries);
        outcomes.extend(rows::outcomes(&self.player, &changed, origin));
        self.ledger.extend(entries);
        self.errors.extend(rows::errors(rules, event, step));
        outcomes
    }

    /// Stages an event that was applied.
    pub(super) fn note(&mut self, entry: Entry, outcomes: Vec<OutcomeRow>, step: &Step) {
        let skipped = step
            .skipped
            .iter()
            .map(|skipped| Skipped::new(self.catalog.rules(), skipped))
            .collect();
        self.note_row(entry, outcomes, skipped, None);
    }

    /// Stages the row of an event, with its outcomes and the rules that skipped it.
    pub(super) fn note_row(
        &mut self,
        entry: Entry,
        outcomes: Vec<OutcomeRow>,
        skipped: Vec<Skipped>,
        retracted_by: Option<String>,
    ) {
        let count =
            u32::try_from(outcomes.len()).expect("the number of effects of an event is limited");
        let row = EventRow {
            event: entry.event,
            explicit_at: entry.at_given,
            first_outcome: 0,
            outcome_count: count,
            recorded_at: self.now,
            retracted_by,
        };
        let before = std::mem::take(&mut self.loose);
        let Entry {
            actor,
            restored,
            seen,
            ..
        } = entry;
        self.recorded.push(Recorded {
            row,
            before,
            outcomes,
            skipped,
            actor,
            restored,
            seen,
        });
    }

    /// Folds one event, loading the cells it needs.
    pub(super) fn fold_in(
        &mut self,
        tx: &mut dyn Transaction,
        catalog: &Catalog,
        event: &Event,
        trace: bool,
    ) -> Result<Step, StoreError> {
        loop {
            // A failed step leaves the state unchanged, so it can be repeated once the cell is
            // there.
            match self.state.step(catalog, event, trace) {
                Ok(step) => return Ok(step),
                Err(missing) => supply(tx, &self.player, &mut self.state, missing)?,
            }
        }
    }

    /// Stages a checkpoint of the current state.
    fn keep_checkpoint(&mut self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        let mut state = self.take_whole(tx)?;
        self.note_checkpoint(copy_of(&mut state));
        self.state = state.into();
        Ok(())
    }

    /// Stages a new checkpoint and the removal of those it replaces.
    pub(super) fn note_checkpoint(&mut self, (gone, kept): Checkpointed) {
        self.checkpoints
            .retain(|checkpoint| !gone.contains(&checkpoint.at));
        self.drop_checkpoints.extend(gone);
        self.checkpoints.extend(kept);
    }

    /// Loads every cell and takes the state, which the caller puts back.
    pub(super) fn take_whole(
        &mut self,
        tx: &mut dyn Transaction,
    ) -> Result<WholeState, StoreError> {
        if !self.state.is_whole() {
            supply(tx, &self.player, &mut self.state, fold::Missing::All)?;
        }
        let state = std::mem::take(&mut self.state);
        Ok(state.into_whole().expect("every cell was just loaded"))
    }

    /// Loads every cell and collects what the player holds under a catalog.
    pub(super) fn holdings(
        &mut self,
        tx: &mut dyn Transaction,
        rules: &Rules,
    ) -> Result<Holdings, StoreError> {
        let state = self.take_whole(tx)?;
        let holdings = state.holdings(rules);
        self.state = state.into();
        Ok(holdings)
    }

    /// Takes all staged outcomes in feed order and sets the offset of each event into them.
    pub(super) fn take_outcomes(&mut self) -> Vec<OutcomeRow> {
        let mut outcomes = Vec::new();
        for recorded in &mut self.recorded {
            outcomes.append(&mut recorded.before);
            recorded.row.first_outcome = i64::try_from(outcomes.len()).expect("a batch is limited");
            outcomes.append(&mut recorded.outcomes);
        }
        outcomes.append(&mut self.loose);
        outcomes
    }

    /// Builds the rows to write, or `None` if nothing changed.
    pub(super) fn changes(&mut self) -> Option<Changes> {
        if self.recorded.is_empty() && !self.changed {
            return None;
        }
        // Readers page through the ledger by number, so numbers only ever grow.
        debug_assert!(
            self.ledger.is_sorted_by(|entry, next| entry.seq < next.seq),
            "ledger numbers ascend"
        );
        debug_assert!(
            self.ledger.iter().all(|entry| entry.amount != 0),
            "every ledger entry moves points"
        );
        let rules = self.catalog.rules();
        let mut changes = Changes {
            player: self.player.clone(),
            ..Changes::default()
        };
        if self.gone {
            changes.replace_derived = true;
            changes.ledger = std::mem::take(&mut self.ledger);
            return Some(changes);
        }
        match self.base.take() {
            None => {
                self.put_touched(&mut changes);
                rows::put(
                    &self.player,
                    fold::outputs(rules, &self.touched, &self.state),
                    &mut changes,
                );
            }
            Some(base) => {
                // Holdings are only compared with a base after a refold.
                let state = std::mem::take(&mut self.state)
                    .into_whole()
                    .expect("a refolded state has all its cells");
                self.put_whole(&state, &mut changes);
                let changed = base.to(&state.holdings(rules));
                rows::put(&self.player, changed, &mut changes);
                self.state = state.into();
            }
        }
        let header = &self.state.header;
        let last_at = header.last.as_ref().map(|last| last.at);
        let due = fold::next_timer(self.catalog, &self.state, Timestamp::LAST);
        changes.summary = Some(PlayerSummary {
            event_count: header.events,
            first_at: header.first_at,
            last_at,
            next_timer_at: due,
        });
        changes.header = stored::encode(&self.account, header);
        changes.events = std::mem::take(&mut self.recorded)
            .into_iter()
            .map(|recorded| recorded.row)
            .collect();
        changes.retractions = std::mem::take(&mut self.retractions);
        changes.ledger = std::mem::take(&mut self.ledger);
        changes.checkpoints = std::mem::take(&mut self.checkpoints);
        changes.drop_checkpoints = std::mem::take(&mut self.drop_checkpoints);
        changes.drop_checkpoints_from = self.drop_checkpoints_from;
        Some(changes)
    }

    /// Adds the cells that changed.
    fn put_touched(&mut self, changes: &mut Changes) {
        for (id, before) in self.touched.0.iter().filter(|(id, _)| !id.key.is_empty()) {
            let after = self.state.peek(id);
            if before.as_ref() != after {
                self.account.cells = match (before, after) {
                    (None, Some(_)) => self.account.cells + 1,
                    (Some(_), None) => self.account.cells.saturating_sub(1),
                    _ => self.account.cells,
                };
                changes
                    .cells
                    .push((id.slot, id.key.to_string(), after.map(encode_cell)));
            }
        }
    }

    /// Adds all cells, replacing those that are stored.
    fn put_whole(&mut self, state: &WholeState, changes: &mut Changes) {
        let keyed = state
            .cells()
            .into_iter()
            .filter(|(id, _)| !id.key.is_empty());
        changes.cells = keyed
            .map(|(id, cell)| (id.slot, id.key.into(), Some(encode_cell(cell))))
            .collect();
        changes.replace_cells = true;
        self.account.cells = changes.cells.len() as u64;
    }

    /// Ends the unit of work, keeping what the cache needs.
    pub(super) fn into_cached(self) -> Cached {
        Cached {
            player: self.player,
            account: self.account,
            state: self.state,
        }
    }
}

/// Copies a whole state as a checkpoint. Also returns the instants of the checkpoints that it
/// replaces.
pub(super) fn copy_of(state: &mut WholeState) -> Checkpointed {
    let Some(at) = state.header.as_of else {
        return (Vec::new(), None);
    };
    let gone = state.mark_checkpoint();
    let state = state.encode();
    (gone, Some(CheckpointRow { at, state }))
}
