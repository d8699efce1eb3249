//! Cancellation of long operations: they end soon and leave no partial change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use accolade::{CancellationToken, Error, NewEvent, PlanOptions, PublishOptions};

use crate::world::{World, catalog};

const BEFORE: &str = "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit', at_least = 2 }";
const AFTER: &str = "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit', at_least = 1 }";
const PLAYERS: u64 = 300;

fn crowd() -> World {
    let world = World::new(BEFORE);
    let events = (0..PLAYERS)
        .map(|number| NewEvent::new(format!("player-{number}"), "visit").at(world.now()));
    world.engine.record_many(events.collect()).wait().unwrap();
    world
}

/// Creates a token that is cancelled at the first progress report, and records that progress.
fn impatient() -> (
    CancellationToken,
    Arc<AtomicU64>,
    impl Fn(u64) + Send + 'static,
) {
    let (cancellation, last) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
    let (own, reported) = (cancellation.clone(), Arc::clone(&last));
    let hear = move |done| {
        reported.store(done, Ordering::Relaxed);
        own.cancel();
    };
    (cancellation, last, hear)
}

#[test]
fn a_cancelled_plan_ends_before_all_players_are_compared() {
    let world = crowd();
    let (cancellation, last, hear) = impatient();
    let options = PlanOptions::default()
        .threads(1)
        .cancelled_by(cancellation.clone());
    let given_up = world
        .engine
        .catalog()
        .plan(catalog(AFTER), options.clone(), move |so_far| {
            hear(so_far.done)
        })
        .wait();
    assert!(matches!(given_up, Err(Error::Cancelled)), "{given_up:?}");
    assert!(cancellation.is_cancelled());
    assert!(
        (1..PLAYERS).contains(&last.load(Ordering::Relaxed)),
        "{last:?}"
    );
    assert!(matches!(
        world
            .engine
            .catalog()
            .plan(catalog(AFTER), options, |_| {})
            .wait(),
        Err(Error::Cancelled)
    ));
    let plan = world
        .engine
        .catalog()
        .plan(catalog(AFTER), PlanOptions::default(), |_| {})
        .wait()
        .unwrap();
    assert_eq!(plan.changed, PLAYERS, "another one is not concerned");
}

#[test]
fn a_cancelled_verification_ends_before_all_players_are_checked() {
    let world = crowd();
    let (cancellation, last, hear) = impatient();
    let given_up = world
        .engine
        .maintenance()
        .verify_with(cancellation.clone(), move |so_far| hear(so_far.done))
        .wait();
    assert!(matches!(given_up, Err(Error::Cancelled)), "{given_up:?}");
    assert!(
        (1..PLAYERS).contains(&last.load(Ordering::Relaxed)),
        "{last:?}"
    );
    let error = world
        .engine
        .maintenance()
        .verify_with(cancellation, |_| {})
        .wait()
        .unwrap_err()
        .to_string();
    assert_eq!(error, "operation cancelled; no change was left incomplete");
    assert_eq!(
        world
            .engine
            .maintenance()
            .verify_with(CancellationToken::new(), |_| {})
            .wait()
            .unwrap()
            .players,
        PLAYERS
    );
}

#[test]
fn a_publication_cancelled_early_publishes_nothing() {
    let world = crowd();
    let plan = world
        .engine
        .catalog()
        .plan(catalog(AFTER), PlanOptions::default(), |_| {})
        .wait()
        .unwrap();
    let how = PublishOptions::default().plan(plan.token);
    let (cancellation, last, hear) = impatient();
    let given_up = how.clone().cancelled_by(cancellation);
    let given_up = world
        .engine
        .catalog()
        .publish_with_progress(catalog(AFTER), given_up, move |so_far| hear(so_far.done))
        .wait();
    assert!(matches!(given_up, Err(Error::Cancelled)), "{given_up:?}");
    assert!(
        (1..=PLAYERS).contains(&last.load(Ordering::Relaxed)),
        "{last:?}"
    );
    assert_eq!(world.engine.catalog().version(), 1);
    assert_eq!(
        world.engine.catalog().list_versions().wait().unwrap().len(),
        1,
        "nothing was published"
    );
    let published = world
        .engine
        .catalog()
        .publish(catalog(AFTER), how)
        .wait()
        .unwrap();
    assert_eq!(
        (published.version, published.is_new),
        (2, true),
        "another one is not concerned"
    );
}
