//! A sealed past: a snapshot in place of a player's events before an instant, with which every fold begins (S22).

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::event::Event;
use accolade_core::fold::{self, State, Step, decode_state, encode_state};
use accolade_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::desk::Desk;
use super::intake::Entry;
use super::{Answer, Done, Setting, Verdict, history};
use crate::catalogs::InForce;
use crate::compact::{CompactError, Compacted};
use crate::passenger::fold_on;
use crate::store::{Read, SealRow, StoreError, Transaction};
use crate::{Rejection, Status};

const WHOLE: &str = "a snapshot has all of its cells";

/// What a player's fold begins with, where the past was sealed.
pub(crate) struct Seal {
    /// Everything before this instant is in it, and nothing else.
    pub(crate) before: Timestamp,
    /// How many events that was.
    pub(crate) events: u64,
    /// The version of the catalog that it was folded under, or carried over to.
    pub(crate) version: i64,
    /// Sealed events that were retracted and of which a publication had kept something (S14).
    pub(crate) lapsed: BTreeSet<String>,
    /// What they came to.
    pub(crate) state: State,
}

/// The part of a snapshot in front of the state.
#[derive(Serialize, Deserialize)]
struct Label {
    version: i64,
    lapsed: BTreeSet<String>,
}

impl Seal {
    /// The seal of a player, if there is one.
    pub(crate) fn of<R: Read + ?Sized>(
        store: &mut R,
        player: &str,
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = store.sealed(player)? else {
            return Ok(None);
        };
        let damaged = || {
            StoreError::Damaged(format!(
                "the snapshot of the player `{player}` cannot be read"
            ))
        };
        Self::read(&row).ok_or_else(damaged).map(Some)
    }

    fn read(row: &SealRow) -> Option<Self> {
        let (length, rest) = row.snapshot.split_first_chunk::<4>()?;
        let (label, state) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let Label { version, lapsed } = serde_json::from_slice(label).ok()?;
        let state = decode_state(state).ok()?;
        Some(Self {
            before: row.before,
            events: row.events,
            version,
            lapsed,
            state,
        })
    }

    fn row(&self) -> SealRow {
        let label = Label {
            version: self.version,
            lapsed: self.lapsed.clone(),
        };
        let label = serde_json::to_vec(&label).expect("numbers and texts are JSON");
        let length = u32::try_from(label.len()).expect("a list of ids is far from four gigabytes");
        let mut snapshot = length.to_le_bytes().to_vec();
        snapshot.extend_from_slice(&label);
        snapshot.extend_from_slice(&encode_state(&self.state).expect(WHOLE));
        SealRow {
            before: self.before,
            events: self.events,
            snapshot,
        }
    }

    /// Writes it in place of the one before.
    pub(super) fn put(&self, tx: &mut dyn Transaction, player: &str) -> Result<(), StoreError> {
        tx.seal(player, &self.row())
    }

    /// The last instant that is sealed. Whatever is derived from the events that are left lies after it.
    pub(crate) fn end(&self) -> Timestamp {
        self.before.plus(-1)
    }

    /// Carries the snapshot over to another catalog (S14). What that changes happens at the end of the sealed past, and
    /// is returned.
    pub(crate) fn pass(&mut self, player: &str, from: &InForce, to: &InForce) -> (Event, Step) {
        let ported =
            fold::port(from.catalog.rules(), to.catalog.rules(), &self.state).expect(WHOLE);
        self.state = ported.state;
        self.version = to.version;
        let end = self.end();
        let step = fold::resume(&to.catalog, &mut self.state, player, end).expect(WHOLE);
        (fold::moment(player, end), step)
    }
}

/// What a player's fold begins with: a state, and the instant up to which it stands for everything; the empty state where
/// nothing is sealed.
pub(crate) fn beginning<R: Read + ?Sized>(
    store: &mut R,
    player: &str,
    sealed: Option<Timestamp>,
) -> Result<(State, Option<Timestamp>), StoreError> {
    let seal = if sealed.is_some() {
        Seal::of(store, player)?
    } else {
        None
    };
    Ok(match seal {
        None => (State::empty(), None),
        Some(seal) => {
            let end = seal.end();
            (seal.state, Some(end))
        }
    })
}

/// Folds a player's past into a snapshot, in a transaction that is not committed yet.
pub(crate) fn compact<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    player: &str,
    before: Timestamp,
) -> Result<(Done<'s>, Result<Option<Compacted>, CompactError>), StoreError> {
    if before > setting.now {
        return Ok((
            Done::default(),
            Err(CompactError::Future {
                before,
                now: setting.now,
            }),
        ));
    }
    // Everything up to now is written first, so that what is sealed has come to all that it will.
    let mut done = super::touch(setting, cache, tx, &[player.to_owned()], true)?;
    let Some(desk) = done.desks.pop() else {
        return Ok((done, Ok(None)));
    };
    let mut desk = Desk::new(setting, desk.into_cached());
    if desk.state.header.events == 0 {
        return Ok((done, Ok(None)));
    }
    if let Some(guest) = desk.account.rare.guests.first() {
        let (guest, player) = (guest.clone(), player.to_owned());
        return Ok((done, Err(CompactError::Merged { guest, player })));
    }
    let compacted = desk.seal(tx, before)?;
    if let Some(changes) = desk.changes() {
        tx.write(&changes)?;
        done.changes.push(changes);
    }
    done.desks.push(desk);
    Ok((done, Ok(Some(compacted))))
}

impl Desk<'_> {
    /// Seals everything before an instant. The state must be up to date, and everything before must be written.
    fn seal(
        &mut self,
        tx: &mut dyn Transaction,
        before: Timestamp,
    ) -> Result<Compacted, StoreError> {
        let earlier = Seal::of(tx, &self.player)?;
        let first_at = self.state.header.first_at;
        let rows = tx.timeline(&self.player, None)?;
        let removed = rows.iter().filter(|row| row.event.at < before).count() as u64;
        let sealed = earlier.as_ref().map_or(0, |seal| seal.events);
        let compacted = Compacted {
            player: self.player.clone(),
            before,
            first_at,
            removed,
            sealed: sealed + removed,
        };
        if removed == 0 {
            let before = earlier.map_or(before, |seal| seal.before);
            return Ok(Compacted {
                before,
                ..compacted
            });
        }
        let mut lapsed = history::lapsed(tx, &self.player, &[], &rows, &history::Words::new())?;
        for row in rows.iter().filter(|row| row.event.at >= before) {
            lapsed.remove(&row.event.id);
        }
        let mut timeline = history::effective(tx, &self.player, &[], rows)?;
        timeline.retain(|event| event.at < before);

        let (mut state, _) = beginning(tx, &self.player, self.account.rare.sealed)?;
        fold_on(
            self.catalog,
            &mut state,
            &self.player,
            &timeline,
            before.plus(-1),
        );
        state.header.checkpoints.clear();
        let version = self.account.version;
        let seal = Seal {
            before,
            events: compacted.sealed,
            version,
            lapsed,
            state,
        };
        seal.put(tx, &self.player)?;
        self.account.rare.sealed = Some(before);
        self.forget_checkpoints_before(tx, before)?;
        self.changed = true;
        Ok(compacted)
    }

    /// Lets go of copies of the state from which the events up to the seal would be folded on.
    fn forget_checkpoints_before(
        &mut self,
        tx: &mut dyn Transaction,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        let mut limit = before;
        while let Some(checkpoint) = tx.checkpoint_before(&self.player, limit)? {
            limit = checkpoint.at;
            self.drop_checkpoints.push(checkpoint.at);
        }
        self.state
            .header
            .checkpoints
            .retain(|mark| mark.at >= before);
        Ok(())
    }

    /// Answers what was sent for a sealed past: an event that is in it was recorded before, any other comes too late.
    pub(super) fn turn_away_sealed(
        &self,
        tx: &mut dyn Transaction,
        entries: Vec<Entry>,
        verdicts: &mut BTreeMap<usize, Verdict>,
    ) -> Result<Vec<Entry>, StoreError> {
        let Some(before) = self.account.rare.sealed else {
            return Ok(entries);
        };
        let ids: Vec<(&str, &str)> = entries
            .iter()
            .map(|entry| (entry.event.player.as_str(), entry.event.id.as_str()))
            .collect();
        let known = tx.sealed_events(&ids)?;
        let mut open = Vec::with_capacity(entries.len());
        for (entry, known) in entries.into_iter().zip(known) {
            // An act without a time gets one when it is judged, after everything else.
            let is_past = entry.event.at < before && (entry.at_given || !entry.judge);
            let id = entry.event.id.clone();
            let verdict = match (known, is_past) {
                (true, _) => Ok(Answer {
                    id,
                    status: Status::Duplicate,
                    outcomes: Vec::new(),
                    skipped: Vec::new(),
                }),
                (false, true) => Err(Rejection::TooLate { id }),
                (false, false) => {
                    open.push(entry);
                    continue;
                }
            };
            verdicts.extend(entry.seen.iter().map(|seen| (seen.index, verdict.clone())));
        }
        Ok(open)
    }
}
