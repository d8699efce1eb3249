//! One player's state plus staged writes inside a transaction.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::Event;
use accolade_core::fold::{
    self, Holdings, PartialState, StepReport, TouchedCells, WholeState, encode_cell,
};
use accolade_core::names::acts;
use accolade_core::time::Timestamp;

use super::cache::CachedPlayer;
use super::checkpoint::{NewCheckpoint, copy_checkpoint};
use super::context::BatchContext;
use super::intake::{RequestSlot, ValidatedEvent};
use super::load::load_missing;
use super::player_meta::PlayerMeta;
use super::player_summary::build_summary;
use super::receipt_draft::ItemResult;
use super::rows::CommitOrigin;
use super::{player_meta, rows};
use crate::audit::AuditActor;
use crate::store::{
    ChangeSet, CheckpointRow, EventRow, LedgerRow, OutcomeRow, RetractionRow, RuleErrorRow,
    StoreError, Transaction, Trigger,
};
use crate::{Rejection, SkippedRule, player_ids};

/// A unit of work: the state of one player and the rows that a batch will write for them.
pub(crate) struct UnitOfWork<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) now: Timestamp,
    pub(super) checkpoint_every: u64,
    pub(super) player: String,
    pub(super) meta: PlayerMeta,
    pub(super) state: PartialState,
    /// Cells that the batch changed, with their previous contents.
    pub(super) touched: TouchedCells,
    /// Holdings of the player before the batch. Set where the previous contents of the cells cannot
    /// tell, because the state was folded under another catalog or from other events.
    pub(super) before: Option<Holdings>,
    /// Events to be inserted.
    pub(super) recorded_events: Vec<NewEventRow>,
    /// Stored events that are retracted or restored.
    pub(super) retractions: Vec<RetractionRow>,
    /// Outcomes since the last recorded event, caused by time or a publication.
    pub(super) unattached_outcomes: Vec<OutcomeRow>,
    /// Ledger entries to be appended.
    pub(super) ledger: Vec<LedgerRow>,
    pub(super) rule_errors: Vec<RuleErrorRow>,
    pub(super) checkpoints: Vec<CheckpointRow>,
    pub(super) drop_checkpoints: Vec<Timestamp>,
    pub(super) drop_checkpoints_from: Option<Timestamp>,
    /// True if there is something to write although no event was recorded.
    pub(super) has_changes: bool,
    /// True if the player was merged into another one and keeps no state.
    pub(super) merged_away: bool,
}

/// An event to be inserted, with its outcomes.
pub(super) struct NewEventRow {
    pub(super) row: EventRow,
    /// Outcomes between the previous event and this one.
    pub(super) outcomes_before: Vec<OutcomeRow>,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) skipped: Vec<SkippedRule>,
    /// The person who submitted it.
    pub(super) actor: AuditActor,
    /// True if it was restored from an export.
    pub(super) restored: bool,
    pub(super) slots: Vec<RequestSlot>,
}

impl<'a> UnitOfWork<'a> {
    /// Starts a unit of work on a player. Their state may still be one of an earlier catalog, until
    /// it is backfilled.
    pub(super) fn new(context: &'a BatchContext<'_>, cached: CachedPlayer) -> Self {
        Self {
            catalog: &context.published.catalog,
            now: context.now,
            checkpoint_every: context.checkpoint_every,
            player: cached.player,
            meta: cached.meta,
            state: cached.state,
            touched: TouchedCells::default(),
            before: None,
            recorded_events: Vec::new(),
            retractions: Vec::new(),
            unattached_outcomes: Vec::new(),
            ledger: Vec::new(),
            rule_errors: Vec::new(),
            checkpoints: Vec::new(),
            drop_checkpoints: Vec::new(),
            drop_checkpoints_from: None,
            has_changes: false,
            merged_away: false,
        }
    }

    /// Applies validated events and actions.
    ///
    /// An action is decided against the state that the items before it left. Between two actions,
    /// events are applied in timeline order, independent of the order in which they were sent.
    pub(super) fn apply_all(
        &mut self,
        tx: &mut dyn Transaction,
        entries: Vec<ValidatedEvent>,
        results: &mut BTreeMap<usize, ItemResult>,
    ) -> Result<(), StoreError> {
        let mut run = Vec::new();
        for entry in entries {
            if entry.needs_decision {
                // The action must see the events that were sent before it.
                self.apply_events(tx, std::mem::take(&mut run))?;
                self.apply_action(tx, entry, results)?;
            } else if let Some(act) = self.find_pending_retraction(&entry.event) {
                self.record_retracted(entry, act);
            } else {
                run.push(entry);
            }
        }
        self.apply_events(tx, run)
    }

    pub(super) fn apply_events(
        &mut self,
        tx: &mut dyn Transaction,
        mut run: Vec<ValidatedEvent>,
    ) -> Result<(), StoreError> {
        run.sort_by_cached_key(|entry| (entry.event.position(), entry.event.player.clone()));
        let Some(first) = run.first() else {
            return Ok(());
        };
        if self.is_late(&first.event) {
            let (from, caused_by) = (first.event.at, first.event.id.clone());
            return self.refold_from(tx, Some(from), run, Trigger::Late, &caused_by);
        }
        run.into_iter()
            .try_for_each(|entry| self.append_event(tx, entry))
    }

    /// True if an event belongs before something that is already folded: the last event, or an
    /// instant at which time changed the state.
    fn is_late(&self, event: &Event) -> bool {
        let header = &self.state.header;
        header
            .last_position
            .as_ref()
            .is_some_and(|last| event.position() <= *last)
            || header.as_of.is_some_and(|as_of| event.at < as_of)
    }

    /// Decides an action against the current state and records it.
    fn apply_action(
        &mut self,
        tx: &mut dyn Transaction,
        mut entry: ValidatedEvent,
        results: &mut BTreeMap<usize, ItemResult>,
    ) -> Result<(), StoreError> {
        if !entry.may_create && self.is_new() {
            let suggestion = player_ids::find_similar_player(tx, &entry.event.player)?;
            let unknown = Rejection::unknown_player(&entry.event.player, suggestion);
            results.extend(
                entry
                    .slots
                    .iter()
                    .map(|seen| (seen.index, Err(unknown.clone()))),
            );
            return Ok(());
        }
        if !entry.explicit_at {
            // After everything else, even if an accepted event is ahead of the clock: an action
            // without a time must never count as late.
            entry.event.at = self
                .last_change_at()
                .map_or(self.now, |end| end.plus_micros(1).max(self.now));
        }
        // Pending timers fire first, so the decision does not depend on whether the background work
        // has already processed them.
        self.advance_to(tx, entry.event.at.max(self.now))?;
        if [acts::RETRACT, acts::RESTORE].contains(&entry.event.name.as_str()) {
            return self.apply_retraction(tx, entry, results);
        }
        // `decide` reports one missing cell at a time; load it and ask again.
        let decided = loop {
            match self.state.decide(self.catalog, &entry.event) {
                Ok(decided) => break decided,
                Err(missing) => load_missing(tx, &self.player, &mut self.state, missing)?,
            }
        };
        match decided {
            // A retraction arrived before this action. Decide it all the same, so that restoring it
            // later has a decision to work with.
            Ok(props) if self.find_pending_retraction(&entry.event).is_some() => {
                entry.event.props = props;
                let act = self.find_pending_retraction(&entry.event).unwrap_or_default();
                self.record_retracted(entry, act);
                Ok(())
            }
            Ok(props)
                // In a merged timeline a reset removes the earlier events of its own player only,
                // so it cannot be a step that clears the state.
                if entry.event.name == acts::RESET && !self.meta.optional.guests.is_empty() =>
            {
                entry.event.props = props;
                let caused_by = entry.event.id.clone();
                self.refold_from(tx, None, vec![entry], Trigger::Action, &caused_by)
            }
            Ok(props) => {
                entry.event.props = props;
                self.apply_events(tx, vec![entry])
            }
            Err(refusal) => {
                results.extend(
                    entry
                        .slots
                        .iter()
                        .map(|seen| (seen.index, Err(refusal.clone().into()))),
                );
                Ok(())
            }
        }
    }

    /// True if nothing was recorded about the player so far, in this batch or before.
    pub(super) fn is_new(&self) -> bool {
        self.state.header.event_count == 0 && self.recorded_events.is_empty()
    }

    /// Returns the instant of the last change, by an event or by time.
    pub(super) fn last_change_at(&self) -> Option<Timestamp> {
        self.state.last_change_at()
    }

    /// Applies an event that follows everything folded so far.
    fn append_event(
        &mut self,
        tx: &mut dyn Transaction,
        entry: ValidatedEvent,
    ) -> Result<(), StoreError> {
        // A checkpoint covers everything up to its instant, so it is taken before time moves past
        // the last event.
        if fold::is_checkpoint_due(
            &self.state,
            self.checkpoint_every,
            self.meta.keyed_cells,
            entry.event.at,
        ) {
            self.take_checkpoint(tx)?;
        }
        self.advance_to(tx, entry.event.at)?;
        let step = self.step(tx, self.catalog, &entry.event, entry.wants_explanation)?;
        let trigger = if entry
            .event
            .name
            .starts_with(accolade_core::event::RESERVED_PREFIX)
        {
            Trigger::Action
        } else {
            Trigger::Event
        };
        let outcomes = self.record_step(self.catalog, &entry.event, &step, trigger);
        self.record(entry, outcomes, &step);
        self.touched.merge_later(step.touched);
        Ok(())
    }

    /// Processes timers up to an instant (S10).
    pub(crate) fn advance_to(
        &mut self,
        tx: &mut dyn Transaction,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.advance_under(tx, self.catalog, until)
    }

    /// Processes the due timers of a player and schedules the next one.
    pub(super) fn process_timers(
        &mut self,
        tx: &mut dyn Transaction,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.advance_to(tx, now)?;
        // The row must be rewritten even if no timer fired, or the stale timer in it would wake the
        // player forever. An id without events has no row.
        self.has_changes |= self.state.header.event_count > 0;
        Ok(())
    }

    /// Processes timers up to an instant under an earlier catalog.
    pub(super) fn advance_under(
        &mut self,
        tx: &mut dyn Transaction,
        catalog: &Catalog,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        while let Some(at) = fold::next_timer(catalog, &self.state, until) {
            let moment = fold::timer_event(&self.player, at);
            let step = self.step(tx, catalog, &moment, false)?;
            let outcomes = self.record_step(catalog, &moment, &step, Trigger::Time);
            self.unattached_outcomes.extend(outcomes);
            self.touched.merge_later(step.touched);
            self.has_changes = true;
        }
        Ok(())
    }

    /// Stages the ledger entries and rule errors of a step and returns its outcomes.
    fn record_step(
        &mut self,
        catalog: &Catalog,
        event: &Event,
        step: &StepReport,
        trigger: Trigger,
    ) -> Vec<OutcomeRow> {
        let rules = catalog.rules();
        let changed = fold::diff_touched_cells(rules, &step.touched, &self.state);
        let origin = CommitOrigin {
            trigger,
            caused_by: &event.id,
            recorded_at: self.now,
        };
        let entries: Vec<LedgerRow> = rows::draft_step_entries(rules, event, step)
            .into_iter()
            .map(|draft| draft.into_row(origin, &mut self.meta.last_entry))
            .collect();
        let mut outcomes = rows::build_points_outcomes(&self.player, &entries);
        outcomes.extend(rows::build_outcomes(&self.player, &changed, origin));
        self.ledger.extend(entries);
        self.rule_errors
            .extend(rows::build_error_rows(rules, event, step));
        outcomes
    }

    /// Stages an event that was applied.
    pub(super) fn record(
        &mut self,
        entry: ValidatedEvent,
        outcomes: Vec<OutcomeRow>,
        step: &StepReport,
    ) {
        let skipped = step
            .skipped
            .iter()
            .map(|skipped| SkippedRule::new(self.catalog.rules(), skipped))
            .collect();
        self.record_row(entry, outcomes, skipped, None);
    }

    /// Stages the row of an event, with its outcomes and the rules that skipped it.
    pub(super) fn record_row(
        &mut self,
        entry: ValidatedEvent,
        outcomes: Vec<OutcomeRow>,
        skipped: Vec<SkippedRule>,
        retracted_by: Option<String>,
    ) {
        let count =
            u32::try_from(outcomes.len()).expect("the number of effects of an event is limited");
        let row = EventRow {
            event: entry.event,
            explicit_at: entry.explicit_at,
            first_outcome: 0,
            outcome_count: count,
            recorded_at: self.now,
            retracted_by,
        };
        let before = std::mem::take(&mut self.unattached_outcomes);
        let ValidatedEvent {
            actor,
            restored,
            slots: seen,
            ..
        } = entry;
        self.recorded_events.push(NewEventRow {
            row,
            outcomes_before: before,
            outcomes,
            skipped,
            actor,
            restored,
            slots: seen,
        });
    }

    /// Folds one event, loading the cells it needs.
    pub(super) fn step(
        &mut self,
        tx: &mut dyn Transaction,
        catalog: &Catalog,
        event: &Event,
        trace: bool,
    ) -> Result<StepReport, StoreError> {
        loop {
            // A failed step leaves the state unchanged, so it can be repeated once the cell is
            // there.
            match self.state.step(catalog, event, trace) {
                Ok(step) => return Ok(step),
                Err(missing) => load_missing(tx, &self.player, &mut self.state, missing)?,
            }
        }
    }

    /// Stages a checkpoint of the current state.
    fn take_checkpoint(&mut self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        let mut state = self.take_whole(tx)?;
        self.record_checkpoint(copy_checkpoint(&mut state));
        self.state = state.into();
        Ok(())
    }

    /// Stages a new checkpoint and the removal of those it replaces.
    pub(super) fn record_checkpoint(&mut self, (gone, kept): NewCheckpoint) {
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
            load_missing(tx, &self.player, &mut self.state, fold::MissingCells::All)?;
        }
        let state = std::mem::take(&mut self.state);
        Ok(state.into_whole().expect("every cell was just loaded"))
    }

    /// Loads every cell and collects what the player holds under a catalog.
    pub(super) fn load_holdings(
        &mut self,
        tx: &mut dyn Transaction,
        rules: &RuleSet,
    ) -> Result<Holdings, StoreError> {
        let state = self.take_whole(tx)?;
        let holdings = state.holdings(rules);
        self.state = state.into();
        Ok(holdings)
    }

    /// Takes all staged outcomes in feed order and sets the offset of each event into them.
    pub(super) fn drain_outcomes(&mut self) -> Vec<OutcomeRow> {
        let mut outcomes = Vec::new();
        for recorded in &mut self.recorded_events {
            outcomes.append(&mut recorded.outcomes_before);
            recorded.row.first_outcome = i64::try_from(outcomes.len()).expect("a batch is limited");
            outcomes.append(&mut recorded.outcomes);
        }
        outcomes.append(&mut self.unattached_outcomes);
        outcomes
    }

    /// Builds the rows to write, or `None` if nothing changed.
    pub(super) fn build_changes(&mut self) -> Option<ChangeSet> {
        if self.recorded_events.is_empty() && !self.has_changes {
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
        let mut changes = ChangeSet {
            player: self.player.clone(),
            ..ChangeSet::default()
        };
        if self.merged_away {
            changes.replace_derived = true;
            changes.ledger = std::mem::take(&mut self.ledger);
            return Some(changes);
        }
        match self.before.take() {
            None => {
                self.put_changed_cells(&mut changes);
                rows::push_rows(
                    &self.player,
                    fold::diff_touched_cells(rules, &self.touched, &self.state),
                    &mut changes,
                );
            }
            Some(base) => {
                // Holdings are only compared with a base after a refold.
                let state = std::mem::take(&mut self.state)
                    .into_whole()
                    .expect("a refolded state has all its cells");
                self.put_all_cells(&state, &mut changes);
                let changed = base.diff_to(&state.holdings(rules));
                rows::push_rows(&self.player, changed, &mut changes);
                self.state = state.into();
            }
        }
        let header = &self.state.header;
        let due = fold::next_timer(self.catalog, &self.state, Timestamp::LAST);
        changes.summary = Some(build_summary(header, due));
        changes.header = player_meta::encode_player(&self.meta, header);
        changes.events = std::mem::take(&mut self.recorded_events)
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
    fn put_changed_cells(&mut self, changes: &mut ChangeSet) {
        for (id, before) in self.touched.0.iter().filter(|(id, _)| !id.key.is_empty()) {
            let after = self.state.peek_cell(id);
            if before.as_ref() != after {
                self.meta.keyed_cells = match (before, after) {
                    (None, Some(_)) => self.meta.keyed_cells + 1,
                    (Some(_), None) => self.meta.keyed_cells.saturating_sub(1),
                    _ => self.meta.keyed_cells,
                };
                changes
                    .cells
                    .push((id.slot, id.key.to_string(), after.map(encode_cell)));
            }
        }
    }

    /// Adds all cells, replacing those that are stored.
    fn put_all_cells(&mut self, state: &WholeState, changes: &mut ChangeSet) {
        let keyed = state
            .all_cells()
            .into_iter()
            .filter(|(id, _)| !id.key.is_empty());
        changes.cells = keyed
            .map(|(id, cell)| (id.slot, id.key.into(), Some(encode_cell(cell))))
            .collect();
        changes.replace_cells = true;
        self.meta.keyed_cells = changes.cells.len() as u64;
    }

    /// Ends the unit of work, keeping what the cache needs.
    pub(super) fn into_cached(self) -> CachedPlayer {
        CachedPlayer {
            player: self.player,
            meta: self.meta,
            state: self.state,
        }
    }
}
