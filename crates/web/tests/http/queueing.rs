//! A database that stalls delays writes, and nothing else.

use accolade::NewEvent;
use accolade_testing::{CountingStore, HeldCalls};
use serde_json::json;

use crate::world::World;

/// More events than the queue of the writer thread has places.
const MANY: usize = 5_000;

/// Fills the queue while the database stalls, until the result is dropped.
fn fill_queue(world: &World, store: &CountingStore) -> HeldCalls {
    let held = store.holds.hold("begin_transaction");
    for number in 0..MANY {
        let event = NewEvent::new("ada", "post.published").id(number.to_string());
        drop(world.engine.record(event));
        if number == 0 {
            // Otherwise the writer thread might take a whole batch out of the full queue.
            store.holds.await_call("begin_transaction");
        }
    }
    held
}

#[tokio::test]
async fn with_a_full_queue_an_event_gets_503_and_health_checks_answer() {
    let store = CountingStore::default();
    let world = World::on_store(store.clone(), Vec::new(), |_| {}).await;
    world.get("/v1/currencies").await.assert_status(200);
    let held = fill_queue(&world, &store);
    let one = json!({ "id": "one", "player": "bob", "name": "post.published" });
    for body in [one.clone(), json!([one])] {
        let refused = world.post("/v1/events", body).await;
        refused.assert_problem(503, "busy");
        assert!(!refused.header("retry-after").is_empty());
    }
    for path in ["/healthz", "/readyz", "/v1/badges", "/badges"] {
        world.get(path).await.assert_status(200);
    }
    drop(held);
    drop(world.engine.await_queue_place().await.unwrap());
    world.post("/v1/events", one).await.assert_status(201);
}

#[tokio::test]
async fn a_stream_of_events_waits_for_a_place_in_the_queue() {
    let store = CountingStore::default();
    let world = World::on_store(store.clone(), Vec::new(), |_| {}).await;
    world.get("/v1/currencies").await.assert_status(200);
    let held = fill_queue(&world, &store);
    let line = json!({ "id": "one", "player": "bob", "name": "post.published" }).to_string();
    let request = world.admin_request("POST", "/v1/events/stream");
    let send = request.json_lines(line).send();
    let release = async {
        // The stream runs until it waits.
        tokio::task::yield_now().await;
        drop(held);
    };
    let (answer, ()) = tokio::join!(send, release);
    assert_eq!(answer.assert_status(200).json()["accepted"], 1);
}

#[tokio::test]
async fn slow_queries_delay_neither_keys_nor_readiness() {
    let store = CountingStore::default();
    let world = World::on_store(store.clone(), Vec::new(), |_| {}).await;
    let held = store.holds.hold("count_rows");
    // More than there are readers.
    let slow: Vec<_> = (0..64)
        .map(|_| world.engine.maintenance().count_rows())
        .collect();
    world.get("/readyz").await.assert_status(200);
    // The key is looked up in the database, because no request has used it.
    world.get("/v1/currencies").await.assert_status(200);
    drop(held);
    drop(slow);
}
