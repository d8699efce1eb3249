//! Damaged rows: a detail that is not JSON is an error, never an empty detail.

use std::fmt::Debug;

use accolade::store::{AuditRow, ChangeSet, EventRow, OutcomeRow, Store, StoreError, Trigger};
use accolade::{Audience, Catalog, Engine, Error, NewEvent, OutcomeKind, Timestamp};
use accolade_core::event::Event;
use accolade_testing::MemoryStore;

fn engine() -> (Engine, MemoryStore) {
    let store = MemoryStore::new();
    let catalog = Catalog::from_toml("[[currency]]\nid = 'xp'").unwrap();
    (Engine::open(store.clone(), catalog).unwrap(), store)
}

#[track_caller]
fn assert_damaged<T: Debug>(result: Result<T, Error>, row: &str) {
    match result {
        Err(Error::Store(StoreError::Damaged(message))) => {
            assert!(
                message.starts_with(&format!("detail of {row}: ")),
                "{message}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_detail_of_an_outcome_is_an_error() {
    let (engine, store) = engine();
    engine
        .record(NewEvent::new("ada", "visit").id("1"))
        .wait()
        .unwrap();
    let at = Timestamp::FIRST;
    let mut writer = store.open_writer().unwrap();
    let mut tx = writer.begin_transaction(&[]).unwrap();
    let seq = tx
        .append_outcomes(&[OutcomeRow {
            player: "ada".to_owned(),
            kind: OutcomeKind::Points,
            subject: "xp".to_owned(),
            detail: "{".to_owned(),
            at,
            event: "2".to_owned(),
            trigger: Trigger::Event,
            caused_by: None,
            recorded_at: at,
        }])
        .unwrap();
    // The event that the outcome belongs to, so that a retry of it reads the outcome.
    let event = Event {
        id: "2".to_owned(),
        player: "ada".to_owned(),
        name: "visit".to_owned(),
        at,
        order: 0,
        props: accolade::Props::new(),
    };
    let row = EventRow {
        event,
        explicit_at: true,
        recorded_at: at,
        retracted_by: None,
        first_outcome: seq,
        outcome_count: 1,
    };
    let header = tx.load_headers(&["ada"]).unwrap().remove(0).unwrap();
    let summary = tx.find_summary("ada").unwrap();
    tx.write_changes(&ChangeSet {
        player: "ada".to_owned(),
        events: vec![row],
        summary,
        header,
        ..ChangeSet::default()
    })
    .unwrap();
    tx.commit().unwrap();

    let outcome = format!("outcome {seq}");
    assert_damaged(engine.feed().list(0, 10).wait(), &outcome);
    assert_damaged(
        engine.feed().list_latest(Audience::Admin, None, 10).wait(),
        &outcome,
    );
    assert_damaged(
        engine
            .players()
            .load_profile("ada", Audience::Player)
            .wait(),
        &outcome,
    );
    assert_damaged(
        engine.players().export_personal_data("ada").wait(),
        &outcome,
    );
    let retry = NewEvent::new("ada", "visit").id("2").at(at);
    assert_damaged(engine.record(retry.clone()).wait(), &outcome);
    // A request fails as a whole, but other requests do not.
    assert_damaged(engine.record_many(vec![retry]).wait(), &outcome);
    engine
        .record(NewEvent::new("ada", "visit").id("3"))
        .wait()
        .unwrap();
}

#[test]
fn a_damaged_detail_of_an_audit_entry_is_an_error() {
    let (engine, store) = engine();
    let mut writer = store.open_writer().unwrap();
    let mut tx = writer.begin_transaction(&[]).unwrap();
    tx.append_audit(&[AuditRow {
        at: Timestamp::FIRST,
        actor: "grace".to_owned(),
        action: "accolade.award".to_owned(),
        player: None,
        subject: String::new(),
        detail: "no JSON".to_owned(),
    }])
    .unwrap();
    tx.commit().unwrap();
    assert_damaged(
        engine.service().list_audit_entries(None, 10).wait(),
        "audit entry 1",
    );
}
