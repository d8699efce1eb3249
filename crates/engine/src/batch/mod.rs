//! Records events and actions of several players in one transaction.

mod audited;
mod backfill;
mod cache;
mod desk;
pub(crate) mod history;
pub(crate) mod identity;
mod intake;
mod load;
mod refold;
pub(crate) mod repair;
mod retraction;
mod rows;
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
pub(crate) use rows::{Identity as EntryIdentity, award_row, holdings_of_rows};

use crate::audit::Actor;
use crate::catalogs::{Catalogs, InForce};
use crate::store::{Changes, OutcomeRow, RuleErrorRow, StoreError, Transaction};
use crate::{Outcome, Receipt, Rejection, Skipped, Status};

/// An event or action to record.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) event: NewEvent,
    pub(crate) right: Right,
    /// True if the receipt lists the rules that paid nothing.
    pub(crate) explain: bool,
    /// The validation error of the event, found without a database.
    flaw: Option<EventError>,
    /// The person who acts. Always empty for events of the application.
    actor: Actor,
}

impl Item {
    /// Creates an item and validates its event.
    pub(crate) fn new(event: NewEvent, right: Right, explain: bool) -> Self {
        // Validation runs on the caller's thread: the writer thread is shared by everyone.
        let flaw = event.check().err();
        Self {
            event,
            right,
            explain,
            flaw,
            actor: Actor::default(),
        }
    }

    /// Attributes a manual action to a person.
    pub(crate) fn on_behalf_of(mut self, actor: &Actor) -> Self {
        // Events of the application are not audited, so they carry no actor.
        if self.right != Right::Record {
            self.actor.clone_from(actor);
        }
        self
    }

    /// True if the item merges two players or undoes a merge.
    fn joins_players(&self) -> bool {
        let name = self.event.name.as_str();
        self.right != Right::Record && (name == acts::MERGE || name == acts::UNMERGE)
    }
}

/// The permission of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Record events of the application.
    Record,
    /// Submit manual actions, which are decided against the current state.
    Act,
    /// Restore exported events and actions with the decisions made when they were recorded.
    Restore,
}

/// The result of one item.
pub(crate) type Verdict = Result<Answer, Rejection>;

/// A receipt whose outcomes are still rows of the feed.
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

/// The catalogs, clock and limits that a batch works with.
pub(crate) struct Setting<'a> {
    pub(crate) catalogs: &'a Catalogs,
    pub(crate) in_force: Arc<InForce>,
    pub(crate) now: Timestamp,
    /// Maximum distance of an event into the future of `now`, in microseconds.
    pub(crate) ahead: i64,
    /// Minimum number of events between two checkpoints.
    pub(crate) checkpoint_every: u64,
}

/// Records items in a transaction that the caller commits. Returns one result per item, in order.
///
/// The states of the affected players leave the cache and return to it after the commit, so that a
/// rollback cannot leave an uncommitted state there.
pub(crate) fn run<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
) -> Result<Done<'s>, StoreError> {
    // A merge comes alone: it changes two players at once, and the code below works on one player
    // at a time.
    if items.first().is_some_and(Item::joins_players) {
        return union::join(setting, cache, tx, items);
    }
    let count = items.len();
    let mut verdicts: BTreeMap<usize, Verdict> = BTreeMap::new();
    let mut desks = open_desks(setting, cache, tx, items, &mut verdicts)?;
    for (desk, entries) in &mut desks {
        desk.backfill_to(tx, setting.catalogs, setting.in_force.version)?;
        desk.take(tx, std::mem::take(entries), &mut verdicts)?;
    }
    let mut done = write(
        tx,
        desks.into_iter().map(|(desk, _)| desk).collect(),
        &mut verdicts,
    )?;
    done.verdicts = (0..count)
        .map(|index| verdicts.remove(&index).expect("every item has a result"))
        .collect();
    Ok(done)
}

/// Backfills players to the published catalog and, if `due` is set, processes their due timers.
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
            // A damaged player must not block the others. `verify` reports the damage and `repair`
            // fixes it.
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
    desk.backfill_to(tx, setting.catalogs, setting.in_force.version)?;
    if due {
        desk.wake(tx, setting.now)?;
    }
    Ok(Some(desk))
}

/// Returns the number of leading items that fit into the next transaction: at most a full batch,
/// and a merge or unmerge alone.
pub(crate) fn portion(items: &[Item]) -> usize {
    match items.iter().position(Item::joins_players) {
        Some(0) => 1,
        Some(first) => first.min(limits::BATCH_EVENTS),
        None => items.len().min(limits::BATCH_EVENTS),
    }
}

/// Loads a unit of work for each player.
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

/// A batch that is written but not committed.
#[derive(Default)]
pub(crate) struct Done<'s> {
    verdicts: Vec<Verdict>,
    /// The rows that were written.
    changes: Vec<Changes>,
    desks: Vec<Desk<'s>>,
}

impl Done<'_> {
    /// Returns the earliest next timer of the players in the batch.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.changes
            .iter()
            .filter_map(|changes| changes.summary?.next_timer_at)
            .min()
    }

    /// Puts the states back into the cache and returns the results and the rows written. Call it
    /// only after the commit.
    pub(crate) fn settle(self, cache: &mut Cache) -> (Vec<Verdict>, Vec<Changes>) {
        // A merged guest has no state of its own any more; caching it would hide the alias.
        for desk in self.desks.into_iter().filter(|desk| !desk.gone) {
            cache.keep(desk.into_cached());
        }
        (self.verdicts, self.changes)
    }
}

/// Validates the items, resolves their ids and groups them by player.
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
    // Several ids can resolve to one player: the player's own id and those of merged guests.
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
    // Duplicates are dropped before any state is loaded, so a pure retry stays cheap.
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

/// Writes the changes of all units of work and completes the receipts.
pub(crate) fn write<'s>(
    tx: &mut dyn Transaction,
    mut desks: Vec<Desk<'s>>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<Done<'s>, StoreError> {
    // The outcomes come first: event rows store the sequence number of their first outcome, and the
    // store assigns it here. One call for all players keeps the numbers contiguous.
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
        // `first_outcome` is an offset into the outcomes of this player until `seq` is added.
        for recorded in &mut desk.recorded {
            audited.note(recorded);
            let first = usize::try_from(recorded.row.first_outcome)
                .expect("the offset is within this batch");
            let last = first + recorded.row.outcome_count as usize;
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
            // Retries within the batch get the outcomes of the original but not its skipped rules,
            // the same answer that a later retry would get.
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
        seq += i64::try_from(length).expect("the size of a batch is limited");
        errors.append(&mut desk.errors);
    }
    // Each outcome belongs to exactly one player; a rest would never be reported.
    debug_assert!(
        rest.is_empty(),
        "every outcome belongs to a player of the batch"
    );
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
