//! Records events and actions of several players in one transaction.

mod audit_entries;
mod backfill;
mod cache;
mod checkpoint;
mod context;
pub(crate) mod feed_reconciliation;
pub(crate) mod history;
pub(crate) mod identity;
mod intake;
mod item;
pub(crate) mod ledger_totals;
mod load;
mod merge;
pub(crate) mod player_meta;
mod player_summary;
mod receipt_draft;
mod refold;
pub(crate) mod repair;
mod retraction;
mod rows;
mod unit_of_work;
mod units;

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::limits;

pub(crate) use cache::PlayerCache;
pub(crate) use context::BatchContext;
use identity::PlayerIdentity;
use intake::ValidatedEvent;
pub(crate) use item::{BatchItem, Permission};
pub(crate) use load::decode_cells;
pub(crate) use player_summary::{build_summary, display_name};
pub(crate) use receipt_draft::ItemResult;
use receipt_draft::UnheardEvent;
pub(crate) use rows::{EntryIdentity, build_award_row, load_stored_holdings};
use unit_of_work::UnitOfWork;
pub(crate) use units::UncommittedBatch;
use units::{load_units, write_units};

use crate::Rejection;
use crate::store::{StoreError, Transaction};

/// Records items in a transaction that the caller commits. Returns one result per item, in order.
///
/// The states of the affected players leave the cache and return to it after the commit, so that a
/// rollback cannot leave an uncommitted state there.
pub(crate) fn run_batch<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    items: Vec<BatchItem>,
) -> Result<UncommittedBatch<'s>, StoreError> {
    // A merge comes alone: it changes two players at once, and the code below works on one player
    // at a time.
    if items.first().is_some_and(BatchItem::is_merge_or_unmerge) {
        return merge::apply_merge(context, cache, tx, items);
    }
    let count = items.len();
    let unheard = find_unheard(context, &items);
    let mut results: BTreeMap<usize, ItemResult> = BTreeMap::new();
    let mut desks = open_units(context, cache, tx, items, &mut results)?;
    for (unit, entries) in &mut desks {
        unit.backfill_to(tx, context.catalogs, context.published.version)?;
        unit.apply_all(tx, std::mem::take(entries), &mut results)?;
    }
    let mut done = write_units(
        tx,
        desks.into_iter().map(|(unit, _)| unit).collect(),
        &mut results,
    )?;
    for (index, event) in unheard {
        if let Some(Ok(draft)) = results.get_mut(&index) {
            draft.unheard = Some(event);
        }
    }
    done.results = (0..count)
        .map(|index| results.remove(&index).expect("every item has a result"))
        .collect();
    Ok(done)
}

/// Finds the events whose names no rule listens to, each with its position.
fn find_unheard(context: &BatchContext<'_>, items: &[BatchItem]) -> Vec<(usize, UnheardEvent)> {
    let rules = context.published.catalog.rules();
    items
        .iter()
        .enumerate()
        .filter(|(_, item)| !rules.is_heard(&item.event.name))
        .map(|(index, item)| {
            let event = UnheardEvent {
                name: item.event.name.clone(),
                published: Arc::clone(&context.published),
            };
            (index, event)
        })
        .collect()
}

/// Backfills players to the published catalog and, if `due` is set, processes their due timers.
pub(crate) fn refresh_players<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    players: &[String],
    due: bool,
) -> Result<UncommittedBatch<'s>, StoreError> {
    let mut touched = Vec::with_capacity(players.len());
    for player in players {
        match refresh_player(context, cache, tx, player, due) {
            Ok(unit) => touched.extend(unit),
            // A damaged player must not block the others. `verify` reports the damage and `repair`
            // fixes it.
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    write_units(tx, touched, &mut BTreeMap::new())
}

fn refresh_player<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    player: &String,
    due: bool,
) -> Result<Option<UnitOfWork<'s>>, StoreError> {
    let Some(mut unit) = load_units(context, cache, tx, std::slice::from_ref(player))?.pop() else {
        return Ok(None);
    };
    unit.backfill_to(tx, context.catalogs, context.published.version)?;
    if due {
        unit.process_timers(tx, context.now)?;
    }
    Ok(Some(unit))
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

/// Validates the items, resolves their ids and groups them by player.
fn open_units<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    items: Vec<BatchItem>,
    results: &mut BTreeMap<usize, ItemResult>,
) -> Result<Vec<(UnitOfWork<'s>, Vec<ValidatedEvent>)>, StoreError> {
    let mut by_name: BTreeMap<String, Vec<ValidatedEvent>> = BTreeMap::new();
    for (index, item) in items.into_iter().enumerate() {
        match ValidatedEvent::new(index, item, context) {
            Ok(entry) => by_name
                .entry(entry.event.player.clone())
                .or_default()
                .push(entry),
            Err(rejection) => drop(results.insert(index, Err(rejection))),
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
                results.extend(seen.map(|seen| (seen.index, Err(Rejection::PlayerErased))));
            }
        }
    }
    // Duplicates are dropped before any state is loaded, so a pure retry stays cheap.
    intake::answer_duplicates(tx, &mut by_player, results)?;
    by_player.retain(|_, entries| !entries.is_empty());
    let players = by_player.keys().map(String::as_str);
    let states = load::load_states(context.published.version, cache, tx, players, headers)?;
    Ok(states
        .into_iter()
        .zip(by_player.into_values())
        .map(|(cached, entries)| (UnitOfWork::new(context, cached), entries))
        .collect())
}
