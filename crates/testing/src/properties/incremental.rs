//! Properties that hold however a history arrives (S6).

use std::collections::{BTreeMap, BTreeSet};

use crate::MemoryStore;
use accolade::store::{LedgerKind, Store};
use accolade::{
    Audience, Catalog, CurrencyId, Engine, Error, EventId, NewEvent, Outcome, Receipt,
    ReceiptStatus, RecordedEvent, Rejection,
};
use accolade_core::fold::actions::DECISION;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::delivery::{Batch, Delivery};
use crate::random::{RandomWorld, after_all};

/// Compares three engines: two that alternate on one database, and distrust their caches when the
/// other one writes, receive the history as it arrives. A third one receives the recorded events in
/// order, one by one.
pub fn check_incremental_fold<S: Store>(
    world: &RandomWorld,
    delivery: &Delivery,
    open: impl Fn() -> S,
) -> Result<(), TestCaseError> {
    let mut timeline = world.events.clone();
    timeline.sort_by_key(|event| (event.at, event.order, event.id.clone()));
    let engines = [
        engine(open(), world, delivery),
        engine(open(), world, delivery),
    ];
    let mut first: BTreeMap<EventId, Vec<Outcome>> = BTreeMap::new();
    for batch in delivery.batches(&timeline) {
        let sent = batch.events.clone();
        for (event, answer) in sent.iter().zip(record(&engines[batch.engine], batch)) {
            let Receipt {
                id,
                status,
                outcomes,
                ..
            } = match answer {
                Ok(receipt) => receipt,
                // An act that was not decided may turn out to be impossible.
                Err(Rejection::Refused(_)) if is_judged(event) => continue,
                Err(rejection) => panic!("{rejection}"),
            };
            match first.get(&id) {
                None => prop_assert_eq!(status, ReceiptStatus::Accepted, "{} is new", id),
                Some(first) => {
                    prop_assert_eq!(status, ReceiptStatus::Duplicate, "{} was sent before", id);
                    prop_assert_eq!(
                        &outcomes,
                        first,
                        "the duplicate of {} has the first outcome",
                        id
                    );
                }
            }
            first.entry(id).or_insert(outcomes);
        }
    }
    let [one, other] = engines;
    one.maintenance()
        .process_due_timers()
        .wait()
        .expect("the database works");
    let report = one
        .maintenance()
        .verify(|_| ())
        .wait()
        .expect("it can be verified");
    prop_assert_eq!(report.count, 0, "verify finds {:#?}", report.differences);
    prop_assert_eq!(
        report.events,
        first.len() as u64,
        "every event that was accepted is recorded"
    );

    let in_order = engine(MemoryStore::new(), world, delivery);
    let players: BTreeSet<&str> = timeline.iter().map(|event| event.player.as_str()).collect();
    for player in players {
        let recorded = one
            .players()
            .list_timeline(player)
            .wait()
            .expect("the database works");
        if recorded.is_empty() {
            continue;
        }
        for row in recorded {
            let answers = in_order
                .maintenance()
                .restore_events(vec![as_sent(row)])
                .wait()
                .expect("the database works");
            prop_assert!(
                answers[0].is_ok(),
                "what was recorded can be restored: {:?}",
                answers
            );
        }
        in_order
            .maintenance()
            .process_due_timers()
            .wait()
            .expect("the database works");
        let (arrived, ordered) = (results(&other, player), results(&in_order, player));
        let only_arrived: Vec<_> = arrived.difference(&ordered).collect();
        let only_ordered: Vec<_> = ordered.difference(&arrived).collect();
        prop_assert!(
            only_arrived.is_empty() && only_ordered.is_empty(),
            "{player}, as it arrived: {only_arrived:#?}\nin order: {only_ordered:#?}"
        );
    }
    Ok(())
}

/// True if an event is a manual action, which is checked on arrival.
fn is_judged(event: &NewEvent) -> bool {
    event.is_reserved() && event.props.get(DECISION).is_none()
}

/// Converts a recorded event to one that can be sent.
fn as_sent(event: RecordedEvent) -> NewEvent {
    NewEvent {
        id: Some(event.id),
        player: event.player,
        name: event.name,
        at: Some(event.at),
        order: event.order,
        props: event.props,
    }
}

fn engine(store: impl Store, world: &RandomWorld, delivery: &Delivery) -> Engine {
    let catalog = Catalog::from_toml(&world.toml).expect("the catalog of a world compiles");
    let builder = Engine::builder(store).catalog(catalog).clock(after_all);
    builder
        .checkpoint_interval(delivery.checkpoint_every)
        .open()
        .expect("both engines have the same catalog")
}

/// Records a batch. A single event of the application is recorded in the way that reports skipped
/// rules.
fn record(engine: &Engine, batch: Batch) -> Vec<Result<Receipt, Rejection>> {
    match &batch.events[..] {
        [event] if !event.is_reserved() => match engine.record(event.clone()).wait() {
            Ok(receipt) => vec![Ok(receipt)],
            Err(Error::Rejected(rejection)) => vec![Err(rejection)],
            Err(error) => panic!("{error}"),
        },
        _ => engine
            .maintenance()
            .restore_events(batch.events)
            .wait()
            .expect("the database works"),
    }
}

/// Renders everything visible of a player as lines, which are equal for equal timelines.
fn results(engine: &Engine, player: &str) -> BTreeSet<String> {
    let works = "the database works";
    let balances = engine.players().load_balances(player).wait().expect(works);
    let mut net: BTreeMap<String, i128> = BTreeMap::new();
    let mut sums: BTreeMap<CurrencyId, i128> = BTreeMap::new();
    for entry in engine
        .players()
        .list_ledger(player, None, usize::MAX)
        .wait()
        .expect(works)
        .items
    {
        let identity = match entry.kind {
            LedgerKind::Earning => format!("{} for {}", entry.rule, entry.event),
            LedgerKind::Award => format!("{}:{:?}@{:?}", entry.rule, entry.tier, entry.key),
            _ => entry.event.into(),
        };
        *sums.entry(entry.currency.clone()).or_default() += i128::from(entry.amount);
        *net.entry(format!("{identity} in {}", entry.currency))
            .or_default() += i128::from(entry.amount);
    }
    for (currency, balance) in &balances {
        assert_eq!(
            i128::from(*balance),
            sums.get(currency).copied().unwrap_or_default(),
            "{currency} of {player} is the sum of the ledger"
        );
    }
    let mut profile = engine
        .players()
        .load_profile(player, Audience::Admin)
        .wait()
        .expect(works)
        .expect("there is an event");
    profile.recent.clear();
    let badges = std::mem::take(&mut profile.badges);
    let unlockables = std::mem::take(&mut profile.unlockables);
    let awards = engine.players().list_awards(player).wait().expect(works);
    let unlocks = engine.players().list_unlocks(player).wait().expect(works);
    let lines = balances
        .iter()
        .filter(|(_, balance)| **balance != 0)
        .map(|balance| format!("balance {balance:?}"));
    lines
        .chain(
            net.iter()
                .filter(|(_, amount)| **amount != 0)
                .map(|(name, amount)| format!("{amount} {name}")),
        )
        .chain(awards.iter().map(|award| format!("{award:?}")))
        .chain(unlocks.iter().map(|unlock| format!("{unlock:?}")))
        .chain(badges.iter().map(|badge| format!("{badge:?}")))
        .chain(
            unlockables
                .iter()
                .map(|unlockable| format!("{unlockable:?}")),
        )
        .chain([format!("{profile:?}")])
        .collect()
}
