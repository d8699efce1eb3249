//! Records events and actions of several players in one transaction.

mod audit_entries;
mod backfill;
mod cache;
pub(crate) mod feed_reconciliation;
pub(crate) mod history;
pub(crate) mod identity;
mod intake;
pub(crate) mod ledger_totals;
mod load;
mod merge;
pub(crate) mod player_meta;
mod refold;
pub(crate) mod repair;
mod retraction;
mod rows;
mod unit_of_work;

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::event::{EventError, NewEvent};
use accolade_core::limits;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;

use audit_entries::AuditEntries;
pub(crate) use cache::PlayerCache;
pub(crate) use history::load_guests as stored_guests;
use identity::{HeadersByPlayer, PlayerIdentity};
use intake::ValidatedEvent;
pub(crate) use load::decode_cells;
pub(crate) use rows::{EntryIdentity, build_award_row, load_stored_holdings};
pub(crate) use unit_of_work::UnitOfWork;

use crate::audit::AuditActor;
use crate::catalog_cache::{CatalogCache, PublishedCatalog};
use crate::store::{ChangeSet, OutcomeRow, RuleErrorRow, StoreError, Transaction};
use crate::{Outcome, Receipt, ReceiptStatus, Rejection, SkippedRule};

/// An event or action to record.
#[derive(Debug, Clone)]
pub(crate) struct BatchItem {
    pub(crate) event: NewEvent,
    pub(crate) permission: Permission,
    /// True if the receipt lists the rules that paid nothing.
    pub(crate) wants_explanation: bool,
    /// The validation error of the event, found without a database.
    event_error: Option<EventError>,
    /// The person who acts. Always empty for events of the application.
    actor: AuditActor,
}

impl BatchItem {
    /// Creates an item and validates its event.
    pub(crate) fn new(event: NewEvent, right: Permission, explain: bool) -> Self {
        // Validation runs on the caller's thread: the writer thread is shared by everyone.
        let flaw = event.check_limits().err();
        Self {
            event,
            permission: right,
            wants_explanation: explain,
            event_error: flaw,
            actor: AuditActor::default(),
        }
    }

    /// Attributes a manual action to a person.
    pub(crate) fn on_behalf_of(mut self, actor: &AuditActor) -> Self {
        // Events of the application are not audited, so they carry no actor.
        if self.permission != Permission::Record {
            self.actor.clone_from(actor);
        }
        self
    }

    /// True if the item merges two players or undoes a merge.
    fn is_merge_or_unmerge(&self) -> bool {
        let name = self.event.name.as_str();
        self.permission != Permission::Record && (name == acts::MERGE || name == acts::UNMERGE)
    }
}

/// The permission of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Record events of the application.
    Record,
    /// Submit manual actions, which are decided against the current state.
    Action,
    /// Restore exported events and actions with the decisions made when they were recorded.
    Restore,
}

/// The result of one item.
pub(crate) type ItemResult = Result<ReceiptDraft, Rejection>;

/// A receipt whose outcomes are still rows of the feed.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptDraft {
    pub(crate) id: String,
    pub(crate) status: ReceiptStatus,
    pub(crate) outcomes: Vec<(i64, OutcomeRow)>,
    pub(crate) skipped: Vec<SkippedRule>,
}

impl From<ReceiptDraft> for Receipt {
    fn from(answer: ReceiptDraft) -> Self {
        let ReceiptDraft {
            id,
            status,
            outcomes,
            skipped,
        } = answer;
        let outcomes = outcomes
            .into_iter()
            .map(|(seq, row)| Outcome::new(seq, row))
            .collect();
        Self {
            id,
            status,
            outcomes,
            skipped,
        }
    }
}

/// The catalogs, clock and limits that a batch works with.
pub(crate) struct BatchContext<'a> {
    pub(crate) catalogs: &'a CatalogCache,
    pub(crate) published: Arc<PublishedCatalog>,
    pub(crate) now: Timestamp,
    /// Maximum distance of an event into the future of `now`, in microseconds.
    pub(crate) max_ahead_micros: i64,
    /// Minimum number of events between two checkpoints.
    pub(crate) checkpoint_every: u64,
}

/// Records items in a transaction that the caller commits. Returns one result per item, in order.
///
/// The states of the affected players leave the cache and return to it after the commit, so that a
/// rollback cannot leave an uncommitted state there.
pub(crate) fn run_batch<'s>(
    setting: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    items: Vec<BatchItem>,
) -> Result<UncommittedBatch<'s>, StoreError> {
    // A merge comes alone: it changes two players at once, and the code below works on one player
    // at a time.
    if items.first().is_some_and(BatchItem::is_merge_or_unmerge) {
        return merge::apply_merge(setting, cache, tx, items);
    }
    let count = items.len();
    let mut verdicts: BTreeMap<usize, ItemResult> = BTreeMap::new();
    let mut desks = open_units(setting, cache, tx, items, &mut verdicts)?;
    for (desk, entries) in &mut desks {
        desk.backfill_to(tx, setting.catalogs, setting.published.version)?;
        desk.apply_all(tx, std::mem::take(entries), &mut verdicts)?;
    }
    let mut done = write_units(
        tx,
        desks.into_iter().map(|(desk, _)| desk).collect(),
        &mut verdicts,
    )?;
    done.results = (0..count)
        .map(|index| verdicts.remove(&index).expect("every item has a result"))
        .collect();
    Ok(done)
}

/// Backfills players to the published catalog and, if `due` is set, processes their due timers.
pub(crate) fn refresh_players<'s>(
    setting: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    players: &[String],
    due: bool,
) -> Result<UncommittedBatch<'s>, StoreError> {
    let mut touched = Vec::with_capacity(players.len());
    for player in players {
        match refresh_player(setting, cache, tx, player, due) {
            Ok(desk) => touched.extend(desk),
            // A damaged player must not block the others. `verify` reports the damage and `repair`
            // fixes it.
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    write_units(tx, touched, &mut BTreeMap::new())
}

fn refresh_player<'s>(
    setting: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    player: &String,
    due: bool,
) -> Result<Option<UnitOfWork<'s>>, StoreError> {
    let Some(mut desk) = load_units(setting, cache, tx, std::slice::from_ref(player))?.pop() else {
        return Ok(None);
    };
    desk.backfill_to(tx, setting.catalogs, setting.published.version)?;
    if due {
        desk.process_timers(tx, setting.now)?;
    }
    Ok(Some(desk))
}

/// Returns the number of leading items that fit into the next transaction: at most a full batch,
/// and a merge or unmerge alone.
pub(crate) fn next_chunk_len(items: &[BatchItem]) -> usize {
    match items.iter().position(BatchItem::is_merge_or_unmerge) {
        Some(0) => 1,
        Some(first) => first.min(limits::BATCH_EVENTS),
        None => items.len().min(limits::BATCH_EVENTS),
    }
}

/// Loads a unit of work for each player.
pub(crate) fn load_units<'s>(
    setting: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    players: &[String],
) -> Result<Vec<UnitOfWork<'s>>, StoreError> {
    let states = load::load_states(
        setting.published.version,
        cache,
        tx,
        players.iter().map(String::as_str),
        HeadersByPlayer::new(),
    )?;
    Ok(states
        .into_iter()
        .map(|cached| UnitOfWork::new(setting, cached))
        .collect())
}

/// A batch that is written but not committed.
#[derive(Default)]
pub(crate) struct UncommittedBatch<'s> {
    results: Vec<ItemResult>,
    /// The rows that were written.
    changes: Vec<ChangeSet>,
    units: Vec<UnitOfWork<'s>>,
}

impl UncommittedBatch<'_> {
    /// Returns the earliest next timer of the players in the batch.
    pub(crate) fn next_timer(&self) -> Option<Timestamp> {
        self.changes
            .iter()
            .filter_map(|changes| changes.summary?.next_timer_at)
            .min()
    }

    /// Puts the states back into the cache and returns the results and the rows written. Call it
    /// only after the commit.
    pub(crate) fn commit_to_cache(
        self,
        cache: &mut PlayerCache,
    ) -> (Vec<ItemResult>, Vec<ChangeSet>) {
        // A merged guest has no state of its own any more; caching it would hide the alias.
        for desk in self.units.into_iter().filter(|desk| !desk.merged_away) {
            cache.insert(desk.into_cached());
        }
        (self.results, self.changes)
    }
}

/// Validates the items, resolves their ids and groups them by player.
fn open_units<'s>(
    setting: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    items: Vec<BatchItem>,
    verdicts: &mut BTreeMap<usize, ItemResult>,
) -> Result<Vec<(UnitOfWork<'s>, Vec<ValidatedEvent>)>, StoreError> {
    let mut by_name: BTreeMap<String, Vec<ValidatedEvent>> = BTreeMap::new();
    for (index, item) in items.into_iter().enumerate() {
        match ValidatedEvent::new(index, item, setting) {
            Ok(entry) => by_name
                .entry(entry.event.player.clone())
                .or_default()
                .push(entry),
            Err(rejection) => drop(verdicts.insert(index, Err(rejection))),
        }
    }
    let names: Vec<&str> = by_name.keys().map(String::as_str).collect();
    let (identities, headers) = identity::resolve_all(cache, tx, &names)?;
    // Several ids can resolve to one player: the player's own id and those of merged guests.
    let mut by_player: BTreeMap<String, Vec<ValidatedEvent>> = BTreeMap::new();
    for (entries, identity) in by_name.into_values().zip(identities) {
        match identity {
            PlayerIdentity::Player(player) => by_player.entry(player).or_default().extend(entries),
            PlayerIdentity::Erased => {
                let seen = entries.iter().flat_map(|entry| &entry.slots);
                verdicts.extend(seen.map(|seen| (seen.index, Err(Rejection::PlayerErased))));
            }
        }
    }
    // Duplicates are dropped before any state is loaded, so a pure retry stays cheap.
    intake::answer_duplicates(tx, &mut by_player, verdicts)?;
    by_player.retain(|_, entries| !entries.is_empty());
    let players = by_player.keys().map(String::as_str);
    let states = load::load_states(setting.published.version, cache, tx, players, headers)?;
    Ok(states
        .into_iter()
        .zip(by_player.into_values())
        .map(|(cached, entries)| (UnitOfWork::new(setting, cached), entries))
        .collect())
}

/// Writes the changes of all units of work and completes the receipts.
pub(crate) fn write_units<'s>(
    tx: &mut dyn Transaction,
    mut desks: Vec<UnitOfWork<'s>>,
    verdicts: &mut BTreeMap<usize, ItemResult>,
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
    for (desk, length) in desks.iter_mut().zip(lengths) {
        let (own, others) = rest.split_at(length);
        rest = others;
        // `first_outcome` is an offset into the outcomes of this player until `seq` is added.
        for recorded in &mut desk.recorded_events {
            audited.add_recorded(recorded);
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
            };
            // Retries within the batch get the outcomes of the original but not its skipped rules,
            // the same answer that a later retry would get.
            let again = recorded.slots.iter().filter(|seen| seen.duplicate);
            verdicts.extend(again.map(|seen| (seen.index, Ok(answer.clone()))));
            answer.status = ReceiptStatus::Accepted;
            answer.skipped = std::mem::take(&mut recorded.skipped);
            verdicts.extend(
                recorded
                    .slots
                    .iter()
                    .find(|seen| !seen.duplicate)
                    .map(|seen| (seen.index, Ok(answer))),
            );
        }
        seq += i64::try_from(length).expect("the size of a batch is limited");
        errors.append(&mut desk.rule_errors);
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
