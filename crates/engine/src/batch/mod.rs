//! One batch: events and acts of several players, folded in and written in one transaction.

mod cache;
mod desk;
mod intake;
mod late;
mod load;
mod rows;
pub(crate) mod stored;

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::event::{EventError, NewEvent};
use accolade_core::time::Timestamp;

pub(crate) use cache::Cache;
use desk::Desk;
use intake::Entry;
pub(crate) use load::cells;
pub(crate) use rows::award_row;

use crate::store::{Changes, OutcomeRow, RuleErrorRow, StoreError, Transaction};
use crate::{Outcome, Receipt, Rejection, Skipped, Status};

/// Something to record.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) event: NewEvent,
    pub(crate) right: Right,
    /// Whether the receipt says which rules did not pay.
    pub(crate) explain: bool,
    /// What is wrong with the event by itself.
    flaw: Option<EventError>,
}

impl Item {
    /// An item. Its event is checked here, on the sender's thread, because the writing thread is the one that others
    /// wait for.
    pub(crate) fn new(event: NewEvent, right: Right, explain: bool) -> Self {
        let flaw = event.check().err();
        Self { event, right, explain, flaw }
    }
}

/// What the sender may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Send events of the application.
    Record,
    /// Act by hand; the act is judged.
    Act,
    /// Send events and acts that were judged before.
    Restore,
}

/// What became of an item.
pub(crate) type Verdict = Result<Answer, Rejection>;

/// A receipt in the making.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) outcomes: Vec<(i64, OutcomeRow)>,
    pub(crate) skipped: Vec<Skipped>,
}

impl From<Answer> for Receipt {
    fn from(answer: Answer) -> Self {
        let Answer { id, status, outcomes, skipped } = answer;
        let outcomes = outcomes.into_iter().map(|(seq, row)| Outcome::new(seq, row)).collect();
        Self { id, status, outcomes, skipped }
    }
}

/// What a batch works with.
pub(crate) struct Setting<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) now: Timestamp,
    /// How far ahead of `now` an event may be, in microseconds.
    pub(crate) ahead: i64,
    /// Events between two checkpoints, at the least.
    pub(crate) checkpoint_every: u64,
}

/// Records items, in a transaction that is not committed yet. There is one verdict for each item, in order. States are
/// taken out of the cache; they go back with [`Done::settle`] once the transaction is durable.
pub(crate) fn run<'a>(
    setting: &Setting<'a>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
) -> Result<Done<'a>, StoreError> {
    if tx.others_wrote() {
        cache.clear();
    }
    let count = items.len();
    let mut verdicts: BTreeMap<usize, Verdict> = BTreeMap::new();
    let mut desks = open_desks(setting, cache, tx, items, &mut verdicts)?;
    for (desk, entries) in &mut desks {
        desk.take(tx, std::mem::take(entries), &mut verdicts)?;
    }
    let mut done = write(tx, desks.into_iter().map(|(desk, _)| desk).collect(), &mut verdicts)?;
    done.verdicts = (0..count).map(|index| verdicts.remove(&index).expect("every item has its verdict")).collect();
    Ok(done)
}

/// A batch that only waits for its commit.
pub(crate) struct Done<'a> {
    verdicts: Vec<Verdict>,
    /// What was written.
    changes: Vec<Changes>,
    desks: Vec<Desk<'a>>,
}

impl Done<'_> {
    /// Keeps the states at hand for the next batch, and returns the verdicts and what was written.
    pub(crate) fn settle(self, cache: &mut Cache) -> (Vec<Verdict>, Vec<Changes>) {
        for desk in self.desks {
            cache.keep(desk.into_cached());
        }
        (self.verdicts, self.changes)
    }
}

/// Checks the items, and sorts them by player.
fn open_desks<'a>(
    setting: &Setting<'a>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<Vec<(Desk<'a>, Vec<Entry>)>, StoreError> {
    let mut by_player: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (index, item) in items.into_iter().enumerate() {
        match Entry::new(index, item, setting) {
            Ok(entry) => by_player.entry(entry.event.player.clone()).or_default().push(entry),
            Err(rejection) => drop(verdicts.insert(index, Err(rejection))),
        }
    }
    intake::recognise(tx, &mut by_player, verdicts)?;
    by_player.retain(|_, entries| !entries.is_empty());
    let states = load::states(cache, tx, by_player.keys().map(String::as_str))?;
    Ok(states
        .into_iter()
        .zip(by_player.into_values())
        .map(|(cached, entries)| (Desk::new(setting, cached), entries))
        .collect())
}

/// Writes what the desks came to, and makes the receipts.
fn write<'a>(
    tx: &mut dyn Transaction,
    mut desks: Vec<Desk<'a>>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<Done<'a>, StoreError> {
    let outcomes: Vec<OutcomeRow> = desks.iter_mut().flat_map(Desk::take_outcomes).collect();
    let mut seq = if outcomes.is_empty() { 0 } else { tx.append_outcomes(&outcomes)? };
    let mut outcomes = outcomes.into_iter();
    let mut errors: Vec<RuleErrorRow> = Vec::new();
    for desk in &mut desks {
        for recorded in &mut desk.recorded {
            recorded.row.first_outcome = seq;
            let own = (seq..).zip(outcomes.by_ref().take(recorded.row.outcomes as usize)).collect();
            seq += i64::from(recorded.row.outcomes);
            let id = recorded.row.event.id.clone();
            let mut answer = Answer { id, status: Status::Duplicate, outcomes: own, skipped: Vec::new() };
            let again = recorded.seen.iter().filter(|seen| seen.again);
            verdicts.extend(again.map(|seen| (seen.index, Ok(answer.clone()))));
            answer.status = Status::Accepted;
            answer.skipped = std::mem::take(&mut recorded.skipped);
            verdicts.extend(recorded.seen.iter().find(|seen| !seen.again).map(|seen| (seen.index, Ok(answer))));
        }
        errors.append(&mut desk.errors);
    }
    let changes: Vec<Changes> = desks.iter_mut().filter_map(Desk::changes).collect();
    tx.write_all(&changes)?;
    if !errors.is_empty() {
        tx.count_rule_errors(&errors)?;
    }
    Ok(Done { verdicts: Vec::new(), changes, desks })
}
