//! What must hold of players whose past was folded into a snapshot (S22).

use std::collections::BTreeSet;

use accolade::memory::MemoryStore;
use accolade::{NewEvent, Receipt, Rejection, Status, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::delivery::Delivery;
use crate::incremental::{engine, is_judged, record, results};
use crate::random::World;

/// Two engines get the same history as it arrives. In one of them everybody's past is sealed before an instant that has
/// come, and again before a later one; it must not matter to anybody.
pub(crate) fn changes_nothing(
    world: &World,
    delivery: &Delivery,
    instants: [Timestamp; 2],
) -> Result<(), TestCaseError> {
    let mut timeline = world.events.clone();
    timeline.sort_by_key(|event| (event.at, event.order, event.id.clone()));
    let players: BTreeSet<String> = timeline.iter().map(|event| event.player.clone()).collect();
    let [sealed, whole] = [(); 2].map(|()| engine(MemoryStore::new(), world, delivery));
    let mut rest: &[NewEvent] = &timeline;
    for instant in instants.into_iter().map(Some).chain([None]) {
        let next =
            rest.partition_point(|event| instant.is_none_or(|instant| event.at < Some(instant)));
        let (now, later) = rest.split_at(next);
        rest = later;
        for batch in delivery.batches(now) {
            let sent = batch.events.clone();
            let [one, other] = [&sealed, &whole].map(|engine| record(engine, batch.clone()));
            for ((event, one), other) in sent.iter().zip(one).zip(other) {
                match (one, other) {
                    (Ok(one), Ok(other)) => {
                        prop_assert_eq!(one.status, other.status, "{:?}", event.id)
                    }
                    (Err(Rejection::Refused(_)), Err(Rejection::Refused(_)))
                        if is_judged(event) => {}
                    (one, other) => {
                        prop_assert!(false, "{:?}: {:?} and {:?}", event.id, one, other)
                    }
                }
            }
        }
        let works = "the database works";
        for player in instant.iter().flat_map(|_| &players) {
            sealed
                .compact(player, instant.expect("there is one"))
                .wait()
                .expect(works);
        }
        for engine in [&sealed, &whole] {
            engine.wake().wait().expect(works);
        }
        for player in &players {
            if whole.timeline(player).wait().expect(works).is_empty() {
                continue;
            }
            let [one, other] = [&sealed, &whole].map(|engine| results(engine, player));
            let [only_sealed, only_whole]: [Vec<_>; 2] = [
                one.difference(&other).collect(),
                other.difference(&one).collect(),
            ];
            prop_assert!(
                only_sealed.is_empty() && only_whole.is_empty(),
                "{player}, sealed: {only_sealed:#?}\nwhole: {only_whole:#?}"
            );
        }
    }
    // What is in a snapshot is known, and what is not comes too late.
    for event in timeline {
        let seal = sealed
            .sealed(&event.player)
            .wait()
            .expect("the database works");
        if seal.is_none_or(|seal| event.at >= Some(seal.before)) {
            continue;
        }
        let [known, again] = [&whole, &sealed].map(|engine| {
            engine
                .restore_many(vec![event.clone()])
                .wait()
                .expect("the database works")
                .remove(0)
        });
        match (known, again) {
            (
                Ok(Receipt {
                    status: Status::Duplicate,
                    ..
                }),
                again,
            ) => {
                prop_assert_eq!(again.map(|receipt| receipt.status), Ok(Status::Duplicate));
            }
            (_, again) => prop_assert!(
                matches!(again, Err(Rejection::TooLate { .. })),
                "{:?}",
                again
            ),
        }
    }
    Ok(())
}
