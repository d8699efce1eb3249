//! The queue of writes is bounded, and no caller blocks because of it.

use accolade::{Catalog, Engine, Error, NewEvent, Ticket};
use accolade_testing::{CountingStore, HeldCalls};

/// More events than the queue has places.
const MANY: usize = 5_000;

/// Places in the queue for recording.
const PLACES: usize = 4_096;

/// Creates an engine whose writer thread stalls with its first event, until it is released.
fn open_stalled() -> (Engine, HeldCalls) {
    let store = CountingStore::default();
    let engine = Engine::open(store.clone(), Catalog::from_toml("").unwrap()).unwrap();
    let held = store.holds.hold("begin_transaction");
    drop(engine.record(NewEvent::new("ada", "visit").id("first")));
    store.holds.await_call("begin_transaction");
    (engine, held)
}

fn visit(number: usize) -> NewEvent {
    NewEvent::new("ada", "visit").id(number.to_string())
}

#[test]
fn an_event_beyond_the_bound_is_refused_at_once_and_the_others_are_recorded() {
    let (engine, held) = open_stalled();
    let tickets: Vec<Ticket<_>> = (0..MANY)
        .map(|number| engine.record(visit(number)))
        .collect();
    drop(held);
    let results: Vec<_> = tickets.into_iter().map(Ticket::wait).collect();
    let refused = results.iter().position(Result::is_err).unwrap();
    assert_eq!(refused, PLACES);
    for result in &results[refused..] {
        assert!(
            matches!(result, Ok(_) | Err(Error::QueueFull)),
            "{result:?}"
        );
    }
    let recorded = results.iter().filter(|result| result.is_ok()).count();
    let stored = engine.maintenance().count_rows().wait().unwrap().events;
    assert_eq!(
        stored,
        recorded as u64 + 1,
        "a refused event leaves no trace"
    );
}

#[test]
fn the_queue_is_bounded_in_bytes() {
    let (engine, held) = open_stalled();
    let large = || visit(0).prop("text", "x".repeat(60_000));
    let batches = (0..6).map(|_| engine.record_many((0..1_000).map(|_| large()).collect()));
    let tickets: Vec<Ticket<_>> = batches.collect();
    drop(held);
    let results: Vec<bool> = tickets
        .into_iter()
        .map(|ticket| ticket.wait().is_ok())
        .collect();
    // Each batch has 60 MB: the first is below the bound, and the second is the one that exceeds it.
    assert_eq!(results, [true, true, false, false, false, false]);
}

#[test]
fn places_in_a_full_queue_are_waited_for() {
    let (engine, held) = open_stalled();
    for number in 0..MANY {
        drop(engine.record(visit(number)));
    }
    let first = engine.await_queue_place();
    let second = engine.await_queue_place();
    drop(held);
    let first = first.wait().unwrap().record_many(vec![visit(MANY)]);
    let second = second.wait().unwrap().record_many(vec![visit(MANY + 1)]);
    assert!(first.wait().unwrap()[0].is_ok());
    assert!(second.wait().unwrap()[0].is_ok());
}

#[test]
fn administration_has_places_of_its_own_in_a_full_queue() {
    let (engine, held) = open_stalled();
    let tickets: Vec<Ticket<_>> = (0..MANY)
        .map(|number| engine.record(visit(number)))
        .collect();
    let due = engine.maintenance().process_due_timers();
    drop(held);
    due.wait().unwrap();
    assert!(tickets.into_iter().any(|ticket| ticket.wait().is_err()));
}

#[test]
fn those_who_wait_for_a_place_are_released_when_the_engine_closes() {
    let (engine, held) = open_stalled();
    for number in 0..MANY {
        drop(engine.record(visit(number)));
    }
    let waiting = engine.await_queue_place();
    let unused = engine.clone();
    let closing = std::thread::spawn(move || unused.close());
    drop(held);
    closing.join().unwrap().unwrap();
    match waiting.wait() {
        Ok(place) => assert!(matches!(
            place.record_many(vec![visit(MANY)]).wait(),
            Err(Error::Closed)
        )),
        Err(error) => assert!(matches!(error, Error::Closed), "{error}"),
    }
    assert!(matches!(
        engine.await_queue_place().wait(),
        Err(Error::Closed)
    ));
}
