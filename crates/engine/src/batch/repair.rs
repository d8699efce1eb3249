//! Writing anew what is derived of a player, and adding to ledger and feed what they lack. Events are never touched.

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
    AliasRow, Because, Changes, LedgerRow, OutcomeRow, Read, StoreError, Transaction,
};
use crate::verify::fold::Folded;
use crate::verify::is_currency;
use crate::verify::past::Past;

/// What is named as the cause of what a repair adds.
const CAUSE: &str = "repair";

/// Somebody of whom something is to be mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Patient {
    /// Whose rows.
    pub(crate) id: String,
    /// Whether it is nobody: a guest who was merged, or an id without events. Nothing derived is left of them.
    pub(crate) nobody: bool,
}

/// Mends players, in a transaction that is not committed yet. Who cannot be folded is left as they are.
pub(crate) fn mend<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    patients: &[Patient],
) -> Result<Done<'s>, StoreError> {
    let mut desks = Vec::with_capacity(patients.len());
    for patient in patients {
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

/// A desk with everything that is to be written of a player. Everything is read before anything is written.
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
            Folded::of(
                catalog,
                player,
                &past.timeline(),
                until,
                &[],
                |_, _| {},
            )
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
        because: Because::Repair,
        cause: CAUSE,
        recorded_at: setting.now,
    };
    let corrections = match &ledger {
        Some(entries) => corrections(
            setting,
            tx,
            entries,
            &folded,
            origin,
            &mut account,
        )?,
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
            state: folded.state,
        },
    );
    desk.gone = patient.nobody;
    desk.base = Some(Holdings::default());
    desk.changed = true;
    desk.ledger = corrections;
    desk.loose = told
        .map(|told| told.lacking(player, &folded.has, origin))
        .unwrap_or_default();
    desk.retractions = past.misheard().into_iter().map(|(_, word)| word).collect();
    Ok(desk)
}

/// What the ledger lacks. What is in a currency that there never was cannot be outweighed.
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

/// Lets the aliases say what the acts say.
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

/// What can still be read of a player's header.
struct Stored {
    as_of: Option<Timestamp>,
    /// The number of the last ledger entry; `None` where there is a header, and it cannot be read.
    entries: Option<i64>,
}

impl Stored {
    /// Up to when to fold: as far as the state went, but not ahead of the clock.
    fn until(&self, now: Timestamp) -> Timestamp {
        self.as_of.map_or(now, |as_of| as_of.min(now))
    }

    fn last_entry(&self, ledger: Option<&[LedgerRow]>) -> Result<i64, StoreError> {
        match ledger {
            Some(entries) => Ok(entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default()),
            None => self.entries.ok_or_else(|| {
                StoreError::Damaged("neither ledger nor header can be read".to_owned())
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

/// `None` for what does not read as it was written.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(StoreError::Damaged(_)) => Ok(None),
        read => read.map(Some),
    }
}
