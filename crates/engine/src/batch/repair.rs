//! Repair of players: derived rows are rewritten, and missing ledger entries and outcomes are
//! appended. Events are never modified.

use accolade_core::fold::Holdings;
use accolade_core::time::Timestamp;

use super::cache::{CachedPlayer, PlayerCache};
use super::context::BatchContext;
use super::feed_reconciliation::FeedReconciliation;
use super::ledger_totals::LedgerTotals;
use super::player_meta::{self, OptionalMeta, PlayerMeta};
use super::rows::CommitOrigin;
use super::unit_of_work::UnitOfWork;
use super::units::UncommittedBatch;
use crate::store::{
    AliasRow, ChangeSet, LedgerRow, OutcomeRow, ReadStore, StoreError, Transaction, Trigger,
};
use crate::verify::expected_state::ExpectedState;
use crate::verify::is_known_currency;
use crate::verify::recorded::RecordedEvents;

/// Id that ledger entries and outcomes of a repair name as their cause.
const REPAIR_CAUSE: &str = "repair";

/// A player with differences that can be repaired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RepairTarget {
    pub(crate) player: String,
    /// True if no player exists under this id: it is a merged guest, or has no events. All derived
    /// rows are removed.
    pub(crate) has_no_events: bool,
}

/// Repairs players in a transaction that the caller commits. Players that cannot be folded are
/// skipped.
pub(crate) fn repair_players<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    patients: &[RepairTarget],
) -> Result<UncommittedBatch<'s>, StoreError> {
    let mut desks = Vec::with_capacity(patients.len());
    for patient in patients {
        // The cached state may be what is wrong.
        drop(cache.remove(&patient.player));
        match build_repair(context, tx, patient) {
            Ok(unit) => desks.push(unit),
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let outcomes: Vec<OutcomeRow> = desks
        .iter_mut()
        .flat_map(UnitOfWork::drain_outcomes)
        .collect();
    if !outcomes.is_empty() {
        tx.append_outcomes(&outcomes)?;
    }
    let rewritten = |changes| ChangeSet {
        replace_derived: true,
        ..changes
    };
    let changes: Vec<ChangeSet> = desks
        .iter_mut()
        .filter_map(UnitOfWork::build_changes)
        .map(rewritten)
        .collect();
    tx.write_all(&changes)?;
    Ok(UncommittedBatch {
        results: Vec::new(),
        changes,
        units: desks,
    })
}

/// Builds a unit of work with everything to be written for a player.
///
/// Everything is read before anything is written, so that damage found late leaves nothing half
/// repaired.
fn build_repair<'s>(
    context: &'s BatchContext<'_>,
    tx: &mut dyn Transaction,
    patient: &RepairTarget,
) -> Result<UnitOfWork<'s>, StoreError> {
    let player = patient.player.as_str();
    let stored = load_stored_player(tx, player)?;
    let past = if patient.has_no_events {
        RecordedEvents::default()
    } else {
        RecordedEvents::load(tx, player)?
    };
    let ledger = ignore_damage(tx.list_ledger_after(player, None))?;
    let feed = ignore_damage(FeedReconciliation::load(
        tx,
        context.published.catalog.rules(),
        player,
    ))?;
    let folded = match patient.has_no_events {
        true => ExpectedState::empty(),
        false => {
            let (catalog, until) = (&context.published.catalog, stored.fold_until(context.now));
            ExpectedState::fold_timeline(
                catalog,
                player,
                &past.effective_timeline(),
                until,
                &[],
                |_, _| {},
            )
        }
    };
    let mut account = PlayerMeta {
        catalog_version: context.published.version,
        last_entry: stored.find_last_entry(ledger.as_deref())?,
        keyed_cells: 0,
        optional: OptionalMeta {
            pending_retractions: past.pending_retractions(),
            guests: past.guest_ids(),
        },
    };
    let origin = CommitOrigin {
        trigger: Trigger::Repair,
        caused_by: REPAIR_CAUSE,
        recorded_at: context.now,
    };
    let corrections = match &ledger {
        Some(entries) => build_corrections(context, tx, entries, &folded, origin, &mut account)?,
        None => Vec::new(),
    };
    if !patient.has_no_events {
        repair_aliases(tx, player, &past)?;
    }
    let mut unit = UnitOfWork::new(
        context,
        CachedPlayer {
            player: player.to_owned(),
            meta: account,
            state: folded.state.into(),
        },
    );
    unit.merged_away = patient.has_no_events;
    // Compared with nothing, every holding is written again.
    unit.before = Some(Holdings::default());
    unit.has_changes = true;
    unit.ledger = corrections;
    unit.unattached_outcomes = feed
        .map(|feed| feed.missing_outcomes(player, &folded.holdings, origin))
        .unwrap_or_default();
    unit.retractions = past
        .wrong_retractions()
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    Ok(unit)
}

/// Builds the ledger entries that are missing. Entries in an unknown currency cannot be offset and
/// are left alone.
fn build_corrections(
    context: &BatchContext<'_>,
    tx: &mut dyn Transaction,
    entries: &[LedgerRow],
    folded: &ExpectedState,
    origin: CommitOrigin<'_>,
    account: &mut PlayerMeta,
) -> Result<Vec<LedgerRow>, StoreError> {
    let mut corrections = Vec::new();
    for draft in LedgerTotals::from_entries(context.published.catalog.rules(), entries)
        .draft_missing(&folded.ledger)
    {
        if is_known_currency(
            tx,
            context.catalogs,
            &context.published,
            &draft.identity.currency,
        )? {
            corrections.push(draft.into_row(origin, &mut account.last_entry));
        }
    }
    Ok(corrections)
}

/// Rewrites the aliases according to the recorded merges.
fn repair_aliases(
    tx: &mut dyn Transaction,
    player: &str,
    past: &RecordedEvents,
) -> Result<(), StoreError> {
    let mut stored: Vec<AliasRow> = tx.list_guests(player)?;
    for guest in past.aliases.keys() {
        stored.extend(tx.list_guests(guest)?);
    }
    for alias in stored
        .iter()
        .filter(|alias| !past.aliases.contains_key(&alias.guest))
    {
        tx.delete_alias(&alias.guest)?;
    }
    past.aliases
        .values()
        .filter(|alias| !stored.contains(alias))
        .try_for_each(|alias| tx.put_alias(alias))
}

/// Readable parts of a stored header.
struct StoredPlayer {
    as_of: Option<Timestamp>,
    /// Number of the last ledger entry; `None` if the header exists but cannot be read.
    last_entry: Option<i64>,
}

impl StoredPlayer {
    /// Returns the end of the fold: as far as the stored state went, but not ahead of the clock.
    fn fold_until(&self, now: Timestamp) -> Timestamp {
        self.as_of.map_or(now, |as_of| as_of.min(now))
    }

    /// Returns the number of the last ledger entry, from the ledger if it can be read, else from
    /// the header.
    fn find_last_entry(&self, ledger: Option<&[LedgerRow]>) -> Result<i64, StoreError> {
        match ledger {
            Some(entries) => Ok(entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default()),
            None => self.last_entry.ok_or_else(|| {
                StoreError::Damaged("ledger and header are both unreadable".to_owned())
            }),
        }
    }
}

fn load_stored_player<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<StoredPlayer, StoreError> {
    let Some(bytes) = store.load_headers(&[player])?.into_iter().next().flatten() else {
        return Ok(StoredPlayer {
            as_of: None,
            last_entry: Some(0),
        });
    };
    let read = ignore_damage(player_meta::decode_player(player, &bytes))?;
    Ok(match read {
        Some((account, header)) => StoredPlayer {
            as_of: header.as_of,
            last_entry: Some(account.last_entry),
        },
        None => StoredPlayer {
            as_of: None,
            last_entry: None,
        },
    })
}

/// Turns damage into `None`.
fn ignore_damage<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(StoreError::Damaged(_)) => Ok(None),
        read => read.map(Some),
    }
}
