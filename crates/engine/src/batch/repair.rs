//! Repair of players: derived rows are rewritten, and missing ledger entries and outcomes are
//! appended. Events are never modified.

use accolade_core::fold::Holdings;
use accolade_core::time::Timestamp;

use super::cache::{Cache, Cached};
use super::desk::Desk;
use super::rows::Origin;
use super::stored::{self, Account, Rare};
use super::sums::Sums;
use super::told::Told;
use super::{Done, Setting};
use crate::store::{
    AliasRow, Changes, LedgerRow, OutcomeRow, Read, StoreError, Transaction, Trigger,
};
use crate::verify::fold::Folded;
use crate::verify::is_currency;
use crate::verify::past::Past;

/// Id that ledger entries and outcomes of a repair name as their cause.
const CAUSE: &str = "repair";

/// A player with differences that can be repaired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Patient {
    pub(crate) id: String,
    /// True if no player exists under this id: it is a merged guest, or has no events. All derived
    /// rows are removed.
    pub(crate) nobody: bool,
}

/// Repairs players in a transaction that the caller commits. Players that cannot be folded are
/// skipped.
pub(crate) fn mend<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    patients: &[Patient],
) -> Result<Done<'s>, StoreError> {
    let mut desks = Vec::with_capacity(patients.len());
    for patient in patients {
        // The cached state may be what is wrong.
        drop(cache.take(&patient.id));
        match mended(setting, tx, patient) {
            Ok(desk) => desks.push(desk),
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let outcomes: Vec<OutcomeRow> = desks.iter_mut().flat_map(Desk::take_outcomes).collect();
    if !outcomes.is_empty() {
        tx.append_outcomes(&outcomes)?;
    }
    let anew = |changes| Changes {
        replace_derived: true,
        ..changes
    };
    let changes: Vec<Changes> = desks
        .iter_mut()
        .filter_map(Desk::changes)
        .map(anew)
        .collect();
    tx.write_all(&changes)?;
    Ok(Done {
        verdicts: Vec::new(),
        changes,
        desks,
    })
}

/// Builds a unit of work with everything to be written for a player.
///
/// Everything is read before anything is written, so that damage found late leaves nothing half
/// repaired.
fn mended<'s>(
    setting: &'s Setting<'_>,
    tx: &mut dyn Transaction,
    patient: &Patient,
) -> Result<Desk<'s>, StoreError> {
    let player = patient.id.as_str();
    let stored = stored(tx, player)?;
    let past = if patient.nobody {
        Past::default()
    } else {
        Past::read(tx, player)?
    };
    let ledger = readable(tx.ledger_after(player, None))?;
    let told = readable(Told::read(tx, setting.in_force.catalog.rules(), player))?;
    let folded = match patient.nobody {
        true => Folded::nothing(),
        false => {
            let (catalog, until) = (&setting.in_force.catalog, stored.until(setting.now));
            Folded::of(catalog, player, &past.timeline(), until, &[], |_, _| {})
        }
    };
    let mut account = Account {
        version: setting.in_force.version,
        entries: stored.last_entry(ledger.as_deref())?,
        cells: 0,
        rare: Rare {
            awaited: past.awaited(),
            guests: past.guests(),
        },
    };
    let origin = Origin {
        trigger: Trigger::Repair,
        caused_by: CAUSE,
        recorded_at: setting.now,
    };
    let corrections = match &ledger {
        Some(entries) => corrections(setting, tx, entries, &folded, origin, &mut account)?,
        None => Vec::new(),
    };
    if !patient.nobody {
        mend_aliases(tx, player, &past)?;
    }
    let mut desk = Desk::new(
        setting,
        Cached {
            player: player.to_owned(),
            account,
            state: folded.state.into(),
        },
    );
    desk.gone = patient.nobody;
    // Compared with nothing, every holding is written again.
    desk.base = Some(Holdings::default());
    desk.changed = true;
    desk.ledger = corrections;
    desk.loose = told
        .map(|told| told.lacking(player, &folded.has, origin))
        .unwrap_or_default();
    desk.retractions = past.misheard().into_iter().map(|(_, word)| word).collect();
    Ok(desk)
}

/// Builds the ledger entries that are missing. Entries in an unknown currency cannot be offset and
/// are left alone.
fn corrections(
    setting: &Setting<'_>,
    tx: &mut dyn Transaction,
    entries: &[LedgerRow],
    folded: &Folded,
    origin: Origin<'_>,
    account: &mut Account,
) -> Result<Vec<LedgerRow>, StoreError> {
    let mut corrections = Vec::new();
    for draft in Sums::of_entries(setting.in_force.catalog.rules(), entries).lacking(&folded.sums) {
        if is_currency(
            tx,
            setting.catalogs,
            &setting.in_force,
            &draft.identity.currency,
        )? {
            corrections.push(draft.number(origin, &mut account.entries));
        }
    }
    Ok(corrections)
}

/// Rewrites the aliases according to the recorded merges.
fn mend_aliases(tx: &mut dyn Transaction, player: &str, past: &Past) -> Result<(), StoreError> {
    let mut stored: Vec<AliasRow> = tx.guests(player)?;
    for guest in past.aliases.keys() {
        stored.extend(tx.guests(guest)?);
    }
    for alias in stored
        .iter()
        .filter(|alias| !past.aliases.contains_key(&alias.guest))
    {
        tx.drop_alias(&alias.guest)?;
    }
    past.aliases
        .values()
        .filter(|alias| !stored.contains(alias))
        .try_for_each(|alias| tx.put_alias(alias))
}

/// Readable parts of a stored header.
struct Stored {
    as_of: Option<Timestamp>,
    /// Number of the last ledger entry; `None` if the header exists but cannot be read.
    entries: Option<i64>,
}

impl Stored {
    /// Returns the end of the fold: as far as the stored state went, but not ahead of the clock.
    fn until(&self, now: Timestamp) -> Timestamp {
        self.as_of.map_or(now, |as_of| as_of.min(now))
    }

    /// Returns the number of the last ledger entry, from the ledger if it can be read, else from
    /// the header.
    fn last_entry(&self, ledger: Option<&[LedgerRow]>) -> Result<i64, StoreError> {
        match ledger {
            Some(entries) => Ok(entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default()),
            None => self.entries.ok_or_else(|| {
                StoreError::Damaged("ledger and header are both unreadable".to_owned())
            }),
        }
    }
}

fn stored<R: Read + ?Sized>(store: &mut R, player: &str) -> Result<Stored, StoreError> {
    let Some(bytes) = store.headers(&[player])?.into_iter().next().flatten() else {
        return Ok(Stored {
            as_of: None,
            entries: Some(0),
        });
    };
    let read = readable(stored::decode(player, &bytes))?;
    Ok(match read {
        Some((account, header)) => Stored {
            as_of: header.as_of,
            entries: Some(account.entries),
        },
        None => Stored {
            as_of: None,
            entries: None,
        },
    })
}

/// Turns damage into `None`.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(StoreError::Damaged(_)) => Ok(None),
        read => read.map(Some),
    }
}
