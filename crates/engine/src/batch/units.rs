//! Loading and writing of the units of work of a batch.

use std::collections::BTreeMap;

use accolade_core::time::Timestamp;

use super::audit_entries::AuditEntries;
use super::cache::PlayerCache;
use super::context::BatchContext;
use super::identity::HeadersByPlayer;
use super::load;
use super::receipt_draft::{ItemResult, ReceiptDraft};
use super::unit_of_work::UnitOfWork;
use crate::ReceiptStatus;
use crate::store::{ChangeSet, OutcomeRow, RuleErrorRow, StoreError, Transaction};

/// Loads a unit of work for each player.
pub(crate) fn load_units<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    players: &[String],
) -> Result<Vec<UnitOfWork<'s>>, StoreError> {
    let states = load::load_states(
        context.published.version,
        cache,
        tx,
        players.iter().map(String::as_str),
        HeadersByPlayer::new(),
    )?;
    Ok(states
        .into_iter()
        .map(|cached| UnitOfWork::new(context, cached))
        .collect())
}

/// A batch that is written but not committed.
#[derive(Default)]
pub(crate) struct UncommittedBatch<'s> {
    pub(super) results: Vec<ItemResult>,
    /// The rows that were written.
    pub(super) changes: Vec<ChangeSet>,
    pub(super) units: Vec<UnitOfWork<'s>>,
}

impl UncommittedBatch<'_> {
    /// Returns the earliest next timer of the players in the batch.
    pub(crate) fn next_timer(&self) -> Option<Timestamp> {
        self.changes
            .iter()
            .filter_map(|changes| changes.summary.as_ref()?.next_timer_at)
            .min()
    }

    /// Puts the states back into the cache and returns the results and the rows written. Call it
    /// only after the commit.
    pub(crate) fn commit_to_cache(
        self,
        cache: &mut PlayerCache,
    ) -> (Vec<ItemResult>, Vec<ChangeSet>) {
        // A merged guest has no state of its own any more; caching it would hide the alias.
        for unit in self.units.into_iter().filter(|unit| !unit.merged_away) {
            cache.insert(unit.into_cached());
        }
        (self.results, self.changes)
    }
}

/// Writes the changes of all units of work and completes the receipts.
pub(crate) fn write_units<'s>(
    tx: &mut dyn Transaction,
    mut desks: Vec<UnitOfWork<'s>>,
    results: &mut BTreeMap<usize, ItemResult>,
) -> Result<UncommittedBatch<'s>, StoreError> {
    // The outcomes come first: event rows store the sequence number of their first outcome, and the
    // store assigns it here. One call for all players keeps the numbers contiguous.
    let own: Vec<Vec<OutcomeRow>> = desks.iter_mut().map(UnitOfWork::drain_outcomes).collect();
    let lengths: Vec<usize> = own.iter().map(Vec::len).collect();
    let outcomes: Vec<OutcomeRow> = own.into_iter().flatten().collect();
    let mut seq = if outcomes.is_empty() {
        0
    } else {
        tx.append_outcomes(&outcomes)?
    };
    let mut rest = outcomes.as_slice();
    let mut errors: Vec<RuleErrorRow> = Vec::new();
    let mut audited = AuditEntries::default();
    for (unit, length) in desks.iter_mut().zip(lengths) {
        let (own, others) = rest.split_at(length);
        rest = others;
        // `first_outcome` is an offset into the outcomes of this player until `seq` is added.
        for recorded in &mut unit.recorded_events {
            audited.add_recorded(&recorded.actor, recorded.restored, &recorded.row);
            let first = usize::try_from(recorded.row.first_outcome)
                .expect("the offset is within this batch");
            let last = first + recorded.row.outcome_count as usize;
            recorded.row.first_outcome += seq;
            let own = (recorded.row.first_outcome..)
                .zip(own[first..last].iter().cloned())
                .collect();
            let id = recorded.row.event.id.clone();
            let mut answer = ReceiptDraft {
                id,
                status: ReceiptStatus::Duplicate,
                outcomes: own,
                skipped: Vec::new(),
                unheard: None,
            };
            // Retries within the batch get the outcomes of the original but not its skipped rules,
            // the same answer that a later retry would get.
            let again = recorded.slots.iter().filter(|seen| seen.duplicate);
            results.extend(again.map(|seen| (seen.index, Ok(answer.clone()))));
            answer.status = ReceiptStatus::Accepted;
            answer.skipped = std::mem::take(&mut recorded.skipped);
            results.extend(
                recorded
                    .slots
                    .iter()
                    .find(|seen| !seen.duplicate)
                    .map(|seen| (seen.index, Ok(answer))),
            );
        }
        seq += i64::try_from(length).expect("the size of a batch is limited");
        errors.append(&mut unit.rule_errors);
    }
    // Each outcome belongs to exactly one player; a rest would never be reported.
    debug_assert!(
        rest.is_empty(),
        "every outcome belongs to a player of the batch"
    );
    let changes: Vec<ChangeSet> = desks
        .iter_mut()
        .filter_map(UnitOfWork::build_changes)
        .collect();
    tx.write_all(&changes)?;
    if !errors.is_empty() {
        tx.add_rule_errors(&errors)?;
    }
    audited.append_to_log(tx)?;
    Ok(UncommittedBatch {
        results: Vec::new(),
        changes,
        units: desks,
    })
}
