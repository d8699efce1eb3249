//! One batch: events and acts of several players, folded in and written in one transaction.

mod audited;
mod cache;
mod desk;
pub(crate) mod history;
pub(crate) mod identity;
mod intake;
mod load;
mod passage;
mod refold;
pub(crate) mod repair;
mod retraction;
mod rows;
pub(crate) mod sealing;
pub(crate) mod stored;
pub(crate) mod sums;
pub(crate) mod told;
mod union;

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::event::{EventError, NewEvent};
use accolade_core::limits;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;

use audited::Audited;
pub(crate) use cache::Cache;
pub(crate) use desk::Desk;
pub(crate) use history::guests as stored_guests;
use identity::{Headers, Identity};
use intake::Entry;
pub(crate) use load::cells;
pub(crate) use passage::kept;
pub(crate) use rows::{Identity as EntryIdentity, award_row, holdings_of_rows};

use crate::audit::Actor;
use crate::catalogs::{Catalogs, InForce};
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
    /// On whose behalf it is sent. Nobody asks for events of the application.
    actor: Actor,
}

impl Item {
    /// An item. Its event is checked here, on the sender's thread, because the writing thread is the one that others
    /// wait for.
    pub(crate) fn new(event: NewEvent, right: Right, explain: bool) -> Self {
        let flaw = event.check().err();
        Self {
            event,
            right,
            explain,
            flaw,
            actor: Actor::default(),
        }
    }

    /// The same item on somebody's behalf, unless it is an event of the application, for which nobody is asked.
    pub(crate) fn on_behalf_of(mut self, actor: &Actor) -> Self {
        if self.right != Right::Record {
            self.actor.clone_from(actor);
        }
        self
    }

    /// Whether it is an act that makes one player of two, or two of one.
    fn joins_players(&self) -> bool {
        let name = self.event.name.as_str();
        self.right != Right::Record && (name == acts::MERGE || name == acts::UNMERGE)
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
        let Answer {
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

/// What a batch works with.
pub(crate) struct Setting<'a> {
    pub(crate) catalogs: &'a Catalogs,
    pub(crate) in_force: Arc<InForce>,
    pub(crate) now: Timestamp,
    /// How far ahead of `now` an event may be, in microseconds.
    pub(crate) ahead: i64,
    /// Events between two checkpoints, at the least.
    pub(crate) checkpoint_every: u64,
}

/// Records items, in a transaction that is not committed yet. There is one verdict for each item, in order. States are
/// taken out of the cache; they go back with [`Done::settle`] once the transaction is durable.
pub(crate) fn run<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
) -> Result<Done<'s>, StoreError> {
    if items.first().is_some_and(Item::joins_players) {
        return union::join(setting, cache, tx, items);
    }
    let count = items.len();
    let mut verdicts: BTreeMap<usize, Verdict> = BTreeMap::new();
    let mut desks = open_desks(setting, cache, tx, items, &mut verdicts)?;
    for (desk, entries) in &mut desks {
        desk.bring_up(tx, setting.catalogs, setting.in_force.version)?;
        desk.take(tx, std::mem::take(entries), &mut verdicts)?;
    }
    let mut done = write(
        tx,
        desks.into_iter().map(|(desk, _)| desk).collect(),
        &mut verdicts,
    )?;
    done.verdicts = (0..count)
        .map(|index| verdicts.remove(&index).expect("every item has its verdict"))
        .collect();
    Ok(done)
}

/// Brings players up to the catalog in force and, where they are due, to the present.
pub(crate) fn touch<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    players: &[String],
    due: bool,
) -> Result<Done<'s>, StoreError> {
    let mut touched = Vec::with_capacity(players.len());
    for player in players {
        match touch_one(setting, cache, tx, player, due) {
            Ok(desk) => touched.extend(desk),
            // One who cannot be read keeps nobody else waiting; `verify` finds them, and `repair` mends them.
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error),
        }
    }
    write(tx, touched, &mut BTreeMap::new())
}

fn touch_one<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    player: &String,
    due: bool,
) -> Result<Option<Desk<'s>>, StoreError> {
    let Some(mut desk) = desks(setting, cache, tx, std::slice::from_ref(player))?.pop() else {
        return Ok(None);
    };
    desk.bring_up(tx, setting.catalogs, setting.in_force.version)?;
    if due {
        desk.wake(tx, setting.now)?;
    }
    Ok(Some(desk))
}

/// How many of these items go into one transaction: no more than a batch holds, and acts that join players alone.
pub(crate) fn portion(items: &[Item]) -> usize {
    match items.iter().position(Item::joins_players) {
        Some(0) => 1,
        Some(first) => first.min(limits::BATCH_EVENTS),
        None => items.len().min(limits::BATCH_EVENTS),
    }
}

/// A desk for each of these players.
pub(crate) fn desks<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    players: &[String],
) -> Result<Vec<Desk<'s>>, StoreError> {
    let states = load::states(
        setting.in_force.version,
        cache,
        tx,
        players.iter().map(String::as_str),
        Headers::new(),
    )?;
    Ok(states
        .into_iter()
        .map(|cached| Desk::new(setting, cached))
        .collect())
}

/// A batch that only waits for its commit.
#[derive(Default)]
pub(crate) struct Done<'s> {
    verdicts: Vec<Verdict>,
    /// What was written.
    changes: Vec<Changes>,
    desks: Vec<Desk<'s>>,
}

impl Done<'_> {
    /// When the first of the players in it is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.changes
            .iter()
            .filter_map(|changes| changes.summary?.due)
            .min()
    }

    /// Keeps the states at hand for the next batch, and returns the verdicts and what was written.
    pub(crate) fn settle(self, cache: &mut Cache) -> (Vec<Verdict>, Vec<Changes>) {
        for desk in self.desks.into_iter().filter(|desk| !desk.gone) {
            cache.keep(desk.into_cached());
        }
        (self.verdicts, self.changes)
    }
}

/// Checks the items, and sorts them by player.
fn open_desks<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<Vec<(Desk<'s>, Vec<Entry>)>, StoreError> {
    let mut by_name: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (index, item) in items.into_iter().enumerate() {
        match Entry::new(index, item, setting) {
            Ok(entry) => by_name
                .entry(entry.event.player.clone())
                .or_default()
                .push(entry),
            Err(rejection) => drop(verdicts.insert(index, Err(rejection))),
        }
    }
    let names: Vec<&str> = by_name.keys().map(String::as_str).collect();
    let (identities, headers) = identity::resolve(cache, tx, &names)?;
    let mut by_player: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (entries, identity) in by_name.into_values().zip(identities) {
        match identity {
            Identity::Player(player) => by_player.entry(player).or_default().extend(entries),
            Identity::Erased => {
                let seen = entries.iter().flat_map(|entry| &entry.seen);
                verdicts.extend(seen.map(|seen| (seen.index, Err(Rejection::Erased))));
            }
        }
    }
    intake::recognise(tx, &mut by_player, verdicts)?;
    by_player.retain(|_, entries| !entries.is_empty());
    let players = by_player.keys().map(String::as_str);
    let states = load::states(setting.in_force.version, cache, tx, players, headers)?;
    Ok(states
        .into_iter()
        .zip(by_player.into_values())
        .map(|(cached, entries)| (Desk::new(setting, cached), entries))
        .collect())
}

/// Writes what the desks came to, and makes the receipts.
pub(crate) fn write<'s>(
    tx: &mut dyn Transaction,
    mut desks: Vec<Desk<'s>>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<Done<'s>, StoreError> {
    let own: Vec<Vec<OutcomeRow>> = desks.iter_mut().map(Desk::take_outcomes).collect();
    let lengths: Vec<usize> = own.iter().map(Vec::len).collect();
    let outcomes: Vec<OutcomeRow> = own.into_iter().flatten().collect();
    let mut seq = if outcomes.is_empty() {
        0
    } else {
        tx.append_outcomes(&outcomes)?
    };
    let mut rest = outcomes.as_slice();
    let mut errors: Vec<RuleErrorRow> = Vec::new();
    let mut audited = Audited::default();
    for (desk, length) in desks.iter_mut().zip(lengths) {
        let (own, others) = rest.split_at(length);
        rest = others;
        for recorded in &mut desk.recorded {
            audited.note(recorded);
            let first =
                usize::try_from(recorded.row.first_outcome).expect("it is a place in this batch");
            let last = first + recorded.row.outcomes as usize;
            recorded.row.first_outcome += seq;
            let own = (recorded.row.first_outcome..)
                .zip(own[first..last].iter().cloned())
                .collect();
            let id = recorded.row.event.id.clone();
            let mut answer = Answer {
                id,
                status: Status::Duplicate,
                outcomes: own,
                skipped: Vec::new(),
            };
            let again = recorded.seen.iter().filter(|seen| seen.again);
            verdicts.extend(again.map(|seen| (seen.index, Ok(answer.clone()))));
            answer.status = Status::Accepted;
            answer.skipped = std::mem::take(&mut recorded.skipped);
            verdicts.extend(
                recorded
                    .seen
                    .iter()
                    .find(|seen| !seen.again)
                    .map(|seen| (seen.index, Ok(answer))),
            );
        }
        seq += i64::try_from(length).expect("a batch is limited");
        errors.append(&mut desk.errors);
    }
    let changes: Vec<Changes> = desks.iter_mut().filter_map(Desk::changes).collect();
    tx.write_all(&changes)?;
    if !errors.is_empty() {
        tx.count_rule_errors(&errors)?;
    }
    audited.write(tx)?;
    Ok(Done {
        verdicts: Vec::new(),
        changes,
        desks,
    })
}
