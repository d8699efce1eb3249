//! The work of a batch on one player.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, State, Step, Touched, encode_cell};
use accolade_core::time::Timestamp;

use super::cache::Cached;
use super::intake::{Entry, Seen};
use super::load::supply;
use super::{Setting, Verdict, rows, stored};
use crate::Skipped;
use crate::store::{
    Because, Changes, CheckpointRow, EventRow, LedgerRow, OutcomeRow, PlayerSummary, RuleErrorRow, StoreError,
    Transaction,
};

/// The work of a batch on one player.
pub(super) struct Desk<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) now: Timestamp,
    pub(super) checkpoint_every: u64,
    pub(super) player: String,
    pub(super) state: State,
    /// How many keyed cells were stored before the batch.
    pub(super) cells: u64,
    /// The number of the last ledger entry.
    pub(super) last_entry: i64,
    /// What the batch touched, with what was there before it.
    pub(super) touched: Touched,
    /// Events that the batch adds.
    pub(super) recorded: Vec<Recorded>,
    /// Ledger entries that it adds.
    pub(super) ledger: Vec<LedgerRow>,
    pub(super) errors: Vec<RuleErrorRow>,
    pub(super) checkpoints: Vec<CheckpointRow>,
    pub(super) drop_checkpoints: Vec<Timestamp>,
    pub(super) drop_checkpoints_from: Option<Timestamp>,
}

/// An event that the batch adds.
pub(super) struct Recorded {
    pub(super) row: EventRow,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) seen: Vec<Seen>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(setting: &Setting<'a>, cached: Cached) -> Self {
        Self {
            catalog: setting.catalog,
            now: setting.now,
            checkpoint_every: setting.checkpoint_every,
            player: cached.player,
            state: cached.state,
            cells: cached.cells,
            last_entry: cached.ledger,
            touched: Touched::default(),
            recorded: Vec::new(),
            ledger: Vec::new(),
            errors: Vec::new(),
            checkpoints: Vec::new(),
            drop_checkpoints: Vec::new(),
            drop_checkpoints_from: None,
        }
    }

    /// Folds in what was sent. Acts are judged on what came before them; the events between two acts are taken in
    /// timeline order, whatever order they were sent in.
    pub(super) fn take(
        &mut self,
        tx: &mut dyn Transaction,
        entries: Vec<Entry>,
        verdicts: &mut BTreeMap<usize, Verdict>,
    ) -> Result<(), StoreError> {
        let mut run = Vec::new();
        for entry in entries {
            if entry.judge {
                self.take_run(tx, std::mem::take(&mut run))?;
                self.take_act(tx, entry, verdicts)?;
            } else {
                run.push(entry);
            }
        }
        self.take_run(tx, run)
    }

    fn take_run(&mut self, tx: &mut dyn Transaction, mut run: Vec<Entry>) -> Result<(), StoreError> {
        run.sort_by_cached_key(|entry| entry.event.position());
        let is_late = match (&self.state.header.last, run.first()) {
            (Some(last), Some(first)) => first.event.position() < *last,
            _ => false,
        };
        if is_late {
            return self.take_late(tx, run);
        }
        run.into_iter().try_for_each(|entry| self.take_next(tx, entry))
    }

    /// Judges an act on the state as it is, and folds it in where it belongs.
    fn take_act(
        &mut self,
        tx: &mut dyn Transaction,
        mut entry: Entry,
        verdicts: &mut BTreeMap<usize, Verdict>,
    ) -> Result<(), StoreError> {
        if !entry.at_given {
            let after = self.state.header.last.as_ref().map(|last| last.at.plus(1));
            entry.event.at = after.map_or(self.now, |after| after.max(self.now));
        }
        let decided = loop {
            match fold::decide(self.catalog, &mut self.state, &entry.event) {
                Ok(decided) => break decided,
                Err(missing) => supply(tx, &self.player, &mut self.state, missing)?,
            }
        };
        match decided {
            Ok(props) => {
                entry.event.props = props;
                self.take_run(tx, vec![entry])
            }
            Err(refusal) => {
                verdicts.extend(entry.seen.iter().map(|seen| (seen.index, Err(refusal.clone().into()))));
                Ok(())
            }
        }
    }

    /// Folds in an event that comes after everything so far.
    fn take_next(&mut self, tx: &mut dyn Transaction, entry: Entry) -> Result<(), StoreError> {
        if fold::is_due(&self.state, self.checkpoint_every, self.cells, entry.event.at) {
            self.keep_checkpoint(tx)?;
        }
        let step = self.fold_in(tx, &entry.event, entry.explain)?;
        let because = if entry.event.name.starts_with(accolade_core::event::RESERVED_PREFIX) {
            Because::Act
        } else {
            Because::Event
        };
        let rules = self.catalog.rules();
        let changed = fold::outputs(rules, &step.touched, &self.state);
        let entries: Vec<LedgerRow> = rows::drafts_of_step(rules, &entry.event, &step)
            .into_iter()
            .map(|draft| draft.number(because, self.now, &mut self.last_entry))
            .collect();
        let mut outcomes = rows::points_outcomes(&self.player, &entries);
        outcomes.extend(rows::outcomes(rules, &self.player, &changed, &entry.event.id, because, self.now));
        self.ledger.extend(entries);
        self.errors.extend(rows::errors(rules, &entry.event, &step));
        self.note(entry, outcomes, &step);
        self.touched.absorb(step.touched);
        Ok(())
    }

    /// Notes an event that was folded in.
    pub(super) fn note(&mut self, entry: Entry, outcomes: Vec<OutcomeRow>, step: &Step) {
        let count = u32::try_from(outcomes.len()).expect("the number of effects of an event is limited");
        let row = EventRow {
            event: entry.event,
            at_given: entry.at_given,
            first_outcome: 0,
            outcomes: count,
            recorded_at: self.now,
            retracted_by: None,
        };
        let skipped = step.skipped.iter().map(|skipped| Skipped::new(self.catalog.rules(), skipped)).collect();
        self.recorded.push(Recorded { row, outcomes, skipped, seen: entry.seen });
    }

    fn fold_in(&mut self, tx: &mut dyn Transaction, event: &Event, trace: bool) -> Result<Step, StoreError> {
        loop {
            match fold::step(self.catalog, &mut self.state, event, trace) {
                Ok(step) => return Ok(step),
                Err(missing) => supply(tx, &self.player, &mut self.state, missing)?,
            }
        }
    }

    /// Keeps a copy of the state as it is.
    fn keep_checkpoint(&mut self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        self.load_all(tx)?;
        let copied = copy_of(&mut self.state);
        self.note_checkpoint(copied);
        Ok(())
    }

    /// Notes a copy that is kept, and copies that are let go.
    pub(super) fn note_checkpoint(&mut self, (gone, kept): (Vec<Timestamp>, Option<CheckpointRow>)) {
        self.checkpoints.retain(|checkpoint| !gone.contains(&checkpoint.at));
        self.drop_checkpoints.extend(gone);
        self.checkpoints.extend(kept);
    }

    /// Gets every cell at hand.
    pub(super) fn load_all(&mut self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        if !self.state.is_whole() {
            supply(tx, &self.player, &mut self.state, fold::Missing::All)?;
        }
        Ok(())
    }

    /// The outcomes, in the order of the events that they belong to.
    pub(super) fn take_outcomes(&mut self) -> Vec<OutcomeRow> {
        self.recorded.iter_mut().flat_map(|recorded| std::mem::take(&mut recorded.outcomes)).collect()
    }

    /// What must be written; `None` when nothing was recorded.
    pub(super) fn changes(&mut self) -> Option<Changes> {
        if self.recorded.is_empty() {
            return None;
        }
        let rules = self.catalog.rules();
        let mut changes = Changes { player: self.player.clone(), ..Changes::default() };
        for (id, before) in self.touched.0.iter().filter(|(id, _)| !id.key.is_empty()) {
            let after = self.state.peek(id);
            if before.as_ref() != after {
                self.cells = match (before, after) {
                    (None, Some(_)) => self.cells + 1,
                    (Some(_), None) => self.cells.saturating_sub(1),
                    _ => self.cells,
                };
                changes.cells.push((id.slot, id.key.to_string(), after.map(encode_cell)));
            }
        }
        rows::put(rules, &self.player, &fold::outputs(rules, &self.touched, &self.state), &mut changes);
        let header = &self.state.header;
        let last_at = header.last.as_ref().map(|last| last.at);
        changes.summary = Some(PlayerSummary { events: header.events, first_at: header.first_at, last_at, due: None });
        changes.header = stored::encode(self.last_entry, self.cells, header);
        changes.events = std::mem::take(&mut self.recorded).into_iter().map(|recorded| recorded.row).collect();
        changes.ledger = std::mem::take(&mut self.ledger);
        changes.checkpoints = std::mem::take(&mut self.checkpoints);
        changes.drop_checkpoints = std::mem::take(&mut self.drop_checkpoints);
        changes.drop_checkpoints_from = self.drop_checkpoints_from;
        Some(changes)
    }

    /// What the cache keeps.
    pub(super) fn into_cached(self) -> Cached {
        Cached { player: self.player, state: self.state, ledger: self.last_entry, cells: self.cells }
    }
}

/// A copy of a state with all of its cells, and the instants of copies to let go.
pub(super) fn copy_of(state: &mut State) -> (Vec<Timestamp>, Option<CheckpointRow>) {
    let Some(at) = state.header.last.as_ref().map(|last| last.at) else { return (Vec::new(), None) };
    let gone = fold::mark(state);
    let state = fold::encode_state(state).expect("every cell was loaded");
    (gone, Some(CheckpointRow { at, state }))
}
